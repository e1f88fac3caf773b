"""Ranges of axes that a few extreme values do not ruin, and the choice between a linear and a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gui_app.plots.drawing.ranges import Range

Floats = NDArray[np.float64]

SHARE = 0.95
"""Share of the values of each curve that is in view in any case."""
REACH, NEAR = 8.0, 1.5
"""A linear axis ends at the largest value if that is at most ``REACH`` times the value below which the share lies.

Where it is more, the axis ends the nearer to that value the more it is, down to ``NEAR`` times the value.
"""
DECADES = 1.0
"""A logarithmic axis goes beyond the share's exponents by their range, and at least by so many decades."""
LOW, HIGH = 1 / 12, 1 / 6
"""Heights of a curve, as shares of a linear axis, below which a logarithmic one is better and above which it is not."""


def robust_range(curves: Sequence[Floats]) -> Range | None:
    """Return the range of a linear axis from 0 for ``curves``, arrays [r] of values; None if none is finite.

    At least ``SHARE`` of each curve's values are in it, and all that do not dwarf these.
    """
    ends = [_ends(values) for values in map(_finite, curves) if len(values)]
    ranges = [(-_end(-low, -first), _end(high, last)) for low, first, last, high in ends]
    return _union(ranges)


def robust_log_range(curves: Sequence[Floats]) -> Range | None:
    """Return the range of a logarithmic axis, in exponents, as ``robust_range`` does for a linear one.

    Values of 0 and less have no exponent: they lie below every logarithmic axis.
    """
    positive = (values if _lowest(values) > 0.0 else values[values > 0.0] for values in map(_finite, curves))
    ranges = []
    for ends in [_ends(values) for values in positive if len(values)]:
        low, first, last, high = map(math.log10, ends)
        reach = max(DECADES, last - first)
        ranges.append((max(low, first - reach), min(high, last + reach)))
    return _union(ranges)


def _union(ranges: Sequence[Range]) -> Range | None:
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None


def _finite(values: Floats) -> Floats:
    finite = np.isfinite(values)
    return values if finite.all() else values[finite]


def _lowest(values: Floats) -> float:
    return float(values.min(initial=math.inf))


def _beyond(count: int) -> int:
    """Return how many of ``count`` values may lie beyond one end of the axis: one even if they are few."""
    return max(int((1.0 - SHARE) * count + 1e-9), 1 if count >= 4 else 0)


def _ends(values: Floats) -> tuple[float, float, float, float]:
    """Return the lowest value, the ends of the share that is in view in any case, and the highest value."""
    count = _beyond(len(values))
    ordered = np.partition(values, (count, len(values) - 1 - count))
    return (
        float(ordered[: count + 1].min()),
        float(ordered[count]),
        float(ordered[-1 - count]),
        float(ordered[-1 - count :].max()),
    )


def _end(farthest: float, of_share: float) -> float:
    """Return the end of an axis on the side of ``farthest``, the most extreme value; it does not jump with either."""
    if of_share <= 0.0 or farthest <= REACH * of_share:
        return max(farthest, 0.0)
    return max(NEAR * of_share, REACH * of_share * (REACH * of_share / farthest))


def prefers_log(values: Floats, top: float) -> bool:
    """Return whether a logarithmic axis shows a loss better than a linear one from 0 to ``top``.

    ``values`` [r] are those of the loss that tells of overfitting, oldest first. Overfitting is a rise from the best
    value: what counts is how high the loss has come since its best. A linear axis shows a rise from 0.17 to 0.70 well
    and one from 0.001 to 0.004 not at all. Between the two bounds the axis stays what it was earlier in the run.
    """
    values = _finite(values)
    if not len(values) or not (0.0 < top < math.inf):
        return False
    shares = np.clip(values, 0.0, top) / top
    best = np.minimum.accumulate(shares)
    # Each new best value starts the search for the highest one anew: later parts of the run are lifted above earlier.
    lifted = 2.0 * np.cumsum(shares <= best)
    since = np.maximum.accumulate(shares + lifted) - lifted
    return _last(since < LOW) > _last(since > HIGH)


def _last(mask: NDArray[np.bool_]) -> int:
    """Return the last index that is true, −1 if none is."""
    found = np.flatnonzero(mask)
    return int(found[-1]) if len(found) else -1
