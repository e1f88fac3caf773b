"""Save and restore the window's geometry, its docks, and what the centre shows."""

from __future__ import annotations

import math

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from gui_app.window.layout.plot_room import SHARES, PlotRoom

VERSION = 3
"""Layouts saved with another version are ignored."""


def save_layout(window: QMainWindow, room: PlotRoom, settings: QSettings) -> None:
    """Save the geometry of the window and its docks."""
    settings.setValue("layout/geometry", window.saveGeometry())
    settings.setValue("layout/state", window.saveState(VERSION))
    settings.setValue("layout/plots", "" if room.share is None else f"{room.share:.4f}")


def restore_layout(window: QMainWindow, room: PlotRoom, settings: QSettings) -> None:
    """Restore the saved geometry of the window and its docks, if there is any."""
    geometry, state = settings.value("layout/geometry"), settings.value("layout/state")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    if isinstance(state, QByteArray) and window.restoreState(state, VERSION):
        room.share = _share(settings.value("layout/plots"))
    room.fit()


def _share(stored: object) -> float | None:
    try:
        share = float(str(stored))
    except ValueError:
        return None
    return min(max(share, SHARES[0]), SHARES[1]) if math.isfinite(share) else None
