"""Size, position and docks of the window, from one start to the next."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

VERSION = 2
"""Docks that were remembered under another number stay where they are at first."""


def save_layout(window: QMainWindow, settings: QSettings) -> None:
    """Remember where the window and its docks are."""
    settings.setValue("layout/geometry", window.saveGeometry())
    settings.setValue("layout/state", window.saveState(VERSION))


def restore_layout(window: QMainWindow, settings: QSettings) -> None:
    """Bring window and docks to where they were; what was not remembered stays."""
    geometry, state = settings.value("layout/geometry"), settings.value("layout/state")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    if isinstance(state, QByteArray):
        window.restoreState(state, VERSION)
