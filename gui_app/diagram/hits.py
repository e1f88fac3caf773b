"""What is drawn at a position of the diagram."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gui_app.diagram.connections import Gap, gaps_of
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.things import Bias, Chip, Connection, Thing
from gui_app.session.looked_at import Unit

REACH = 5.0
"""Pixels within which a connection or a bias is hit."""
SMALLEST_BIAS = 14.0
"""Biases of smaller thumbnails cannot be hit: they would hide the thumbnail."""


def thing_at(picture: DiagramPicture, position: QPointF) -> Thing | None:
    """Return what a person means who points at a position; None for nothing."""
    return _bias_at(picture, position) or _unit_at(picture, position) or _connection_at(picture, position)


def _bias_at(picture: DiagramPicture, position: QPointF) -> Bias | None:
    arrangement = picture.arrangement
    if arrangement.side < SMALLEST_BIAS or picture.values is None:
        return None
    reach = max(arrangement.dot + 1.5, REACH)
    for column in arrangement.columns[1:]:
        if abs(column.x - arrangement.side / 2 - position.x()) <= reach:
            for index in column.units:
                centre = arrangement.bias_centre(Unit(column.layer, index))
                if centre is not None and (centre - position).manhattanLength() <= reach:
                    return Bias(column.layer, index)
    return None


def _unit_at(picture: DiagramPicture, position: QPointF) -> Unit | Chip | None:
    arrangement = picture.arrangement
    for column in arrangement.columns:
        for index, y in zip(column.units, column.ys, strict=True):
            if _with_label(arrangement.square(column.x, y), column.layer).contains(position):
                return Unit(column.layer, index)
    for key, y in arrangement.columns[0].chips:
        if _with_label(arrangement.square(arrangement.columns[0].x, y), 0).contains(position):
            return Chip(key)
    return None


def _with_label(rect: QRectF, layer: int) -> QRectF:
    """Return a thumbnail with some pixels around it, and with its label where it is an input."""
    rect = rect.adjusted(-1.0, -1.0, 1.0, 1.0)
    if layer == 0:
        rect.setLeft(0.0)
    return rect


def _connection_at(picture: DiagramPicture, position: QPointF) -> Connection | None:
    """Return the nearest connection that is drawn."""
    for gap, shares in zip(gaps_of(picture.arrangement), picture.shares, strict=False):
        if len(gap.points) and gap.points[0, 0, 0] <= position.x() <= gap.points[0, -1, 0]:
            distances = np.where(shares != 0, _distances(gap, position), np.inf)
            nearest = int(distances.argmin())
            if distances[nearest] <= REACH:
                return Connection(gap.layer, int(gap.sources[nearest]), int(gap.targets[nearest]))
    return None


def _distances(gap: Gap, position: QPointF) -> np.ndarray:
    """Return the distance of each curve from a position between its ends, in pixels."""
    x = gap.points[0, :, 0]
    step = min(max(int(np.searchsorted(x, position.x())), 1), len(x) - 1)
    share = (position.x() - x[step - 1]) / (x[step] - x[step - 1])
    start, end = gap.points[:, step - 1, 1], gap.points[:, step, 1]
    slope = (end - start) / (x[step] - x[step - 1])
    distances: np.ndarray = np.abs(start + share * (end - start) - position.y()) / np.hypot(1.0, slope)
    return distances
