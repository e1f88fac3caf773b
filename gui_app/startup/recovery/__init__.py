"""Recovery of unsaved work: copies while a window lives, offered at the next start if it died."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gui_app.startup.recovery.recovery import Recovery

if TYPE_CHECKING:
    from gui_app.window.main_window import MainWindow

__all__ = ["Recovery", "recover"]


def recover(window: MainWindow, folder: Path | None = None) -> Recovery:
    """Keep copies of the window's document until it closes; offer what dead windows left once it is painted."""
    recovery = Recovery(window, folder)
    window.closed.connect(recovery.end)
    window.first_painted.connect(recovery.begin, Qt.ConnectionType.QueuedConnection)
    return recovery
