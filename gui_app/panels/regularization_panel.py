"""What works against overfitting and against gradients that vanish or explode, one card each."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel

from engine.catalogue.regularizers import REGULARIZERS, Group, Regularizer
from engine.experiment import Experiment
from engine.observation.snapshot import Snapshot
from gui_app.panels.dropout_card import DropoutCard
from gui_app.panels.panel import Panel
from gui_app.panels.regularizer_card import RegularizerCard
from gui_app.panels.regularizer_words import reasons_against
from gui_app.panels.stopping_card import StoppingCard
from gui_app.widgets.section import Section

SPECIAL: dict[str, type[RegularizerCard]] = {"dropout": DropoutCard, "early_stopping": StoppingCard}
"""What needs more than its record tells; every other entry gets a card as it is."""


class RegularizationPanel(Panel):
    """Edits ``regularization`` of one lane. A card switched off remembers its values until it is on again."""

    continue_requested = Signal()

    def build(self) -> None:
        self.section = Section("Regularization")
        self.column.addWidget(self.section)
        self.cards: dict[str, RegularizerCard] = {}
        for group in get_args(Group):
            self._add_group(group, [entry for entry in REGULARIZERS.values() if entry.group == group])
        stopping = self.cards["early_stopping"]
        assert isinstance(stopping, StoppingCard)
        self.stopping = stopping
        stopping.continue_requested.connect(self.continue_requested)

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        return before.lanes is not after.lanes or before.data is not after.data

    def refresh(self, experiment: Experiment) -> None:
        lane = experiment.lanes[self.lane]
        reasons = reasons_against(lane, experiment.data, self.document.points.counts()[1])
        for card in self.cards.values():
            card.show_lane(lane, reasons)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show how the lane has ended."""
        lanes = snapshot.lanes if snapshot else ()
        lane = lanes[self.lane] if self.lane < len(lanes) else None
        self.stopping.show_ends(lane, snapshot is not None and snapshot.playing)

    def _add_group(self, group: str, entries: list[Regularizer]) -> None:
        name = QLabel(group)
        name.setProperty("role", "caption")
        name.setContentsMargins(0, 4, 0, 0)
        self.section.body.addWidget(name)
        for entry in entries:
            card = SPECIAL.get(entry.key, RegularizerCard)(self, entry)
            self.cards[entry.key] = card
            self.section.body.addWidget(card)
