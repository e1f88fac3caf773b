"""Save and restore the window's geometry and docks."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

VERSION = 2
"""Layouts saved with another version are ignored."""


def save_layout(window: QMainWindow, settings: QSettings) -> None:
    """Save the geometry of the window and its docks."""
    settings.setValue("layout/geometry", window.saveGeometry())
    settings.setValue("layout/state", window.saveState(VERSION))


def restore_layout(window: QMainWindow, settings: QSettings) -> None:
    """Restore the saved geometry of the window and its docks, if there is any."""
    geometry, state = settings.value("layout/geometry"), settings.value("layout/state")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    if isinstance(state, QByteArray):
        window.restoreState(state, VERSION)
