"""Matrix products in blocks of rows whose sums stay in registers; each sum adds in the order of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from engine.tape.compiler.arithmetic import Arithmetic
from engine.tape.compiler.kernels.loops import (
    carried,
    chunks,
    load,
    loop,
    number,
    scaled,
    shifted,
    splat,
    store,
)
from engine.tape.compiler.source import Access
from engine.tape.compiler.statements import Product

REGISTERS = 20
"""Vectors of sums in a block."""
MOST_ROWS = 10
UNROLLED = 32
"""Multiplications of a block that are written out."""


class Multiplied:
    """The function of a product."""

    def __init__(self, statement: Product, width: int) -> None:
        left, right, out, start = statement.left, statement.right, statement.out, statement.start
        self.accesses: list[Access] = [left, right, out] + ([] if start is None else [start])
        self.scalars: list[int] = []
        self._dtype = out.dtype
        self._width = max(1, width // 2) if self._dtype == "f64" else width
        (self._rows, self._columns), self._depth = out.shape, left.shape[1]
        self._left, self._right, self._out = left.strides, right.strides, out.strides
        self._start = None if start is None else start.strides
        self.signature = (
            "product", self._dtype, self._rows, self._columns, self._depth,
            self._left, self._right, self._out, self._start,
        )  # fmt: skip

    def emit(self, function: ir.Function) -> None:
        """Write the body of a function that takes pointers to left, right, out and, if there is one, start."""
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        vectors = [
            (first + turn * width, width)
            for first, width, many in chunks(self._columns, self._width)
            for turn in range(many)
        ]
        for at in range(0, len(vectors), 4):
            self._panel(builder, vectors[at : at + 4], function.args)
        builder.ret_void()

    def _panel(
        self, builder: ir.IRBuilder, vectors: Sequence[tuple[int, int]], pointers: Sequence[Any]
    ) -> None:
        """Compute some columns of all rows."""
        height = self._height(len(vectors))
        whole = self._rows // height

        def body(index: Any) -> None:
            self._block(builder, vectors, scaled(builder, index, height), height, pointers)

        loop(builder, whole, body)
        if self._rows % height:
            self._block(builder, vectors, number(whole * height), self._rows % height, pointers)

    def _height(self, vectors: int) -> int:
        most = min(MOST_ROWS, max(1, REGISTERS // vectors), self._rows)
        divisors = [height for height in range(most, max(1, most // 2), -1) if self._rows % height == 0]
        return divisors[0] if divisors else most

    def _block(
        self,
        builder: ir.IRBuilder,
        vectors: Sequence[tuple[int, int]],
        first: Any,
        height: int,
        pointers: Sequence[Any],
    ) -> None:
        left, right, out, *start = (
            shifted(builder, pointer, first, strides[0], self._dtype)
            for pointer, strides in zip(
                pointers, (self._left, (0, 0), self._out, self._start or (0, 0)), strict=False
            )
        )
        sums = [
            self._begin(builder, start[0] if start else None, row, column, width)
            for row in range(height)
            for column, width in vectors
        ]

        def body(index: Any, values: Sequence[Any]) -> list[Any]:
            above = shifted(builder, right, index, self._right[0], self._dtype)
            beside = shifted(builder, left, index, self._left[1], self._dtype)
            terms = [self._at(builder, above, column, 1, width) for column, width in vectors]
            found, values = list[Any](), list(values)
            for row in range(height):
                factor = self._at(builder, beside, row, self._left[0], 1)
                for (_, width), term in zip(vectors, terms, strict=True):
                    m = Arithmetic(builder, self._dtype, width)
                    repeated = factor if width == 1 else splat(builder, factor, width)
                    found.append(m.fma(repeated, term, values[len(found)]))
            return found

        unrolled = max(1, UNROLLED // len(sums))
        sums = carried(builder, self._depth, sums, body, unrolled)
        for row in range(height):
            for place, (column, width) in enumerate(vectors):
                at = shifted(builder, out, number(row * self._out[0] + column), 1, self._dtype)
                store(builder, sums[row * len(vectors) + place], at, 1, width, self._dtype)

    def _begin(self, builder: ir.IRBuilder, start: Any, row: int, column: int, width: int) -> Any:
        if start is None or self._start is None:
            return Arithmetic(builder, self._dtype, width).number(0.0)
        at = shifted(builder, start, number(row * self._start[0] + column * self._start[1]), 1, self._dtype)
        return load(builder, at, self._start[1], width, self._dtype)

    def _at(self, builder: ir.IRBuilder, pointer: Any, index: int, stride: int, width: int) -> Any:
        return load(
            builder, shifted(builder, pointer, number(index * stride), 1, self._dtype), 1, width, self._dtype
        )
