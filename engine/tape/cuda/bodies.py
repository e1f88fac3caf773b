"""What the threads of a block do for each group of statements.

Each element of a result is computed by one thread, in an order that depends on the shape alone; so the numbers of a
lane depend neither on its neighbours nor on how many blocks run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from engine.tape.compiler.grouping import Group, axes, same_elements, sizes_of
from engine.tape.compiler.kernels.reduction import merged
from engine.tape.compiler.operations import OPERATIONS
from engine.tape.compiler.source import Access, Scalar
from engine.tape.compiler.statements import Elementwise, Product, Reduction, Transposition
from engine.tape.cuda.arithmetic import TYPES, CudaArithmetic, Lines, literal

MOST_UNROLLED = 16
"""Turns of a loop that are written out one after another."""
FEW_TERMS = 8
"""Up to so many terms are summed by one thread, however many threads have nothing to do."""


@dataclass(frozen=True)
class Block:
    """Who computes.

    Attributes
    ----------
    threads
        Of a block, which computes one lane.
    warp
        Threads that can exchange numbers directly; divides ``threads``.
    place
        Returns the C expression of a buffer's first element.
    """

    threads: int
    warp: int
    place: Callable[[int], str]

    def element(self, access: Access, where: str) -> str:
        """An element of a buffer, ``where`` elements after the first of the access."""
        return f"{self.place(access.buffer)}[{access.offset}{where}]"


def write(lines: Lines, group: Group, block: Block) -> None:
    """Append what the threads of a block do for a group."""
    match group.statements[0]:
        case Reduction() as reduction:
            _reduction(lines, reduction, block)
        case Product() as product:
            _product(lines, product, block)
        case Transposition() as turned:
            _elements(lines, block, prod(turned.out.shape), lambda: _copy(lines, turned, block))
        case _:
            count = group.statements[0].out.count
            _elements(lines, block, count, lambda: _fused(lines, group, block))


def _elements(lines: Lines, block: Block, count: int, body: Callable[[], None]) -> None:
    """Let each thread do ``body`` for its elements ``i``."""
    if count <= block.threads:
        lines.add(f"if (thread < {count}) {{ const int i = thread;")
    else:
        lines.add("#pragma unroll 4")
        lines.add(f"for (int i = thread; i < {count}; i += {block.threads}) {{")
    body()
    lines.add("}")


def _indexes(lines: Lines, sizes: Sequence[int], of: str, name: str) -> list[str]:
    """Divide a flat index into those of axes, the last axis first; returns their names."""
    if len(sizes) == 1:
        return [of]
    found, rest = [], of
    for axis, size in enumerate(sizes):
        last = axis == len(sizes) - 1
        lines.add(f"const int {name}{axis} = {rest if last else f'({rest}) % {size}'};")
        found.append(f"{name}{axis}")
        rest = f"({rest}) / {size}"
    return found


def _at(indexes: Sequence[str], strides: Sequence[int]) -> str:
    """What is added to an index: Σ index · stride."""
    return "".join(
        f" + {index}" if stride == 1 else f" + {index} * {stride}"
        for index, stride in zip(indexes, strides, strict=True)
        if stride
    )


def _fused(lines: Lines, group: Group, block: Block) -> None:
    cuts = group.cuts
    statements = [one for one in group.statements if isinstance(one, Elementwise)]
    indexes = _indexes(lines, sizes_of(statements[0].out.count, cuts), "i", "i")
    known: list[tuple[Access, str]] = []

    def name_of(access: Access) -> str | None:
        for other, name in reversed(known):
            if other.buffer == access.buffer and same_elements(other, access, cuts):
                return name
        return None

    def element(access: Access) -> str:
        name = name_of(access)
        if name is None:
            at = block.element(access, _at(indexes, axes(access, cuts)))
            name = lines.value(TYPES[access.dtype], at)
            known.append((access, name))
        return name

    def operand(m: CudaArithmetic, value: Any, is_condition: bool, is_copy: bool) -> object:
        if isinstance(value, Access):
            return element(value) if is_condition else m.convert(element(value), value.dtype)
        if isinstance(value, Scalar):
            return m.scalar(f"table.scalars[{value.index}]")
        return m.number(value) if is_copy else value

    for statement in statements:
        m = CudaArithmetic(lines, statement.compute)
        name = statement.operation
        operands = [
            operand(m, value, name == "where.self" and at == 0, name == "copy")
            for at, value in enumerate(statement.operands)
        ]
        known.append((statement.out, OPERATIONS[name](m, *operands)))
    stored: list[Access] = []
    for statement, store in zip(statements, group.stores, strict=True):
        out = statement.out
        if store and not any(one.buffer == out.buffer and same_elements(one, out, cuts) for one in stored):
            stored.append(out)
            lines.add(f"{block.element(out, _at(indexes, axes(out, cuts)))} = {name_of(out)};")


def _copy(lines: Lines, turned: Transposition, block: Block) -> None:
    sizes = tuple(reversed(turned.out.shape))
    indexes = _indexes(lines, sizes, "i", "i")
    to, source = (
        block.element(access, _at(indexes, tuple(reversed(access.strides))))
        for access in (turned.out, turned.source)
    )
    lines.add(f"{to} = {source};")


def _product(lines: Lines, product: Product, block: Block) -> None:
    left, right, out, start = product.left, product.right, product.out, product.start
    (rows, columns), terms, kind = out.shape, left.shape[1], TYPES[out.dtype]
    fma = "fma" if out.dtype == "f64" else "fmaf"

    def body() -> None:
        column, row = _indexes(lines, (columns, rows), "i", "i")
        begin = literal(0.0, out.dtype)
        if start is not None:
            begin = block.element(start, _at((row, column), start.strides))
        lines.add(f"{kind} total = {begin};")
        _loop(lines, "k", terms)
        one = block.element(left, _at((row, "k"), left.strides))
        other = block.element(right, _at(("k", column), right.strides))
        lines.add(f"total = {fma}({one}, {other}, total); }}")
        lines.add(f"{block.element(out, _at((row, column), out.strides))} = total;")

    _elements(lines, block, rows * columns, body)


def _loop(lines: Lines, index: str, turns: int) -> None:
    lines.add("#pragma unroll" if turns <= MOST_UNROLLED else "#pragma unroll 8")
    lines.add(f"for (int {index} = 0; {index} < {turns}; ++{index}) {{")


def _reduction(lines: Lines, reduction: Reduction, block: Block) -> None:
    source, out, count = reduction.source, reduction.out, len(reduction.out.shape)
    kept = merged(source.shape[:count], source.strides[:count], out.strides)[::-1]
    reduced = merged(source.shape[count:], source.strides[count:], source.strides[count:])[::-1]
    outputs, terms = prod(size for size, *_ in kept), prod(size for size, *_ in reduced)
    kind, is_sum = TYPES[source.dtype], reduction.kind == "sum"
    begin = literal(0.0 if is_sum else float("-inf"), source.dtype)

    def joined(value: str) -> None:
        m = CudaArithmetic(lines, source.dtype)
        lines.add("{")
        found = m.add("total", value) if is_sum else m.larger(value, "total")
        lines.add(f"total = {found}; }}")

    def term(outer: str, index: str) -> str:
        inner = _indexes(lines, [size for size, *_ in reduced] or [1], index, "r")
        at = _at(inner, [stride for _, stride, _ in reduced]) if reduced else ""
        return block.element(source, outer + at)

    def whole_row() -> None:
        o = _indexes(lines, [size for size, *_ in kept] or [1], "i", "i")
        outer = _at(o, [stride for _, stride, _ in kept]) if kept else ""
        lines.add(f"{kind} total = {begin};")
        _loop(lines, "k", terms)
        joined(term(outer, "k"))
        lines.add("}")
        lines.add(f"{block.element(out, _at(o, [to for *_, to in kept]) if kept else '')} = total;")

    def by_warps() -> None:
        lines.add(
            f"for (int i = thread / {block.warp}; i < {outputs}; i += {block.threads // block.warp}) {{"
        )
        o = _indexes(lines, [size for size, *_ in kept] or [1], "i", "i")
        outer = _at(o, [stride for _, stride, _ in kept]) if kept else ""
        lines.add(f"{kind} total = {begin};")
        lines.add(f"for (int k = thread % {block.warp}; k < {terms}; k += {block.warp}) {{")
        joined(term(outer, "k"))
        lines.add("}")
        far = block.warp // 2
        while far:
            value = lines.value(kind, f"__shfl_xor_sync(0xffffffffu, total, {far})")
            joined(value)
            far //= 2
        lines.add(f"if (thread % {block.warp} == 0)")
        lines.add(f"{block.element(out, _at(o, [to for *_, to in kept]) if kept else '')} = total;")
        lines.add("}")

    if outputs >= block.threads // 2 or terms <= FEW_TERMS:
        _elements(lines, block, outputs, whole_row)
    else:
        by_warps()
