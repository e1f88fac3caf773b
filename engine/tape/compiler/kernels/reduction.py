"""Sums and largest elements along axes, in an order that depends on the shape alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from engine.tape.compiler.arithmetic import Arithmetic
from engine.tape.compiler.kernels.loops import (
    carried,
    chunks,
    lane_number,
    lanes,
    load,
    loop,
    number,
    scaled,
    shifted,
    store,
    undefined,
)
from engine.tape.compiler.source import Access
from engine.tape.compiler.statements import Reduction

PARTIAL = 4
"""Sums that a long row is divided into, so that additions need not wait for one another."""


class Reduced:
    """The function of a reduction: ``accesses`` are what it is called with."""

    def __init__(self, statement: Reduction, width: int) -> None:
        self.accesses: list[Access] = [statement.source, statement.out]
        self.scalars: list[int] = []
        self._kind, self._dtype = statement.kind, statement.source.dtype
        self._width = max(1, width // 2) if self._dtype == "f64" else width
        source, out, kept = statement.source, statement.out, len(out_shape(statement))
        self._kept = merged(source.shape[:kept], source.strides[:kept], out.strides)
        self._reduced = merged(source.shape[kept:], source.strides[kept:], source.strides[kept:])
        self.signature = ("reduction", self._kind, self._dtype, tuple(self._kept), tuple(self._reduced))

    def emit(self, function: ir.Function) -> None:
        """Write the body of a function that takes pointers to source and out."""
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        source, out = function.args[:2]
        self._outer(builder, 0, source, out)
        builder.ret_void()

    def _outer(self, builder: ir.IRBuilder, axis: int, source: Any, out: Any) -> None:
        rest = self._kept[axis:]
        if not rest:
            store(builder, self._row(builder, source), out, 1, 1, self._dtype)
            return
        size, stride, written = rest[0]
        contiguous = self._reduced and self._reduced[-1][1] == 1 and self._reduced[-1][0] >= 4
        if len(rest) == 1 and (not contiguous or (stride == 1 and size >= self._width // 2)):
            self._columns(builder, source, out, size, stride, written)
            return

        def body(index: Any) -> None:
            at = shifted(builder, source, index, stride, self._dtype)
            self._outer(builder, axis + 1, at, shifted(builder, out, index, written, self._dtype))

        loop(builder, size, body)

    def _columns(
        self, builder: ir.IRBuilder, source: Any, out: Any, size: int, stride: int, written: int
    ) -> None:
        """Reduce neighbours side by side, each in the order of its elements."""
        for first, width, many in chunks(size, self._width):

            def body(index: Any, first: int = first, width: int = width) -> None:
                at = scaled(builder, index, width, first)
                begin = shifted(builder, source, at, stride, self._dtype)
                total = self._column(builder, 0, begin, self._start(width), stride, width)
                store(
                    builder,
                    total,
                    shifted(builder, out, at, written, self._dtype),
                    written,
                    width,
                    self._dtype,
                )

            loop(builder, many, body)

    def _column(
        self, builder: ir.IRBuilder, axis: int, source: Any, total: Any, stride: int, width: int
    ) -> Any:
        if axis == len(self._reduced):
            return self._joined(builder, total, load(builder, source, stride, width, self._dtype), width)
        size, step, _ = self._reduced[axis]

        def body(index: Any, values: Sequence[Any]) -> list[Any]:
            at = shifted(builder, source, index, step, self._dtype)
            return [self._column(builder, axis + 1, at, values[0], stride, width)]

        return carried(builder, size, [total], body)[0]

    def _row(self, builder: ir.IRBuilder, source: Any) -> Any:
        """Reduce one element's whole row."""
        if not self._reduced or self._reduced[-1][1] != 1:
            return self._column(builder, 0, source, self._start(1), 1, 1)
        size, _, _ = self._reduced[-1]
        width = self._width
        while width > size:
            width //= 2
        parts = PARTIAL if size >= 2 * PARTIAL * width else 1
        totals = [self._start(width)] * parts
        totals = self._vectors(builder, 0, source, totals, width)
        total = totals[0]
        for other in totals[1:]:
            total = self._joined(builder, total, other, width)
        return self._horizontal(builder, total, width)

    def _vectors(
        self, builder: ir.IRBuilder, axis: int, source: Any, totals: Sequence[Any], width: int
    ) -> list[Any]:
        size, step, _ = self._reduced[axis]
        if axis < len(self._reduced) - 1:

            def outer(index: Any, values: Sequence[Any]) -> list[Any]:
                at = shifted(builder, source, index, step, self._dtype)
                return self._vectors(builder, axis + 1, at, values, width)

            return carried(builder, size, totals, outer)
        stretch = width * len(totals)

        def inner(index: Any, values: Sequence[Any]) -> list[Any]:
            at = shifted(builder, source, index, stretch, self._dtype)
            return [
                self._joined(builder, value, self._vector(builder, at, part * width, width), width)
                for part, value in enumerate(values)
            ]

        totals = carried(builder, size // stretch, totals, inner)
        return self._remainder(builder, source, size // stretch * stretch, size, totals, width)

    def _remainder(
        self, builder: ir.IRBuilder, source: Any, first: int, size: int, totals: list[Any], width: int
    ) -> list[Any]:
        """Add the last elements: whole vectors, then one vector padded with what changes nothing."""
        while first + width <= size:
            totals[0] = self._joined(builder, totals[0], self._vector(builder, source, first, width), width)
            first += width
        if first < size:
            rest = self._start(width)
            for lane in range(size - first):
                element = load(
                    builder, shifted(builder, source, number(first + lane), 1, self._dtype), 0, 1, self._dtype
                )
                rest = element if width == 1 else builder.insert_element(rest, element, lane_number(lane))
            totals[0] = self._joined(builder, totals[0], rest, width)
        return totals

    def _vector(self, builder: ir.IRBuilder, source: Any, first: int, width: int) -> Any:
        return load(builder, shifted(builder, source, number(first), 1, self._dtype), 1, width, self._dtype)

    def _horizontal(self, builder: ir.IRBuilder, value: Any, width: int) -> Any:
        while width > 1:
            width //= 2
            low, high = (
                builder.shuffle_vector(value, undefined(value.type), lanes(*range(first, first + width)))
                for first in (0, width)
            )
            if width == 1:
                low, high = (builder.extract_element(half, lane_number(0)) for half in (low, high))
            value = self._joined(builder, low, high, width)
        return value

    def _start(self, width: int) -> Any:
        value = 0.0 if self._kind == "sum" else float("-inf")
        return Arithmetic(None, self._dtype, width).number(value)

    def _joined(self, builder: ir.IRBuilder, total: Any, value: Any, width: int) -> Any:
        m = Arithmetic(builder, self._dtype, width)
        return m.add(total, value) if self._kind == "sum" else m.larger(total, value)


def out_shape(statement: Reduction) -> tuple[int, ...]:
    """The axes that are kept."""
    return statement.out.shape


def merged(sizes: Sequence[int], strides: Sequence[int], others: Sequence[int]) -> list[tuple[int, int, int]]:
    """Axes (size, stride, other stride) without unit axes, joined where both strides continue."""
    found: list[tuple[int, int, int]] = []
    for size, stride, other in zip(sizes, strides, others, strict=True):
        if size == 1:
            continue
        if found and found[-1][1] == stride * size and found[-1][2] == other * size:
            found[-1] = (found[-1][0] * size, stride, other)
        else:
            found.append((size, stride, other))
    return found
