"""What the panels of the current lane share: they show its settings and edit them by path below the lane."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment, Lane
from gui_app.panels.panel import Panel
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.widgets.number_field import NumberField


class LanePanel(Panel):
    """A panel of the current lane: its paths, as in "training.learning_rate", begin below the lane."""

    def __init__(self, document: Document, current: CurrentLane, parent: QWidget | None = None) -> None:
        self.current = current
        super().__init__(document, parent)
        current.changed.connect(self._lane_changed)

    @property
    def lane(self) -> Lane:
        """The current lane's settings."""
        return self.current.lane

    def path(self, below: str) -> str:
        return self.current.path(below)

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        return before.lanes is not after.lanes

    def _lane_changed(self) -> None:
        """Show the lane that is current now. Text that was typed and not entered was meant for the former one."""
        for field in self.findChildren(NumberField):
            field.discard_text()
        self.show_message("")
        self.outdated()
