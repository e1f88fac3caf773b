"""Floats of every kind to try a function with, and how far results are from the exact ones."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _values_near(border: float) -> list[float]:
    center = np.float32(border)
    return [float(center), *(float(np.nextafter(center, np.float32(to))) for to in (-math.inf, math.inf))]


BORDERS = (
    0.0,
    1.0,
    88.72284,
    -87.33655,
    -103.97208,
    9.010914,
    17.32868,
    0.34657359,
    3.9192059,
    1.1754944e-38,
)
"""Where a result becomes infinite, denormal, 0 or 1, and where formulas change."""
SPECIAL: Array = np.array(
    [value for border in BORDERS for sign in (1, -1) for value in _values_near(sign * border)]
    + [-0.0, 0.5, -2.0, 3.0, -3.0, 1.5, -1.5, 16777215.0, 16777216.0, -16777215.0, 1e10]
    + [3.4028235e38, -3.4028235e38]
    + [math.inf, -math.inf, math.nan],
    np.float32,
)


def any_floats(count: int) -> Array:
    """Floats of every exponent, all equally frequent."""
    bits = np.random.default_rng(0).integers(0, 2**32, count, dtype=np.uint32).view(np.float32)
    # NumPy warns of a NaN that signals.
    return np.where(np.isnan(bits), np.float32(math.nan), bits)


@functools.cache
def float_samples() -> Array:
    """Floats of every exponent, more of them where the functions bend, and special ones."""
    generator = np.random.default_rng(0)
    dense = [generator.uniform(-size, size, 30_000) for size in (0.01, 0.4, 1, 2, 5, 20, 110, 1e5)]
    values = np.concatenate([any_floats(150_000), *(part.astype(np.float32) for part in dense), SPECIAL])
    return np.resize(values, values.size // 16 * 16 + 16)


def errors_in_ulp(results: Array, wanted: Array) -> Array:
    """Distances to exact values in units in the last place; infinite for a wrong infinity, NaN or sign of zero."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = wanted.astype(np.float32)
        ulp = np.ldexp(1.0, np.maximum(np.frexp(wanted)[1] - 1, -126) - 23)
        errors = np.abs(results - wanted) / ulp
    odd = ~(np.isfinite(rounded) & np.isfinite(results)) | (wanted == 0)
    same = (results == rounded) & (np.signbit(results) == np.signbit(rounded)) | np.isnan(results) & np.isnan(
        rounded
    )
    return np.where(odd, np.where(same, 0, np.inf), errors)
