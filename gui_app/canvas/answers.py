"""What a snapshot has for the canvas to draw."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables import (
    GHOSTS,
    NEURON,
    POINTS,
    PREDICTION,
    SPOT,
    UNCERTAINTY,
    Ghosts,
    Neuron,
    PointAnswers,
    Prediction,
    Spot,
    Uncertainty,
)
from engine.observation.observables.disagreement import Disagreement, disagreement_of
from engine.observation.snapshot import LaneSnapshot, Snapshot


@dataclass(frozen=True, slots=True)
class Answers:
    """The observables that the canvas draws, with the task and the number of classes that the network was made for.

    Of a lane with several seeds, ``of_seeds`` are the predictions of each, ``at_spot`` their answers at the spot, and
    ``disagreement`` is where the predictions lie apart, if that is shown. ``uneven`` says that some of the seeds catch
    up, so that all of these mix answers of different epochs.
    """

    task: str
    classes: int
    prediction: Prediction | None = None
    uncertainty: Uncertainty | None = None
    ghosts: Ghosts | None = None
    neuron: Neuron | None = None
    points: PointAnswers | None = None
    spot: Spot | None = None
    of_seeds: tuple[Prediction, ...] = ()
    at_spot: tuple[NDArray[np.floating], ...] = ()
    disagreement: Disagreement | None = None
    uneven: bool = False

    @staticmethod
    def of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Answers | None:
        """Return the answers of a lane of ``snapshot``; None before any training."""
        if snapshot is None or lane is None:
            return None
        if snapshot.training_points == 0:
            # What it learned from points that are gone would pass for an answer to what is drawn next.
            return Answers(snapshot.task, snapshot.classes, neuron=NEURON.of(lane))
        return Answers(
            snapshot.task,
            snapshot.classes,
            PREDICTION.of(lane),
            UNCERTAINTY.of(lane),
            GHOSTS.of(lane),
            NEURON.of(lane),
            POINTS.of(lane),
            SPOT.of(lane),
            tuple(one for seed in lane.repeats if (one := PREDICTION.of(seed)) is not None),
            _at_spot(lane),
            uneven=lane.reached is not None,
        )

    def with_disagreement(self, shown: bool) -> Answers:
        """Return them with where the seeds disagree, or without anything of single seeds.

        Answers of different epochs are not compared.
        """
        if shown and not self.uneven:
            return replace(self, disagreement=disagreement_of(self.of_seeds))
        return replace(self, of_seeds=(), at_spot=())

    @staticmethod
    def made_for(answers: Answers | None, task: str, classes: int) -> Answers:
        """Return ``answers``, without observables if they were made for another task or other classes."""
        if (
            answers is None
            or answers.task != task
            or (task == "classification" and answers.classes != classes)
        ):
            return Answers(task, classes)
        return answers


def _at_spot(lane: LaneSnapshot) -> tuple[NDArray[np.floating], ...]:
    """The answers of all seeds at the position of the lane's own; none while some are of another position."""
    mean, spots = SPOT.of(lane), [SPOT.of(seed) for seed in lane.repeats]
    found = tuple(
        one.values for one in spots if one is not None and mean is not None and one.position == mean.position
    )
    return found if len(found) == len(spots) else ()
