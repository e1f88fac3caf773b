"""The base of panels that show and edit settings of the current lane."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment, Lane
from gui_app.panels.panel import Panel
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.widgets.number_field import NumberField


class LanePanel(Panel):
    """Base of the current lane's panels; their paths are relative to the lane, as in "training.learning_rate"."""

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
        """Show the new current lane. Text typed but not entered is dropped: it was meant for the former lane."""
        for field in self.findChildren(NumberField):
            field.discard_text()
        self.show_message("")
        self.outdated()
