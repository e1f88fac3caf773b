"""Numbers at the ends of bars, and names below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import draw_backdrop
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.series import Floats
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import Ticks

GAP = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class FactorTexts:
    """A text beyond the end of each bar from 0 to ``heights``; shown only if no two texts meet.

    Where ``texts`` have no room, those of ``short``, one for each, take their place.
    """

    heights: Floats
    texts: tuple[str, ...]
    theme: Theme
    short: tuple[str, ...] = ()

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw the texts."""
        painter.setFont(small_font())
        for box, text in self.placed(mapping):
            if not mapping.bounds.contains(box):
                continue
            draw_backdrop(painter, box, self.theme.panel)
            painter.setPen(QColor(self.theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def placed(self, mapping: Mapping) -> list[tuple[QRectF, str]]:
        """Return the texts that are shown and their rectangles; none if two of them would meet."""
        for texts in (self.texts, self.short):
            boxes = self._boxes(texts, mapping)
            if all(one.right() <= other.left() for one, other in pairwise(boxes)):
                return list(zip(boxes, texts, strict=True))
        return []

    def _boxes(self, texts: tuple[str, ...], mapping: Mapping) -> list[QRectF]:
        heights = np.where(np.isfinite(self.heights), self.heights, 0.0)
        boxes = []
        for index, text in enumerate(texts):
            width = text_width(text) + 2.0
            left = float(mapping.x(index + 0.5)) - width / 2
            top = _top(float(heights[index]), mapping)
            boxes.append(QRectF(min(left, mapping.width - width), top, width, row_height()))
        return boxes


def _top(height: float, mapping: Mapping) -> float:
    """Return the top of the text: above a bar that goes up, below one that goes down, inside the plot."""
    end = float(mapping.y(height))
    top = end - row_height() - 2.0 if height >= 0.0 else end + 2.0
    return max(0.0, min(top, mapping.height - row_height()))


def slot_ticks(names: Sequence[str], width: float, short: Sequence[str] = ()) -> Ticks:
    """Return a name below each bar while most have room, else below every second, third …; always below the first.

    Where not all names have room, those of ``short``, one for each, take their place.
    """
    stride = _stride(names, width)
    if stride > 1 and short:
        names, stride = short, _stride(short, width)
    return tuple((index + 0.5, names[index]) for index in range(0, len(names), stride))


def _stride(names: Sequence[str], width: float) -> int:
    """How many bars there are for each name."""
    mean_width = sum(text_width(name) for name in names) / len(names) + GAP
    return max(1, int(np.ceil(mean_width / (width / len(names)))))
