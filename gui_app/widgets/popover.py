"""A small window over another one, for one thing that is soon done."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

GAP = 8
"""Pixels between a popover and the edges of the screen."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Popover(QFrame):
    """Opens over all windows, and over a popover that is open, with its first control focused. Escape and a click
    elsewhere close it. It then gives the focus back to the control that had it, and deletes itself.

    Its parts go into ``column``.
    """

    def __init__(self, name: str, width: int, padding: int = 12, parent: QWidget | None = None) -> None:
        # Qt keeps popups in a stack, closes them on a click outside and returns the focus.
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(8)

    def open_at(self, point: QPoint, anchor: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        """Show below a point of the screen, with the left or right edge or the middle there."""
        self.adjustSize()
        self._open(point - QPoint(_offset(self.width(), anchor), 0))

    def open_above(self, point: QPoint, anchor: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        """Show above a point of the screen, with the left or right edge or the middle there."""
        self.adjustSize()
        self._open(point - QPoint(_offset(self.width(), anchor), self.height()))

    def adjustSize(self) -> None:
        """Take the height that the content needs at the fixed width."""
        self.column.activate()
        height = self.column.totalHeightForWidth(self.width())
        self.resize(self.width(), height if height >= 0 else self.sizeHint().height())

    def focus_first(self) -> None:
        """Focus the control that a person most likely wants: the first."""
        self.focusNextChild()

    def accept(self) -> None:
        """What Enter does: nothing, unless a popover has something to accept."""

    def reject(self) -> None:
        """What Escape does."""
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            super().keyPressEvent(event)

    def _open(self, corner: QPoint) -> None:
        self.move(_moved_into(self.screen().availableGeometry(), corner, self.size()))
        self.show()
        self.focus_first()


def _offset(width: int, anchor: Qt.AlignmentFlag) -> int:
    """How far the anchor is from the left edge."""
    return {Qt.AlignmentFlag.AlignHCenter: width // 2, Qt.AlignmentFlag.AlignRight: width}.get(anchor, 0)


def _moved_into(screen: QRect, corner: QPoint, size: QSize) -> QPoint:
    """The nearest corner at which a rectangle lies within the screen."""
    left = min(corner.x(), screen.right() - size.width() - GAP)
    top = min(corner.y(), screen.bottom() - size.height() - GAP)
    return QPoint(max(left, screen.left() + GAP), max(top, screen.top() + GAP))
