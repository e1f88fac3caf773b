"""What a view can ask of the engine besides the numbers of the history: one file an observable, one line here.

Importing this package loads no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.observation.observables.ghosts import GHOSTS, Ghosts
from engine.observation.observables.inside import INSIDE, Inside, InsideGrid, LayerInside
from engine.observation.observables.neuron import NEURON, Neuron, NeuronGrid
from engine.observation.observables.observable import Cost, Grid, Observable, ObservedStack, Request
from engine.observation.observables.points import POINTS, SPOT, PointAnswers, Position, Spot
from engine.observation.observables.prediction import PREDICTION, Prediction
from engine.observation.observables.thumbnail import THUMBNAIL
from engine.observation.observables.uncertainty import UNCERTAINTY, Uncertainty
from engine.observation.observables.weights import WEIGHTS, LayerWeights, Weights
from engine.observation.snapshot import Observed

__all__ = [
    "GHOSTS",
    "INSIDE",
    "NEURON",
    "OBSERVABLES",
    "POINTS",
    "PREDICTION",
    "SPOT",
    "THUMBNAIL",
    "UNCERTAINTY",
    "WEIGHTS",
    "Cost",
    "Ghosts",
    "Grid",
    "Inside",
    "InsideGrid",
    "LayerInside",
    "LayerWeights",
    "Neuron",
    "NeuronGrid",
    "Observable",
    "ObservedStack",
    "PointAnswers",
    "Position",
    "Prediction",
    "Request",
    "Spot",
    "Uncertainty",
    "Weights",
    "observe",
]

OBSERVABLES: dict[str, Observable[Any]] = {
    observable.key: observable
    for observable in (
        PREDICTION,
        UNCERTAINTY,
        GHOSTS,
        INSIDE,
        NEURON,
        POINTS,
        SPOT,
        WEIGHTS,
        THUMBNAIL,
    )
}


def observe(stacks: Iterable[ObservedStack], requests: Sequence[Request]) -> dict[str, Observed]:
    """Compute what is asked about lanes.

    Parameters
    ----------
    stacks
        The lanes, those of one shape together.
    requests
        What to compute for each of them.

    Returns
    -------
    dict
        What was found of each lane, by the lane's name.

    Raises
    ------
    KeyError
        If no observable has the key of a request.
    """
    found: dict[str, Observed] = {}
    for stack in stacks:
        columns = [_values(stack, request) for request in requests]
        for index, run in enumerate(stack.runs):
            found[run.lane.name] = Observed.of(
                {request.key: column[index] for request, column in zip(requests, columns, strict=True)}
            )
    return found


def _values(stack: ObservedStack, request: Request) -> Sequence[Any]:
    """What an observable says of each lane of a stack."""
    if request.key not in OBSERVABLES:
        raise KeyError(f"no observable named {request.key!r}; choose one of {', '.join(OBSERVABLES)}")
    return OBSERVABLES[request.key].compute(stack, request.options)
