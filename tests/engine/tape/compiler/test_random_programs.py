"""Programs drawn at random compute, compiled, what PyTorch computes, on other numbers than they were recorded with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

pytest.importorskip("llvmlite")

from tests.engine.tape.compiler.compiling import Compiled, as_it_lies

Instruction = Callable[[list[Tensor]], None]
"""Appends to a pool of tensors, or changes one in place."""
MOST = 9.0
"""Whole numbers up to this stay exact through the products and sums of a program."""
SIZES = [1, 2, 3, 4, 5, 8, 17, 19]


class Drawn:
    """A program of some instructions, drawn one by one and run on the pool at once, so that shapes are known.

    Parameters
    ----------
    seed
        Decides about all instructions, so that fewer of them are the beginning of the same program.
    length
        How many are tried.
    exact
        Whether all numbers are whole and small, so that every operation is exact, in whatever order it is computed.
    """

    def __init__(self, seed: int, length: int, exact: bool) -> None:
        self.random, self.exact = Random(seed), exact
        self.axes = (self._of(SIZES), self._of(SIZES), self.random.randint(1, 4))
        self.arguments = [self._argument() for _ in range(self.random.randint(1, 4))]
        self.instructions: list[Instruction] = []
        self.pool = [as_it_lies(tensor) for tensor in self.arguments]
        for _ in range(length):
            self._instruction()
        self.results = self._results()

    def _argument(self) -> Tensor:
        a, b, c = self.axes
        shape = self._of([(a, b), (b,), (a, 1), (c, a, b), (b, a), (a, a), (1, b), (c, 1, b), ()])
        kinds = [torch.float32, torch.float32, torch.float64, *([torch.bool] if self.exact else [])]
        dtype = self._of(kinds)
        tensor = numbers(torch.empty(shape, dtype=dtype), 0, self.exact)
        if len(shape) > 1 and self._of([False, True]):
            tensor = tensor.transpose(-1, -2).contiguous().transpose(-1, -2)
        return tensor

    def _results(self) -> list[int]:
        """Up to three tensors of the pool that lie in memory of their own."""
        seen = {tensor.untyped_storage().data_ptr() for tensor in self.pool[: len(self.arguments)]}
        found = []
        for index in range(len(self.pool) - 1, len(self.arguments) - 1, -1):
            tensor = self.pool[index]
            memory = tensor.untyped_storage().data_ptr()
            whole = tensor.is_contiguous() and tensor.storage_offset() == 0
            if whole and memory not in seen and tensor.dtype in (torch.float32, torch.float64, torch.bool):
                seen.add(memory)
                found.append(index)
        return found[:5]

    def __call__(self, arguments: Sequence[Tensor]) -> list[Tensor]:
        pool = list(arguments)
        for instruction in self.instructions:
            instruction(pool)
        return [pool[index] for index in self.results]

    # -- instructions

    def _instruction(self) -> None:
        kinds = [self._view, self._view, self._binary, self._binary, self._unary, self._place, self._sum]
        kinds += [self._product, self._join, self._unary]
        kinds += [self._compare, self._choose, self._convert] if self.exact else [self._convert]
        instruction = self._of(kinds)()
        before = [tensor.clone() for tensor in self.pool]
        count = len(self.pool)
        try:
            instruction(self.pool)
        except (RuntimeError, IndexError):
            # PyTorch does not do that with these shapes, these types, or memory that overlaps.
            del self.pool[count:]
            for tensor, old in zip(self.pool, before, strict=True):
                if not any(n > 1 and s == 0 for n, s in zip(tensor.shape, tensor.stride(), strict=True)):
                    tensor.copy_(old)
            return
        self.instructions.append(instruction)

    def _of(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def _like(self, index: int) -> int:
        """A tensor that can be broadcast with another one's shape to that shape."""
        shape = self.pool[index].shape

        def fits(other: Tensor) -> bool:
            try:
                return torch.broadcast_shapes(shape, other.shape) == shape
            except (RuntimeError, IndexError):
                return False

        return int(self._of([i for i, other in enumerate(self.pool) if fits(other)]))

    def _index(self, *dtypes: torch.dtype) -> int:
        indexes = [i for i, tensor in enumerate(self.pool) if not dtypes or tensor.dtype in dtypes]
        return int(self._of(indexes or [0]))

    def _float(self) -> int:
        return self._index(torch.float32, torch.float64)

    def _view(self) -> Instruction:
        index = self._index()
        shape = self.pool[index].shape
        if not shape:
            return lambda pool: pool.append(pool[index].expand(3))
        axis = self.random.randint(0, len(shape) - 1)
        start = self.random.randint(0, shape[axis] - 1)
        length = self.random.randint(1, shape[axis] - start)
        step = self._of([1, 1, 2])
        other = self.random.randint(0, len(shape) - 1)
        views: list[Callable[[Tensor], Tensor]] = [
            lambda x: x.narrow(axis, start, length),
            lambda x: x[(slice(None),) * axis + (slice(start, start + length, step),)],
            lambda x: x.select(axis, start),
            lambda x: x.transpose(axis, other),
            lambda x: x.unsqueeze(axis),
            lambda x: x.view(-1),
            lambda x: x.unsqueeze(0).expand(2, *x.shape),
        ]
        view = self._of(views)
        return lambda pool: pool.append(view(pool[index]))

    def _bounded(self, new: Callable[[list[Tensor]], Tensor]) -> Instruction:
        if self.exact:
            return lambda pool: pool.append(new(pool).clamp(-MOST, MOST))
        return lambda pool: pool.append(new(pool).tanh())

    def _binary(self) -> Instruction:
        one = self._float()
        other = self._like(one)
        scalar = self._of([1.0, -1.0, 3.0, 2])
        operations: list[Callable[[Tensor, Tensor], Tensor]] = [
            torch.add,
            lambda x, y: torch.add(x, y, alpha=scalar),
            torch.sub,
            torch.mul,
            lambda x, y: x * scalar + y,
            lambda x, y: scalar - x,
            lambda x, y: torch.addcmul(x, x, y, value=scalar),
        ]
        operations += (
            [torch.maximum, torch.minimum] if self.exact else [lambda x, y: x / (1.5 + y * y), torch.lerp]
        )
        operation = self._of(operations)
        weight = self._of([0.25, 0.75])
        if operation is torch.lerp:
            return self._bounded(lambda pool: torch.lerp(pool[one], pool[other], weight))
        return self._bounded(lambda pool: operation(pool[one], pool[other]))

    def _unary(self) -> Instruction:
        index = self._float()
        operations: list[Callable[[Tensor], Tensor]] = [
            torch.neg,
            torch.clone,
            torch.square,
            lambda x: x.clamp(min=-2.0),
            torch.zeros_like,
        ]
        if self.exact:
            operations += [torch.abs, torch.relu, torch.sign, lambda x: x.cumsum(0)]
        else:
            operations += [torch.sin, torch.sigmoid, torch.erf, lambda x: (x * x + 0.1).log(), torch.exp]
            operations += [lambda x: (x * x + 0.2).sqrt(), lambda x: x.softmax(0)]
        operation = self._of(operations)
        return self._bounded(lambda pool: operation(pool[index]))

    def _place(self) -> Instruction:
        """Change a tensor in place, and with it all that shares its memory."""
        index = self._index()
        other = self._like(index)
        scalar = self._of([0.0, 1.0, -3.0])
        changes: list[Callable[[Tensor, Tensor], Any]] = [
            lambda x, y: x.add_(y),
            lambda x, y: x.sub_(y, alpha=2),
            lambda x, y: x.mul_(y),
            lambda x, y: x.copy_(y),
            lambda x, y: x.fill_(scalar),
            lambda x, y: x.zero_(),
            lambda x, y: x.addcmul_(y, y, value=-1.0),
            lambda x, y: x.neg_(),
        ]
        change = self._of(changes)

        def instruction(pool: list[Tensor]) -> None:
            change(pool[index], pool[other])
            if pool[index].dtype != torch.bool:
                pool[index].clamp_(-MOST, MOST) if self.exact else pool[index].tanh_()

        return instruction

    def _sum(self) -> Instruction:
        index = self._float()
        rank = len(self.pool[index].shape)
        axes = self.random.sample(range(rank), self.random.randint(0, rank))
        kept = self._of([False, True])
        if self.exact and axes and self._of([False, True]):
            return self._bounded(lambda pool: pool[index].amax(axes, keepdim=kept))
        if not self.exact and self._of([False, True]):
            return self._bounded(lambda pool: pool[index].mean(axes, keepdim=kept))
        return self._bounded(lambda pool: pool[index].sum(axes, keepdim=kept) if axes else pool[index].sum())

    def _product(self) -> Instruction:
        one, other, start = self._float(), self._float(), self._float()
        turned = self._of([False, True])

        def matrix(x: Tensor) -> Tensor:
            while x.dim() > 2:
                x = x[0]
            while x.dim() < 2:
                x = x.unsqueeze(-1)
            return x

        def product(pool: list[Tensor]) -> Tensor:
            left, right = matrix(pool[one]), matrix(pool[other])
            if turned:
                right = right.t()
            length = min(left.shape[1], right.shape[0])
            left, right = left[:, :length], right[:length]
            if self.pool[start].shape == (right.shape[1],):
                return torch.addmm(pool[start], left, right)
            return torch.bmm(left[None], right[None])[0] if turned else left @ right

        return self._bounded(product)

    def _join(self) -> Instruction:
        one = self._index()
        other = self._like(one)
        axis = self.random.randint(0, 1)
        if self._of([False, True]):
            return lambda pool: pool.append(torch.stack([pool[one], pool[one], pool[other]], axis))
        return lambda pool: pool.append(torch.cat([pool[one], pool[other]], axis))

    def _compare(self) -> Instruction:
        one = self._index()
        other = self._like(one)
        number = self._of([0.0, 1.0, 3.0])
        operations: list[Callable[[Tensor, Tensor], Tensor]] = [
            torch.lt,
            torch.le,
            torch.gt,
            torch.ge,
            torch.eq,
            torch.ne,
            lambda x, y: x > number,
            lambda x, y: x == number,
        ]
        operation = self._of(operations)
        return lambda pool: pool.append(operation(pool[one], pool[other]))

    def _choose(self) -> Instruction:
        condition = self._index(torch.bool)
        one, other = self._like(condition), self._like(condition)
        return lambda pool: pool.append(
            torch.where(
                pool[condition] if pool[condition].dtype == torch.bool else pool[condition] > 0.0,
                pool[one],
                pool[other],
            )
        )

    def _convert(self) -> Instruction:
        index = self._index()
        dtype = self._of([torch.float32, torch.float64])
        return lambda pool: pool.append(pool[index].to(dtype))


