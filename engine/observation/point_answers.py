"""What networks answer for the points of the data, and at a position."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from engine.experiment.memory import rows_at_once
from engine.observation.observables.observable import ObservedStack
from engine.observation.observables.points import PointAnswers, Position
from engine.observation.predict import answers_of, predict
from engine.tape.ways import Way

Floats = NDArray[np.float64]


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
    losses, answers = [], []
    with torch.no_grad():
        for inputs, encoded in zip(data.inputs.split(rows), data.encoded.split(rows), strict=True):
            whole, count = network.whole_vectors(inputs), len(inputs)
            output = network.forward(whole.expand(network.lanes, -1, -1))
            targets = network.whole_vectors(encoded)
            # Lane by lane, for the reason that answers_of gives.
            loss_of_lanes = torch.cat([data.per_point(lane, targets) for lane in output.split(1)])
            losses.append(loss_of_lanes[:, :count].double())
            answers.append(_answers(data.task, answers_of(output, data)[:, :count].double()))
    loss, answer = torch.cat(losses, 1).numpy() * data.user_units, torch.cat(answers, 1).numpy()
    if data.task != "classification":
        answer = answer * data.scaling.target_scale + data.scaling.target_shift
    order, digest = np.argsort(data.points.split, kind="stable"), data.points.digest
    return [
        PointAnswers(digest, _in_order(answer[lane], order), _in_order(loss[lane], order))
        for lane in range(len(stack.runs))
    ]


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


def _answers(task: str, predicted: torch.Tensor) -> torch.Tensor:
    """Class numbers or scaled values [lanes, n] of probabilities [lanes, n, classes] or values [lanes, n, 1]."""
    return predicted.argmax(-1).double() if task == "classification" else predicted[..., 0]


def _in_order(values: Floats, order: NDArray[np.intp]) -> Floats:
    put = np.empty_like(values)
    put[order] = values
    put.flags.writeable = False
    return put
