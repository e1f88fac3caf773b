"""Where a window first stands, so that its frame and title bar are on the screen, too."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

FRAME = QMargins(4, 38, 4, 4)
"""The frame and title bar that a window is assumed to get; nobody knows them before it is shown."""


def first_geometry(wanted: QSize, available: QRect, frame: QMargins = FRAME) -> QRect:
    """Return the rectangle inside the frame: at most as large as ``wanted``, in the middle of ``available``."""
    room = available.marginsRemoved(frame)
    geometry = QRect(room.topLeft(), wanted.boundedTo(room.size()))
    geometry.moveCenter(room.center())
    return geometry


def place_first(window: QWidget, wanted: QSize, smallest: QSize) -> None:
    """Give a window that has not been shown its first size and position, and its smallest size."""
    available = window.screen().availableGeometry()
    window.setMinimumSize(smallest.boundedTo(available.marginsRemoved(FRAME).size()))
    window.setGeometry(first_geometry(wanted, available))


def keep_on_screen(window: QWidget) -> None:
    """Make a window that is larger than its screen fit, now that its real frame is known."""
    if window.isMaximized() or window.isFullScreen():
        return
    outer, inner = window.frameGeometry(), window.geometry()
    available = window.screen().availableGeometry()
    if available.contains(outer):
        return
    left, top = inner.left() - outer.left(), inner.top() - outer.top()
    frame = QMargins(left, top, outer.right() - inner.right(), outer.bottom() - inner.bottom())
    room = available.marginsRemoved(frame)
    size = inner.size().boundedTo(room.size())
    x = min(max(inner.left(), room.left()), room.right() + 1 - size.width())
    y = min(max(inner.top(), room.top()), room.bottom() + 1 - size.height())
    window.setGeometry(QRect(x, y, size.width(), size.height()))
