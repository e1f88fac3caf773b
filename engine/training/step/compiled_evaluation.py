"""Losses, penalty and scores as native code: recorded for one lane and one block of points, run for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.regularizers import PENALTY_PARTS
from engine.experiment.memory import BLOCK
from engine.network import EncodedData, LaneNetwork, penalty_with_parts
from engine.observation.measure import (
    NUMBERS,
    SCORES,
    fit_parts,
    point_values,
    units_of,
    variances_of,
    whole_blocks,
)
from engine.tape.compiler.binding import NativeBinding
from engine.tape.compiler.epochs import Best, Epochs, Evaluated, Rounds
from engine.tape.compiler.program import Program
from engine.tape.compiler.programs import remembered
from engine.tape.compiler.source import Unlowerable

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PENALTIES = ("penalty", *(f"penalty {part}" for part in PENALTY_PARTS))
"""What the program calls the penalty and its parts."""


class CompiledEvaluation:
    """Measures lanes over all points, as ``Evaluation`` does, after none or many epochs of training.

    Parameters
    ----------
    network
        The lanes; it reads their present weights each time.
    data
        The points, one at least.
    terms : mapping of Tensor [lanes, 1]
        The strengths of the regularizers that any lane uses, by name.

    Raises
    ------
    Unlowerable
        If the evaluation cannot be compiled as a whole.
    """

    def __init__(self, network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor]) -> None:
        self._network, self._lanes = network, network.lanes
        self._is_regression, self._variances = data.task != "classification", variances_of(data)
        key = ("evaluation", network.program, data.program, tuple(terms))
        program = remembered(key, lambda: _program(network, data, terms))
        if program.is_mixed:
            raise Unlowerable("a call of it is not compiled")
        binding = program.bind()
        assert isinstance(binding, NativeBinding)
        points = blocks_of(data)
        blocks = len(points[0])
        values = torch.zeros(2, self._lanes, blocks, BLOCK, dtype=torch.float64)
        penalties = torch.zeros(len(PENALTIES), self._lanes)
        binding.set("flat", network.flat, lanes=0)
        binding.set("units", units_of(data))
        for name, term in terms.items():
            binding.set(f"term {name}", term, lanes=0)
        for name, rows in zip(("inputs", "encoded", "target"), points, strict=True):
            binding.set(name, rows, steps=0)
        binding.set("losses", values[0], lanes=0, steps=1)
        binding.set("parts", values[1], lanes=0, steps=1)
        for name, row in zip(PENALTIES, penalties, strict=True):
            binding.set(name, row, lanes=0)
        self._binding = binding
        splits = tuple((rows.start, rows.stop) for rows in data.split_rows())
        self._evaluated = Evaluated(values.flatten(2), penalties, splits, data.user_units, blocks)
        self._alone = Epochs(binding, self._evaluated, network.flat)

    def numbers(self) -> Floats:
        """Return losses by split, penalty, scores by split, and parts of the penalty [lanes, 9]."""
        numbers = np.empty((1, self._lanes, NUMBERS))
        nothing = Best(
            np.full(self._lanes, -np.inf), np.zeros(self._lanes, dtype=np.int64), self._network.flat
        )
        wrong = np.zeros(self._lanes, dtype=np.int64)
        self._alone.run(range(self._lanes), Rounds(), numbers, nothing, wrong)
        self.finish(numbers)
        measured: Floats = numbers[0]
        return measured

    def after(self, step: NativeBinding, tail: NativeBinding | None) -> Epochs:
        """Return what trains with a step and measures after every epoch; ``finish`` makes its numbers final.

        Parameters
        ----------
        step, tail
            See ``Epochs``.
        """
        return Epochs(self._binding, self._evaluated, self._network.flat, step, tail)

    def finish(self, numbers: Floats) -> None:
        """Turn mean squared errors among numbers [epochs, lanes, 9] into R², and fit the parts of the penalty."""
        fit_parts(numbers)
        if self._is_regression:
            numbers[..., SCORES] = 1.0 - numbers[..., SCORES] / self._variances


def _program(network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor]) -> Program:
    evaluate, arguments = evaluation_of(network, data, terms)
    return Program(evaluate, arguments, "measuring losses and scores")


MOVING = ("inputs", "encoded", "target", "units", "losses", "parts")
"""The arguments of an evaluation that are of a block of points, or the same for all lanes."""


def evaluation_of(
    network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor]
) -> tuple[Callable[[], dict[str, Tensor]], dict[str, Tensor]]:
    """Return the evaluation of one lane on one block of points, and the arguments that it works on.

    Parameters
    ----------
    network, data, terms
        As for ``CompiledEvaluation``; copies of the first lane's numbers are made.

    Returns
    -------
    callable
        Can be recorded. It writes each point's loss and its part in the score into ``losses`` and ``parts``.
    dict of Tensor
        By name.
    """
    flat = network.flat[:1].clone()
    lane = LaneNetwork(network.layout, network.activation, flat)
    copies = {name: term[:1].clone() for name, term in terms.items()}
    inputs, encoded, target = (part[0].clone() for part in blocks_of(data))
    values, penalties = torch.zeros(2, BLOCK, dtype=torch.float64), torch.zeros(len(PENALTIES), 1)
    units, rows = units_of(data), list(penalties)

    def evaluate() -> dict[str, Tensor]:
        with torch.no_grad():
            losses, parts = point_values(lane, data, inputs[None], encoded, target, units)
            values[0].copy_(losses[0])
            values[1].copy_(parts[0])
            for row, value in zip(rows, penalty_with_parts(flat, lane.layout, copies), strict=True):
                row.copy_(value)
        return {}

    arguments = {"flat": flat, "inputs": inputs, "encoded": encoded, "target": target}
    arguments |= dict(zip(PENALTIES, rows, strict=True))
    arguments["units"] = units
    arguments |= {"losses": values[0], "parts": values[1]}
    arguments |= {f"term {name}": copy for name, copy in copies.items()}
    return evaluate, arguments


def blocks_of(data: EncodedData) -> tuple[Tensor, Tensor, Tensor]:
    """Return the points in blocks, the last one filled with copies of the first point.

    Parameters
    ----------
    data
        The points.

    Returns
    -------
    three Tensor [blocks, BLOCK, …]
        Inputs, encoded targets, and targets as they are.
    """
    inputs, encoded, target = (
        whole_blocks(part).unflatten(0, (-1, BLOCK))
        for part in (data.inputs, data.encoded, torch.from_numpy(data.target))
    )
    return inputs, encoded, target
