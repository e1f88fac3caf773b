"""Starting the application: with a window, or without a screen."""
