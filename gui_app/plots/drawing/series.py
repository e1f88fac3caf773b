"""Curves as arrays: logarithms of values that may be 0, and thinning that keeps every extreme."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gui_app.plots.drawing.epoch_scale import LINEAR, EpochScale
from gui_app.plots.drawing.extremes import BLOCK, extremes_of

Floats = NDArray[np.float64]

MANY = 4 * BLOCK
"""Rows of a pixel from which on blocks stand for them."""

EVERYTHING = slice(None)

MOST_DECADES = 20.0
"""Decades that a logarithmic axis shows below its largest value; smaller values lie at its lower end."""


def to_log10(values: Floats, floor: float) -> Floats:
    """Return log10 of ``values``, at least ``floor``; zeros and negative values give ``floor``.

    NaN and infinities become NaN: a gap.
    """
    values = np.asarray(values, dtype=np.float64)
    exponents = np.full(values.shape, floor)
    positive = values > 0.0
    np.log10(values, out=exponents, where=positive)
    exponents[~np.isfinite(values)] = np.nan
    raised: Floats = np.maximum(exponents, floor)
    return raised


def value_span(values: Floats) -> tuple[float, float] | None:
    """Return the smallest and largest finite value, or None if there is none."""
    values = np.asarray(values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def log_span(values: Floats) -> tuple[float, float] | None:
    """Return log10 of the smallest and largest positive finite value, or None if there is none."""
    values = np.asarray(values, dtype=np.float64)
    span = value_span(values[values > 0.0])
    if span is None:
        return None
    low, high = float(np.log10(span[0])), float(np.log10(span[1]))
    return max(low, high - MOST_DECADES), high


def thin(x: NDArray[Any], y: Floats, pixels: int, scale: EpochScale = LINEAR) -> tuple[Floats, Floats]:
    """Reduce ``x`` [r] (ascending) and ``y`` [r] or [r, curves] to at most two rows per pixel of the width.

    The pixels are those of an axis with this ``scale``.

    Each pixel keeps its smallest and largest value, in the direction of the curve, so that spikes stay. Values that
    are not finite become NaN; a NaN remains only if a pixel has no finite value.
    """
    y = np.asarray(y, dtype=np.float64)
    pixels = max(int(pixels), 1)
    if len(x) <= 2 * pixels:
        x = np.asarray(x, dtype=np.float64)
        return x, y if np.isfinite(y).all() else _finite(y)
    return _thinned(_Pieces.of_rows(x, y), pixels, scale)


def thin_long(
    x: NDArray[np.int64], y: Floats, pixels: int, scale: EpochScale = LINEAR, rows: slice = EVERYTHING
) -> tuple[Floats, Floats]:
    """Reduce ``rows`` of a history's epochs ``x`` [r] and values ``y`` [r] as ``thin`` does, in much less time.

    Where a pixel has many rows, blocks of them stand for the rows, with extremes that are known already. A pixel may
    then begin some rows too early or too late, by less than half a pixel.
    """
    start, stop, _ = rows.indices(len(x))
    pixels = max(int(pixels), 1)
    first = start + _first_row(x[start:stop], pixels, scale)
    first, last = -(-first // BLOCK) * BLOCK, stop - stop % BLOCK
    if last - first < MANY:
        return thin(x[start:stop], y[start:stop], pixels, scale)
    low, high = (found[first // BLOCK : last // BLOCK] for found in extremes_of(y))
    blocks = _Pieces(
        x[first:last:BLOCK],
        x[first + BLOCK - 1 : last : BLOCK],
        low,
        high,
        y[first:last:BLOCK],
        y[first + BLOCK - 1 : last : BLOCK],
    )
    before = _Pieces.of_rows(x[start:first], y[start:first])
    after = _Pieces.of_rows(x[last:stop], y[last:stop])
    return _thinned(_Pieces.joined(before, blocks, after), pixels, scale)


def _first_row(x: NDArray[np.int64], pixels: int, scale: EpochScale) -> int:
    """Return the first row from which on each pixel has at least ``MANY`` rows, if rows are evenly spaced."""
    if not len(x):
        return 0
    rows, begin, end = len(x), float(x[0]), float(x[-1])
    if scale.is_linear:
        return 0 if rows >= MANY * pixels else rows
    pitch = (scale.units(end) - scale.units(begin)) / pixels
    epoch = MANY * max(end - begin, 1.0) / (rows * max(pitch, 1e-12)) - scale.bend
    return int(np.searchsorted(x, math.ceil(min(max(epoch, 0.0), end + 1.0))))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Rows or blocks of rows: their first and last x, their extremes, their first and last values."""

    x_first: NDArray[Any]
    x_last: NDArray[Any]
    low: Floats
    high: Floats
    first: Floats
    last: Floats

    @classmethod
    def of_rows(cls, x: NDArray[Any], y: Floats) -> _Pieces:
        y = y if np.isfinite(y).all() else _finite(y)
        return cls(x, x, y, y, y, y)

    @classmethod
    def joined(cls, *pieces: _Pieces) -> _Pieces:
        return cls(*(np.concatenate([getattr(one, part.name) for one in pieces]) for part in fields(cls)))


def _finite(y: Floats) -> Floats:
    """Return ``y`` with NaN for what is not finite."""
    return np.where(np.isfinite(y), y, np.nan)


def _thinned(pieces: _Pieces, pixels: int, scale: EpochScale) -> tuple[Floats, Floats]:
    """Return two rows for each pixel that has pieces."""
    x = np.asarray(pieces.x_first, dtype=np.float64)
    starts = _bucket_starts(x, pixels, scale)
    ends = np.append(starts[1:], len(x)) - 1
    low, high = np.fmin.reduceat(pieces.low, starts), np.fmax.reduceat(pieces.high, starts)
    falling = pieces.first[starts] > pieces.last[ends]
    thin_y = np.empty((2 * len(starts), *low.shape[1:]))
    thin_y[0::2] = np.where(falling, high, low)
    thin_y[1::2] = np.where(falling, low, high)
    thin_x = np.stack([x[starts], np.asarray(pieces.x_last, dtype=np.float64)[ends]], axis=1)
    return thin_x.ravel(), thin_y


def _bucket_starts(x: Floats, pixels: int, scale: EpochScale) -> NDArray[np.intp]:
    """Return the first row of each pixel that has rows, by binary search."""
    first, last = scale.units(x[[0, -1]])
    edges = scale.epochs(first + (last - first) * np.arange(pixels) / pixels)
    # Rounding must not leave the first row out.
    edges[0] = x[0]
    return np.unique(np.searchsorted(x, edges, side="left"))


def nearest(x: NDArray[Any], value: float) -> int:
    """Return the index of the element of ascending ``x`` nearest to ``value``; of two, the first."""
    right = int(np.searchsorted(x, value))
    if right == 0:
        return 0
    if right == len(x) or value - x[right - 1] <= x[right] - value:
        return right - 1
    return right
