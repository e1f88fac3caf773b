"""What a snapshot has for the canvas to draw."""

from __future__ import annotations

from dataclasses import dataclass

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
from engine.observation.snapshot import LaneSnapshot, Snapshot


@dataclass(frozen=True, slots=True)
class Answers:
    """The observables that the canvas draws, with the task and the number of classes that the network was made for."""

    task: str
    classes: int
    prediction: Prediction | None = None
    uncertainty: Uncertainty | None = None
    ghosts: Ghosts | None = None
    neuron: Neuron | None = None
    points: PointAnswers | None = None
    spot: Spot | None = None

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
        )

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
