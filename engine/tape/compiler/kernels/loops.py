"""Loops and memory accesses in LLVM IR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from llvmlite import ir

from engine.tape.compiler.arithmetic import type_of

INDEX = ir.IntType(64)
POINTER = ir.PointerType()
MEMORY = {"f32": ir.FloatType(), "f64": ir.DoubleType(), "b8": ir.IntType(8)}
"""The LLVM type of an element in memory."""
UNROLLED = 4
"""Up to so many turns, a loop is written out."""


@cache
def number(value: int) -> Any:
    """A constant index."""
    return ir.Constant(INDEX, value)


@cache
def lane_number(lane: int) -> Any:
    """The place of an element in a vector."""
    return ir.Constant(ir.IntType(32), lane)


@cache
def lanes(*order: int) -> Any:
    """Which elements of two vectors a shuffle takes."""
    kind = ir.VectorType(ir.IntType(32), len(order))
    return ir.Constant(kind, list(order) if any(order) else None)


@cache
def undefined(kind: Any) -> Any:
    """A value that does not matter."""
    return ir.Constant(kind, ir.Undefined)


def loop(builder: ir.IRBuilder, count: int, body: Callable[[Any], None]) -> None:
    """Emit a loop whose body takes the index."""

    def without_values(index: Any, values: Sequence[Any]) -> list[Any]:
        body(index)
        return []

    carried(builder, count, [], without_values)


def carried(
    builder: ir.IRBuilder,
    count: int,
    initial: Sequence[Any],
    body: Callable[[Any, Sequence[Any]], Sequence[Any]],
    unrolled: int = UNROLLED,
) -> list[Any]:
    """Emit a loop that carries values from turn to turn; return them after the last.

    Parameters
    ----------
    builder
        Stands behind the loop afterwards.
    count
        Turns.
    initial
        The values before the first turn.
    body
        Takes index and values, returns the values for the next turn.
    unrolled
        Up to so many turns are written out one by one.
    """
    values = list(initial)
    if count <= unrolled:
        for index in range(count):
            values = list(body(number(index), values))
        return values
    before, start = builder.block, builder.append_basic_block("loop")
    builder.branch(start)
    builder.position_at_end(start)
    index = builder.phi(INDEX)
    index.add_incoming(number(0), before)
    phis = []
    for value in values:
        phi = builder.phi(value.type)
        phi.add_incoming(value, before)
        phis.append(phi)
    following = list(body(index, phis))
    after = builder.add(index, number(1))
    index.add_incoming(after, builder.block)
    for phi, value in zip(phis, following, strict=True):
        phi.add_incoming(value, builder.block)
    end = builder.append_basic_block("end")
    builder.cbranch(builder.icmp_unsigned("<", after, number(count)), start, end)
    builder.position_at_end(end)
    return following


def shifted(builder: ir.IRBuilder, pointer: Any, index: Any, stride: int, dtype: str) -> Any:
    """The address ``index · stride`` elements further on."""
    if stride == 0:
        return pointer
    offset = scaled(builder, index, stride)
    is_here = isinstance(offset, ir.Constant) and not offset.constant
    return pointer if is_here else builder.gep(pointer, [offset], source_etype=MEMORY[dtype])


def scaled(builder: ir.IRBuilder, index: Any, factor: int, first: int = 0) -> Any:
    """index · factor + first, worked out here where the index is constant."""
    if isinstance(index, ir.Constant):
        return number(index.constant * factor + first)
    product = index if factor == 1 else builder.mul(index, number(factor))
    return builder.add(product, number(first)) if first else product


def load(builder: ir.IRBuilder, pointer: Any, stride: int, width: int, dtype: str) -> Any:
    """``width`` elements, ``stride`` apart, as one value; a stride of 0 repeats one element."""
    if width == 1 or stride == 0:
        value = _from_memory(builder, builder.load(pointer, typ=MEMORY[dtype], align=_align(dtype)), dtype, 1)
        return value if width == 1 else splat(builder, value, width)
    if stride == 1:
        kind = ir.VectorType(MEMORY[dtype], width)
        return _from_memory(builder, builder.load(pointer, typ=kind, align=_align(dtype)), dtype, width)
    value = undefined(type_of(dtype, width))
    for lane in range(width):
        element = load(builder, shifted(builder, pointer, number(lane), stride, dtype), 0, 1, dtype)
        value = builder.insert_element(value, element, lane_number(lane))
    return value


def store(builder: ir.IRBuilder, value: Any, pointer: Any, stride: int, width: int, dtype: str) -> None:
    """Write ``width`` elements, ``stride`` apart."""
    if width > 1 and stride != 1:
        for lane in range(width):
            element = builder.extract_element(value, lane_number(lane))
            store(builder, element, shifted(builder, pointer, number(lane), stride, dtype), 1, 1, dtype)
        return
    if dtype == "b8":
        kind = MEMORY[dtype] if width == 1 else ir.VectorType(MEMORY[dtype], width)
        value = builder.zext(value, kind)
    builder.store(value, pointer, align=_align(dtype))


def splat(builder: ir.IRBuilder, value: Any, width: int) -> Any:
    """A vector that repeats one element."""
    nothing = undefined(ir.VectorType(value.type, width))
    first = builder.insert_element(nothing, value, lane_number(0))
    return builder.shuffle_vector(first, nothing, lanes(*[0] * width))


def chunks(count: int, width: int) -> list[tuple[int, int, int]]:
    """Divide ``count`` elements into vectors: (first element, width, how many) from the widest on."""
    found, at = [], 0
    while at < count:
        while width > count - at:
            width //= 2
        many = (count - at) // width
        found.append((at, width, many))
        at += many * width
    return found


def _from_memory(builder: ir.IRBuilder, value: Any, dtype: str, width: int) -> Any:
    return builder.trunc(value, type_of(dtype, width)) if dtype == "b8" else value


def _align(dtype: str) -> int:
    return 8 if dtype == "f64" else 4 if dtype == "f32" else 1
