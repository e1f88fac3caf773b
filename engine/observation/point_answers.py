"""What networks answer for the points of the data, and at a position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from engine.experiment.memory import rows_at_once
from engine.observation.observables.observable import ObservedStack
from engine.observation.observables.points import PointAnswers, Position, most_probable
from engine.observation.predict import answers_of, predict
from engine.tape.ways import Way

T = TypeVar("T", bound=np.floating)


def point_answers(stack: ObservedStack) -> list[PointAnswers]:
    """Compute what each lane answers for each point, and the loss of each.

    Parameters
    ----------
    stack
        Lanes of one shape.

    Returns
    -------
    list of PointAnswers [lanes]
        In the order of the points as a person has them, not of their splits.
    """
    data, network = stack.data, stack.network
    rows = rows_at_once(max(network.layout.widths))
    losses, predictions = [], []
    with torch.no_grad():
        for inputs, encoded in zip(data.inputs.split(rows), data.encoded.split(rows), strict=True):
            whole, count = network.whole_vectors(inputs), len(inputs)
            output = network.forward(whole.expand(network.lanes, -1, -1))
            targets = network.whole_vectors(encoded)
            # Lane by lane, for the reason that answers_of gives.
            loss_of_lanes = torch.cat([data.per_point(lane, targets) for lane in output.split(1)])
            losses.append(loss_of_lanes[:, :count].double())
            predictions.append(answers_of(output, data)[:, :count])
    loss, predicted = torch.cat(losses, 1).numpy() * data.user_units, torch.cat(predictions, 1)
    order, digest = np.argsort(data.points.split, kind="stable"), data.points.digest
    found = []
    for lane in range(len(stack.runs)):
        own = _in_order(loss[lane], order)
        if data.task == "classification":
            probabilities = _in_order(predicted[lane].float().numpy(), order)
            found.append(PointAnswers(digest, most_probable(probabilities), own, probabilities))
        else:
            values = predicted[lane, :, 0].double().numpy()
            values = values * data.scaling.target_scale + data.scaling.target_shift
            found.append(PointAnswers(digest, _in_order(values, order), own))
    return found


def answers_at(stack: ObservedStack, position: Position) -> Sequence[NDArray[np.floating]]:
    """Compute what each lane answers at a position.

    Parameters
    ----------
    stack
        Lanes of one shape.
    position
        In the data's units.

    Returns
    -------
    sequence of arrays [lanes]
        Class probabilities float32 [classes], or one value float64 [1] in the data's units.
    """
    there = (position.x, position.x, position.y, position.y)
    found = predict(stack.network, stack.data, 1, there, Way.EAGER)
    return [np.reshape(values, -1) for values in found]


def _in_order(values: NDArray[T], order: NDArray[np.intp]) -> NDArray[T]:
    put = np.empty_like(values)
    put[order] = values
    put.flags.writeable = False
    return put
