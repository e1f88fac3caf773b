"""One situation on several seeds, as lanes of one trainer: untreated, and with each cure from the moment of the finding
and from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from engine.experiment import VALIDATION, Experiment, edit_many
from engine.observation import LaneSnapshot
from engine.observation.diagnosis import Cure, Diagnostician
from engine.training.models import export_lane
from engine.training.trainer import Trainer
from tests.cures.situations import ERROR_OF_VALIDATION, Situation

Floats = NDArray[np.float64]
LOOK_EVERY = 5
"""Epochs between two looks for the finding; it may be told so much later than it was found."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Of one cure, values [seeds] of what is measured; NaN for seeds on which it was not offered.

    ``at_finding`` and ``untreated`` are without it, when it was found and as long after that as cures have.
    """

    situation: Situation
    label: str
    place: int
    """Where in the offer it stood, from 0."""
    at_finding: Floats
    untreated: Floats
    continued: Floats
    from_start: Floats

    @property
    def offered(self) -> int:
        return int(np.isfinite(self.at_finding).sum())

    def helped(self, after: Floats) -> float:
        """Share of seeds on which it is better than when it was found and than without it."""
        there = ~np.isnan(self.at_finding)
        best = _worst_for_nan(self.untreated)
        if self.situation.measure != ERROR_OF_VALIDATION:
            # That one depends on how far training has come.
            best = np.minimum(self.at_finding, best)
        return float((_worst_for_nan(after)[there] < best[there]).mean())

    def middle(self, values: Floats) -> float:
        """Median over the seeds on which it was offered."""
        return float(np.median(_worst_for_nan(values)[~np.isnan(self.at_finding)]))


@dataclass(eq=False)
class _Found:
    epoch: int
    cures: tuple[Cure, ...]
    value: float


class Trial:
    """``seeds`` are the lanes'; each lane is treated when its own finding is told."""

    def __init__(self, situation: Situation, seeds: Sequence[int]) -> None:
        self.situation, self._seeds = situation, seeds
        self._many = lanes_of(situation.experiment, seeds)
        self.found: list[_Found | None] = [None] * len(seeds)
        self._trainer = Trainer(self._many)

    def run(self, most: int | None = None) -> list[Outcome]:
        """What came of each cure, or of the first ``most``, that was offered on at least half of the seeds."""
        self._watch()
        told = [one for one in self.found if one is not None]
        labels = [cure.label for one in told for cure in one.cures]
        often = [label for label in dict.fromkeys(labels) if 2 * labels.count(label) >= len(told)]
        return [self._outcome(label) for label in often[:most]]

    def _watch(self) -> None:
        """Without a cure: until the finding is told, and as long after it."""
        watching = [Diagnostician() for _ in self._seeds]
        trainer, end = self._trainer, 2 * self.situation.epochs
        for epoch in range(1, end + 1):
            if (
                trainer.can_train
                and any(one is None for one in self.found)
                and epoch <= self.situation.epochs
            ):
                trainer.train_epoch()
            else:
                _train(trainer)
            if epoch % LOOK_EVERY and trainer.can_train:
                continue
            waiting = [place for place, one in enumerate(self.found) if one is None]
            if not waiting or epoch > self.situation.epochs:
                continue
            for place, snapshot in enumerate(trainer.lane_snapshots()):
                if place in waiting:
                    self._look(watching[place], place, snapshot, epoch)

    def _look(self, diagnostician: Diagnostician, place: int, snapshot: LaneSnapshot, epoch: int) -> None:
        for finding in diagnostician.look(self._many, place, self._trainer.points, snapshot):
            if finding.code == self.situation.code:
                value = self._value(self._trainer, place, None)
                self.found[place] = _Found(epoch, finding.cures, value)

    def _outcome(self, label: str) -> Outcome:
        cures = [_named(one, label) for one in self.found]
        continued, from_start = self._continued(cures), self._from_start(cures)
        nothing = np.full(len(cures), np.nan)
        at_finding, untreated, places = nothing.copy(), nothing.copy(), []
        for place, (one, cure) in enumerate(zip(self.found, cures, strict=True)):
            if one is not None and cure is not None:
                at_finding[place] = one.value
                untreated[place] = self._value(self._trainer, place, one.epoch + self.situation.epochs)
                places.append(one.cures.index(cure))
        return Outcome(
            self.situation, label, int(np.median(places)), at_finding, untreated, continued, from_start
        )

    def _continued(self, cures: Sequence[Cure | None]) -> Floats:
        """From the moment of each seed's finding on; a cure of the data waits for the last one."""
        trainer, experiment, epochs = Trainer(self._many), self._many, self.situation.epochs
        ends: dict[int, int] = {}
        when = {place: one.epoch for place, one in enumerate(self.found) if one is not None}
        last = max(when.values())
        for epoch in range(1, last + epochs + 1):
            due = [
                p for p, at in when.items() if cures[p] and epoch == (last if _of_data(cures[p]) else at) + 1
            ]
            if due:
                experiment = _treated(experiment, {place: cures[place] for place in due})
                trainer.set_experiment(experiment)
                trainer.resume(due)
                # A lane that the cure starts anew counts its epochs from 0.
                ends |= {place: trainer.runs[place].epoch + epochs for place in due}
            _train(trainer)
        values = np.full(len(cures), np.nan)
        for place, end in ends.items():
            values[place] = self._value(trainer, place, end)
        return values

    def _from_start(self, cures: Sequence[Cure | None]) -> Floats:
        given = {place: cure for place, cure in enumerate(cures) if cure is not None}
        trainer = Trainer(_treated(self._many, given))
        whole = {place: one.epoch + self.situation.epochs for place, one in enumerate(self.found) if one}
        for _ in range(max(whole.values())):
            _train(trainer)
        values = np.full(len(cures), np.nan)
        for place in given:
            values[place] = self._value(trainer, place, whole[place])
        return values

    def _value(self, trainer: Trainer, place: int, epoch: int | None) -> float:
        """What is measured of a lane at an epoch of its own (None: now), or where it ended; infinite if it diverged."""
        run, measure = trainer.runs[place], self.situation.measure
        if run.status == "diverged":
            return np.inf
        if measure == "balanced error":
            return _balanced_error(trainer, place)
        if run.now is None or epoch is None:
            trainer.measure()
        history, now = run.history.view(), run.now
        assert now is not None
        losses = now.loss
        if epoch is not None and run.status == "training":
            losses = history.loss[int(np.searchsorted(history.epoch, epoch, side="right")) - 1]
        training, validation, test = losses
        if measure == ERROR_OF_VALIDATION:
            return float(abs(validation - test))
        value = training if measure == "training loss" else validation
        return float(value) if np.isfinite(value) else np.inf


