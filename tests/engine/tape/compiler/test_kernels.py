"""Products, reductions and transpositions of all shapes and strides; whole numbers, so that results must be equal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, permutations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

pytest.importorskip("llvmlite")

from tests.engine.tape.compiler.compiling import Compiled, Function

FEWER = settings.default.max_examples * 2 // 5
"""Each example compiles a program."""
LENGTH = st.integers(1, 20)
LAYOUTS = st.sampled_from(
    ["whole", "turned", "narrow", "turned and narrow", "every other column", "repeated"]
)
DTYPES = st.sampled_from([torch.float32, torch.float32, torch.float64])


def whole(shape: Sequence[int], seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randint(-9, 10, tuple(shape), generator=torch.Generator().manual_seed(seed)).to(dtype)


def roomy(rows: int, columns: int, layout: str) -> tuple[int, int]:
    """The shape of what ``laid`` makes a matrix [rows, columns] of."""
    if layout == "repeated":
        return 1, columns
    if "turned" in layout:
        rows, columns = columns, rows
    if "narrow" in layout:
        return rows + 1, columns + 3
    return (rows, 2 * columns) if "other" in layout else (rows, columns)


def laid(tensor: Tensor, rows: int, columns: int, layout: str) -> Tensor:
    """A matrix [rows, columns] in the memory of a tensor."""
    if layout == "repeated":
        return tensor.expand(rows, columns)
    if "other" in layout:
        return tensor[:, ::2]
    if "narrow" in layout:
        tensor = tensor[1:, 2:-1]
    return tensor.t() if "turned" in layout else tensor


def assert_equal(function: Function, recorded: Sequence[Tensor], others: Sequence[Tensor]) -> None:
    compiled = Compiled(function, recorded)
    assert not compiled.program.is_mixed
    (found,) = compiled([others])
    for got, expected in zip(found, compiled.eagerly(others), strict=True):
        assert got.dtype == expected.dtype
        assert torch.equal(got, expected)


@settings(max_examples=FEWER)
@given(LENGTH, LENGTH, LENGTH, LAYOUTS, LAYOUTS, DTYPES, st.sampled_from(["no", "row", "matrix", "turned"]))
def test_products(m: int, k: int, n: int, one: str, other: str, dtype: torch.dtype, start: str) -> None:
    begins = {"no": (1, 1), "row": (1, n), "matrix": (m, n), "turned": (n, m)}[start]
    shapes = [roomy(m, k, one), roomy(k, n, other), begins]

    def product(arguments: Sequence[Tensor]) -> list[Tensor]:
        left, right = laid(arguments[0], m, k, one), laid(arguments[1], k, n, other)
        if start == "no":
            return [torch.bmm(left[None], right[None])]
        begin = arguments[2].t() if start == "turned" else arguments[2]
        return [torch.addmm(begin, left, right)]

    recorded, others = (
        [whole(shape, seed + place, dtype) for place, shape in enumerate(shapes)] for seed in (0, 10)
    )
    assert_equal(product, recorded, others)


@settings(max_examples=FEWER)
@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), DTYPES)
def test_transpositions(rows: int, columns: int, narrow: bool, dtype: torch.dtype) -> None:
    """The unit matrix times a turned one is the turned one."""
    layout = "turned and narrow" if narrow else "turned"

    def turned(arguments: Sequence[Tensor]) -> list[Tensor]:
        return [arguments[0] @ laid(arguments[1], rows, columns, layout)]

    recorded, others = (
        [torch.eye(rows, dtype=dtype), whole(roomy(rows, columns, layout), seed, dtype)] for seed in (0, 1)
    )
    assert_equal(turned, recorded, others)


SHAPES = [
    (1,),
    (3,),
    (130,),
    (2, 37),
    (37, 2),
    (17, 16),
    (1, 5, 1),
    (3, 4, 9),
    (2, 3, 5, 4),
    (1, 6, 1, 8),
    (2, 1, 2, 33),
]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_reductions(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    """Over every subset of axes, of the tensor and of views of a larger one: turned, with gaps, repeated."""
    roomier = (*shape[:-1], 2 * shape[-1] + 1)

    def reduced(arguments: Sequence[Tensor]) -> list[Tensor]:
        tensor = arguments[0]
        rank = len(shape)
        views = [tensor, tensor[..., 1::2], tensor[..., : shape[-1]], tensor[:1].expand(3, *tensor.shape[1:])]
        views += [tensor.permute(order) for order in list(permutations(range(rank)))[1::3]]
        subsets = list(chain.from_iterable(combinations(range(rank), size + 1) for size in range(rank)))
        found = []
        for number, view in enumerate(views):
            for axes in subsets:
                kept = (number + len(axes)) % 2 == 0
                found.append(view.sum(axes, keepdim=kept))
                found.append(view.amax(axes, keepdim=not kept))
            found.append(view.sum())
        return found

    assert_equal(reduced, [whole(roomier, 0, dtype)], [whole(roomier, 1, dtype)])


@pytest.mark.parametrize("length", [10, 100, 1000, 10_000])
def test_sums_within_the_bound_of_their_length(length: int) -> None:
    """|error| ≤ n·ε·Σ|x|; found far below it, since long sums have several parts."""
    tensor = torch.randn(length, 3, generator=torch.Generator().manual_seed(0))
    compiled = Compiled(lambda x: [x[0].sum(), x[0].sum(0), x[0].t().contiguous().sum(1)], [tensor.abs()])
    (_, total, down, along) = compiled([[tensor]])[0]
    exact = tensor.double()
    bound = length * 2.0**-24 * exact.abs().sum(0)
    assert ((down.double() - exact.sum(0)).abs() <= bound).all()
    assert ((along.double() - exact.sum(0)).abs() <= bound).all()
    assert (total.double() - exact.sum()).abs() <= 3 * bound.sum()


def test_infinity_and_nan_in_reductions_and_products() -> None:
    special = torch.tensor([[1.0, float("inf"), 2.0], [float("nan"), 3.0, 4.0], [-float("inf"), 5.0, 6.0]])

    def function(arguments: Sequence[Tensor]) -> list[Tensor]:
        (x,) = arguments
        return [x.sum(0), x.sum(1), x.amax(0), x.amax(1), x @ x, x.t() @ x, x.softmax(1)]

    compiled = Compiled(function, [torch.ones(3, 3)])
    for got, expected in zip(compiled([[special]])[0], compiled.eagerly([special]), strict=True):
        torch.testing.assert_close(got, expected, equal_nan=True)
