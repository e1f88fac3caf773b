"""The name of the epoch in the bar: it says at which epoch training pauses, and a click chooses another."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from engine.catalogue import Parameter
from gui_app.session.pause_at import LARGEST, PauseEpoch
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.popover import Popover
from gui_app.widgets.ticks import count_text
from gui_app.widgets.tips import tip

MEANING = (
    "Training pauses exactly when this epoch is over, at every speed and in each run, until you choose Never."
)
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


class PauseButton(QToolButton):
    """Link that says "epoch", or up to which epoch training goes, and opens the popover."""

    def __init__(self, pause: PauseEpoch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pause = pause
        self.popover: PausePopover | None = None
        self.setProperty("kind", "caption")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.clicked.connect(self._ask)
        pause.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        epoch = self._pause.epoch
        self.setText("epoch ▾" if epoch is None else f"epoch, to {count_text(epoch)} ▾")
        now = "Training does not pause by itself." if epoch is None else f"Now: epoch {count_text(epoch)}."
        self.setAccessibleName("Pause at an epoch")
        self.setAccessibleDescription(now)
        self.setToolTip(tip("Pause at an epoch", f"{MEANING} {now}"))

    def _ask(self) -> None:
        self.popover = PausePopover(self._pause.epoch, self)
        self.popover.chosen.connect(lambda epoch: self._pause.choose(epoch or None))
        self.popover.open_at(self.mapToGlobal(QPoint(0, 3 * self.height())))
