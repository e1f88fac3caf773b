"""Where copies of points land: beside those that are there already, and in view."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.experiment import Points
from gui_app.canvas.view.viewport import Viewport

Floats = NDArray[np.float64]

ASIDE = 0.3
"""Distance of copies from their originals in each direction, in units of the sheet."""
_MOST = 40
"""How many times a copy moves on to find a free position."""
_DIRECTIONS = ((1, -1), (-1, -1), (-1, 1), (1, 1))


def free_positions(xy: Floats, existing: Points, viewport: Viewport, stays: bool) -> Floats:
    """Return positions for copies of points at ``xy`` [n, 2].

    If ``stays``, they are ``xy`` itself where none of it is taken. Otherwise, they lie beside: to the right and down,
    or in another direction where they would leave the view; and farther, as long as one of them is taken.
    """
    taken = existing.positions()
    if not len(xy) or (stays and not _any_taken(xy, taken)):
        return xy
    sheet = viewport.axes.to_sheet(xy)
    candidates = (viewport.axes.to_data(sheet + step) for step in _steps(sheet, viewport))
    first = next(candidates)
    return next((moved for moved in (first, *candidates) if not _any_taken(moved, taken)), first)


def _steps(sheet: Floats, viewport: Viewport) -> Iterator[Floats]:
    """Yield steps after which positions on the sheet are still in view, those in one direction first; at least one."""
    left, right, bottom, top = viewport.sheet.extent
    low, high = sheet.min(axis=0), sheet.max(axis=0)
    # What is out of view already may stay there.
    least, most = np.minimum((left, bottom), low), np.maximum((right, top), high)
    steps = [ASIDE * times * np.array(way) for way in _DIRECTIONS for times in range(1, _MOST + 1)]
    fitting = [step for step in steps if (low + step >= least).all() and (high + step <= most).all()]
    yield from fitting or steps


def _any_taken(xy: Floats, taken: NDArray[np.complex128]) -> bool:
    return bool(np.isin(xy[:, 0] + 1j * xy[:, 1], taken).any())
