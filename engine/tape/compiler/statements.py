"""What a program consists of: loops over elements, sums, matrix products and transpositions of static shape."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.tape.compiler.source import Access, Value


@dataclass(frozen=True, slots=True)
class Elementwise:
    """out[i] = operation(operands[i] …) for every index i of ``out.shape``.

    ``operation`` is a key of ``OPERATIONS``; it computes with elements of type ``compute``.
    """

    operation: str
    operands: tuple[Value, ...]
    out: Access
    compute: str

    @property
    def reads(self) -> tuple[Access, ...]:
        return tuple(operand for operand in self.operands if isinstance(operand, Access))


@dataclass(frozen=True, slots=True)
class Reduction:
    """out[i] = the sum or the largest of ``source[i, r]`` over r; both have the shape (*kept, *reduced).

    ``source.shape`` is the kept axes followed by the ``axes`` last ones, which are reduced.
    """

    kind: str
    source: Access
    out: Access
    axes: int

    @property
    def reads(self) -> tuple[Access, ...]:
        return (self.source,)


@dataclass(frozen=True, slots=True)
class Product:
    """out[m, n] = start[m, n] + Σ_k left[m, k] · right[k, n]; neighbours along n are neighbours in memory."""

    left: Access
    right: Access
    out: Access
    start: Access | None = None

    @property
    def reads(self) -> tuple[Access, ...]:
        return (self.left, self.right) if self.start is None else (self.left, self.right, self.start)


@dataclass(frozen=True, slots=True)
class Transposition:
    """out[i, j] = source[i, j], where neighbours along i are neighbours in ``source`` and along j in ``out``."""

    source: Access
    out: Access

    @property
    def reads(self) -> tuple[Access, ...]:
        return (self.source,)


Statement = Elementwise | Reduction | Product | Transposition


def overlap(one: Access, other: Access) -> bool:
    """Whether two accesses may meet in an element."""
    return one.buffer == other.buffer and one.offset < other.end and other.offset < one.end


def mixed_up(read: Access, out: Access) -> bool:
    """Whether some element that is read at one index is written at another; both have one shape."""
    if not overlap(read, out) or without_shape(read) == without_shape(out):
        return False
    return bool(np.intersect1d(_elements(read), _elements(out)).size)


def _elements(access: Access) -> NDArray[np.int64]:
    places = np.array([access.offset], dtype=np.int64)
    for size, stride in zip(access.shape, access.strides, strict=True):
        places = (places[:, None] + np.arange(size) * stride).ravel()
    return places


def depends(later: Statement, earlier: Statement) -> bool:
    """Whether the order of two statements matters."""
    return (
        any(overlap(read, earlier.out) for read in later.reads)
        or any(overlap(read, later.out) for read in earlier.reads)
        or overlap(later.out, earlier.out)
    )


def without_shape(access: Access) -> Access:
    """The access with unit axes left out."""
    kept = [(n, s) for n, s in zip(access.shape, access.strides, strict=True) if n != 1]
    return replace(access, shape=tuple(n for n, _ in kept), strides=tuple(s for _, s in kept))
