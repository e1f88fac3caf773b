"""One entry of a menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

Keys = QKeySequence.StandardKey


def add(
    menu: QMenu, text: str, work: Callable[[], object], keys: Keys | str | None = None, tip: str = ""
) -> QAction:
    """Add an entry that calls ``work``, with its shortcut, and with a tip that the status bar shows too."""
    action = menu.addAction(text)
    action.triggered.connect(lambda checked=False: work())
    if keys is not None:
        action.setShortcut(QKeySequence(keys))
    if tip:
        action.setToolTip(tip)
        action.setStatusTip(tip)
    return action
