"""How everything looks: tokens, style sheet, icons and class colours."""
