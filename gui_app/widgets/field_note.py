"""A note beside a field: why the field refuses a text, or how it has read the text."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from shiboken6 import isValid

from gui_app.widgets.guarded import guarded

WIDEST = 240
"""Maximum width of a note in pixels; longer sentences wrap."""
GAP = 3
SECONDS = 8
"""Time after which a note that reports no problem disappears."""


class FieldNote(QLabel):
    """Label that floats next to a field and scrolls with it; it takes no space in layouts and no focus.

    Only one is visible at a time: it disappears when another appears, or when a person types into another field.
    """

    _seen: FieldNote | None = None

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setObjectName("fieldNote")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._end = QTimer(self, singleShot=True, interval=1000 * SECONDS)
        self._end.timeout.connect(self.clear)
        self._described = ""
        field.destroyed.connect(self.deleteLater)
        self.hide()

    def show_message(self, sentence: str, problem: bool) -> None:
        """Show a sentence until ``clear``; without a ``problem`` it disappears after a while."""
        FieldNote.clear_other(self)
        FieldNote._seen = self
        text = f"{sentence[:1].upper()}{sentence[1:]}."
        self.setText(text)
        self.setProperty("problem", problem)
        self.style().unpolish(self)
        self.style().polish(self)
        self._describe(text)
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self._field, QAccessible.Event.Alert))
        if problem:
            self._end.stop()
        else:
            self._end.start()

    @staticmethod
    def clear_other(note: FieldNote) -> None:
        """Hide the visible note if it is not ``note``."""
        seen = FieldNote._seen
        if seen is not None and seen is not note and isValid(seen):
            seen.clear()

    @property
    def refuses(self) -> bool:
        """Whether the note is visible and reports a problem."""
        return not self.isHidden() and bool(self.property("problem"))

    def clear(self) -> None:
        """Hide the note."""
        if not self.isHidden():
            self.hide()
            self._field.setAccessibleDescription(self._described)

    def _describe(self, text: str) -> None:
        if self.isHidden():
            self._described = self._field.accessibleDescription()
        self._field.setAccessibleDescription(text)

    def _place(self) -> None:
        """Move the note below the field, or above it if there is no space below; keep it inside the container."""
        container = _container(self._field)
        if self.parentWidget() is not container:
            self.setParent(container)
        room = container.rect().adjusted(4, 4, -4, -4)
        width = min(WIDEST, room.width(), self.fontMetrics().horizontalAdvance(self.text()) + 20)
        self.setFixedSize(width, self.heightForWidth(width))
        corner = self._field.mapTo(container, QPoint(self._field.width() - width, self._field.height() + GAP))
        if corner.y() + self.height() > room.bottom():
            corner.setY(self._field.mapTo(container, QPoint(0, 0)).y() - self.height() - GAP)
        left = max(min(corner.x(), room.right() - width), room.left())
        self.move(left, max(corner.y(), room.top()))

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clear()


def _container(field: QWidget) -> QWidget:
    """Return the content of the scroll area that holds the field, or else the field's window."""
    above = field
    while (parent := above.parentWidget()) is not None and not above.isWindow():
        if isinstance(parent.parentWidget(), QScrollArea):
            return above
        above = parent
    return above
