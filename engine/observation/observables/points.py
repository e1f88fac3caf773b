"""What a network answers for each point of the data, and at a single position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.observable import Observable, ObservedStack
from engine.observation.snapshot import Floats


@dataclass(frozen=True, slots=True)
class PointAnswers:
    """What a lane answers for each point, in evaluation mode, in the order of the points.

    Attributes
    ----------
    digest
        That of the points (``Points.digest``): answers for other points are worth nothing.
    answer : float64 [n]
        The number of the most probable class, from 0, or the value in the data's units.
    loss : float64 [n]
        The loss of each point in the data's units. Their mean over a split is its loss in the history.
    probabilities : float32 [n, classes] or None
        Those of the classes, of which ``answer`` is the most probable one; None in regression.
    """

    digest: str
    answer: Floats
    loss: Floats
    probabilities: NDArray[np.float32] | None = None


def most_probable(probabilities: NDArray[np.float32]) -> Floats:
    """Return the most probable class of each point.

    Parameters
    ----------
    probabilities : float32 [n, classes]
        As ``PointAnswers`` has them.

    Returns
    -------
    float64 [n]
        Its number, from 0, the lowest of several that are equally probable; read-only.
    """
    chosen: Floats = probabilities.argmax(axis=1).astype(np.float64)
    chosen.flags.writeable = False
    return chosen


@dataclass(frozen=True, slots=True)
class Position:
    """The options of ``SPOT``.

    Attributes
    ----------
    x, y
        In the data's units. On a curve, ``y`` does not count.
    """

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Spot:
    """What a lane answers at a position, in evaluation mode.

    Attributes
    ----------
    position
        As asked for.
    values
        Class probabilities float32 [classes], or one value float64 [1] in the data's units.
    """

    position: Position
    values: NDArray[np.floating]


def _point_answers(stack: ObservedStack, options: None) -> Sequence[PointAnswers]:
    from engine.observation.point_answers import point_answers

    return point_answers(stack)


def _spots(stack: ObservedStack, position: Position) -> Sequence[Spot]:
    from engine.observation.point_answers import answers_at

    return [Spot(position, values) for values in answers_at(stack, position)]


POINTS = Observable(
    key="points", label="Answers for points", value=PointAnswers, cost="points", compute=_point_answers
)
SPOT = Observable(key="spot", label="Answer at a position", value=Spot, cost="cheap", compute=_spots)
