"""Recorded calls as statements.

A lowering is one entry: in ``LOWERINGS``, or for an elementwise call in ``OPERATIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from engine.tape.compiler.operations import COMPARISONS, OPERATIONS
from engine.tape.compiler.source import Access, Buffer, Call, Foreign, Scalar, Source, Unlowerable
from engine.tape.compiler.statements import (
    Elementwise,
    Product,
    Reduction,
    Statement,
    Transposition,
    mixed_up,
)

Lower = Callable[["Statements", Sequence[Any], Access], None]
"""Takes the arguments of a call in the order of its schema, defaults included, and where its result goes."""
LOWERINGS: dict[str, Lower] = {}
"""The calls that are more than one elementwise operation, by name and overload."""

ORDER = {"b8": 0, "f32": 1, "f64": 2}
TRUTHS = {"copy", "where.self"}
"""Elementwise operations, besides comparisons, that have results of type bool."""


class Statements:
    """The statements of a program; ``source`` gets a scratch buffer for each intermediate result."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.all: list[Statement] = []
        self.whole = 0
        """How many statements belong to calls that are lowered completely."""

    def lower(self, call: Call) -> None:
        """Append what a call does. Raises ``Unlowerable``, with the reason, where nothing lowers it."""
        name, out = _functional(call)
        for value in _flat((*call.args, *call.kwargs.values(), out)):
            if isinstance(value, Foreign):
                raise Unlowerable(value.kind)
        if not isinstance(out, Access):
            raise Unlowerable("it has several results")
        arguments = _arguments(call)
        if name in LOWERINGS:
            LOWERINGS[name](self, arguments, out)
        elif name in OPERATIONS:
            self.elementwise(name, arguments, out)
        else:
            raise Unlowerable("nothing lowers it")

    def scratch(self, shape: Sequence[int], dtype: str) -> Access:
        """A new contiguous buffer."""
        self.source.buffers.append(Buffer("scratch", prod(shape), dtype))
        return Access(len(self.source.buffers) - 1, 0, tuple(shape), contiguous(shape), dtype)

    def elementwise(self, name: str, operands: Sequence[Any], out: Access) -> None:
        """out[i] = an entry of ``OPERATIONS`` of the operands at i, which are broadcast."""
        compute = out.dtype
        if name in COMPARISONS:
            compute = _promoted([operand for operand in operands if isinstance(operand, Access)])
        elif compute == "b8" and (name not in TRUTHS or any(isinstance(one, Scalar) for one in operands)):
            raise Unlowerable("it computes with truth values")
        expanded = tuple(
            operand.expanded(out.shape) if isinstance(operand, Access) else operand for operand in operands
        )
        if any(isinstance(operand, Access) and mixed_up(operand, out) for operand in expanded):
            raise Unlowerable("it reads elements that it writes in the place of others")
        self.all.append(Elementwise(name, expanded, out, compute))

    def computed(self, name: str, *operands: Any) -> Access:
        """A new buffer with the result of an elementwise operation."""
        first = next(operand for operand in operands if isinstance(operand, Access))
        out = self.scratch(first.shape, first.dtype)
        self.elementwise(name, operands, out)
        return out

    def reduction(self, kind: str, source: Access, axes: Sequence[int], out: Access) -> None:
        """out = the sum or the largest of ``source`` along ``axes``."""
        if not source.shape:
            raise Unlowerable("what it reduces has no axes")
        axes = sorted(axis % len(source.shape) for axis in axes)
        kept = [axis for axis in range(len(source.shape)) if axis not in axes]
        moved = replace(
            source,
            shape=tuple(source.shape[axis] for axis in (*kept, *axes)),
            strides=tuple(source.strides[axis] for axis in (*kept, *axes)),
        )
        where = [axis for axis, size in enumerate(out.shape) if size != 1]
        sizes = [source.shape[axis] for axis in kept if source.shape[axis] != 1]
        if [out.shape[axis] for axis in where] != sizes:
            raise Unlowerable("the shape of its result is not that of the kept axes")
        strides = iter([out.strides[axis] for axis in where])
        narrow = replace(
            out,
            shape=tuple(source.shape[axis] for axis in kept),
            strides=tuple(0 if source.shape[axis] == 1 else next(strides) for axis in kept),
        )
        self.all.append(Reduction(kind, moved, narrow, len(axes)))

    def product(self, left: Access, right: Access, out: Access, start: Access | None = None) -> None:
        """out [1, m, n] = start + left [1, m, k] @ right [1, k, n]."""
        if out.shape[0] != 1:
            raise Unlowerable("it multiplies several matrices")
        left, right, out = (_matrix(access) for access in (left, right, out))
        start = None if start is None else _matrix(start)
        if out.shape[1] > 1 and out.strides[1] != 1:
            raise Unlowerable("neighbours in its result are apart")
        if right.shape[1] > 1 and right.strides[1] != 1:
            turned = self.scratch(right.shape, right.dtype)
            if right.strides[0] == 1:
                self.all.append(Transposition(right, turned))
            else:
                self.elementwise("copy", (right,), turned)
            right = turned
        self.all.append(Product(left, right, out, start))


