"""What is drawn at a position of the diagram."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.connections import Gap, gaps_of
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.session.looked_at import Unit

REACH = 5.0
"""Pixels within which a connection or a bias is hit."""
SMALLEST_BIAS = 14.0
"""Biases of smaller thumbnails cannot be hit: they would hide the thumbnail; inputs as small have no ×."""
CROSS = 6.5
"""Radius of the × at an input, in pixels."""


def thing_at(picture: DiagramPicture, position: QPointF) -> Thing | None:
    """Return what a person means who points at a position; None for nothing."""
    for find in (_bias_at, _input_at, _unit_at, _connection_at):
        if (thing := find(picture, position)) is not None:
            return thing
    return None


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


def cross_centre(arrangement: Arrangement, index: int) -> QPointF | None:
    """Return the centre of the × that lets go of an input; None where there is no room for one."""
    rect = arrangement.rect(Unit(0, index))
    return None if rect is None or arrangement.side < SMALLEST_BIAS else rect.topLeft()


def _input_at(picture: DiagramPicture, position: QPointF) -> Unit | Chip | Switch | None:
    """Return the input at a position; left of its picture, and at its ×, what switches it."""
    arrangement = picture.arrangement
    column = arrangement.columns[0]
    for index, y in zip(column.units, column.ys, strict=True):
        rect, cross = _around(arrangement.square(column.x, y)), cross_centre(arrangement, index)
        if cross is not None and (cross - position).manhattanLength() <= CROSS + 1.0:
            return Switch(index)
        if _with_label(rect).contains(position):
            return Unit(0, index) if position.x() >= rect.left() else Switch(index)
    for key, y in column.chips:
        if _with_label(_around(arrangement.square(column.x, y))).contains(position):
            return Chip(key)
    return None


def _unit_at(picture: DiagramPicture, position: QPointF) -> Unit | None:
    for column in picture.arrangement.columns[1:]:
        for index, y in zip(column.units, column.ys, strict=True):
            if _around(picture.arrangement.square(column.x, y)).contains(position):
                return Unit(column.layer, index)
    return None


def _around(rect: QRectF) -> QRectF:
    """Return a thumbnail with a pixel around it."""
    return rect.adjusted(-1.0, -1.0, 1.0, 1.0)


def _with_label(rect: QRectF) -> QRectF:
    return QRectF(0.0, rect.top(), rect.right(), rect.height())


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
