"""Popover that asks at which epoch training pauses."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.catalogue import Parameter
from gui_app.panels.training.pause_button import MEANING
from gui_app.session.pause_at import LARGEST
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.popover import Popover
from gui_app.widgets.tips import tip

EPOCH = Parameter(
    "epoch", "Pause at epoch", 100, 1, LARGEST, MEANING, integer=True, log=True, slider=(1, 100_000)
)
WIDTH = 300


class PausePopover(Popover):
    """Popover that asks for an epoch; ``chosen(epoch)`` is emitted once, with 0 for never."""

    chosen = Signal(int)

    def __init__(self, epoch: int | None, parent: QWidget | None = None) -> None:
        super().__init__("Pause at an epoch", WIDTH, parent=parent)
        self.epoch = ParameterSlider(EPOCH)
        self.epoch.set_value(epoch or EPOCH.default)
        self.never = text_button("Never", tip("Never", "Train until paused by hand."))
        self.pause = text_button("Pause there", tip("Pause there (Enter)", MEANING), "primary")
        heading = QLabel("Pause at an epoch")
        heading.setProperty("role", "title")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.never)
        buttons.addWidget(self.pause)
        for part in (heading, caption(MEANING), self.epoch):
            self.column.addWidget(part)
        self.column.addLayout(buttons)
        self.never.clicked.connect(lambda: self._choose(0))
        self.pause.clicked.connect(self.accept)

    def focus_first(self) -> None:
        self.epoch.number.setFocus()
        self.epoch.number.selectAll()

    def accept(self) -> None:
        if not self.epoch.number.problem:
            self._choose(round(self.epoch.value()))

    def _choose(self, epoch: int) -> None:
        self.chosen.emit(epoch)
        self.close()