def _promoted(operands: Sequence[Access]) -> str:
    """The type in which operands are compared: as in PyTorch, one without axes is no reason for a wider one."""
    found = max((operand.dtype for operand in operands if operand.shape), key=ORDER.__getitem__, default="b8")
    if found == "b8":
        found = max((operand.dtype for operand in operands), key=ORDER.__getitem__)
    return "f32" if found == "b8" else found


def contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a contiguous tensor."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return tuple(strides)


def _functional(call: Call) -> tuple[str, Any]:
    """The name of a call without what makes it work in place, and where its result goes."""
    base, overload = call.name.split(".")
    if base.endswith("_") and not base.endswith("__"):
        return f"{base[:-1]}.{overload}", call.args[0]
    return call.name, call.result


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple | list):
            yield from _flat(value)
        else:
            yield value


def _arguments(call: Call) -> list[Any]:
    """The arguments in the order of the schema, defaults included; literals as Python numbers."""
    values = list(call.args)
    for argument in call.operation.func._schema.arguments[len(values) :]:
        values.append(call.kwargs.get(argument.name, argument.default_value))
    return [
        value.literal if isinstance(value, Scalar) and value.literal is not None else value
        for value in values
    ]


def _matrix(access: Access) -> Access:
    return replace(access, shape=access.shape[1:], strides=access.strides[1:])


def _lowers(*names: str) -> Callable[[Lower], Lower]:
    def add(lower: Lower) -> Lower:
        for name in names:
            LOWERINGS[name] = lower
        return lower

    return add


