"""What works against overfitting, one card each."""

from __future__ import annotations

from engine.experiment import Experiment
from gui_app.panels.dropout_card import DropoutCard
from gui_app.panels.panel import Panel
from gui_app.panels.penalty_card import PenaltyCard
from gui_app.panels.stopping_card import StoppingCard
from gui_app.widgets.section import Section


class RegularizationPanel(Panel):
    """Edits ``regularization`` of one lane. A card switched off remembers its values until it is on again."""

    def build(self) -> None:
        self.section = Section("Regularization")
        self.column.addWidget(self.section)
        self.l1, self.l2 = PenaltyCard(self, "l1"), PenaltyCard(self, "l2")
        self.dropout, self.stopping = DropoutCard(self), StoppingCard(self)
        self.cards = (self.l1, self.l2, self.dropout, self.stopping)
        for card in self.cards:
            self.section.body.addWidget(card)

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        return before.lanes is not after.lanes or before.data is not after.data

    def refresh(self, experiment: Experiment) -> None:
        lane = experiment.lanes[self.lane]
        self.l1.show_strength(lane.regularization.l1)
        self.l2.show_strength(lane.regularization.l2)
        self.dropout.show_dropout(lane.regularization.dropout, len(lane.network.hidden))
        self.stopping.show_stopping(lane.regularization.early_stopping, self.document.points.counts()[1])
