"""A small window for one number, beside what the number changes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.catalogue import Parameter
from gui_app.session.seeds import new_seed
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.card import caption
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import tip

WIDTH = 280


class AmountPopover(QFrame):
    """``edited(amount, seed)`` for every number on the way, the first one too; ``closed(applied)`` at the end.

    Enter and *Apply* apply; Escape, *Cancel* and a click elsewhere do not. It deletes itself.
    """

    edited = Signal(float, int)
    closed = Signal(bool)

    def __init__(
        self,
        title: str,
        meaning: str,
        parameter: Parameter,
        percent: bool = False,
        random: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``random`` offers other random numbers."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(title)
        self.setFixedWidth(WIDTH)
        self.seed = new_seed(0)
        self._applied = self._done = False
        self.amount = ParameterSlider(parameter, percent=percent)
        self.again = icon_button(
            "seed", "Other random numbers", tip("Other random numbers", "The same amount, dealt out anew.")
        )
        self.cancel = text_button("Cancel", "Leave the points as they were (Esc)")
        self.apply = text_button("Apply", "Keep this, as one undo step (Enter)", "primary")
        self.error = caption(role="error")
        self.error.setVisible(False)
        self._lay_out(title, meaning)
        self.again.setVisible(random)
        self.amount.edited.connect(self._tell)
        self.again.clicked.connect(self._deal_anew)
        self.apply.clicked.connect(self._apply)
        self.cancel.clicked.connect(self.close)
        tint(self, self.palette().windowText().color().name())

    def open_at(self, place: QPoint) -> None:
        """Show with the top centre at a place on the screen, and tell the first number."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        left = min(max(place.x() - self.width() // 2, screen.left() + 8), screen.right() - self.width() - 8)
        self.move(left, min(place.y(), screen.bottom() - self.height() - 8))
        self.show()
        self.amount.setFocus()
        self._tell()

    def show_message(self, sentence: str) -> None:
        """Why this number cannot be used; empty where it can."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.apply.setEnabled(not sentence)
        self.adjustSize()

    def _tell(self) -> None:
        self.edited.emit(self.amount.value(), self.seed)

    def _deal_anew(self) -> None:
        self.seed = new_seed(self.seed)
        self._tell()

    def _apply(self) -> None:
        if self.amount.number.problem:
            return
        self._applied = True
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.apply.isEnabled():
            self._apply()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self._done:
            self._done = True
            self.closed.emit(self._applied)

    def _lay_out(self, title: str, meaning: str) -> None:
        heading = QLabel(title)
        heading.setProperty("role", "title")
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (heading, caption(meaning), self.amount, self.error):
            column.addWidget(part)
        column.addLayout(buttons)
