"""Colours, sizes, style sheet and icons: tokens, in a light and a dark theme."""
