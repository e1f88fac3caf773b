"""The regularization panel: one card for each means against overfitting or vanishing or exploding gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.catalogue.regularizers import REGULARIZERS, Group, Regularizer
from engine.experiment import Experiment
from engine.experiment.frame import Frame
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.panels.lane_dots import Dot
from gui_app.panels.lane_panel import Compared, LanePanel
from gui_app.panels.regularization.dropout_card import DropoutCard, shown_layers
from gui_app.panels.regularization.regularizer_card import RegularizerCard
from gui_app.panels.regularization.stopping_card import Ended, Outcome, StoppingCard, outcome_of
from gui_app.panels.regularizer_notes import reasons_against
from gui_app.session.best_weights import bests_of, bests_to_restore, compare_by_hand
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView
from gui_app.widgets.section import Section
from gui_app.widgets.topics import set_topic

SPECIAL: dict[str, type[RegularizerCard]] = {"dropout": DropoutCard, "early_stopping": StoppingCard}
"""Special cards, by key of the catalogue; every other entry gets a plain ``RegularizerCard``."""


CARD, LAYERS = "card.", "regularization.dropout.layers"
GAP = 4
"""Pixels between the groups of cards."""


class RegularizationPanel(LanePanel, SnapshotView[Ended | None, int, Outcome]):
    """Panel that edits ``regularization`` of the selected lanes and shows how the current one's training ended."""

    continue_requested = Signal()
    best_requested = Signal()

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        parent: QWidget | None = None,
        *,
        at_once: bool = True,
    ) -> None:
        super().__init__(document, current, parent)
        self.follow_lane(current)
        if at_once:
            for _ in self.furnish():
                pass

    def build(self) -> None:
        set_topic(self, "regularization")
        self.section = Section("Regularization")
        self.column.addWidget(self.section)
        self.cards: dict[str, RegularizerCard] = {}
        self._reasons_shown: dict[str, str] = {}

    def furnish(self) -> Iterator[None]:
        """Create the cards, one per turn of the event loop: all at once would delay a stroke."""
        self.section.body.setSpacing(0)
        for number, group in enumerate(get_args(Group)):
            self.section.body.addSpacing(GAP if number else 0)
            for entry in REGULARIZERS.values():
                if entry.group == group:
                    self._add_card(entry)
                    yield
        self.stopping.continue_requested.connect(self.continue_requested)
        self.stopping.best_requested.connect(self.best_requested)
        self._refresh()

    def reveal(self, path: str) -> bool:
        """Bring the card of a regularizer (its key) or of one of its settings into view and outline it once."""
        card = self.cards.get(path) or next(filter(None, map(self._card_of, _above(path))), None)
        if card is None:
            return False
        self.section.set_open(True)
        self.show_control(card)
        return True

    def _card_of(self, path: str) -> RegularizerCard | None:
        control = self.controls.get(path)
        whole = path.removeprefix("regularization.")
        for card in self.cards.values():
            if card.entry.settings_field == whole or (control is not None and card.isAncestorOf(control)):
                return card
        return None

    @property
    def stopping(self) -> StoppingCard:
        card = self.cards["early_stopping"]
        assert isinstance(card, StoppingCard)
        return card

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        """Return whether the settings or the reasons against regularizers differ.

        A stroke, which changes the points every frame, seldom changes the reasons.
        """
        frames = Frame.of(before.data), Frame.of(after.data)
        return (
            super().concerns(before, after)
            or frames[0] != frames[1]
            or self._reasons(after) != self._reasons_shown
        )

    def refresh(self, experiment: Experiment) -> None:
        self._reasons_shown = self._reasons(experiment)
        for card in self.cards.values():
            card.show_lane(self.lane, self._reasons_shown)

    # -- several lanes

    def value_of(self, index: int, path: str) -> Any:
        if path == LAYERS:
            return shown_layers(self.document.experiment.lanes[index])
        return super().value_of(index, path)

    def held_parts(self, path: str) -> tuple[QWidget, ...]:
        card = self._card_of(path)
        return super().held_parts(path) + (() if card is None else (card.switch, card.partly))

    def taken(self, path: str) -> dict[str, object]:
        first = self.first
        if path.startswith(CARD):
            return self.cards[path.removeprefix(CARD)].taken(first)
        if path == LAYERS:
            dropout = first.regularization.dropout
            return {LAYERS: dropout.layers, "regularization.dropout.rates": dropout.rates}
        return super().taken(path)

    def dots_of(self, compared: Mapping[str, Compared]) -> Iterator[Dot]:
        """Yield a dot for each card, which also stands for the slider in its line, and those of what is in it."""
        in_lines = {card.path(key) for card in self.cards.values() for key in card.in_line}
        first = self.first
        for key, card in self.cards.items():
            if card.settings_of(self.lane) != card.settings_of(first):
                yield Dot(f"{CARD}{key}", card.mark, card.entry.label, card.text_of(first))
        yield from (dot for dot in super().dots_of(compared) if dot.path not in in_lines)

    def _reasons(self, experiment: Experiment) -> dict[str, str]:
        """Return why regularizers cannot be used, by path or key."""
        return reasons_against(self.lane, experiment.data, self.document.points.counts())

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Ended | None:
        if snapshot is None or lane is None:
            return None
        may_go_back = bool(bests_to_restore(lane, snapshot.playing))
        bests = bests_of(lane) if lane.now.step else ()
        by_hand, from_epoch = compare_by_hand(lane), lane.continues_from
        return Ended(lane.status, lane.stops, snapshot.playing, bests, may_go_back, from_epoch, by_hand)

    @property
    def options(self) -> int:
        """How many lanes are selected."""
        return len(self.current.selected)

    @staticmethod
    def compose(model: Ended | None, options: int) -> Outcome:
        return Outcome() if model is None else outcome_of(model, options)

    def draw(self, shown: Outcome) -> None:
        self.stopping.show_outcome(shown)

    def _add_card(self, entry: Regularizer) -> None:
        card = SPECIAL.get(entry.key, RegularizerCard)(self, entry)
        self.cards[entry.key] = card
        self.section.body.addWidget(card)


def _above(path: str) -> Iterator[str]:
    """Yield the path of a setting and those of the groups that contain it, smallest first."""
    while path:
        yield path
        path = path.rpartition(".")[0]
