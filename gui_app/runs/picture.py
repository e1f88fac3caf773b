"""The picture of what a network answered at the end of its run, in the colours of the theme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from engine.experiment.run_list import OUTSIDE, SIDE, RunRecord, picture_of
from engine.observation.ended_runs import LEVELS
from gui_app.theme.painting import painting
from gui_app.theme.tokens import Theme, mix

STRENGTH = 0.62
"""How much of a class's colour its region has; the rest is the ground."""


def picture_colours(record: RunRecord, theme: Theme) -> NDArray[np.uint8] | None:
    """Return the colours of the cells of a picture.

    Returns
    -------
    uint8 [SIDE, SIDE, 3] or None
        Row 0 at the top; None without a picture, and for a curve, which has no cells.
    """
    cells = picture_of(record)
    if cells is None or record.task == "curve":
        return None
    if record.task == "classification":
        colours = [mix(theme.backdrop, colour, STRENGTH) for colour in theme.classes]
        palette = np.array([_rgb(colour) for colour in colours], dtype=np.uint8)
    else:
        shares = np.linspace(-1.0, 1.0, LEVELS + 1)
        ends = (theme.high if share > 0 else theme.low for share in shares)
        mixed = (mix(theme.middle, end, abs(share)) for end, share in zip(ends, shares, strict=True))
        palette = np.array([_rgb(colour) for colour in mixed], dtype=np.uint8)
    return palette[cells[::-1]]


def run_picture(record: RunRecord, theme: Theme, side: int, ratio: float) -> QPixmap:
    """Return the picture of a run, ``side`` pixels wide on a screen with ``ratio``; an empty frame without one."""
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(theme.backdrop))
    try:
        colours, cells = picture_colours(record, theme), picture_of(record)
    except ValueError:
        # Damaged bytes are no reason to show no table.
        colours = cells = None
    with painting(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if colours is not None:
            pixels = np.ascontiguousarray(colours)
            image = QImage(pixels.tobytes(), SIDE, SIDE, 3 * SIDE, QImage.Format.Format_RGB888)
            painter.drawImage(QRectF(0.0, 0.0, side, side), image)
        elif cells is not None:
            _draw_curve(painter, cells, theme, side)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawRect(QRectF(0.5, 0.5, side - 1, side - 1))
    return pixmap


def _draw_curve(painter: QPainter, cells: NDArray[np.uint8], theme: Theme, side: int) -> None:
    """Draw the parts of a curve that are on the sheet."""
    painter.setPen(QPen(QColor(theme.training), 1.5))
    x = np.linspace(0.0, side - 1.0, SIDE)
    y = (1.0 - cells / LEVELS) * (side - 1.0)
    inside = np.flatnonzero(cells != OUTSIDE)
    for part in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1):
        painter.drawPolyline(QPolygonF([QPointF(x[index], y[index]) for index in part]))


def _rgb(colour: str) -> tuple[int, int, int]:
    value = QColor(colour)
    return value.red(), value.green(), value.blue()
