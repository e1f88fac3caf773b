"""A heat map of a measured number, with its colour bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from gui_app.sweeps.drawing.plane import Place, Plane
from gui_app.sweeps.drawing.scale import MeasureScale
from gui_app.theme.measure_colours import hatch, measure_colours, text_on
from gui_app.theme.painting import restoring
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import SPACE, Theme

Floats = NDArray[np.float64]
BAR = 10.0
"""Width of the colour bar."""
SHORTEST = 96.0
"""Height of the bar beside a single row."""
STRIPES = 64
"""Colours of the bar."""


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """The numbers of a heat map [rows, columns]: medians and quartiles over seeds, NaN where nothing is known.

    ``texts`` are those of the medians, row by row; ``broken`` says where a network diverged, ``best`` which cell is the
    best one.
    """

    scale: MeasureScale
    median: Floats
    low: Floats
    high: Floats
    texts: tuple[tuple[str, ...], ...]
    broken: NDArray[np.bool_]
    best: Place | None = None
    short: tuple[tuple[str, ...], ...] = ()
    """The same with fewer digits, for cells with little room."""
    hatches: bool = True
    """Whether cells whose networks diverged are hatched though they have a number, which is that of other weights."""


def bar_width(scale: MeasureScale, height: float = 300.0) -> float:
    """Return the width of the colour bar with its numbers and the space before it."""
    texts = [text for _, text in scale.ticks(height)]
    return 4.0 * SPACE + BAR + SPACE + max((text_width(text) for text in texts), default=0.0)


def paint_heat(painter: QPainter, plane: Plane, heat: Heat, theme: Theme) -> None:
    """Paint the cells: colours, numbers where they have room, the spread over seeds, and a star at the best one."""
    shares = heat.scale.share(heat.median)
    colours = measure_colours(shares, theme)
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row in range(plane.rows):
            for column in range(plane.columns):
                rect = plane.cell((column, row))
                painter.fillRect(rect, QColor(f"#{int(colours[row, column]) & 0xFFFFFF:06x}"))
                broken = bool(heat.broken[row, column])
                if not np.isfinite(shares[row, column]) or (broken and heat.hatches):
                    hatch(painter, rect, theme.danger if broken else theme.muted)
    _paint_numbers(painter, plane, heat, shares, theme)
    _paint_spreads(painter, plane, heat, shares, theme)
    if heat.best is not None:
        column, row = heat.best
        _paint_star(painter, plane.cell(heat.best), text_on(float(shares[row, column]), theme))


def _paint_numbers(painter: QPainter, plane: Plane, heat: Heat, shares: Floats, theme: Theme) -> None:
    """Paint all numbers, or none: single ones would look like marks."""
    shown = next((texts for texts in (heat.texts, heat.short) if texts and _fit(texts, plane.side)), None)
    if shown is None:
        return
    with restoring(painter):
        painter.setFont(small_font())
        for row, texts in enumerate(shown):
            for column, text in enumerate(texts):
                if np.isfinite(shares[row, column]):
                    painter.setPen(QColor(text_on(float(shares[row, column]), theme)))
                    painter.drawText(plane.cell((column, row)), int(Qt.AlignmentFlag.AlignCenter), text)


def _fit(texts: tuple[tuple[str, ...], ...], side: float) -> bool:
    widest = max((text_width(text) for row in texts for text in row), default=0.0)
    return widest + SPACE <= side and line_height() + 3.0 * SPACE <= side


def _paint_spreads(painter: QPainter, plane: Plane, heat: Heat, shares: Floats, theme: Theme) -> None:
    """Paint from the lower to the upper quartile, on the scale of the colours along each cell."""
    low, high = heat.scale.share(heat.low), heat.scale.share(heat.high)
    if plane.side < 14.0:
        return
    inset = max(plane.side * 0.1, 3.0)
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, column in np.argwhere(np.isfinite(low) & np.isfinite(high)).tolist():
            rect = plane.cell((column, row)).adjusted(inset, inset, -inset, -inset)
            start, end = (rect.left() + float(share[row, column]) * rect.width() for share in (low, high))
            colour = QColor(text_on(float(shares[row, column]), theme))
            faint = QColor(colour)
            faint.setAlphaF(0.3)
            y = rect.bottom() - 0.5
            painter.setPen(QPen(faint, 1.0))
            painter.drawLine(QLineF(rect.left(), y, rect.right(), y))
            painter.setPen(QPen(colour, 2.0, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(QLineF(start, y, max(end, start + 0.5), y))


def _paint_star(painter: QPainter, rect: QRectF, colour: str) -> None:
    """Paint a star in the upper right corner of a cell, or in its middle where it is small."""
    radius = min(max(rect.width() * 0.12, 3.0), 7.0)
    middle = rect.center() if rect.width() < 26.0 else rect.topRight() + QPointF(-radius - 2.5, radius + 2.5)
    angles = np.pi / 5 * np.arange(10) - np.pi / 2
    reach = np.where(np.arange(10) % 2 == 0, radius, radius * 0.42)
    corners = np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None]
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(colour)))
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners.tolist()]))


def paint_bar(painter: QPainter, plane: Plane, heat: Heat, theme: Theme, marked: float | None = None) -> None:
    """Paint the colour bar of the drawn values at the right of the plane; ``marked`` is a value to point at.

    Without values there is no bar; its room stays.
    """
    if not np.isfinite(heat.median).any():
        return
    rect = plane.rect
    height = max(rect.height(), SHORTEST)
    top = rect.center().y() - height / 2
    bar = QRectF(rect.right() + 3.0 * SPACE, top, BAR, height)
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        part, (low, high) = bar.height() / STRIPES, heat.scale.drawn
        shares = low + (np.arange(STRIPES) + 0.5) / STRIPES * (high - low)
        for stripe, colour in enumerate(measure_colours(shares, theme).tolist()):
            # Each a pixel longer, so that no line of the ground shows between two.
            piece = QRectF(bar.left(), bar.bottom() - (stripe + 1) * part, BAR, part + 1.0).intersected(bar)
            painter.fillRect(piece, QColor.fromRgb(colour))
        painter.setFont(small_font())
        for at, text in heat.scale.ticks(bar.height()):
            y = bar.bottom() - at * bar.height()
            painter.setPen(QColor(theme.muted))
            painter.drawLine(QLineF(bar.right(), y, bar.right() + 3.0, y))
            box = QRectF(bar.right() + SPACE + 1.0, y - line_height() / 2, 200.0, line_height())
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(box, flags, text)
        _paint_ends(painter, bar, heat.scale, theme)
        if marked is not None:
            _paint_pointer(painter, bar, heat.scale, marked, theme)


def _paint_ends(painter: QPainter, bar: QRectF, scale: MeasureScale, theme: Theme) -> None:
    """Paint a small arrow at each end beyond which there are values."""
    below, above = scale.beyond
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.muted))
    middle = bar.center().x()
    for shown, y, up in ((above, bar.top() - 1.0, -1.0), (below, bar.bottom() + 1.0, 1.0)):
        if shown:
            tip = QPointF(middle, y + 4.0 * up)
            painter.drawPolygon(QPolygonF([tip, QPointF(middle - 4.0, y), QPointF(middle + 4.0, y)]))


def _paint_pointer(painter: QPainter, bar: QRectF, scale: MeasureScale, value: float, theme: Theme) -> None:
    place = float(scale.places(np.array([value]))[0])
    if np.isfinite(place):
        y = bar.bottom() - place * bar.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        tip = QPointF(bar.left() - 1.0, y)
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-6.0, -4.0), tip + QPointF(-6.0, 4.0)]))
