"""Transpositions in square blocks, which are turned within registers."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from engine.tape.compiler.kernels.loops import lanes, load, loop, number, scaled, shifted, store
from engine.tape.compiler.source import Access
from engine.tape.compiler.statements import Transposition

BLOCK = 8
"""Rows and columns of a block."""


class Transposed:
    """The function of a transposition."""

    def __init__(self, statement: Transposition, width: int) -> None:
        self.accesses: list[Access] = [statement.source, statement.out]
        self.scalars: list[int] = []
        self._dtype = statement.source.dtype
        self._shape = statement.source.shape
        # source[i, j] lies at i + j · pitch, out[i, j] at i · line + j.
        self._pitch, self._line = statement.source.strides[1], statement.out.strides[0]
        self._block = min(BLOCK, width)
        self.signature = ("transposition", self._dtype, self._shape, self._pitch, self._line)

    def emit(self, function: ir.Function) -> None:
        """Write the body of a function that takes pointers to source and out."""
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        source, out = function.args[:2]
        rows, columns = self._shape
        block = self._block
        high, wide = rows // block * block, columns // block * block

        def row_of_blocks(i: Any) -> None:
            def one_block(j: Any) -> None:
                start = self._moved(
                    builder,
                    source,
                    scaled(builder, i, block),
                    scaled(builder, j, block * self._pitch),
                )
                end = self._moved(
                    builder, out, scaled(builder, i, block * self._line), scaled(builder, j, block)
                )
                self._turn(builder, start, end)

            loop(builder, wide // block, one_block)

        loop(builder, high // block, row_of_blocks)
        self._singly(builder, source, out, range(rows), range(wide, columns))
        self._singly(builder, source, out, range(high, rows), range(wide))
        builder.ret_void()

    def _turn(self, builder: ir.IRBuilder, source: Any, out: Any) -> None:
        """Turn one block: in each stage, halves of neighbouring vectors change places."""
        size = self._block
        lines = [
            load(
                builder,
                shifted(builder, source, number(j * self._pitch), 1, self._dtype),
                1,
                size,
                self._dtype,
            )
            for j in range(size)
        ]
        distance = size // 2
        while distance:
            for first in range(size):
                if first & distance:
                    continue
                a, b = lines[first], lines[first + distance]
                low = [lane if not lane & distance else size + lane - distance for lane in range(size)]
                high = [lane + distance if not lane & distance else size + lane for lane in range(size)]
                lines[first] = builder.shuffle_vector(a, b, lanes(*low))
                lines[first + distance] = builder.shuffle_vector(a, b, lanes(*high))
            distance //= 2
        for i, line in enumerate(lines):
            store(
                builder,
                line,
                shifted(builder, out, number(i * self._line), 1, self._dtype),
                1,
                size,
                self._dtype,
            )

    def _singly(self, builder: ir.IRBuilder, source: Any, out: Any, rows: range, columns: range) -> None:
        if not rows or not columns:
            return

        def row(i: Any) -> None:
            def element(j: Any) -> None:
                at_row = builder.add(i, number(rows.start))
                at_column = builder.add(j, number(columns.start))
                start = self._moved(builder, source, at_row, scaled(builder, at_column, self._pitch))
                end = self._moved(builder, out, scaled(builder, at_row, self._line), at_column)
                store(builder, load(builder, start, 0, 1, self._dtype), end, 1, 1, self._dtype)

            loop(builder, len(columns), element)

        loop(builder, len(rows), row)

    def _moved(self, builder: ir.IRBuilder, pointer: Any, one: Any, other: Any) -> Any:
        return shifted(builder, shifted(builder, pointer, one, 1, self._dtype), other, 1, self._dtype)
