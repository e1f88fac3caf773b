"""Where the numbers about a part of the network are shown: beside it, so that what they speak of stays visible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.session.looked_at import Unit

OFFSET, EDGE = 14.0, 4.0
"""Pixels from the position to the box, and from the box to the edges of the area."""


def kept_visible(picture: DiagramPicture, thing: Thing) -> tuple[QRectF, ...]:
    """Return the squares of the neurons that a thing's numbers speak of: both ends of a connection."""
    arrangement = picture.arrangement
    match thing:
        case Unit() | Switch() | Chip():
            units = [thing] if isinstance(thing, Unit) else []
        case Bias(layer, index):
            units = [Unit(layer, index)]
        case Connection(layer, source, target):
            units = [Unit(layer - 1, source), Unit(layer, target)]
    rects = [arrangement.rect(unit) for unit in units]
    return tuple(rect for rect in rects if rect is not None)


def place_beside(size: QSizeF, at: QPointF, visible: Sequence[QRectF], area: QRectF) -> QRectF:
    """Return a box of ``size`` in ``area`` that covers as little as possible of what stays ``visible``.

    Of several such places the first: right of ``at`` and below it, then its other sides, then the sides of all that
    stays visible.
    """
    boxes = [_moved_into(area, QRectF(corner, size)) for corner in _corners(size, at, visible)]
    return min(
        boxes, key=lambda box: _covered(box, (*visible, QRectF(at, at).adjusted(-1.0, -1.0, 1.0, 1.0)))
    )


def _corners(size: QSizeF, at: QPointF, visible: Sequence[QRectF]) -> Iterator[QPointF]:
    width, height = size.width() + OFFSET, size.height() + OFFSET
    for down in (OFFSET, -height):
        for across in (OFFSET, -width):
            yield at + QPointF(across, down)
    whole = QRectF(at, at)
    for rect in visible:
        whole = whole.united(rect)
    middle = whole.center() - QPointF(size.width() / 2, size.height() / 2)
    yield QPointF(middle.x(), whole.bottom() + OFFSET)
    yield QPointF(middle.x(), whole.top() - height)
    yield QPointF(whole.right() + OFFSET, middle.y())
    yield QPointF(whole.left() - width, middle.y())


def _moved_into(area: QRectF, box: QRectF) -> QRectF:
    left = max(min(box.left(), area.right() - EDGE - box.width()), area.left() + EDGE)
    top = max(min(box.top(), area.bottom() - EDGE - box.height()), area.top() + EDGE)
    return QRectF(QPointF(round(left) + 0.5, round(top) + 0.5), box.size())


def _covered(box: QRectF, visible: Sequence[QRectF]) -> float:
    """Return how many square pixels of these rectangles a box covers."""
    parts = [box.intersected(rect) for rect in visible]
    return sum(part.width() * part.height() for part in parts)
