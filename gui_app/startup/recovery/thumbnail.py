"""A small picture of an experiment's points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from engine.catalogue.canvas import CANVAS
from engine.data import resolve_points
from engine.data.axes import home_axes, to_share
from engine.experiment import Experiment
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.painting import painting
from gui_app.theme.tokens import Theme, mix

MOST_POINTS = 1000
"""Points that are drawn; more are thinned out evenly."""
DOT, MARGIN, ROUND = 1.25, 4, 5


def thumbnail(experiment: Experiment, theme: Theme, side: int, ratio: float) -> QPixmap:
    """Return a square picture of the points, ``side`` pixels wide on a screen with ``ratio``."""
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    frame = QPainterPath()
    frame.addRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), ROUND, ROUND)
    dots = _dots(experiment, theme, side)
    with painting(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(frame, QColor(theme.backdrop))
        painter.setClipPath(frame)
        painter.setPen(Qt.PenStyle.NoPen)
        for (x, y), colour in zip(*dots, strict=True):
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(x, y), DOT, DOT)
        painter.setClipping(False)
        painter.strokePath(frame, QPen(QColor(theme.border), 1))
    return picture


def _dots(experiment: Experiment, theme: Theme, side: int) -> tuple[list[list[float]], list[str]]:
    """Return the pixels of the points on the canvas, and their colours."""
    data = experiment.data
    points = resolve_points(data)
    points = home_axes(data, points).points_on_sheet(points, data.task)
    points = points[np.flatnonzero((np.abs(points.xy) <= 1.1 * CANVAS).all(axis=1))]
    points = points[np.arange(0, len(points), max(1, len(points) // MOST_POINTS))]
    pixels = (points.xy * (1, -1) / CANVAS + 1) / 2 * (side - 2 * MARGIN) + MARGIN
    target = to_share(points.target, data.extent.value) if data.task == "surface" else points.target
    return pixels.tolist(), _colours(target, data.task, with_class_colours(theme, data))


def _colours(target: np.ndarray, task: str, theme: Theme) -> list[str]:
    if task == "classification":
        return [theme.classes[int(number)] for number in target]
    if task == "curve":
        return [theme.training] * len(target)
    ends = (theme.high if value > 0 else theme.low for value in target)
    return [mix(theme.middle, end, min(abs(value), 1.0)) for end, value in zip(ends, target, strict=True)]
