"""Where the panes of a canvas are, and where a position in any of them lies in each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize

from gui_app.canvas.view.margins import Margins

GAP = 6
"""Pixels between panes, and around them."""
TITLE = 22
"""Height of a pane's title, at the default size of text."""
LEGEND = 24
"""Height of the legend above all panes, at the default size of text."""
CONTROLS = 34
"""Width of the column for the switches, right of all panes."""
ROOMY = 250
"""The least side of a pane that has room for numbers at its axes, at the default size of text."""
EXPORTED, PAIR = 800, 600
"""Side of an exported picture, and that of each of two panes in one, in pixels."""
_BARE = 5
_BESIDE, _BELOW = 36, 20
"""Pixels for numbers left of a sheet and below it, at the default size of text."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Panes of one size in a canvas; a single one covers all of it.

    A position in a pane counts from the pane's upper left corner.
    """

    width: int
    height: int
    panes: tuple[QRect, ...]
    scale: float = 1.0

    @classmethod
    def of(cls, width: int, height: int, count: int, scale: float = 1.0, line: int = 0) -> Arrangement:
        """Arrange 1 to 4 panes: two beside one another, three or four two by two, or in a row where that leaves each a
        larger square.

        ``scale`` is that of text, ``line`` the height of the line at the lower edge.
        """
        if count <= 1:
            return cls(width, height, (QRect(0, 0, width, height),), scale)
        left, top = GAP, round(LEGEND * scale)

        def size(columns: int) -> tuple[int, int]:
            rows = ceil(count / columns)
            across = (width - CONTROLS - left - (columns - 1) * GAP) // columns
            return across, (height - line - top - rows * GAP) // rows

        columns = max((2, count), key=lambda columns: min(size(columns)))
        across, down = size(columns)
        places = [(index % columns, index // columns) for index in range(count)]
        panes = tuple(
            QRect(left + x * (across + GAP), top + y * (down + GAP), max(across, 1), max(down, 1))
            for x, y in places
        )
        return cls(width, height, panes, scale)

    @property
    def is_single(self) -> bool:
        return len(self.panes) == 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of each pane."""
        return self.panes[0].width(), self.panes[0].height()

    @property
    def is_bare(self) -> bool:
        """Whether panes have no room for numbers at their axes."""
        return not self.is_single and min(self.size) < ROOMY * self.scale

    @property
    def title_height(self) -> int:
        return 0 if self.is_single else round(TITLE * self.scale)

    def margins(self, whole: Margins) -> Margins:
        """Return the room around the sheet in each pane; ``whole`` is what it would be without panes."""
        if self.is_single:
            return whole
        title = self.title_height + _BARE
        if self.is_bare:
            return Margins(_BARE, title, _BARE, _BARE)
        left, below = round(_BESIDE * self.scale), round(_BELOW * self.scale)
        # What names and colour bars need beyond the numbers.
        return replace(
            whole,
            left=max(left, whole.left - _BARE),
            top=title,
            right=whole.right if whole.right > whole.top else 2 * _BARE,
            bottom=max(below, whole.bottom - whole.top + below),
        )

    def nearest(self, pixel: QPointF) -> int:
        """Return the pane at a position in the canvas, or the nearest one."""

        def distance(index: int) -> float:
            pane = QRectF(self.panes[index])
            x = max(pane.left() - pixel.x(), pixel.x() - pane.right(), 0.0)
            y = max(pane.top() - pixel.y(), pixel.y() - pane.bottom(), 0.0)
            return x * x + y * y

        return min(range(len(self.panes)), key=distance)

    def local(self, pixel: QPointF, index: int) -> QPointF:
        """Return a position in the canvas as one in a pane, inside or outside of it."""
        return pixel - QPointF(self.panes[index].topLeft())

    def offset(self, index: int) -> QPoint:
        """Return the upper left corner of a pane."""
        return self.panes[index].topLeft()


def export_size(count: int, scale: float = 1.0) -> QSize:
    """The size of an exported picture of so many panes, in which their sheets leave little room; ``scale`` is that of
    text.
    """
    if count != 2:
        return QSize(EXPORTED, EXPORTED)
    return QSize(2 * PAIR + CONTROLS + 2 * GAP, PAIR + round((LEGEND + TITLE) * scale) + GAP)
