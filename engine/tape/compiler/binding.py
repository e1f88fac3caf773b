"""The memory that a program runs on: where an argument lies for each lane and step."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.tape.compiler.code import Code, Replayed
from engine.tape.compiler.source import Buffer

if TYPE_CHECKING:
    from engine.tape.compiler.program import Program

Steps = NDArray[np.int64]


class Binding(Protocol):
    """Runs a program on memory that is set beforehand."""

    def set(self, name: str, tensor: Tensor, lanes: int | None = None, steps: int | None = None) -> None:
        """Let an argument lie in a tensor.

        Parameters
        ----------
        name
            Of the argument; ignored where the program does not use it.
        tensor
            Without the two following axes, it has the shape and the strides that the program was made with.
        lanes, steps
            The axes along which lanes and steps lie; None where all share the same elements.

        Raises
        ------
        ValueError
            If its elements lie otherwise.
        """

    def look_at(self, name: str) -> None:
        """After each step, look whether the one float of an argument is finite.

        Parameters
        ----------
        name
            Of the argument.
        """

    def run(self, first: int, end: int, steps: int, start: int = 0) -> Steps:
        """Compute some lanes, each for all steps or until its look is not finite.

        Parameters
        ----------
        first, end
            The lanes from ``first`` to before ``end``.
        steps, start
            How many steps, and the first.

        Returns
        -------
        int64 [end − first]
            Which of the steps looked wrong, from 0; ``steps`` where none did.
        """


class Bound(Protocol):
    """What a table reads of a program."""

    @property
    def buffers(self) -> Sequence[Buffer]: ...
    @property
    def scalars(self) -> NDArray[np.float64]: ...
    @property
    def templates(self) -> Mapping[str, Tensor]: ...
    @property
    def constants(self) -> Collection[str]: ...


class NativeBinding:
    """The binding of a program that is one piece of code. Several threads may run it for different lanes.

    Parameters
    ----------
    program
        The program.
    """

    def __init__(self, program: Program) -> None:
        (self.code,) = (part for part in program.parts if isinstance(part, Code))
        self.table = Table(program)
        self._program = program
        self._scratch = threading.local()

    def set(self, name: str, tensor: Tensor, lanes: int | None = None, steps: int | None = None) -> None:
        self.table.set(name, tensor, lanes, steps)
        if name in self._program.constants:
            Place(tensor, lanes, steps).fill(self._program.templates[name])

    def look_at(self, name: str) -> None:
        self.table.look = self.table.slots[name]

    def run(self, first: int, end: int, steps: int, start: int = 0) -> Steps:
        memory = getattr(self._scratch, "memory", None)
        if memory is None:
            memory = self._scratch.memory = scratch_memory(self.code)
        return self.table.run(self.code, memory, first, end, steps, start)


def scratch_memory(code: Code) -> Any:
    """Scratch memory for one thread."""
    return ctypes.create_string_buffer(code.scratch + 64)


def aligned(memory: Any) -> int:
    """The first address in scratch memory that is on a cache line."""
    return -(-ctypes.addressof(memory) // 64) * 64


class Table:
    """Addresses and strides, in the order of the program's buffers."""

    def __init__(self, program: Bound) -> None:
        buffers = [buffer for buffer in program.buffers if buffer.kind != "scratch"]
        self.slots = {buffer.name: slot for slot, buffer in enumerate(buffers) if buffer.name}
        self.bases = np.zeros(len(buffers), dtype=np.uintp)
        self.lane_strides, self.step_strides = np.zeros((2, len(buffers)), dtype=np.int64)
        self.scalars, self.count, self.look = program.scalars, len(buffers), -1
        self._lies = {
            name: _lies(tensor) for name, tensor in program.templates.items() if name not in program.constants
        }
        self._kept: dict[int, Tensor] = {}
        for slot, buffer in enumerate(buffers):
            if buffer.tensor is not None:
                self.bases[slot] = buffer.tensor.data_ptr()
        arrays = (self.bases, self.lane_strides, self.step_strides)
        self.addresses = tuple(array.ctypes.data for array in arrays)

    def set(self, name: str, tensor: Tensor, lanes: int | None, steps: int | None) -> None:
        slot = self.slots.get(name)
        if slot is None:
            return
        if self._lies.get(name) not in (None, _lies(tensor, lanes, steps)):
            raise ValueError(f"the elements of {name} do not lie as those that the program was made with")
        size = tensor.element_size()
        self.bases[slot] = tensor.data_ptr()
        self.lane_strides[slot] = 0 if lanes is None else tensor.stride(lanes) * size
        self.step_strides[slot] = 0 if steps is None else tensor.stride(steps) * size
        self._kept[slot] = tensor

    def run(self, code: Code, scratch: Any, first: int, end: int, steps: int, start: int = 0) -> Steps:
        wrong = np.full(end, steps, dtype=np.int64)
        if steps < 1 or first >= end:
            return wrong[first:]
        code.native.call(
            *self.addresses,
            self.count,
            self.scalars.ctypes.data,
            aligned(scratch),
            first,
            end,
            start,
            steps,
            self.look,
            wrong.ctypes.data,
        )
        return wrong[first:]


