"""Curves as numbers: logarithms that survive zeros, and long curves made short without losing an extreme."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_DECADES = 20.0
"""A logarithmic axis shows no more than this below its largest value: the rest lies on the floor."""


def to_log10(values: Floats, floor: float) -> Floats:
    """log10 of ``values``; zeros, negatives and all that lies lower come out at ``floor``.

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
    """Smallest and largest finite value, None when there is none."""
    values = np.asarray(values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else None


def log_span(values: Floats) -> tuple[float, float] | None:
    """log10 of the smallest and largest positive finite value, None when there is none."""
    values = np.asarray(values, dtype=np.float64)
    span = value_span(values[values > 0.0])
    if span is None:
        return None
    low, high = float(np.log10(span[0])), float(np.log10(span[1]))
    return max(low, high - MOST_DECADES), high


def thin(x: NDArray[Any], y: Floats, pixels: int) -> tuple[Floats, Floats]:
    """Rows ``x`` [r] (ascending) and ``y`` [r] or [r, curves], with at most two rows a pixel of the width.

    Each pixel keeps the smallest and the largest value that falls into it, in the order in which the curve runs,
    so that spikes stay. What is not finite becomes NaN, and remains only where a whole pixel has nothing else.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    pixels = max(int(pixels), 1)
    gaps = not np.isfinite(y).all()
    if gaps:
        y = np.where(np.isfinite(y), y, np.nan)
    if len(x) <= 2 * pixels:
        return x, y
    starts = _bucket_starts(x, pixels)
    ends = np.append(starts[1:], len(x)) - 1
    low = np.fmin.reduceat(y, starts) if gaps else np.minimum.reduceat(y, starts)
    high = np.fmax.reduceat(y, starts) if gaps else np.maximum.reduceat(y, starts)
    falling = y[starts] > y[ends]
    thin_y = np.empty((2 * len(starts), *y.shape[1:]))
    thin_y[0::2] = np.where(falling, high, low)
    thin_y[1::2] = np.where(falling, low, high)
    return np.stack([x[starts], x[ends]], axis=1).ravel(), thin_y


def _bucket_starts(x: Floats, pixels: int) -> NDArray[np.intp]:
    """The first row of each pixel that has any, found without a look at every row."""
    edges = x[0] + (x[-1] - x[0]) * np.arange(pixels) / pixels
    return np.unique(np.searchsorted(x, edges, side="left"))


def nearest(x: NDArray[Any], place: float) -> int:
    """The row of ascending ``x`` that lies nearest to ``place``; the earlier of two as near."""
    right = int(np.searchsorted(x, place))
    if right == 0:
        return 0
    if right == len(x) or place - x[right - 1] <= x[right] - place:
        return right - 1
    return right
