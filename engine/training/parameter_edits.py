"""Single weights and biases that a person sets by hand."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np

from engine.catalogue.texts import value_text
from engine.experiment import DataSettings
from engine.experiment.inputs import input_name, input_names
from engine.network import Layout
from engine.training.endings import settle
from engine.training.histories import begin_histories
from engine.training.lane_run import LaneRun
from engine.training.lane_stack import LaneStack
from engine.training.lanes import Lanes

LARGEST = 1e6
"""The largest absolute value of a weight or bias that is set by hand."""


class ParameterError(ValueError):
    """A sentence about a weight or bias that cannot be set."""


@dataclass(frozen=True, slots=True)
class ParameterPlace:
    """A weight or bias of a network.

    Attributes
    ----------
    layer
        From 1 to L, the output layer.
    kind
        "weight" or "bias".
    row
        Of a weight: the input or neuron that it comes from, from 0. A bias has none.
    column
        The neuron that it leads to, from 0.
    """

    layer: int
    kind: Literal["weight", "bias"]
    row: int
    column: int

    def column_of(self, layout: Layout) -> int:
        """Return the index in a flat row.

        Parameters
        ----------
        layout
            The shape of the network.

        Returns
        -------
        int

        Raises
        ------
        ParameterError
            If the network has no such weight or bias.

        Examples
        --------
        >>> ParameterPlace(2, "weight", 2, 0).column_of(Layout((2, 3, 1)))
        8
        """
        is_there = 1 <= self.layer <= layout.layers and 0 <= self.column < layout.widths[self.layer]
        is_weight = self.kind == "weight"
        if not is_there or (is_weight and not 0 <= self.row < layout.widths[self.layer - 1]):
            raise ParameterError("The network has no such weight or bias any more; choose another one.")
        if not is_weight:
            return int(layout.bias_slices()[self.layer - 1].start) + self.column
        start = int(layout.weight_slices()[self.layer - 1].start)
        return start + self.row * layout.widths[self.layer] + self.column

    def described(self, run: LaneRun, data: DataSettings) -> str:
        """Return what it is, as in "weight from neuron 3 of layer 1 to neuron 2 of layer 2".

        Parameters
        ----------
        run
            Of the lane.
        data
            What it trains on, for the names of inputs.

        Returns
        -------
        str
        """
        here = _unit(run, data, self.layer, self.column)
        if self.kind == "bias":
            return f"bias of {here}"
        return f"weight from {_unit(run, data, self.layer - 1, self.row)} to {here}"


def set_parameter(
    lanes: Lanes, number: int, place: ParameterPlace, value: float, gesture: Hashable = None
) -> None:
    """Set a weight or bias of a lane; nothing else of it changes, and training goes on from there.

    A lane that has ended trains on from the weights that it shows, once it is resumed.

    Parameters
    ----------
    lanes
        The runs and their stacks.
    number
        Of the lane, from 0.
    place
        Which of its parameters.
    value
        In single precision.
    gesture
        Equal for all edits of one drag, which leave one mark; None for an edit on its own.

    Raises
    ------
    ParameterError
        With a sentence, if the network has no such parameter, the number is too large or none, or the loss would not
        be finite with it. Nothing has changed then.
    """
    settle(lanes)
    run = lanes.runs[number] if 0 <= number < len(lanes) else None
    if run is None:
        raise ParameterError("There is no such lane any more; choose another one.")
    column = place.column_of(run.layout)
    _check(value)
    stack, index = lanes.stacks.find(run.lane.name)
    before, after = float(stack.row(index)[column]), float(np.float32(value))
    if before == after:
        return
    described = place.described(run, lanes.data)
    _set_if_finite(stack, index, column, before, after, described)
    run.note_parameter(described, before, after, gesture)
    begin_histories(lanes.stacks)


def _check(value: float) -> None:
    if not isfinite(value):
        raise ParameterError(f"A weight must be a number, not {value_text(value)}.")
    if abs(value) > LARGEST:
        limit = f"{LARGEST:,.0f}"
        raise ParameterError(f"A weight must be from −{limit} to {limit}, not {value_text(value)}.")


def _set_if_finite(
    stack: LaneStack, index: int, column: int, before: float, after: float, described: str
) -> None:
    was_finite = isfinite(stack.measuring.numbers()[index, 0])
    met = stack.set_parameter(index, column, after)
    if was_finite and not isfinite(stack.measuring.numbers()[index, 0]):
        stack.set_parameter(index, column, before, met)
        stays = f"the loss would not be finite; it stays {value_text(before)}"
        raise ParameterError(f"{described[:1].upper()}{described[1:]}: with {value_text(after)} {stays}.")


def _unit(run: LaneRun, data: DataSettings, layer: int, index: int) -> str:
    layout = run.layout
    if layer == 0:
        return input_name(run.lane.network.features[index], data.task, input_names(data))
    if layer == layout.layers:
        return "the output" if layout.widths[-1] == 1 else f"output {index + 1}"
    return f"neuron {index + 1} of layer {layer}"
