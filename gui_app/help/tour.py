"""The tour: a few steps that point at parts of the window and say what they are for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from gui_app.widgets.buttons import text_button
from gui_app.widgets.guarded import guarded

WIDTH, GAP, RADIUS = 300, 10, 8
_FORWARD = (Qt.Key.Key_Right, Qt.Key.Key_PageDown)
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_PageUp)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the tour: ``find`` returns the part of the window that it points at, None if it is not shown.

    ``show`` brings that part into view first.
    """

    title: str
    words: str
    find: Callable[[], QWidget | None]
    show: Callable[[], object] = lambda: None


class Tour(QFrame):
    """A bubble over ``window`` with a sentence, beside the outlined part of each of ``steps``.

    Nothing is blocked: a person can draw and press buttons meanwhile. → and Enter go on, ← goes back, Escape closes,
    also from a control that has no use for that key. ``ended`` is emitted when it is closed.
    """

    ended = Signal()

    def __init__(self, window: QMainWindow, steps: Sequence[Step]) -> None:
        super().__init__(window)
        self._window, self._steps = window, steps
        self.index = 0
        self._focused: QWidget | None = None
        self.outline = _Outline(window)
        self.title, self.words, self._count = QLabel(), QLabel(), QLabel()
        self.back = text_button("Back", "The step before (←)")
        self.next = text_button("Next", "The next step (→ or Enter)", "primary")
        self.close_button = text_button("Close", "End the tour (Esc); it is in the Help menu.")
        self._lay_out()
        self.back.clicked.connect(lambda: self.go(self.index - 1))
        self.next.clicked.connect(lambda: self.go(self.index + 1))
        self.close_button.clicked.connect(self.end)
        # A button would take arrow keys for a way to its neighbour.
        for watched in (window, self.back, self.next, self.close_button):
            watched.installEventFilter(self)

    def begin(self) -> None:
        """Show the first step."""
        self._focused = self._window.focusWidget()
        self.show()
        self.go(0)
        self.next.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go(self, index: int) -> None:
        """Show a step; after the last one the tour ends."""
        if index >= len(self._steps):
            self.end()
            return
        self.index = max(index, 0)
        step = self._steps[self.index]
        self.title.setText(step.title)
        self.words.setText(step.words)
        self._count.setText(f"{self.index + 1} of {len(self._steps)}")
        self.back.setEnabled(self.index > 0)
        self.next.setText("Done" if self.index + 1 == len(self._steps) else "Next")
        self.setAccessibleName(f"Tour: {step.title}")
        self.setAccessibleDescription(step.words)
        step.show()
        self._place()
        # What has just been shown has its size after this.
        QTimer.singleShot(0, self, self._place)

    def end(self) -> None:
        """Close the tour."""
        self._window.removeEventFilter(self)
        self.outline.hide()
        self.outline.deleteLater()
        self._give_focus_back()
        self.hide()
        self.deleteLater()
        self.ended.emit()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._press(event.key()):
            super().keyPressEvent(event)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press_in(watched, event.key())
        if watched is self._window and event.type() == QEvent.Type.Close:
            self.end()
            return False
        if watched is self._window and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return False

    def _press_in(self, watched: QObject, key: int) -> bool:
        """Take a key that was pressed on a button, or one that no control in the window had a use for."""
        if watched is self._window:
            return key == Qt.Key.Key_Escape and self._press(key)
        if key in _ENTER and isinstance(watched, QPushButton):
            watched.click()
            return True
        return self._press(key)

    def _give_focus_back(self) -> None:
        """Focus what had the focus before the tour, unless a person has gone elsewhere meanwhile."""
        before, now = self._focused, self._window.focusWidget()
        if before is not None and isValid(before) and now is not None and self.isAncestorOf(now):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _press(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (*_FORWARD, *_BACK):
            self.go(self.index + (1 if key in _FORWARD else -1))
        return key in (Qt.Key.Key_Escape, *_FORWARD, *_BACK)

    def _place(self) -> None:
        """Outline the part, and stand beside it; in the middle of the window if it is not shown."""
        part = self._steps[self.index].find()
        room = self._window.rect()
        self.adjustSize()
        layout = self.layout()
        if layout is not None:
            self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        seen = QRect()
        if part is not None and part.isVisible():
            seen = _in_view(part, self._window)
        self.outline.point_at(seen)
        self.move(_corner(seen, room, self.rect()))
        self.raise_()

    def _lay_out(self) -> None:
        self.setProperty("kind", "overlay")
        self.title.setProperty("role", "title")
        self._count.setProperty("role", "caption")
        self.words.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._count, 1)
        for button in (self.close_button, self.back, self.next):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(buttons)


class _Outline(QWidget):
    """A frame around a part of the window, which takes no mouse events."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def point_at(self, part: QRect) -> None:
        """Move around a rectangle of the window; an empty one hides the frame."""
        self.setVisible(not part.isEmpty())
        self.setGeometry(part.adjusted(-2, -2, 2, 2))
        self.raise_()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 3))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), RADIUS, RADIUS)


def _in_view(part: QWidget, window: QWidget) -> QRect:
    """Return the rectangle of a part of the window without what is scrolled away."""
    seen = QRect(part.mapTo(window, QPoint(0, 0)), part.size()) & window.rect()
    around = part.parentWidget()
    while around is not None and around is not window:
        seen &= QRect(around.mapTo(window, QPoint(0, 0)), around.size())
        around = around.parentWidget()
    return seen


def _corner(part: QRect, room: QRect, bubble: QRect) -> QPoint:
    """Return where the bubble is inside the room and covers the part least: below, above, right, left, or within it."""
    if part.isEmpty():
        return room.center() - bubble.center()
    x = min(max(part.center().x() - bubble.width() // 2, GAP), room.right() - bubble.width() - GAP)
    y = min(max(part.center().y() - bubble.height() // 2, GAP), room.bottom() - bubble.height() - GAP)
    corners = (
        QPoint(x, part.bottom() + GAP),
        QPoint(x, part.top() - bubble.height() - GAP),
        QPoint(part.right() + GAP, y),
        QPoint(part.left() - bubble.width() - GAP, y),
    )
    fitting = (corner for corner in corners if room.contains(QRect(corner, bubble.size())))
    return next(fitting, QPoint(x, part.top() + GAP))
