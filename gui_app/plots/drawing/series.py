"""Curves as arrays: logarithms of values that may be 0, and thinning that keeps every extreme."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gui_app.plots.drawing.epoch_scale import LINEAR, EpochScale

Floats = NDArray[np.float64]

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
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    pixels = max(int(pixels), 1)
    gaps = not np.isfinite(y).all()
    if gaps:
        y = np.where(np.isfinite(y), y, np.nan)
    if len(x) <= 2 * pixels:
        return x, y
    starts = _bucket_starts(x, pixels, scale)
    ends = np.append(starts[1:], len(x)) - 1
    low = np.fmin.reduceat(y, starts) if gaps else np.minimum.reduceat(y, starts)
    high = np.fmax.reduceat(y, starts) if gaps else np.maximum.reduceat(y, starts)
    falling = y[starts] > y[ends]
    thin_y = np.empty((2 * len(starts), *y.shape[1:]))
    thin_y[0::2] = np.where(falling, high, low)
    thin_y[1::2] = np.where(falling, low, high)
    return np.stack([x[starts], x[ends]], axis=1).ravel(), thin_y


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