def lanes_of(experiment: Experiment, seeds: Sequence[int]) -> Experiment:
    """The experiment with a lane for each seed."""
    (lane,) = experiment.lanes
    lanes = tuple(msgspec.structs.replace(lane, name=str(seed), seed=seed) for seed in seeds)
    return msgspec.structs.replace(experiment, lanes=lanes)


def _train(trainer: Trainer) -> None:
    """An epoch, looked at now and then only: most of the time goes into the steps."""
    while trainer.can_train and not trainer.step():
        pass
    if not trainer.epoch % LOOK_EVERY:
        trainer.measure()


def _named(found: _Found | None, label: str) -> Cure | None:
    return next((cure for cure in found.cures if cure.label == label), None) if found else None


def _of_data(cure: Cure | None) -> bool:
    return cure is not None and any(path.startswith("data.") for path in cure.changes)


def _treated(experiment: Experiment, cures: Mapping[int, Cure | None]) -> Experiment:
    edits: dict[str, object] = {}
    for place, cure in cures.items():
        if cure is not None:
            edits |= cure.edits(place)
    return edit_many(experiment, edits)


def _balanced_error(trainer: Trainer, place: int) -> float:
    """1 − the mean over classes of the share of their points that are answered right, on the validation points."""
    points = trainer.points[trainer.points.split == VALIDATION]
    network = export_lane(trainer, trainer.runs[place].lane.name)
    with torch.no_grad():
        answers = network(torch.tensor(points.xy)).argmax(-1).numpy()
    shares = [(answers[points.target == number] == number).mean() for number in np.unique(points.target)]
    return 1.0 - float(np.mean(shares))


def _worst_for_nan(values: Floats) -> Floats:
    return np.where(np.isnan(values), np.inf, values)
