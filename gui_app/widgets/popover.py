"""A small popup window for a quick edit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import beside

GAP = 8
"""Pixels between a popover and the edges of the screen."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Popover(QFrame):
    """Popup window that focuses its first control; its widgets go into the layout ``column``.

    It opens over all windows and open popovers. Escape and a click elsewhere close it; it then returns the focus to
    the control that had it, and deletes itself. ``width`` pixels are more where text is larger. What is higher than the
    screen scrolls.
    """

    def __init__(self, name: str, width: int, padding: int = 12, parent: QWidget | None = None) -> None:
        # Qt keeps popups in a stack, closes them on a click outside and returns the focus.
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)
        wanted = text_size.scaled(width, max(text_size.scale(), 1.0))
        self.setFixedWidth(min(wanted, self.screen().availableGeometry().width() - 2 * GAP))
        self._content = QWidget()
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(8)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(_scrolling(self._content))
        self._content.installEventFilter(self)

    def open_at(self, point: QPoint, anchor: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        """Open below a point of the screen; ``anchor`` says which edge, or the middle, is at that point."""
        self.adjustSize()
        self._open(point - QPoint(_offset(self.width(), anchor), 0))

    def open_above(self, point: QPoint, anchor: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        """Open above a point of the screen; ``anchor`` says which edge, or the middle, is at that point."""
        self.adjustSize()
        self._open(point - QPoint(_offset(self.width(), anchor), self.height()))

    def open_beside(self, subject: QWidget) -> None:
        """Open where it does not cover a widget, if there is room for that on the screen."""
        self.adjustSize()
        self._open(beside(subject, self.size(), subject.mapToGlobal(subject.rect().center())))

    def adjustSize(self) -> None:
        """Resize to the height that the content needs at the fixed width; at most to that of the screen."""
        # Sizes depend on the style, which widgets otherwise get when they are shown.
        for part in (self, *self.findChildren(QWidget)):
            part.ensurePolished()
        self.column.invalidate()
        self.column.activate()
        edge = self.contentsMargins()
        height = self.column.totalHeightForWidth(self.width() - edge.left() - edge.right())
        height = height if height >= 0 else self.column.totalSizeHint().height()
        # Its own smallest height would be that of text in a narrow column.
        self._content.setMinimumHeight(height)
        highest = self.screen().availableGeometry().height() - 2 * GAP
        self.resize(self.width(), min(height + edge.top() + edge.bottom(), highest))

    def focus_first(self) -> None:
        """Focus the first control; subclasses may choose another one."""
        self.focusNextChild()

    def accept(self) -> None:
        """Handle Enter; subclasses override this if they have something to accept."""

    def reject(self) -> None:
        """Handle Escape: close."""
        self.close()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            # Something has appeared in it, or gone.
            self.adjustSize()
        return False

    @guarded
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


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    # Tab scrolls to what it reaches, and arrow keys that no control wants scroll.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(content)
    content.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area


def _offset(width: int, anchor: Qt.AlignmentFlag) -> int:
    """Return the distance of the anchor from the left edge."""
    return {Qt.AlignmentFlag.AlignHCenter: width // 2, Qt.AlignmentFlag.AlignRight: width}.get(anchor, 0)


def _moved_into(screen: QRect, corner: QPoint, size: QSize) -> QPoint:
    """Return the nearest top left corner for which a rectangle of ``size`` is inside the screen."""
    left = min(corner.x(), screen.right() - size.width() - GAP)
    top = min(corner.y(), screen.bottom() - size.height() - GAP)
    return QPoint(max(left, screen.left() + GAP), max(top, screen.top() + GAP))
