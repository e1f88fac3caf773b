"""The window in which a person says how a table is to be read, and sees what comes of it."""

from gui_app.importing.dialog import ImportDialog

__all__ = ["ImportDialog"]
