"""Whole epochs of many lanes in one call: a program that steps, one that evaluates, and the means of what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.tape.compiler.binding import NativeBinding, aligned, scratch_memory
from engine.tape.compiler.driver import PLAN, driver

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What an evaluating program writes, and what its means are taken of.

    Attributes
    ----------
    values : Tensor, float64 [2, lanes, n]
        Each point's loss and its part in the score.
    penalties : Tensor, float32 [3, lanes]
        Penalties, and two parts of each.
    splits
        The rows of each split: (start, end).
    unit
        The factor of losses and penalties.
    blocks
        Steps of the evaluating program over all points.
    """

    values: Tensor
    penalties: Tensor
    splits: tuple[tuple[int, int], ...]
    unit: float
    blocks: int


class Epochs:
    """Runs a step and an evaluation for some lanes, in one thread at a time.

    Parameters
    ----------
    evaluation
        One step of it is one block of points.
    evaluated
        What the evaluation writes.
    rows : Tensor, float32 [lanes, size]
        The parameters that are kept where they are the best.
    step, tail
        The training step, and that of an epoch's last batch where it is another one; None where there is none. A look
        that is not finite ends a lane.
    """

    def __init__(
        self,
        evaluation: NativeBinding,
        evaluated: Evaluated,
        rows: Tensor,
        step: NativeBinding | None = None,
        tail: NativeBinding | None = None,
    ) -> None:
        self._units = np.array([evaluated.unit])
        self._plan = np.zeros(len(PLAN), dtype=np.int64)
        self._in_epoch = np.zeros(len(rows), dtype=np.int64)
        self._kept: list[Any] = [evaluated, rows]
        values = evaluated.values
        self._set(
            together=1,
            blocks=evaluated.blocks,
            values=values.data_ptr(),
            values_of_lane=values.stride(1),
            values_of_kind=values.stride(0),
            penalties=evaluated.penalties.data_ptr(),
            penalties_of_part=evaluated.penalties.stride(0),
            units=self._units.ctypes.data,
            rows=rows.data_ptr(),
            rows_of_lane=rows.stride(0),
            size=rows.shape[1],
            wrong_in_epoch=self._in_epoch.ctypes.data,
        )
        for split, (start, end) in enumerate(evaluated.splits):
            self._set(**{f"start{split}": start, f"end{split}": end})
        self._bind("eval", evaluation)
        if step is not None:
            self._bind("step", step)
            self._set(look=step.table.look, together=step.code.together)
        if tail is not None:
            self._bind("tail", tail)
            self._set(look_tail=tail.table.look)

    def _set(self, **fields: int) -> None:
        for name, value in fields.items():
            self._plan[_SLOTS[name]] = value

    def _bind(self, which: str, binding: NativeBinding) -> None:
        table, memory = binding.table, scratch_memory(binding.code)
        self._kept += [binding, memory]
        bases, lanes, steps = table.addresses
        fields = {
            "run": binding.code.native.address,
            "bases": bases,
            "lanes": lanes,
            "steps": steps,
            "count": table.count,
            "scalars": table.scalars.ctypes.data,
            "scratch": aligned(memory),
        }
        self._set(**{f"{name}_{which}": value for name, value in fields.items()})

    def run(self, lanes: range, rounds: Rounds, numbers: Floats, best: Best, wrong: Integers) -> None:
        """Train and evaluate some lanes.

        Parameters
        ----------
        lanes
            Which.
        rounds
            How often.
        numbers : float64 [epochs, lanes of the stack, 9]
            Gets losses by split, penalty, scores by split, parts of the penalty; NaN for a split without points.
        best
            Gets what was best.
        wrong : int64 [lanes of the stack]
            Gets the epoch with a step that looked wrong, where there was one. Such a lane goes no further, nor do those
            that are computed together with it, of which the first wrong one alone is told.
        """
        self._set(
            lane=lanes.start,
            end=lanes.stop,
            epochs=rounds.epochs,
            first=rounds.first,
            batches=rounds.batches,
            tail=rounds.tail,
            numbers=numbers.ctypes.data,
            numbers_of_epoch=numbers.strides[0] // 8,
            best_loss=best.losses.ctypes.data,
            best_epoch=best.epochs.ctypes.data,
            best_rows=best.rows.data_ptr(),
            wrong=wrong.ctypes.data,
        )
        driver().call(self._plan.ctypes.data)


_SLOTS = {name: slot for slot, name in enumerate(PLAN)}


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often a driver computes what.

    Attributes
    ----------
    epochs
        How many epochs, each with an evaluation.
    first
        The index of the first step.
    batches, tail
        Steps of an epoch, and those of the other kind after them.
    """

    epochs: int = 1
    first: int = 0
    batches: int = 0
    tail: int = 0


@dataclass(frozen=True, eq=False)
class Best:
    """The lowest validation loss of each lane.

    Attributes
    ----------
    losses : float64 [lanes]
        To be beaten, and then the lowest.
    epochs : int64 [lanes]
        The index of the epoch that had it; stays what it was where none was better.
    rows : Tensor, float32 [lanes, size]
        The parameters after it.
    """

    losses: Floats
    epochs: Integers
    rows: Tensor
