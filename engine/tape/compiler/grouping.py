"""Statements in groups that become one function each: elementwise ones over the same elements share their loops."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.tape.compiler.source import SIZES, Access, Buffer
from engine.tape.compiler.statements import Elementwise, Statement, depends, overlap

MOST_STATEMENTS = 40
"""Elementwise statements in a group: more would not fit into registers."""
ALIGNMENT = 64
"""Bytes: scratch buffers begin on cache lines."""


@dataclass(eq=False)
class Group:
    """Statements that are computed together.

    Attributes
    ----------
    statements
        Several elementwise ones over as many elements, or a single one of another kind.
    cuts
        How the elements of elementwise statements are divided into axes: the products of the last sizes, ascending.
    stores
        Which statements' results anything reads later; the others stay in registers.
    """

    statements: list[Statement]
    cuts: tuple[int, ...] = ()
    stores: list[bool] = field(default_factory=list)

    @property
    def is_elementwise(self) -> bool:
        return isinstance(self.statements[0], Elementwise)


def group(statements: Sequence[Statement]) -> list[Group]:
    """Put each elementwise statement into the latest group that may compute it."""
    groups: list[Group] = []
    for statement in statements:
        if not (isinstance(statement, Elementwise) and _joins(groups, statement)):
            cuts = cuts_of(statement) if isinstance(statement, Elementwise) else ()
            groups.append(Group([statement], cuts))
    return groups


def _joins(groups: Sequence[Group], statement: Elementwise) -> bool:
    for candidate in reversed(groups):
        if candidate.is_elementwise and _fits(candidate, statement):
            candidate.cuts = _common(candidate.cuts, cuts_of(statement)) or ()
            candidate.statements.append(statement)
            return True
        if any(depends(statement, other) for other in candidate.statements):
            return False
    return False


def _fits(group: Group, statement: Elementwise) -> bool:
    first = group.statements[0]
    if first.out.count != statement.out.count or len(group.statements) >= MOST_STATEMENTS:
        return False
    cuts = _common(group.cuts, cuts_of(statement))
    if cuts is None:
        return False
    return all(_together(other, statement, cuts) for other in group.statements)


def _together(earlier: Statement, later: Statement, cuts: tuple[int, ...]) -> bool:
    """Whether two statements may be computed element by element: where they meet, they meet in the same element."""
    return all(
        same_elements(one, other, cuts)
        for one, other in (
            *((read, earlier.out) for read in later.reads),
            *((later.out, read) for read in earlier.reads),
            (later.out, earlier.out),
        )
        if overlap(one, other)
    )


def same_elements(one: Access, other: Access, cuts: tuple[int, ...]) -> bool:
    """Whether two accesses of a buffer reach the same element at every index."""
    return one.offset == other.offset and axes(one, cuts) == axes(other, cuts)


def cuts_of(statement: Elementwise) -> tuple[int, ...]:
    """The products of the last sizes of a statement's axes, as few as its accesses allow."""
    shape, accesses = statement.out.shape, [statement.out, *statement.reads]
    axes_ = [axis for axis in range(len(shape) - 1, -1, -1) if shape[axis] != 1]
    cuts, total = list[int](), 1
    for inner, axis in itertools.pairwise(axes_):
        total *= shape[inner]
        if not all(_continues(access, axis, inner) for access in accesses):
            cuts.append(total)
    return tuple(cuts)


def _continues(access: Access, axis: int, inner: int) -> bool:
    return access.strides[axis] == access.strides[inner] * access.shape[inner]


def _common(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...] | None:
    """The cuts of both, None where they do not divide one another."""
    cuts = sorted({*one, *other})
    if any(larger % smaller for smaller, larger in itertools.pairwise(cuts)):
        return None
    return tuple(cuts)


def axes(access: Access, cuts: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of an access along the axes that the cuts make, the last axis first."""
    merged = _merged(access)
    strides = []
    for cut in (1, *cuts):
        inner, found = 1, 0
        for size, stride in merged:
            if cut < inner * size:
                found = stride * (cut // inner)
                break
            inner *= size
        strides.append(found)
    return tuple(strides)


def _merged(access: Access) -> list[tuple[int, int]]:
    """Sizes and strides of the axes, the last first, without unit axes and borders that make no difference."""
    merged: list[tuple[int, int]] = []
    for size, stride in zip(reversed(access.shape), reversed(access.strides), strict=True):
        if size == 1:
            continue
        if merged and stride == merged[-1][0] * merged[-1][1]:
            merged[-1] = (merged[-1][0] * size, merged[-1][1])
        else:
            merged.append((size, stride))
    return merged


def sizes_of(count: int, cuts: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes of the axes that the cuts make of ``count`` elements, the last axis first."""
    ends = [1, *cuts, count]
    return tuple(larger // smaller for smaller, larger in itertools.pairwise(ends))


def mark_stores(groups: Sequence[Group], buffers: Sequence[Buffer]) -> None:
    """Decide which results are stored: those of arguments, and those that another group or a sum reads."""
    read: set[int] = set()
    for one in groups:
        for number, statement in enumerate(one.statements):
            for access in statement.reads:
                if not _forwarded(one, number, access):
                    read.add(access.buffer)
    for one in groups:
        one.stores = [
            buffers[statement.out.buffer].kind != "scratch" or statement.out.buffer in read
            for statement in one.statements
        ]


def _forwarded(group: Group, number: int, access: Access) -> bool:
    return any(
        earlier.out.buffer == access.buffer and same_elements(earlier.out, access, group.cuts)
        for earlier in group.statements[:number]
    )


def place(groups: Sequence[Group], buffers: Sequence[Buffer]) -> tuple[dict[int, int], int]:
    """Give scratch buffers their places, one after another in the same memory where their times do not meet.

    Returns
    -------
    places : dict
        The first byte of each scratch buffer that is stored.
    size : int
        Bytes in all.
    """
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for time, one in enumerate(groups):
        for statement, stored in zip(one.statements, one.stores, strict=True):
            if stored and buffers[statement.out.buffer].kind == "scratch":
                first.setdefault(statement.out.buffer, time)
            for access in (statement.out, *statement.reads):
                if access.buffer in first:
                    last[access.buffer] = time
    places: dict[int, int] = {}
    size = 0
    for buffer in sorted(first, key=first.__getitem__):
        needed = _aligned(buffers[buffer].size * SIZES[buffers[buffer].dtype])
        taken = sorted(
            (places[other], places[other] + _aligned(buffers[other].size * SIZES[buffers[other].dtype]))
            for other in places
            if last[other] >= first[buffer]
        )
        at = 0
        for begin, end in taken:
            if at + needed <= begin:
                break
            at = max(at, end)
        places[buffer] = at
        size = max(size, at + needed)
    return places, size


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
