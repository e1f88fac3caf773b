"""Full screen and back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow


def set_full_screen(window: QMainWindow, full: bool) -> None:
    """Show the window on the whole screen, or as it was before: maximized or not."""
    state, flag = window.windowState(), Qt.WindowState.WindowFullScreen
    window.setWindowState(state | flag if full else state & ~flag)
