"""Append-only rows of numbers: read without copying, and copied elsewhere by sending new rows only."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FIRST_ROOM = 256
"""Rows that there is room for at first."""
EARLY = 1000
"""The rows of the epochs up to this one stay, because a logarithmic axis gives them most of its width; in small rooms
those of a quarter as many epochs as there is room for."""
FEWEST = 256
"""Rows that stay where a history is thinned out to save memory."""
DOUBLED = 4096
"""Up to this many rows the room doubles; then all room that will ever be needed is taken at once."""
MOST_RESERVED = 32 << 20
"""Most bytes of all rows of a process that are taken at once: those of a comparison of four lanes. The room of further
lanes goes on to double."""


class Rows:
    """Append-only rows of an epoch, a step and some numbers.

    Rows never change and never move, so that a caller may keep what ``arrays`` returned. When there would be more than
    ``most``, about half of them are removed and the others are copied to new memory. Of the rows in each ``stride``
    epochs the first stays. So do all rows up to epoch ``EARLY`` (in small rooms, those of at most ``most`` / 4 epochs),
    the newest row and that of the best epoch, and with ``extremes`` the rows with the lowest and the highest value of
    each column.

    Parameters
    ----------
    width
        Numbers in each row.
    most
        How many rows are kept; None for any number.
    extremes
        Whether rows with extreme values stay when others are removed.
    """

    def __init__(self, width: int, most: int | None = None, extremes: bool = False) -> None:
        self.width = width
        self._most, self._extremes = most, extremes
        self._count = self._sent = self._generation = self._sent_generation = 0
        self._stride = 1
        self._reserves = False
        self._room(FIRST_ROOM)

    def __len__(self) -> int:
        return self._count

    @property
    def last_epoch(self) -> int:
        """Epoch of the newest row, −1 where there is none."""
        return int(self._when[self._count - 1, 0]) if self._count else -1

    def append(self, epoch: int, step: int, numbers: Floats, best: int | None = None) -> None:
        """Add a row.

        Parameters
        ----------
        epoch, step
            When the numbers were measured.
        numbers
            [width]
        best
            The epoch whose row, or the last row before it, must stay when rows are removed.
        """
        row = self._count
        if row == self._most:
            self._thin(best)
            row = self._count
        if row == len(self._when):
            self._grow(row + 1)
        when = self._when
        when[row, 0], when[row, 1] = epoch, step
        self._numbers[row] = numbers
        self._count = row + 1

    def extend(self, when: Integers, numbers: Floats, best: Callable[[int], int | None]) -> None:
        """Add several rows, as if one by one.

        Parameters
        ----------
        when
            [n, 2] epochs and steps.
        numbers
            [n, width]
        best
            ``best(index)`` returns what ``append`` takes as ``best`` with this row.
        """
        added = 0
        while added < len(when):
            if self._count == self._most:
                self._thin(best(added))
            room = len(when) - added if self._most is None else self._most - self._count
            end, last = self._count + min(room, len(when) - added), added + min(room, len(when) - added)
            if end > len(self._when):
                self._grow(end)
            self._when[self._count : end] = when[added:last]
            self._numbers[self._count : end] = numbers[added:last]
            self._count, added = end, last

    @property
    def size(self) -> int:
        """Bytes of memory, with the room for further rows."""
        return self._when.nbytes + self._numbers.nbytes

    @property
    def generation(self) -> int:
        """How many times rows were removed."""
        return self._generation

    @property
    def stride(self) -> int:
        """Of each so many epochs, one row stayed when rows were last removed."""
        return self._stride

    def restore(self, when: Integers, numbers: Floats, stride: int) -> bool:
        """Take over the rows of others, which had this ``stride``, in place of none; False where they do not fit."""
        fits = self._most is None or len(when) <= self._most
        if not fits or stride < 1 or (np.diff(when[:, 0], prepend=-1) < 1).any() or (when < 0).any():
            return False
        if len(when) > len(self._when):
            self._grow(len(when))
        self._when[: len(when)], self._numbers[: len(when)] = when, numbers
        self._count, self._stride = len(when), stride
        return True

    def copied(self) -> Rows:
        """Rows of their own with the same numbers, of which nothing was sent yet."""
        rows = Rows(self.width, self._most, self._extremes)
        rows._generation = self._generation
        when, numbers = self._part(0)
        if len(when) > len(rows._when):
            rows._grow(len(when))
        rows._when[: len(when)], rows._numbers[: len(when)] = when, numbers
        rows._count, rows._stride = len(when), self._stride
        return rows

    def thinned(self, size: int, best: int | None = None) -> Rows:
        """Rows of their own that take about ``size`` bytes where so few can stay, and no room for further ones.

        ``best`` is the epoch whose row stays, as for ``append``.
        """
        rows = self.copied()
        while rows._count > max(size // ((self.width + 2) * 8), FEWEST):
            rows._thin(best)
        when, numbers = rows._part(0)
        rows._room(max(len(when), 1))
        rows._when[:], rows._numbers[:] = when, numbers
        return rows

    def arrays(self) -> tuple[Integers, Floats]:
        """Epochs and steps [rows, 2] and numbers [rows, width], read-only."""
        return self._part(0)

    def delta(self) -> RowsDelta:
        """The rows since the last call; all rows if some were removed since."""
        first = self._sent if self._generation == self._sent_generation else 0
        self._sent, self._sent_generation = self._count, self._generation
        return RowsDelta(self._generation, first, *self._part(first))

    def follow(self, delta: RowsDelta) -> None:
        """Append the new rows of other ``Rows`` of the same width."""
        if delta.first == 0 or delta.generation != self._generation:
            self._count, self._generation = 0, delta.generation
            self._room(self._fitting(max(FIRST_ROOM, len(delta))))
        end = self._count + len(delta)
        if end > len(self._when):
            self._grow(end)
        self._when[self._count : end], self._numbers[self._count : end] = delta.when, delta.numbers
        self._count = end

    def _part(self, first: int) -> tuple[Integers, Floats]:
        when, numbers = self._when[first : self._count], self._numbers[first : self._count]
        when.flags.writeable = numbers.flags.writeable = False
        return when, numbers

    def _room(self, rows: int) -> None:
        self._when = np.empty((rows, 2), dtype=np.int64)
        self._numbers = np.empty((rows, self.width))
        if self._reserves:
            # Memory is taken up where something is written: all of it now, and none while training goes on.
            self._when.fill(0)
            self._numbers.fill(0.0)

    def _fitting(self, least: int) -> int:
        """Return how many rows there should be room for, where ``least`` rows are needed."""
        if self._most is None or least <= DOUBLED:
            return least
        if not self._reserves:
            self._reserves = _reserve(self, self._most * (self.width + 2) * 8)
        return max(least, self._most) if self._reserves else least

    def _grow(self, least: int) -> None:
        when, numbers = self.arrays()
        room = max(least, 2 * len(when))
        room = self._fitting(room if self._most is None else min(room, max(self._most, least)))
        self._room(room)
        self._when[: self._count], self._numbers[: self._count] = when, numbers

    def _thin(self, best: int | None) -> None:
        when, numbers = self.arrays()
        stays = when[:, 0] <= min(EARLY, len(when) // 4)
        stays[[0, -1]] = True
        if best is not None:
            stays[max(0, int(np.searchsorted(when[:, 0], best, side="right")) - 1)] = True
        if self._extremes:
            stays[_extremes(numbers)] = True
        while True:
            parts = when[:, 0] // self._stride
            spread = np.append(True, parts[1:] != parts[:-1])
            chosen = stays | spread
            # What stays anyway makes nothing coarser, unless that would leave too little room.
            if spread.sum() <= len(when) // 2 + 1 and chosen.sum() <= 3 * len(when) // 4:
                break
            self._stride *= 2
        self._count = int(chosen.sum())
        self._room(len(when))
        self._when[: self._count], self._numbers[: self._count] = when[chosen], numbers[chosen]
        self._generation += 1


_reserved: dict[int, int] = {}
"""Bytes that are taken at once, by the id of their rows."""


def _reserve(rows: Rows, size: int) -> bool:
    """Return whether ``rows`` may take ``size`` bytes at once; they are given back with the rows."""
    if sum(_reserved.values()) + size > MOST_RESERVED:
        return False
    _reserved[id(rows)] = size
    weakref.finalize(rows, _reserved.pop, id(rows), None)
    return True


def _extremes(numbers: Floats) -> list[int]:
    """Indices of the rows with the lowest and highest value of each column; columns of NaN are left out."""
    known = ~np.isnan(numbers).all(0)
    some = numbers[:, known]
    return [*np.nanargmin(some, axis=0).tolist(), *np.nanargmax(some, axis=0).tolist()]


@dataclass(frozen=True)
class RowsDelta:
    """Rows from index ``first`` on: epochs and steps [k, 2] and numbers [k, width].

    They continue rows of the same ``generation``, and replace those of another.
    """

    generation: int
    first: int
    when: Integers
    numbers: Floats

    def __len__(self) -> int:
        return len(self.when)

    def merged(self, newer: RowsDelta) -> RowsDelta:
        """These rows and the ``newer`` ones just after them as one delta."""
        if newer.generation != self.generation or not len(self):
            return newer
        if not len(newer):
            return self
        return RowsDelta(
            self.generation,
            self.first,
            np.concatenate([self.when, newer.when]),
            np.concatenate([self.numbers, newer.numbers]),
        )
