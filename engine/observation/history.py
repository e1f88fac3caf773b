"""A lane's measurements over time, bounded in memory however long the run is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.probes import PROBES
from engine.observation.snapshot import Floats, HistoryView, Measurement

SMALLEST = 64
"""Rows that a history keeps at least, so that there is room for all extremes."""
LARGEST = 1_000_000
"""Numbers that a history keeps at most, where it has more rows than ``SMALLEST``: 8 MB."""


class History:
    """Append-only; keeps at most ``capacity`` rows (at least ``SMALLEST``), fewer in a network of very many layers.

    Thinning is even: every ``stride``-th row stays, and the stride doubles when the rows become too many. The
    newest row and the rows with the lowest and highest value of each loss and score always stay. Which rows there are
    follows from the count of rows ever added, the stride and the extremes alone, so that somebody who has the rows of
    before needs only the ``news`` to have all of them (see ``Follower``).
    """

    def __init__(self, layers: int, capacity: int = 2000) -> None:
        self._layers = layers
        self._identity = next(_identities)
        self._told = 0
        columns = _FIXED + len(PROBES) * layers
        room = max(min(capacity, LARGEST // columns), SMALLEST) + 1
        self._table = np.empty((room, columns))
        self._ordinals = np.empty(room, dtype=np.int64)
        self._rows = 0
        self._stride = 1
        self._count = 0
        self._lowest = np.full(len(_WATCHED), np.inf)
        self._highest = np.full(len(_WATCHED), -np.inf)
        self._extreme_at = np.full((2, len(_WATCHED)), -1, dtype=np.int64)
        self._view: HistoryView | None = None

    def __len__(self) -> int:
        return self._rows

    @property
    def last_epoch(self) -> int:
        """Epoch of the newest row, −1 where there is none."""
        return int(self._table[self._rows - 1, 0]) if self._rows else -1

    def append(self, measurement: Measurement) -> None:
        """Add the newest measurement."""
        row = _row(measurement)
        before = {*self._extreme_at.flat, self._count - 1}
        self._note_extremes(row[_WATCHED])
        for ordinal in before:
            if not self._stays(ordinal):
                self._drop(ordinal)
        self._table[self._rows] = row
        self._ordinals[self._rows] = self._count
        self._rows += 1
        self._count += 1
        if self._rows == len(self._table):
            self._thin()
        self._view = None

    def view(self) -> HistoryView:
        """All rows as arrays; the same object until something is appended."""
        if self._view is None:
            self._view = _as_view(self._table[: self._rows].copy(), self._layers)
        return self._view

    def news(self) -> HistoryNews:
        """What has come since the last call, and what has gone."""
        if self._told == self._count > 0:
            return HistoryNews(
                self._identity, self._layers, self._count, self._stride, _NOTHING, _NOTHING, _NO_ROWS
            )
        first, self._told = self._told, self._count
        new = slice(int(np.searchsorted(self._ordinals[: self._rows], first)), self._rows)
        return HistoryNews(
            history=self._identity,
            layers=self._layers,
            count=self._count,
            stride=self._stride,
            extremes=self._extreme_at.ravel().copy(),
            ordinals=self._ordinals[new].copy(),
            rows=self._table[new].copy(),
        )

    def _stays(self, ordinal: int) -> bool:
        return ordinal < 0 or ordinal % self._stride == 0 or ordinal in self._extreme_at

    def _drop(self, ordinal: int) -> None:
        place = int(np.searchsorted(self._ordinals[: self._rows], ordinal))
        self._rows -= 1
        for rows in (self._table, self._ordinals):
            rows[place : self._rows] = rows[place + 1 : self._rows + 1]

    def _note_extremes(self, values: NDArray[np.float64]) -> None:
        # Comparisons with NaN are false, so a split without points never holds an extreme.
        lower, higher = values < self._lowest, values > self._highest
        self._lowest[lower], self._highest[higher] = values[lower], values[higher]
        self._extreme_at[0, lower] = self._count
        self._extreme_at[1, higher] = self._count

    def _thin(self) -> None:
        self._stride *= 2
        stays = _staying(self._ordinals, self._count, self._stride, self._extreme_at)
        self._rows = int(stays.sum())
        self._table[: self._rows] = self._table[stays]
        self._ordinals[: self._rows] = self._ordinals[stays]


_NOTHING = np.empty(0, dtype=np.int64)
_NO_ROWS = np.empty((0, 0))


@dataclass(frozen=True, slots=True)
class HistoryNews:
    """How a history differs from what it was earlier: small, because only rows that came since then are in it.

    ``history`` tells histories of one process apart. Of ``count`` rows ever added, those stay whose ordinal is a
    multiple of ``stride`` or one of ``extremes``, and the last. ``rows`` [k, columns] are the new ones among them;
    where there are none, nothing has changed and the arrays are left out.
    """

    history: int
    layers: int
    count: int
    stride: int
    extremes: NDArray[np.int64]
    ordinals: NDArray[np.int64]
    rows: Floats

    def merged(self, newer: HistoryNews) -> HistoryNews:
        """These and the news of the same history that came just after them, in one."""
        if not len(newer.ordinals):
            return self
        if not len(self.ordinals):
            return newer
        ordinals, rows = newer.added_to(self.ordinals, self.rows)
        return replace(newer, ordinals=ordinals, rows=rows)

    def added_to(self, ordinals: NDArray[np.int64], rows: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Ordinals and rows [n, columns] as they are after these news."""
        stays = _staying(ordinals, self.count, self.stride, self.extremes)
        return (
            np.concatenate([ordinals[stays], self.ordinals]),
            np.concatenate([rows[stays], self.rows]),
        )


class Follower:
    """Has the rows of a history somewhere else, of which it hears the news, all of them and in order."""

    def __init__(self, first: HistoryNews) -> None:
        self._ordinals, self._rows = first.ordinals, first.rows
        self.view = _as_view(self._rows, first.layers)
        """All rows as arrays; the same object until something is appended."""

    def follow(self, news: HistoryNews) -> None:
        if len(news.ordinals):
            self._ordinals, self._rows = news.added_to(self._ordinals, self._rows)
            self.view = _as_view(self._rows, news.layers)


def _staying(
    ordinals: NDArray[np.int64], count: int, stride: int, extremes: NDArray[np.int64]
) -> NDArray[np.bool_]:
    stays: NDArray[np.bool_] = (ordinals % stride == 0) | np.isin(ordinals, extremes)
    stays |= ordinals == count - 1
    return stays


_identities = count()


def _as_view(table: NDArray[np.float64], layers: int) -> HistoryView:
    table.flags.writeable = False
    return HistoryView(
        epoch=table[:, 0].astype(np.int64),
        step=table[:, 1].astype(np.int64),
        loss=table[:, 2:5],
        penalty=table[:, 5],
        score=table[:, 6:9],
        layers=table[:, _FIXED:].reshape(len(table), len(PROBES), layers),
    )


_FIXED = 9
"""Columns before those of the layers: epoch, step, three losses, penalty, three scores."""
_WATCHED = np.arange(2, _FIXED)
"""Columns whose lowest and highest rows are kept."""


def _row(m: Measurement) -> NDArray[np.float64]:
    head = [m.epoch, m.step, *m.loss, m.penalty, *m.score]
    return np.concatenate([head, m.layers.ravel()])
