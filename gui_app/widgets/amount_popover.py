"""A popover that sets the amount of an operation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.catalogue import Parameter
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.card import caption
from gui_app.widgets.guarded import guarded
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.popover import Popover
from gui_app.widgets.tips import tip

WIDTH = 256
_PUT = "amountPosition"
"""The property of a window with the corner of the popover that was dragged over it."""


class AmountPopover(Popover):
    """Popover with a slider for one number; Enter and *Apply* apply it, Escape, *Cancel* and a click elsewhere do not.

    A person drags it where it covers nothing of interest; the next one over the same window opens there.

    ``edited(amount, seed)`` is emitted on opening and at every change, ``closed(applied)`` once at the end.
    """

    edited = Signal(float, int)
    closed = Signal(bool)

    def __init__(
        self,
        title: str,
        meaning: str,
        parameter: Parameter,
        new_seed: Callable[[int], int],
        percent: bool = False,
        random: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make the popover; ``random`` adds a button that takes ``new_seed(old)`` as the next seed."""
        super().__init__(title, WIDTH, parent=parent)
        self._new_seed = new_seed
        self.seed = new_seed(0)
        self._applied = self._done = False
        self._grabbed: QPoint | None = None
        """Where a drag holds the window, from its corner."""
        self.amount = ParameterSlider(parameter, percent=percent)
        self.again = icon_button(
            "seed",
            "Other random numbers",
            tip("Other random numbers", "The same amount with other random numbers."),
        )
        self.cancel = text_button("Cancel", "Leave the points as they were (Esc)")
        self.apply = text_button("Apply", "Keep this, as one undo step (Enter)", "primary")
        self.meaning = caption(meaning)
        self.error = caption(role="error")
        self.error.setVisible(False)
        self._lay_out(title)
        self.again.setVisible(random)
        self.amount.edited.connect(self._report)
        self.again.clicked.connect(self._draw_again)
        self.apply.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.close)
        tint(self, self.palette().windowText().color().name())

    def open_at(self, point: QPoint, anchor: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter) -> None:
        """Open below a point of the screen, or where the last one was dragged to, and report the initial number."""
        window = self._owner
        put = None if window is None else window.property(_PUT)
        if window is None or put is None:
            super().open_at(point, anchor)
        else:
            super().open_at(window.mapToGlobal(put), Qt.AlignmentFlag.AlignLeft)
        self._report()

    def focus_first(self) -> None:
        self.amount.setFocus()

    def show_meaning(self, sentence: str) -> None:
        """Show what the operation does with this number."""
        self.meaning.setText(sentence)
        self.adjustSize()

    def show_message(self, sentence: str) -> None:
        """Show why this number cannot be used; an empty sentence means that it can."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.apply.setEnabled(not sentence)
        self.adjustSize()

    def _report(self) -> None:
        self.edited.emit(self.amount.value(), self.seed)

    def _draw_again(self) -> None:
        self.seed = self._new_seed(self.seed)
        self._report()

    def accept(self) -> None:
        if not self.apply.isEnabled() or self.amount.number.problem:
            return
        self._applied = True
        self.close()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self._done:
            self._done = True
            self.closed.emit(self._applied)

    @property
    def _owner(self) -> QWidget | None:
        """The window that it opens over."""
        parent = self.parentWidget()
        return None if parent is None else parent.window()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, where no control is."""
        super().mousePressEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self._grabbed = event.globalPosition().toPoint() - self.pos()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self.move(event.globalPosition().toPoint() - self._grabbed)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        grabbed, self._grabbed = self._grabbed, None
        if grabbed is not None and self._owner is not None:
            self._owner.setProperty(_PUT, self._owner.mapFromGlobal(self.pos()))

    def _lay_out(self, title: str) -> None:
        heading = QLabel(title)
        heading.setCursor(Qt.CursorShape.SizeAllCursor)
        heading.setProperty("role", "title")
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        for part in (heading, self.meaning, self.amount, self.error):
            self.column.addWidget(part)
        self.column.addLayout(buttons)
