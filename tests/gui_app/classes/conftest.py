"""The data panel on a document, where classes are edited."""

from tests.gui_app.panels.conftest import classes, data, settings, show

__all__ = ["classes", "data", "settings", "show"]
