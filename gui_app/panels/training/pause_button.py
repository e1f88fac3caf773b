"""The name of the epoch in the bar: it says at which epoch training pauses, and a click chooses another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from gui_app.session.pause_at import PauseEpoch
from gui_app.widgets.ticks import count_text
from gui_app.widgets.tips import tip

if TYPE_CHECKING:
    from gui_app.panels.training.pause_popover import PausePopover

MEANING = (
    "Training pauses exactly when this epoch is over for all lanes, at every speed and in each run, until you choose "
    "Never. A lane that is there waits for the others."
)


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
        from gui_app.panels.training.pause_popover import PausePopover

        self.popover = PausePopover(self._pause.epoch, self)
        self.popover.chosen.connect(lambda epoch: self._pause.choose(epoch or None))
        self.popover.open_at(self.mapToGlobal(QPoint(0, 3 * self.height())))
