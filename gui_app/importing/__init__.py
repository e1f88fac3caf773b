"""Importing tables: the commands, the dialog, and files dropped onto the window."""
