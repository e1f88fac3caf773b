"""A card: one thing that can be on or off, with its settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.switch import Switch


def caption(text: str = "", role: str = "caption") -> QLabel:
    """Small text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


class Card(QFrame):
    """A title, a switch at the right, and settings that show while the switch is on: ``body``, what they mean
    in a line, ``extra``.

    A click on the title (or − and + on its switch) folds the body of a card that is on; ``summary`` then says
    what matters. ``foot`` shows always. A card that has a reason not to be used shows it. ``switched(on)`` comes from
    a person only.
    """

    switched = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        self.title, self.summary = QLabel(title), ElidedLabel()
        self.switch = Switch(title)
        self.meaning, self.reason = caption(), caption(role="reason")
        self.content = QWidget()
        self.body, self.extra, self.foot = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._folded = False
        self._lay_out()
        self.switch.clicked.connect(self._switch)
        self._show_parts()

    @property
    def is_on(self) -> bool:
        return self.switch.isChecked()

    def set_on(self, on: bool) -> None:
        """Show a state without a signal."""
        self.switch.set_on(on)
        self._show_parts()

    def set_summary(self, text: str) -> None:
        """Set the short text beside the title of a folded card."""
        self.summary.show_text(text)

    def set_meaning(self, text: str) -> None:
        """A line below the settings that says what they do."""
        self.meaning.setText(text)
        self._show_parts()

    def set_reason(self, reason: str) -> None:
        """Why this cannot be used now; empty where it can."""
        self.reason.setText(reason)
        # What is on can be switched off even where it cannot work.
        self.switch.setEnabled(not reason or self.is_on)
        self.content.setEnabled(not reason)
        self.title.setEnabled(not reason)
        self._show_parts()

    def fold(self, folded: bool) -> None:
        """Hide the body of a card that is on, or show it again."""
        self._folded = folded
        self._show_parts()

    def _switch(self, on: bool) -> None:
        self._folded = False
        self._show_parts()
        self.switched.emit(on)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_on and event.position().y() < self.switch.geometry().bottom() + 6:
            self.fold(not self._folded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        folds = {Qt.Key.Key_Minus: True, Qt.Key.Key_Plus: False}
        if self.is_on and Qt.Key(event.key()) in folds:
            self.fold(folds[Qt.Key(event.key())])
        else:
            event.ignore()

    def _show_parts(self) -> None:
        opened = self.is_on and not self._folded
        self.content.setVisible(opened)
        self.summary.setVisible(self.is_on and self._folded)
        self.meaning.setVisible(bool(self.meaning.text()))
        self.reason.setVisible(bool(self.reason.text()))

    def _lay_out(self) -> None:
        self.title.setProperty("role", "title")
        self.summary.setProperty("role", "caption")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.summary, 1, Qt.AlignmentFlag.AlignVCenter)
        # Takes what the summary leaves: all of it while that is hidden.
        head.addStretch()
        head.addWidget(self.switch)
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(3)
        self.body.setSpacing(4)
        inside.addLayout(self.body)
        inside.addWidget(self.meaning)
        inside.addLayout(self.extra)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 7, 8, 8)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.content)
        column.addWidget(self.reason)
        column.addLayout(self.foot)
