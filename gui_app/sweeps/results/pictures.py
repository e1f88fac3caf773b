"""Small pictures of what the networks of a computed sweep answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.data.resolve import resolve_points
from engine.experiment import Points
from engine.observation.sweep_table import SweepTable
from gui_app.sweeps.drawing.pixels import CellLook, cell_pixels, sheet
from gui_app.sweeps.drawing.points_mask import points_mask
from gui_app.sweeps.results.best import ranked
from gui_app.theme.tokens import Theme

if TYPE_CHECKING:
    from engine.sweep.results import SweepResults

MOST = 4_096
"""Networks of a sweep whose pictures are read and shown."""
MOST_ASIDE = 64
"""Pictures beside one another: more would have no room."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptPictures:
    """What networks answered when they had trained, by the row of the table, with the part of the plane that it is of.

    ``points`` are those that all of them learned from; None where they learned from different ones.
    """

    answers: Mapping[int, NDArray[Any]]
    task: str
    extent: tuple[float, float, float, float]
    ends: tuple[float, float]
    points: Points | None


@dataclass(frozen=True, slots=True, eq=False)
class CellPictures:
    """Which networks a plane shows: ``rows`` of the table [rows, columns], −1 where there is none to show."""

    kept: KeptPictures
    rows: NDArray[np.intp]
    broken: NDArray[np.bool_]


def kept_pictures(results: SweepResults) -> KeptPictures | None:
    """Return the pictures of a folder; None where none were kept."""
    if not results.pictures:
        return None
    data = results.plan.base.data
    extent = data.extent
    varied = any(axis.key.startswith("data.") for axis in results.table.axes)
    points = None if varied else resolve_points(data)
    return KeptPictures(results.pictures, data.task, (*extent.x, *extent.y), extent.value, points)


def cell_pictures(
    kept: KeptPictures, table: SweepTable, measure: str, x: int, y: int | None, chosen: int | None = None
) -> CellPictures:
    """Return the best network of each cell of two axes, the one that a click chooses, or the ``chosen`` one."""
    columns = len(table.axes[x].values)
    rows = 1 if y is None else len(table.axes[y].values)
    order = ranked(table, measure, np.arange(len(table)), len(table))
    if chosen is not None:
        order = np.concatenate([[chosen], order])
    cells = table.places[order, x] + (0 if y is None else table.places[order, y] * columns)
    first, at = np.unique(cells, return_index=True)
    found = np.full(rows * columns, -1, dtype=np.intp)
    found[first] = order[at]
    return _pictures_of(kept, table, found.reshape(rows, columns))


def lone_picture(kept: KeptPictures, table: SweepTable, row: int) -> CellPictures:
    """Return the picture of one network alone."""
    return _pictures_of(kept, table, np.array([[row]], dtype=np.intp))


def _pictures_of(kept: KeptPictures, table: SweepTable, rows: NDArray[np.intp]) -> CellPictures:
    return CellPictures(kept, rows, (table.status[rows] == "diverged") & (rows >= 0))


def pictures_image(pictures: CellPictures, theme: Theme, side: int, gap: int, ratio: float = 1.0) -> QImage:
    """Return all cells as one image, with ``side`` pixels each and ``gap`` pixels between."""
    kept = pictures.kept
    look = CellLook(theme, kept.task, side, kept.extent, kept.ends, ratio)
    mask = None
    if kept.points is not None:
        mask = points_mask(kept.points, theme, kept.task, side, kept.extent, kept.ends)
    answers = [kept.answers.get(row) for row in pictures.rows.ravel().tolist()]
    known = [None if one is None else one.astype(np.float32) for one in answers]
    pixels = cell_pixels(known, pictures.broken.ravel().tolist(), look, mask)
    height, width = pictures.rows.shape
    return sheet(pixels, width, height, gap, theme.border if kept.task == "curve" else theme.panel)
