"""A dock around the canvas that can be moved, floated and hidden."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QWidget

from gui_app.window.layout.dock_title import DockTitle


def make_dock(title: str, content: QWidget) -> QDockWidget:
    """Return a dock with ``content``; menu and remembered layout refer to it by its title."""
    dock = QDockWidget(title)
    dock.setObjectName(f"dock {title}")
    dock.setWidget(content)
    dock.setTitleBarWidget(DockTitle(dock))
    return dock
