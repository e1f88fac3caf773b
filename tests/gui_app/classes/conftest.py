"""The data panel on a document, where classes are edited."""

from tests.gui_app.panels.conftest import data, document, settings, show

__all__ = ["data", "document", "settings", "show"]
