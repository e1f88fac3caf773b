"""Importing tables: the commands, the dialog that says how a table is read, and files dropped onto the window."""
