"""A quiet offer in the status bar at a start: the tour, or the lesson in which a person was last."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget


class StartOffer(QFrame):
    """A line for the status bar: ``taken`` is emitted for its first link; either link removes the line."""

    taken = Signal()

    def __init__(self, name: str, question: str, answer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        words = QLabel(question)
        words.setTextFormat(Qt.TextFormat.PlainText)
        self.take, self.dismiss = _link(answer), _link("Not now")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        for part in (words, self.take, self.dismiss):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.take.clicked.connect(self.leave)
        self.take.clicked.connect(self.taken)
        self.dismiss.clicked.connect(self.leave)

    def leave(self) -> None:
        """Make room; menus have the same."""
        self.hide()
        self.deleteLater()


def _link(text: str) -> QToolButton:
    button = QToolButton()
    # A single & would underline the next letter.
    button.setText(text.replace("&", "&&"))
    button.setProperty("kind", "link")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(text)
    return button
