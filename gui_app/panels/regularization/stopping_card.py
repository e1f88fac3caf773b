"""The card of early stopping: its criterion, and what it has decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from engine.experiment import Lane, RegularizationSettings
from engine.observation.snapshot import Best, Status, Stop
from gui_app.panels.regularization.regularizer_card import RegularizerCard
from gui_app.session.best_weights import BACK, BACK_MEANING, best_words, goes_on_words, loss_words
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.tips import tip

RESTORE = "Restore best weights"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a lane has ended so far, its best epoch, if any, and whether it has other weights than those."""

    status: Status
    stops: tuple[Stop, ...]
    playing: bool
    best: Best | None = None
    may_go_back: bool = False
    goes_on_from: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of training, in sentences; whether it may go on from an end, and go back to the best weights."""

    text: str = ""
    may_continue: bool = False
    may_go_back: bool = False


class StoppingCard(RegularizerCard):
    """``continue_requested`` asks to train on from where the lane stopped, ``best_requested`` for the weights of the
    best epoch.
    """

    continue_requested = Signal()
    best_requested = Signal()

    def add_more(self) -> None:
        self.restore = QCheckBox(RESTORE)
        self.restore.setToolTip(
            tip("Best weights", "When training stops, restore the weights of the best epoch.")
        )
        self.restore.setAccessibleName(RESTORE)
        self.restore.clicked.connect(
            lambda restore: self.panel.put({self.path("restore_best"): restore}, "Change early stopping")
        )
        self.panel.controls[self.path("restore_best")] = self.restore
        self.midway = caption()
        self.extra.addWidget(self.midway)
        self.extra.addWidget(self.restore)
        self.decision = caption(role="reason")
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
        self.foot.addWidget(self.outcome)
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
        self.set_meaning(criterion.tooltip)
        self.midway.setText(criterion.midway)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what was decided about a lane."""
        self.decision.setText(outcome.text)
        self.go_on.setVisible(outcome.may_continue)
        self.go_back.setVisible(outcome.may_go_back)
        self.outcome.setVisible(bool(outcome.text))


def outcome_of(lane: Ended) -> Outcome:
    """When a lane stopped, why, and what that means for the weights; or that training went on since; and the best
    epoch, while it rests. Nothing while it trains for the first time.
    """
    stopped, rests = lane.status == "stopped", not lane.playing
    sentences = [_end_words(lane, stopped)]
    has_best = stopped and lane.best is not None and lane.stops[-1].best_epoch == lane.best.epoch
    if lane.best is not None and rests and not has_best:
        sentences.append(best_words(lane.best))
    # While other lanes still train, those that have ended wait for them.
    return Outcome(" ".join(filter(None, sentences)), stopped and rests, lane.may_go_back)


def _end_words(lane: Ended, stopped: bool) -> str:
    ends = [stop for stop in lane.stops if stop.kind == "early_stopping"]
    if not ends:
        return ""
    last = ends[-1]
    if not stopped:
        there = "" if last.best_epoch is None else " from there, not from the best weights"
        *others, latest = (f"{stop.epoch:,}" for stop in ends)
        if not others:
            return f"Stopped at epoch {latest} and was continued{there}."
        return f"Stopped at epochs {', '.join(others)} and {latest}, and was continued each time{there}."
    best, weights = lane.best, ""
    if last.best_epoch is not None:
        losses = f", with losses of {loss_words(best)}" if best and best.epoch == last.best_epoch else ""
        weights = f" The weights are those of epoch {last.best_epoch:,}{losses}."
    if lane.goes_on_from is not None:
        weights += f" {goes_on_words(lane.goes_on_from)}."
    return f"Stopped at epoch {last.epoch:,}: {last.reason}.{weights}"
