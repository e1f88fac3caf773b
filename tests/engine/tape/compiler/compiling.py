"""Compile a function that was recorded on some numbers, and run it on others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from engine.tape.compiler.program import Program

Function = Callable[[Sequence[Tensor]], Sequence[Tensor]]
"""Takes arguments, which it may write into; returns results."""


def as_it_lies(tensor: Tensor) -> Tensor:
    """A copy with the same strides."""
    size = 1 + sum((n - 1) * stride for n, stride in zip(tensor.shape, tensor.stride(), strict=True))
    copy = torch.empty(size, dtype=tensor.dtype).as_strided(tensor.shape, tensor.stride())
    return copy.copy_(tensor)


def in_lanes(rows: Sequence[Tensor]) -> Tensor:
    """Tensors of the same strides, one after another in memory, with a gap."""
    first = rows[0]
    size = 3 + sum((n - 1) * stride for n, stride in zip(first.shape, first.stride(), strict=True))
    memory = torch.empty(len(rows) * size, dtype=first.dtype)
    found = memory.as_strided((len(rows), *first.shape), (size, *first.stride()))
    for place, tensor in zip(found, rows, strict=True):
        place.copy_(tensor)
    return found


def spoilt(tensor: Tensor) -> Tensor:
    """A tensor with other elements."""
    if tensor.dtype == torch.bool:
        return as_it_lies(tensor).logical_not_()
    return as_it_lies(tensor).fill_(-77.0)


class Compiled:
    """A function's program, with arguments ``in0`` … and results ``out0`` …"""

    def __init__(self, function: Function, recorded: Sequence[Tensor]) -> None:
        self.function = function
        copies = [as_it_lies(tensor) for tensor in recorded]
        self.program = Program(
            lambda: {f"out{number}": out for number, out in enumerate(function(copies))},
            {f"in{number}": copy for number, copy in enumerate(copies)},
            "a test",
        )

    def __call__(self, lanes: Sequence[Sequence[Tensor]]) -> list[list[Tensor]]:
        """What the arguments and then the results are afterwards, of each lane."""
        memory = [in_lanes(rows) for rows in zip(*lanes, strict=True)]
        expected = self.eagerly(lanes[0])[len(memory) :]
        outs = [in_lanes([spoilt(out)] * len(lanes)) for out in expected]
        binding = self.program.bind()
        for number, tensor in enumerate(memory):
            binding.set(f"in{number}", tensor, lanes=0)
        for number, tensor in enumerate(outs):
            binding.set(f"out{number}", tensor, lanes=0)
        binding.run(0, len(lanes), 1)
        return [[tensor[lane] for tensor in (*memory, *outs)] for lane in range(len(lanes))]

    def eagerly(self, arguments: Sequence[Tensor]) -> list[Tensor]:
        """The same of one lane by PyTorch."""
        copies = [as_it_lies(tensor) for tensor in arguments]
        results = self.function(copies)
        return [*copies, *results]
