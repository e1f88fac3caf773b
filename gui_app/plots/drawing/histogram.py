"""Histograms of weights: their bins, and their bars beside the bar of what is exactly zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from engine.observation.observables import LayerWeights
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import draw_backdrop
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.series import Floats
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import nice_step

BINS = 24
"""How many bins there are at most on either side of zero."""
ZERO_WIDTH = 5.0
"""Pixels of the bar of what is exactly zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Weights counted in bins of one width, of which the middle one has its middle at zero.

    ``counts`` [bins] are those of weights that are not exactly zero; there are ``zeros`` that are, of ``weights``.
    """

    width: float
    counts: Floats
    zeros: int
    weights: int

    @property
    def middles(self) -> Floats:
        half = len(self.counts) // 2
        middles: Floats = np.arange(-half, half + 1, dtype=np.float64) * self.width
        return middles

    @property
    def zero_text(self) -> str:
        """How many are exactly zero, in words."""
        return f"exactly 0: {percent(self.zeros, self.weights)}"

    def bin_at(self, x: float) -> int | None:
        """Return the index of the bin at a weight; None beyond them."""
        index = round(x / self.width) + len(self.counts) // 2
        return index if 0 <= index < len(self.counts) else None


def percent(part: int, whole: int) -> str:
    """Return a share in percent; 0 and 100 only where that is exact.

    Examples
    --------
    >>> percent(1, 3), percent(1, 1000), percent(999, 1000), percent(0, 5)
    ('33 %', '< 1 %', '> 99 %', '0 %')
    """
    share = 100.0 * part / whole if whole else 0.0
    if part > 0 and share < 1.0:
        return "< 1 %"
    return "> 99 %" if part < whole and share > 99.0 else f"{share:.0f} %"


def bin_width(largest: float) -> float:
    """Return the width of bins for weights from minus this size to it: a round number."""
    return nice_step(max(largest, 1e-9) / BINS)


def counted_weights(layers: Sequence[LayerWeights], width: float) -> Counts:
    """Count the weights of some layers. Of a large layer each value stands for several weights."""
    values = [layer.values[np.isfinite(layer.values) & (layer.values != 0.0)] for layer in layers]
    most = max((float(np.abs(part).max()) for part in values if part.size), default=0.0)
    half = round(most / width)
    counts = np.zeros(2 * half + 1)
    for layer, part in zip(layers, values, strict=True):
        if part.size:
            index: NDArray[np.int64] = np.rint(part / width).astype(np.int64) + half
            each = layer.count / len(layer.values)
            counts += np.bincount(np.clip(index, 0, 2 * half), minlength=len(counts)) * each
    return Counts(
        width, np.round(counts), sum(layer.zeros for layer in layers), sum(layer.count for layer in layers)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Bars of ``heights`` [bins] in axis units, NaN for an empty bin, and in front of them a narrow one at zero."""

    counts: Counts
    heights: Floats
    zero_height: float
    colour: str
    theme: Theme

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for box in self.boxes(mapping):
            painter.fillRect(box, QColor(self.colour))
        if (zero := self.zero_box(mapping)) is not None:
            painter.fillRect(zero.adjusted(-1.0, -1.0, 1.0, 0.0), QColor(self.theme.panel))
            painter.fillRect(zero, QColor(self.theme.text))
        self._paint_text(painter, mapping)

    def boxes(self, mapping: Mapping) -> list[QRectF]:
        """Return the rectangles of the bins that are not empty and in view, in pixels."""
        half = self.counts.width / 2
        found = []
        for middle, height in zip(self.counts.middles.tolist(), self.heights.tolist(), strict=True):
            left, right = (float(mapping.x(edge)) for edge in (middle - half, middle + half))
            if np.isfinite(height) and right > 0.0 and left < mapping.width:
                left, right = max(left, 0.0), min(right, mapping.width)
                gap = 1.0 if right - left > 3.0 else 0.0
                found.append(self._box(left, max(right - left - gap, 1.0), height, mapping))
        return found

    def zero_box(self, mapping: Mapping) -> QRectF | None:
        """Return the rectangle of what is exactly zero, in pixels; None where nothing is or zero is out of view."""
        x = float(mapping.x(0.0))
        if not np.isfinite(self.zero_height) or not 0.0 <= x <= mapping.width:
            return None
        return self._box(x - ZERO_WIDTH / 2, ZERO_WIDTH, self.zero_height, mapping)

    def _box(self, left: float, width: float, height: float, mapping: Mapping) -> QRectF:
        top = min(max(float(mapping.y(height)), 0.0), mapping.height)
        return QRectF(left, top, width, mapping.height - top)

    def _paint_text(self, painter: QPainter, mapping: Mapping) -> None:
        text = self.counts.zero_text
        width = text_width(text) + 8.0
        if width > mapping.width:
            text = text.removeprefix("exactly ")
            width = text_width(text) + 8.0
        box = QRectF(mapping.width - width, 2.0, width, float(row_height()))
        painter.setFont(small_font())
        draw_backdrop(painter, box, self.theme.panel)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
