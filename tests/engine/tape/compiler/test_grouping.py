"""What shares a loop computes what the statements one after another do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor

pytest.importorskip("llvmlite")

from engine.tape.compiler.grouping import group
from engine.tape.compiler.lowering import Statements
from engine.tape.compiler.source import SourceReader
from engine.tape.recorder import Recorder
from tests.engine.tape.compiler.compiling import Compiled


def next_ones(x: Tensor, y: Tensor) -> list[Tensor]:
    y.mul_(2.0)
    return [y[1:] + x[1:], y[:-1] + x[:-1]]


def written_after_it_was_read(x: Tensor, y: Tensor) -> list[Tensor]:
    first = x + y
    x.copy_(y * 3.0)
    return [first, x * 2.0]


def neighbour_of_an_update(x: Tensor, y: Tensor) -> list[Tensor]:
    x[1:].add_(y[1:])
    x[:-1].mul_(y[1:])
    return [x + y]


def read_then_changed_in_part(x: Tensor, y: Tensor) -> list[Tensor]:
    whole = x * 1.0
    whole[3:9].sub_(y[3:9])
    whole[5:11].mul_(y[:6])
    return [whole + x]


def turned(x: Tensor, y: Tensor) -> list[Tensor]:
    square = x[:9].view(3, 3)
    other = square.t() + 1.0
    square.add_(other)
    return [square + other, square.t() * 2.0]


def reversed_order_of_writes(x: Tensor, y: Tensor) -> list[Tensor]:
    out = torch.zeros_like(x)
    out.add_(x)
    out.copy_(y)
    out.mul_(x)
    return [out]


def one_of_all(x: Tensor, y: Tensor) -> list[Tensor]:
    x.add_(x[3:4].clone())
    y.sub_(y.sum())
    return [x * y]


def a_sum_between(x: Tensor, y: Tensor) -> list[Tensor]:
    product = x * y
    total = product.sum()
    product.mul_(2.0)
    return [product + total, product.amax() - x]


def other_shapes_of_one_memory(x: Tensor, y: Tensor) -> list[Tensor]:
    table = (x * 2.0).view(4, 3)
    table[1:3].add_(y[:6].view(2, 3))
    table[:, 1].mul_(y[4:8])
    return [table.view(12) + y, table.t() + 1.0]


def every_other(x: Tensor, y: Tensor) -> list[Tensor]:
    x[::2].add_(x[1::2])
    x[1::2].sub_(y[::2])
    return [x + 0.0]


def swapped(x: Tensor, y: Tensor) -> list[Tensor]:
    old = x.clone()
    x.copy_(y)
    y.copy_(old)
    return [x - y]


def shifted(x: Tensor, y: Tensor) -> list[Tensor]:
    table = x.view(3, 4)
    table[:, :3].copy_(table[:, 1:])
    return [table + y.view(3, 4)]


PROGRAMS: list[Callable[[Tensor, Tensor], list[Tensor]]] = [
    next_ones,
    written_after_it_was_read,
    neighbour_of_an_update,
    read_then_changed_in_part,
    turned,
    reversed_order_of_writes,
    one_of_all,
    a_sum_between,
    other_shapes_of_one_memory,
    every_other,
    swapped,
]


@pytest.mark.parametrize("function", PROGRAMS)
def test_order_matters(function: Callable[[Tensor, Tensor], list[Tensor]]) -> None:
    compiled = Compiled(lambda arguments: function(*arguments), [torch.ones(12), torch.ones(12)])
    assert not compiled.program.is_mixed
    lanes = [[torch.arange(12.0) - 4.0, torch.arange(12.0).flip(0)], [torch.ones(12), -torch.arange(12.0)]]
    for lane, found in zip(lanes, compiled(lanes), strict=True):
        for got, expected in zip(found, compiled.eagerly(lane), strict=True):
            assert torch.equal(got, expected)


def groups_of(function: Callable[..., Sequence[Tensor]], *arguments: Tensor) -> int:
    recorder = Recorder()
    with recorder:
        results = function(*arguments)
    named = {f"in{number}": tensor for number, tensor in enumerate(arguments)}
    named |= {f"out{number}": tensor for number, tensor in enumerate(results)}
    source = SourceReader(named).read(recorder.needed(results))
    statements = Statements(source)
    for call in source.calls:
        statements.lower(call)
    return len(group(statements.all))


def test_a_chain_is_one_loop() -> None:
    x, y = torch.rand(2, 12)
    assert groups_of(lambda x, y: [((x * y).tanh() + x).exp() * y], x, y) == 1
    assert groups_of(lambda x, y: [(x.view(3, 4) * y[:3, None]).exp() + x.view(3, 4)], x, y) == 1


def test_updates_of_the_same_elements_are_one_loop() -> None:
    """As an optimizer makes them: nothing but the order within an element matters."""
    w, g = torch.rand(2, 12)

    def step(w: Tensor, g: Tensor, m: Tensor) -> list[Tensor]:
        m.mul_(0.9).add_(g)
        w.sub_(m * 0.1)
        return []

    assert groups_of(step, w, g, torch.zeros(12)) == 1


def test_what_reads_a_neighbour_is_another_loop() -> None:
    x = torch.rand(12)
    assert groups_of(lambda x: [(lambda y: y[1:] * y[:-1])(x * 2.0)], x) == 2


def test_what_reads_what_it_writes_elsewhere_is_replayed() -> None:
    """PyTorch's own order decides then."""
    compiled = Compiled(lambda arguments: shifted(*arguments), [torch.ones(12), torch.ones(12)])
    assert compiled.program.is_mixed
    lane = [torch.arange(12.0), torch.zeros(12)]
    for got, expected in zip(compiled([lane])[0], compiled.eagerly(lane), strict=True):
        assert torch.equal(got, expected)
