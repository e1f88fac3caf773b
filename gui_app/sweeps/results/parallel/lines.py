"""The lines of parallel coordinates as pixels: how many pass through each, and their mean colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.float32]
MOST = 20_000
"""Lines that are drawn at most: more of them, evenly taken from all, would not look different."""
_AT_ONCE = 4_000_000
"""Pixels of lines that are computed at once, so that little memory is needed."""


def thinned(rows: NDArray[np.intp], most: int = MOST) -> NDArray[np.intp]:
    """Return at most ``most`` of these rows, evenly taken.

    Examples
    --------
    >>> thinned(np.arange(10), 4)
    array([0, 2, 5, 7])
    """
    if len(rows) <= most:
        return rows
    # Not every n-th: grids repeat, and a whole value could be left out.
    return rows[(np.arange(most) * (len(rows) / most)).astype(np.intp)]


def density(heights: Floats, weights: Floats, columns: NDArray[np.intp], rows: int) -> tuple[Counts, Counts]:
    """Add up lines through points at given columns of pixels.

    Parameters
    ----------
    heights : array [lines, points]
        Heights in pixels from the top, from 0 to ``rows`` - 1, all finite.
    weights : array [lines]
        A number of each line, such as its share on a scale of colours.
    columns : array [points]
        Ascending columns of pixels of the points.
    rows : int
        Height of the picture in pixels, at least 2.

    Returns
    -------
    count, mean : float32 arrays [rows, width]
        How many lines pass through each pixel (parts of lines count as parts) and the mean weight of these, 0 where
        no line passes. The width reaches to the last point.
    """
    width = int(columns[-1]) + 1
    count = np.zeros(rows * width)
    total = np.zeros(rows * width)
    for gap in range(len(columns) - 1):
        first, last = int(columns[gap]), int(columns[gap + 1])
        span = max(last - first, 1)
        end = last + 1 if gap == len(columns) - 2 else last
        step = max(1, _AT_ONCE // span)
        for begin in range(0, len(heights), step):
            part = slice(begin, begin + step)
            _add(
                heights[part, gap : gap + 2],
                weights[part],
                np.arange(first, end),
                first,
                span,
                count,
                total,
                rows,
            )
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return count.reshape(rows, width).astype(np.float32), mean.reshape(rows, width).astype(np.float32)


def _add(
    ends: Floats,
    weights: Floats,
    columns: NDArray[np.intp],
    first: int,
    span: int,
    count: Floats,
    total: Floats,
    rows: int,
) -> None:
    """Add the pieces of lines between two points, each pixel shared between the two rows that it lies between."""
    width = len(count) // rows
    along = (columns - first) / span
    height = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * along
    upper = np.minimum(height.astype(np.intp), rows - 2)
    lower_share = height - upper
    index = (upper * width + columns).ravel()
    weight = np.broadcast_to(weights[:, None], height.shape)
    for shift, share in ((0, 1.0 - lower_share), (width, lower_share)):
        size = len(count)
        count += np.bincount(index + shift, share.ravel(), minlength=size)
        total += np.bincount(index + shift, (share * weight).ravel(), minlength=size)
