"""The card of early stopping: its criterion, and its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.experiment import Lane, RegularizationSettings
from engine.observation.snapshot import Best, Status, Stop, StopOfSeeds
from gui_app.panels.regularization.regularizer_card import RegularizerCard
from gui_app.session.best_weights import (
    BACK,
    BACK_MEANING,
    back_meaning,
    describe_bests,
    describe_continuation,
    format_losses,
)
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import explanation
from gui_app.widgets.check_box import CheckBox
from gui_app.widgets.tips import tip

RESTORE = "Restore best weights"


@dataclass(frozen=True, slots=True)
class Ended:
    """The ends and the best epochs of a lane, one for each seed: everything that its outcome is derived from."""

    status: Status
    stops: tuple[Stop, ...]
    playing: bool
    bests: tuple[Best, ...] = ()
    may_go_back: bool = False
    continues_from: int | None = None
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome in sentences; whether training may continue, and whether it may go back to the best weights."""

    text: str = ""
    may_continue: bool = False
    may_go_back: bool = False
    back_meaning: str = BACK_MEANING


class StoppingCard(RegularizerCard):
    """Card of early stopping.

    ``continue_requested`` asks to continue training after a stop, ``best_requested`` to restore the weights of the best
    epoch.
    """

    continue_requested = Signal()
    best_requested = Signal()

    def add_more(self) -> None:
        self.restore = CheckBox(RESTORE)
        self.restore.setToolTip(
            tip("Best weights", "When training stops, restore the weights of the best epoch.")
        )
        self.restore.clicked.connect(
            lambda restore: self.panel.put({self.path("restore_best"): restore}, "Change early stopping")
        )
        self.panel.controls[self.path("restore_best")] = self.restore
        self.midway = explanation()
        self.body.addWidget(self.midway)
        self.body.addWidget(self.restore)
        self.decision = explanation()
        self.go_on = text_button(
            "Continue anyway",
            tip("Continue anyway", "Keep training from the weights at which it stopped."),
            "compact",
        )
        self.go_on.clicked.connect(self.continue_requested)
        self.go_back = text_button(BACK, tip(BACK, BACK_MEANING), "compact")
        self.go_back.clicked.connect(self.best_requested)
        self.outcome = QWidget()
        column = QVBoxLayout(self.outcome)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.decision)
        column.addWidget(self.go_back)
        column.addWidget(self.go_on)
        self.extra.addWidget(self.outcome)
        self.show_outcome(Outcome())

    def values(self, settings: RegularizationSettings) -> dict[str, Any]:
        stopping, values = settings.early_stopping, super().values(settings)
        return values if stopping is None else {**values, "restore_best": stopping.restore_best}

    def show_values(self, values: Mapping[str, Any], lane: Lane) -> None:
        super().show_values(values, lane)
        self.restore.setChecked(values["restore_best"])
        criterion = self.entry.choices["criterion"][values["criterion"]]
        for parameter in criterion.parameters:
            self.sliders[parameter.key].show_meaning(parameter)
        self.formula.setText(criterion.formula)
        self.set_meaning(criterion.tooltip)
        self.show_symbols()
        self.midway.setText(criterion.midway)

    def notes(self) -> list[str]:
        return [*super().notes(), self.decision.text() if self.is_on else ""]

    def show_outcome(self, outcome: Outcome) -> None:
        """Show the outcome of a lane."""
        self.decision.setText(outcome.text)
        self.go_on.setVisible(outcome.may_continue)
        self.go_back.setVisible(outcome.may_go_back)
        self.go_back.setToolTip(tip(BACK, outcome.back_meaning))
        self.outcome.setVisible(bool(outcome.text))
        self.set_notes(*self.notes())


def outcome_of(lane: Ended, selected: int = 1) -> Outcome:
    """Return the outcome of a lane, while so many are selected.

    The text says when and why it stopped and which weights it has, or that training was continued, and, while it does
    not train, its best epoch. It is empty while the lane trains for the first time.
    """
    stopped, rests = lane.status == "stopped", not lane.playing
    sentences = [_describe_ends(lane, stopped)]
    has_best = stopped and len(lane.bests) == 1 and lane.stops[-1].best_epoch == lane.bests[0].epoch
    if lane.bests and rests and not has_best:
        sentences += [describe_bests(lane.bests), lane.by_hand]
    # A stopped lane may continue only when no other lane trains.
    meaning = back_meaning(lane.bests, selected)
    return Outcome(" ".join(filter(None, sentences)), stopped and rests, lane.may_go_back, meaning)


def _describe_ends(lane: Ended, stopped: bool) -> str:
    ends = [stop for stop in lane.stops if stop.kind == "early_stopping"]
    if not ends:
        return ""
    last = ends[-1]
    if isinstance(last, StopOfSeeds):
        return f"{last.reason[:1].upper()}{last.reason[1:]}."
    if not stopped:
        there = "" if last.best_epoch is None else " from there, not from the best weights"
        *others, latest = (f"{stop.epoch:,}" for stop in ends)
        if not others:
            return f"Stopped at epoch {latest} and was continued{there}."
        return f"Stopped at epochs {', '.join(others)} and {latest}, and was continued each time{there}."
    best, weights = next(iter(lane.bests), None), ""
    if last.best_epoch is not None:
        losses = f", with losses of {format_losses(best)}" if best and best.epoch == last.best_epoch else ""
        weights = f" The weights are those of epoch {last.best_epoch:,}{losses}."
    if lane.continues_from is not None:
        weights += f" {describe_continuation(lane.continues_from)}."
    return f"Stopped at epoch {last.epoch:,}: {last.reason}.{weights}"