@_lowers("copy.default")
def _copy(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.elementwise("copy", [arguments[1]], out)


@_lowers("clone.default", "_to_copy.default", "lift_fresh_copy.default")
def _clone(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.elementwise("copy", [arguments[0]], out)


@_lowers("zeros_like.default", "zeros.default", "new_zeros.default")
def _zeros(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.elementwise("copy", [0.0], out)


@_lowers("zero.default")
def _zero(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.elementwise("copy", [0.0], out)


@_lowers("ones_like.default", "ones.default", "new_ones.default")
def _ones(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.elementwise("copy", [1.0], out)


@_lowers("fill.Scalar")
def _fill(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.elementwise("copy", [arguments[1]], out)


@_lowers("gelu.default", "gelu_backward.default")
def _gelu(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    *operands, approximate = arguments
    if approximate != "none":
        raise Unlowerable("it approximates")
    statements.elementwise("gelu.default" if len(operands) == 1 else "gelu_backward.default", operands, out)


@_lowers("div.Tensor_mode")
def _div(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    if arguments[2] is not None:
        raise Unlowerable("it rounds")
    statements.elementwise("div.Tensor", arguments[:2], out)


@_lowers("sum.default")
def _sum_of_all(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    source = arguments[0]
    statements.reduction("sum", _as(statements, source, out.dtype), range(len(source.shape)), out)


@_lowers("sum.dim_IntList")
def _sum(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    source, axes = arguments[0], arguments[1] or range(len(arguments[0].shape))
    statements.reduction("sum", _as(statements, source, out.dtype), axes, out)


@_lowers("mean.dim")
def _mean(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    source, axes = arguments[0], arguments[1] or range(len(arguments[0].shape))
    total = statements.scratch(out.shape, out.dtype)
    statements.reduction("sum", _as(statements, source, out.dtype), axes, total)
    statements.elementwise("div.Tensor", [total, prod(source.shape[axis] for axis in axes)], out)


@_lowers("amax.default")
def _largest(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    source = arguments[0]
    if source.dtype == "b8":
        raise Unlowerable("it computes with truth values")
    statements.reduction("amax", source, arguments[1] or range(len(source.shape)), out)


@_lowers("cat.default")
def _cat(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    axis, start = arguments[1] % len(out.shape), 0
    for part in arguments[0]:
        statements.elementwise("copy", [part], _narrowed(out, axis, start, part.shape[axis]))
        start += part.shape[axis]


@_lowers("stack.default")
def _stack(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    axis = arguments[1] % len(out.shape)
    for number, part in enumerate(arguments[0]):
        statements.elementwise("copy", [part], _selected(out, axis, number))


@_lowers("slice_backward.default")
def _slice_backward(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    part, _, axis, start, _, step = arguments
    axis %= len(out.shape)
    if step != 1:
        raise Unlowerable("its slice has gaps")
    statements.elementwise("copy", [0.0], out)
    statements.elementwise("copy", [part], _narrowed(out, axis, start % out.shape[axis], part.shape[axis]))


@_lowers("select_backward.default")
def _select_backward(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    part, _, axis, number = arguments
    axis %= len(out.shape)
    statements.elementwise("copy", [0.0], out)
    statements.elementwise("copy", [part], _selected(out, axis, number % out.shape[axis]))


@_lowers("mm.default")
def _mm(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.product(_batched(arguments[0]), _batched(arguments[1]), _batched(out))


@_lowers("bmm.default")
def _bmm(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    statements.product(arguments[0], arguments[1], out)


@_lowers("baddbmm.default")
def _baddbmm(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    start, left, right, beta, alpha = arguments
    if (beta, alpha) != (1, 1):
        raise Unlowerable("it scales what it adds")
    statements.product(left, right, out, start.expanded(out.shape))


@_lowers("addmm.default")
def _addmm(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    start, left, right, beta, alpha = arguments
    if (beta, alpha) != (1, 1):
        raise Unlowerable("it scales what it adds")
    start = _batched(start.expanded(out.shape))
    statements.product(_batched(left), _batched(right), _batched(out), start)


@_lowers("_softmax.default")
def _softmax(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    source, axis, _ = arguments
    if not source.shape:
        raise Unlowerable("a share of one number")
    axis %= len(source.shape)
    narrow = tuple(1 if at == axis else size for at, size in enumerate(source.shape))
    largest, total = statements.scratch(narrow, source.dtype), statements.scratch(narrow, source.dtype)
    statements.reduction("amax", source, [axis], largest)
    grown = statements.computed("exp.default", statements.computed("sub.Tensor", source, largest))
    statements.reduction("sum", grown, [axis], total)
    statements.elementwise("div.Tensor", [grown, total], out)


@_lowers("_softmax_backward_data.default")
def _softmax_backward(statements: Statements, arguments: Sequence[Any], out: Access) -> None:
    grad, share, axis, _ = arguments
    if not grad.shape:
        raise Unlowerable("a share of one number")
    axis %= len(grad.shape)
    narrow = tuple(1 if at == axis else size for at, size in enumerate(grad.shape))
    total = statements.scratch(narrow, grad.dtype)
    statements.reduction("sum", statements.computed("mul.Tensor", grad, share), [axis], total)
    difference = statements.computed("sub.Tensor", grad, total)
    statements.elementwise("mul.Tensor", [difference, share], out)


def _as(statements: Statements, source: Access, dtype: str) -> Access:
    if source.dtype == dtype:
        return source
    out = statements.scratch(source.shape, dtype)
    statements.elementwise("copy", [source], out)
    return out


def _batched(access: Access) -> Access:
    return replace(access, shape=(1, *access.shape), strides=(0, *access.strides))


def _narrowed(access: Access, axis: int, start: int, length: int) -> Access:
    shape = tuple(length if at == axis else size for at, size in enumerate(access.shape))
    return replace(access, offset=access.offset + start * access.strides[axis], shape=shape)


def _selected(access: Access, axis: int, number: int) -> Access:
    kept = [at for at in range(len(access.shape)) if at != axis]
    return replace(
        access,
        offset=access.offset + number * access.strides[axis],
        shape=tuple(access.shape[at] for at in kept),
        strides=tuple(access.strides[at] for at in kept),
    )
