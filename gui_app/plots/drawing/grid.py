"""The sections of a plotting area: small multiples that share both axes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF

from gui_app.plots.drawing.metrics import pixels, row_height

GAP = 10.0
"""Pixels between two sections."""
NARROW, LOW = 140, 70
"""Width in pixels below which a section is narrow, and height below which it is too low; at the default text size."""

Size = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """So many sections of one size in so many columns, row after row. Several have a line for a name above each."""

    count: int = 1
    columns: int = 1

    def cells(self, size: Size) -> tuple[QRectF, ...]:
        """Return the rectangles of the sections in an area of this width and height, without the names above them."""
        if self.count == 1:
            return (QRectF(0.0, 0.0, *size),)
        rows, head = ceil(self.count / self.columns), float(row_height())
        width = max((size[0] - GAP * (self.columns - 1)) / self.columns, 1.0)
        height = max((size[1] - GAP * (rows - 1)) / rows - head, 1.0)
        corners = (divmod(index, self.columns) for index in range(self.count))
        return tuple(
            QRectF(column * (width + GAP), row * (head + height + GAP) + head, width, height)
            for row, column in corners
        )

    def cell_size(self, size: Size) -> Size:
        """Return the width and height of each section in an area of this size."""
        first = self.cells(size)[0]
        return first.width(), first.height()

    def starts(self, size: Size) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return where columns begin from the left, and rows from the top."""
        cells = self.cells(size)
        return tuple(cell.left() for cell in cells[: self.columns]), tuple(
            cell.top() for cell in cells[:: self.columns]
        )

    def located(self, pixel: QPointF, size: Size) -> tuple[int, QPointF]:
        """Return the section at a pixel of the area, or the nearest one, and the pixel of that section."""
        cells = self.cells(size)
        index = min(range(self.count), key=lambda one: _distance(cells[one], pixel))
        return index, pixel - cells[index].topLeft()


def grid_of(count: int, size: Size) -> Grid:
    """Return the grid of so many sections: side by side, or in two rows where that gives each more room."""
    side_by_side, two_rows = Grid(count, max(count, 1)), Grid(count, ceil(count / 2))
    is_narrow = side_by_side.cell_size(size)[0] < pixels(NARROW)
    return two_rows if is_narrow and two_rows.cell_size(size)[1] >= pixels(LOW) else side_by_side


def _distance(cell: QRectF, pixel: QPointF) -> float:
    """Return how far a pixel is from a section and the name above it."""
    across = max(cell.left() - pixel.x(), pixel.x() - cell.right(), 0.0)
    along = max(cell.top() - row_height() - pixel.y(), pixel.y() - cell.bottom(), 0.0)
    return across + along


ONE = Grid()
