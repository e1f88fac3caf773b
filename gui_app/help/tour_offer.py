"""The quiet offer of the tour at the first start."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget


class TourOffer(QFrame):
    """A line for the status bar: ``taken`` is emitted for *Take the tour*; either link removes the line."""

    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Offer of a tour")
        words = QLabel("New here?")
        self.take, self.dismiss = _link("Take the tour"), _link("Not now")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        for part in (words, self.take, self.dismiss):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.take.clicked.connect(self.leave)
        self.take.clicked.connect(self.taken)
        self.dismiss.clicked.connect(self.leave)

    def leave(self) -> None:
        """Make room; the Help menu has the tour."""
        self.hide()
        self.deleteLater()


def _link(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setProperty("kind", "link")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(text)
    return button