def numbers(like: Tensor, seed: int, exact: bool) -> Tensor:
    """Random numbers in a tensor of this shape, these strides and this type."""
    generator = torch.Generator().manual_seed(seed)
    if exact:
        drawn = torch.randint(-4, 5, like.shape, generator=generator)
    else:
        drawn = torch.rand(like.shape, generator=generator) * 3.0 - 1.5
    if like.dtype == torch.bool:
        drawn = drawn > 0
    return as_it_lies(like).copy_(drawn)


def others(drawn: Drawn, lanes: int = 2) -> list[list[Tensor]]:
    return [
        [numbers(tensor, 10 * lane + place + 1, drawn.exact) for place, tensor in enumerate(drawn.arguments)]
        for lane in range(lanes)
    ]


FEWER = settings.default.max_examples * 2 // 5
"""Each example compiles a program."""
SEEDS, LENGTHS = st.integers(0, 2**32), st.integers(1, 30)


@settings(max_examples=FEWER)
@given(SEEDS, LENGTHS)
def test_exact_programs(seed: int, length: int) -> None:
    drawn = Drawn(seed, length, exact=True)
    lanes = others(drawn)
    compiled = Compiled(drawn, drawn.arguments)
    for lane, found in zip(lanes, compiled(lanes), strict=True):
        for got, expected in zip(found, compiled.eagerly(lane), strict=True):
            assert got.dtype == expected.dtype
            assert torch.equal(got, expected)


@settings(max_examples=FEWER)
@given(SEEDS, LENGTHS)
def test_programs_that_round(seed: int, length: int) -> None:
    drawn = Drawn(seed, length, exact=False)
    lanes = others(drawn)
    compiled = Compiled(drawn, drawn.arguments)
    for lane, found in zip(lanes, compiled(lanes), strict=True):
        for got, expected in zip(found, compiled.eagerly(lane), strict=True):
            torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)
