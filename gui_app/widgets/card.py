"""A card: the settings of a feature that can be switched on and off."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.guarded import guarded
from gui_app.widgets.switch import Switch


def caption(text: str = "", role: str = "caption") -> QLabel:
    """Return a label for small text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


class Card(QFrame):
    """Card with a title, a switch, and settings that are visible while the switch is on.

    The settings are ``body``, a line that explains them, and ``extra``; ``foot`` is always visible. A click on the
    title (or − and + on the switch) folds the settings of a card that is on; ``summary`` then shows the most important
    ones. A card that cannot be used shows the reason. ``switched(on)`` is emitted when a person uses the switch.
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
        """Set the line below the settings that explains them."""
        self.meaning.setText(text)
        self._show_parts()

    def set_reason(self, reason: str) -> None:
        """Show why this cannot be used now; an empty reason means that it can."""
        self.reason.setText(reason)
        # A card that is on can be switched off even if it has no effect now.
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

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_on and event.position().y() < self.switch.geometry().bottom() + 6:
            self.fold(not self._folded)

    @guarded
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
        # Takes the width that the summary leaves: all of it while the summary is hidden.
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
