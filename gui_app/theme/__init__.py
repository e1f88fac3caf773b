"""The light and the dark theme: tokens for colours and sizes, style sheet and icons."""
