"""Every lowered call computes what PyTorch computes: elementwise to 4 ulp, sums within the bound of their length."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

pytest.importorskip("llvmlite")

from engine.tape.compiler.lowering import LOWERINGS
from engine.tape.compiler.operations import OPERATIONS
from engine.tape.compiler.program import Program

aten = torch.ops.aten
SPECIAL = torch.tensor(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        2.0,
        3.0,
        1e-30,
        -1e-30,
        1e-07,
        1e30,
        -1e30,
        20.0,
        -20.0,
        88.0,
        -88.0,
        100.0,
        -104.0,
        float("inf"),
        -float("inf"),
        float("nan"),
    ]
)
ULP = 4 * 2.0**-23

ONE: dict[str, Callable[[Tensor], Tensor]] = {
    "neg.default": aten.neg,
    "abs.default": aten.abs,
    "sign.default": aten.sign,
    "sgn.default": aten.sgn,
    "reciprocal.default": aten.reciprocal,
    "sqrt.default": aten.sqrt,
    "rsqrt.default": aten.rsqrt,
    "square.default": aten.square,
    "exp.default": aten.exp,
    "expm1.default": aten.expm1,
    "log.default": aten.log,
    "log1p.default": aten.log1p,
    "tanh.default": aten.tanh,
    "sigmoid.default": aten.sigmoid,
    "erf.default": aten.erf,
    "sin.default": aten.sin,
    "cos.default": aten.cos,
    "relu.default": aten.relu,
    "leaky_relu.default": lambda x: aten.leaky_relu(x, 0.3),
    "elu.default": lambda x: aten.elu(x, 1.3, 1.05),
    "gelu.default": F.gelu,
    "silu.default": F.silu,
    "softplus.default": F.softplus,
    "clamp.default": lambda x: aten.clamp(x, -0.7, 0.9),
    "clamp_min.default": lambda x: aten.clamp_min(x, 0.1),
    "clamp_max.default": lambda x: aten.clamp_max(x, 0.1),
    "mul.Scalar": lambda x: aten.mul.Scalar(x, 1.7),
    "div.Scalar": lambda x: aten.div.Scalar(x, 7),
    "rsub.Scalar": lambda x: aten.rsub.Scalar(x, 1.7),
    "pow.Tensor_Scalar": lambda x: aten.pow(x, 2),
    "pow.Scalar": lambda x: aten.pow.Scalar(1.7, x),
    "clone.default": aten.clone,
    "zeros_like.default": lambda x: aten.zeros_like(x).add_(x),
    "ones_like.default": lambda x: aten.ones_like(x).mul_(x),
    "eq.Scalar": lambda x: aten.eq(x, 1.0),
    "ne.Scalar": lambda x: aten.ne(x, 1.0),
    "lt.Scalar": lambda x: aten.lt(x, 0.2),
    "le.Scalar": lambda x: aten.le(x, 1.0),
    "gt.Scalar": lambda x: aten.gt(x, 0.2),
    "ge.Scalar": lambda x: aten.ge(x, 1.0),
}
TWO: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "add.Tensor": lambda x, y: aten.add(x, y, alpha=0.3),
    "sub.Tensor": lambda x, y: aten.sub(x, y, alpha=0.3),
    "mul.Tensor": aten.mul,
    "div.Tensor": aten.div,
    "maximum.default": aten.maximum,
    "minimum.default": aten.minimum,
    "pow.Tensor_Tensor": aten.pow,
    "eq.Tensor": aten.eq,
    "ne.Tensor": aten.ne,
    "lt.Tensor": aten.lt,
    "le.Tensor": aten.le,
    "gt.Tensor": aten.gt,
    "ge.Tensor": aten.ge,
    "copy": lambda x, y: x.clone().copy_(y),
    "copy.default": lambda x, y: x.clone().copy_(y),
    "where.self": lambda x, y: aten.where(x > y, x, y),
    "clamp.Tensor": lambda x, y: aten.clamp(x, y - 1.0, y + 0.5),
    "threshold_backward.default": lambda x, y: aten.threshold_backward(x, y, 0),
    "leaky_relu_backward.default": lambda x, y: aten.leaky_relu_backward(x, y, 0.3, False),
    "elu_backward.default": lambda x, y: aten.elu_backward(x, 1.3, 1.05, 1, False, y),
    "gelu_backward.default": aten.gelu_backward,
    "silu_backward.default": aten.silu_backward,
    "softplus_backward.default": lambda x, y: aten.softplus_backward(x, y, 1, 20),
    "sigmoid_backward.default": lambda x, y: aten.sigmoid_backward(x, y),
    "tanh_backward.default": lambda x, y: aten.tanh_backward(x, y),
    "huber_loss.default": lambda x, y: aten.huber_loss(x, y, 0, 0.6),
    "huber_loss_backward.default": lambda x, y: aten.huber_loss_backward(x, y, x * y, 0, 0.6),
    "lerp.Tensor": lambda x, y: aten.lerp(x, y, x * 0.4),
    "addcmul.default": lambda x, y: aten.addcmul(x, x, y, value=-0.7),
    "addcdiv.default": lambda x, y: aten.addcdiv(x, x, y, value=-1.0),
    "zero.default": lambda x, y: x.clone().zero_() + y,
    "fill.Scalar": lambda x, y: x.clone().fill_(0.3) * y,
}
"""A call of each elementwise entry."""
SHAPED: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "_to_copy.default": lambda a, b: a.double() * 2.0,
    "zeros.default": lambda a, b: aten.zeros([5]) + a[0, 0, 0],
    "ones.default": lambda a, b: aten.ones([5]) + a[0, 0, 0],
    "sum.default": lambda a, b: a.sum(),
    "sum.dim_IntList": lambda a, b: a.sum(1),
    "mean.dim": lambda a, b: a.mean((0, 2), keepdim=True),
    "amax.default": lambda a, b: a.amax(1),
    "cat.default": lambda a, b: torch.cat([a[:, :2], a], 1),
    "stack.default": lambda a, b: torch.stack([a, a + 1.0], -1),
    "slice_backward.default": lambda a, b: aten.slice_backward(a, [1, 20, 5], 1, 3, 13, 1),
    "select_backward.default": lambda a, b: aten.select_backward(a, [1, 10, 3, 5], 2, 1),
    "mm.default": lambda a, b: a[0] @ b[0],
    "bmm.default": lambda a, b: a @ b,
    "baddbmm.default": lambda a, b: torch.baddbmm(b[:, :1], a, b),
    "addmm.default": lambda a, b: torch.addmm(b[0, 0], a[0], b[0]),
    "_softmax.default": lambda a, b: a.softmax(-1),
    "_softmax_backward_data.default": lambda a, b: aten._softmax_backward_data(
        a, (a * 0.3).softmax(1), 1, torch.float32
    ),
}
"""Calls whose results have another shape: a [1, 10, 5], b [1, 5, 7]."""
UNUSED = {
    "new_zeros.default": "what zeros.default does",
    "new_ones.default": "what ones.default does",
    "lift_fresh_copy.default": "what clone.default does",
    "div.Tensor_mode": "what div.Tensor does",
}


def test_every_entry_is_tried() -> None:
    tried = {*ONE, *TWO, *SHAPED, *UNUSED}
    assert {*OPERATIONS, *LOWERINGS} == tried


def computed(function: Callable[..., Tensor], *inputs: Tensor) -> tuple[Tensor, Tensor]:
    """What the compiled function makes of inputs, and what PyTorch makes of them."""
    # Recorded with other numbers, so that none of these are part of the code.
    others = [torch.rand_like(tensor) + 0.5 for tensor in inputs]
    names = [f"in{number}" for number in range(len(inputs))]
    program = Program(lambda: {"out": function(*others)}, dict(zip(names, others, strict=True)), "a test")
    expected = function(*inputs)
    found, binding = torch.full_like(expected, 7), program.bind()
    for name, tensor in zip(names, inputs, strict=True):
        binding.set(name, tensor)
    binding.set("out", found)
    binding.run(0, 1, 1)
    return found, expected


def assert_close(found: Tensor, expected: Tensor, bound: float | Tensor, least: float = 1e-44) -> None:
    assert found.dtype == expected.dtype
    if found.dtype == torch.bool:
        assert torch.equal(found, expected)
        return
    assert torch.equal(found.isnan(), expected.isnan())
    infinite = expected.isinf()
    assert torch.equal(found[infinite], expected[infinite])
    finite = expected.isfinite()
    error = (found.double() - expected.double()).abs()[finite]
    allowed = bound * expected.double().abs()[finite] + least
    assert (error <= allowed).all(), (found[finite][error > allowed], expected[finite][error > allowed])


@pytest.mark.parametrize("length", [1, 3, 16, 37, 22, 200])
@pytest.mark.parametrize("name", ONE)
def test_one_operand(name: str, length: int) -> None:
    torch.manual_seed(length)
    values = SPECIAL if length == len(SPECIAL) else torch.randn(length) * 3.0
    if name in {"sign.default", "sgn.default"}:
        # PyTorch's sign of NaN depends on where in a tensor it is.
        values = values[~values.isnan()]
    if name in {"sin.default", "cos.default"}:
        # See ``engine.tape.elementary.trigonometric``: beyond, a result is a number from −1 to 1, no more.
        values = values[~(values.isfinite() & (values.abs() > 1e5))]
    # x·(1 + erf x) loses what the sum rounds off, and 0·∞ depends on the order of the factors.
    loses = name == "gelu.default"
    if loses:
        values = values[~values.isinf()]
    assert_close(*computed(ONE[name], values), ULP, 4 * ULP if loses else 1e-44)


@pytest.mark.parametrize("name", TWO)
def test_two_operands(name: str) -> None:
    torch.manual_seed(0)
    x, y = torch.randn(2, 150)
    # Differences of nearly equal numbers keep only the absolute error of the larger ones.
    assert_close(*computed(TWO[name], x, y), ULP, ULP * 4)


@pytest.mark.parametrize("name", sorted({*TWO} - {"pow.Tensor_Tensor"}))
def test_special_numbers(name: str) -> None:
    finite = SPECIAL[SPECIAL.isfinite() & (SPECIAL.abs() < 1e20) & (SPECIAL.abs() != 1e-30)]
    x, y = (part.flatten().contiguous() for part in torch.meshgrid(finite, finite, indexing="ij"))
    found, expected = computed(TWO[name], x, y)
    assert_close(found, expected, 4 * ULP, 1e-3)


@pytest.mark.parametrize("name", SHAPED)
def test_other_shapes(name: str) -> None:
    torch.manual_seed(1)
    assert_close(*computed(SHAPED[name], torch.randn(1, 10, 5), torch.randn(1, 5, 7)), 16 * ULP, 16 * ULP)