def _lies(tensor: Tensor, *left_out: int | None) -> tuple[Any, ...]:
    """How the elements of a tensor lie along the axes that are not left out."""
    axes = zip(tensor.shape, tensor.stride(), strict=True)
    return tensor.dtype, *(one for axis, one in enumerate(axes) if one[0] != 1 and axis not in left_out)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an argument lies: a tensor, and its axes of lanes and steps."""

    tensor: Tensor
    lanes: int | None
    steps: int | None

    def fill(self, template: Tensor) -> None:
        """Copy a template to all lanes and steps."""
        lanes = 1 if self.lanes is None else self.tensor.shape[self.lanes]
        steps = 1 if self.steps is None else self.tensor.shape[self.steps]
        for lane in range(lanes):
            for step in range(steps):
                place = self.at(lane, step)
                place.copy_(template.reshape(place.shape))

    def at(self, lane: int, step: int) -> Tensor:
        tensor = self.tensor
        for axis, index in sorted(((self.lanes, lane), (self.steps, step)), key=lambda pair: -(pair[0] or 0)):
            if axis is not None:
                tensor = tensor.select(axis, index)
        return tensor


class MixedBinding:
    """The binding of a program with replayed calls: each lane's step is computed in the memory of the recording."""

    def __init__(self, program: Program) -> None:
        self._program, self._table = program, Table(program)
        self._scratch = [scratch_memory(part) for part in program.parts if isinstance(part, Code)]
        self._places: dict[str, Place] = {}
        self._look: str | None = None

    def set(self, name: str, tensor: Tensor, lanes: int | None = None, steps: int | None = None) -> None:
        if name in self._program.constants:
            Place(tensor, lanes, steps).fill(self._program.templates[name])
        elif name in self._program.templates:
            self._places[name] = Place(tensor, lanes, steps)

    def look_at(self, name: str) -> None:
        self._look = name

    def run(self, first: int, end: int, steps: int, start: int = 0) -> Steps:
        wrong = np.full(end - first, steps, dtype=np.int64)
        for lane in range(first, end):
            for step in range(steps):
                self._step(lane, start + step)
                if self._look is not None and not self._program.templates[self._look].isfinite().all():
                    wrong[lane - first] = step
                    break
        return wrong

    def _step(self, lane: int, step: int) -> None:
        templates = self._program.templates
        for name, place in self._places.items():
            templates[name].copy_(place.at(lane, step).view_as(templates[name]))
        scratch = iter(self._scratch)
        for part in self._program.parts:
            if isinstance(part, Replayed):
                part.call.operation.call()
            else:
                self._table.run(part, next(scratch), 0, 1, 1)
        for name, place in self._places.items():
            place.at(lane, step).copy_(templates[name].view_as(place.at(lane, step)))
