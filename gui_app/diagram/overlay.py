"""What is painted over the picture: rings, the connection pointed at, the neuron that is dragged, and the readout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui_app.diagram.connections import curve_between, line_width, widest
from gui_app.diagram.hits import CROSS, cross_centre
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.placing import place_beside
from gui_app.diagram.readouts import Readout
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.session.looked_at import Unit
from gui_app.theme import text_size
from gui_app.theme.text import small_font
from gui_app.theme.tokens import Theme

WIDEST = 250
"""Pixels of the widest readout, at the default size of text."""
_PADDING, _COLUMN_GAP = 8.0, 12.0
_WRAPPED = int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class Dragged:
    """A neuron on its way out of its column, at a position; ``leaves`` if letting go removes one."""

    unit: Unit
    position: QPointF
    leaves: bool


def paint_pinned(painter: QPainter, picture: DiagramPicture, unit: Unit) -> None:
    rect = picture.arrangement.rect(unit)
    if rect is not None:
        _ring(painter, rect, QPen(QColor(picture.theme.accent), 2.5), 3.0)


def paint_hovered(painter: QPainter, picture: DiagramPicture, thing: Thing) -> None:
    """Emphasize what the mouse points at."""
    _emphasize(painter, picture, thing, QPen(QColor(picture.theme.text), 1.5))
    match thing:
        case Unit(0, index) | Switch(index):
            _paint_cross(painter, picture, index, isinstance(thing, Switch))


def paint_focus(painter: QPainter, picture: DiagramPicture, thing: Thing) -> None:
    """Emphasize what the keyboard has reached."""
    pen = QPen(QColor(picture.theme.accent), 2.0, Qt.PenStyle.DotLine)
    _emphasize(painter, picture, thing, pen, 5.0)


def paint_dragged(painter: QPainter, picture: DiagramPicture, dragged: Dragged) -> None:
    side, found = picture.arrangement.side, picture.thumbnails
    rect = QRectF(dragged.position - QPointF(side / 2, side / 2), QSizeF(side, side))
    painter.setOpacity(0.8)
    if found is not None:
        found.paint(painter, rect, dragged.unit)
    painter.setOpacity(1.0)
    colour = picture.theme.danger if dragged.leaves else picture.theme.muted
    _ring(painter, rect, QPen(QColor(colour), 2.0), 1.0)


def anchor_of(picture: DiagramPicture, thing: Thing) -> QPointF | None:
    """Return where a thing's readout belongs; None if it is not drawn."""
    arrangement = picture.arrangement
    match thing:
        case Unit():
            return arrangement.centre(thing)
        case Bias(layer, index):
            return arrangement.bias_centre(Unit(layer, index))
        case Chip(key):
            heights = dict(arrangement.columns[0].chips)
            return QPointF(arrangement.columns[0].x, heights[key]) if key in heights else None
        case Switch(index):
            return arrangement.centre(Unit(0, index))
        case Connection(layer, source, target):
            ends = arrangement.centre(Unit(layer - 1, source)), arrangement.centre(Unit(layer, target))
            return None if ends[0] is None or ends[1] is None else (ends[0] + ends[1]) / 2


def paint_readout(
    painter: QPainter,
    area: QRectF,
    at: QPointF,
    readout: Readout,
    theme: Theme,
    visible: Sequence[QRectF] = (),
) -> None:
    """Paint a readout beside a position, inside ``area`` and not over what stays ``visible``, if there is room."""
    painter.setFont(small_font())
    body = QFontMetricsF(small_font())
    names = max((body.horizontalAdvance(name) for name, _ in readout.numbers), default=0.0)
    width = min(_wanted_width(readout, names), area.width() - 2 * _PADDING - 8.0)
    lines = [(text, _height(body, text, width)) for text in (*readout.sentences, readout.hint) if text]
    title = _height(QFontMetricsF(small_font(bold=True)), readout.title, width)
    height = title + len(readout.numbers) * body.height() + sum(4.0 + tall for _, tall in lines)
    box = place_beside(QSizeF(width + 2 * _PADDING, height + 2 * _PADDING), at, visible, area)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(box, 6.0, 6.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = box.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
    painter.setFont(small_font(bold=True))
    painter.setPen(QColor(theme.text))
    painter.drawText(QRectF(inner.topLeft(), QSizeF(width, title)), _WRAPPED, readout.title)
    top = inner.top() + title
    painter.setFont(small_font())
    for name, value in readout.numbers:
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(inner.left(), top, names, body.height()), 0, name)
        painter.setPen(QColor(theme.text))
        room = QRectF(inner.left() + names + _COLUMN_GAP, top, width - names - _COLUMN_GAP, body.height())
        painter.drawText(room, 0, value)
        top += body.height()
    for text, tall in lines:
        painter.setPen(QColor(theme.muted if text == readout.hint else theme.text))
        painter.drawText(QRectF(inner.left(), top + 4.0, width, tall), _WRAPPED, text)
        top += 4.0 + tall


def _wanted_width(readout: Readout, names: float) -> float:
    body, bold = QFontMetricsF(small_font()), QFontMetricsF(small_font(bold=True))
    values = max((body.horizontalAdvance(value) for _, value in readout.numbers), default=0.0)
    texts = [body.horizontalAdvance(text) for text in (*readout.sentences, readout.hint)]
    widest_line = max(bold.horizontalAdvance(readout.title), names + _COLUMN_GAP + values, *texts)
    return min(widest_line + 2.0, text_size.scaled(WIDEST, text_size.scale()))


def _height(metrics: QFontMetricsF, text: str, width: float) -> float:
    return metrics.boundingRect(QRectF(0.0, 0.0, width, 1e4), _WRAPPED, text).height()


def _emphasize(
    painter: QPainter, picture: DiagramPicture, thing: Thing, pen: QPen, distance: float = 1.5
) -> None:
    arrangement = picture.arrangement
    match thing:
        case Unit():
            rect = arrangement.rect(thing)
            if rect is not None:
                _ring(painter, rect, pen, distance)
        case Bias(layer, index):
            centre = arrangement.bias_centre(Unit(layer, index))
            if centre is not None:
                radius = arrangement.dot + distance
                painter.setPen(pen)
                painter.drawEllipse(centre, radius, radius)
        case Switch(index):
            _emphasize(painter, picture, Unit(0, index), pen, distance)
        case Chip():
            centre = anchor_of(picture, thing)
            if centre is not None:
                _ring(painter, arrangement.square(centre.x(), centre.y()), pen, distance)
        case Connection():
            _emphasize_curve(painter, picture, thing, pen)


def _emphasize_curve(painter: QPainter, picture: DiagramPicture, thing: Connection, pen: QPen) -> None:
    curve = curve_between(picture.arrangement, thing.layer, thing.source, thing.target)
    if curve is not None:
        wide = QPen(pen)
        wide.setWidthF(max(line_width(0.6, widest(picture.arrangement), picture.theme), 2.5))
        painter.setPen(wide)
        painter.drawPolyline(curve)


def _paint_cross(painter: QPainter, picture: DiagramPicture, index: int, hovered: bool) -> None:
    """Paint the × that lets go of an input."""
    centre, theme = cross_centre(picture.arrangement, index), picture.theme
    if centre is None:
        return
    painter.setPen(QPen(QColor(theme.panel), 1.0))
    painter.setBrush(QColor(theme.danger if hovered else theme.muted))
    painter.drawEllipse(centre, CROSS, CROSS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.panel), 1.5))
    arm = CROSS * 0.42
    painter.drawLine(centre + QPointF(-arm, -arm), centre + QPointF(arm, arm))
    painter.drawLine(centre + QPointF(-arm, arm), centre + QPointF(arm, -arm))


def _ring(painter: QPainter, rect: QRectF, pen: QPen, distance: float) -> None:
    painter.setPen(pen)
    painter.drawRoundedRect(rect.adjusted(-distance, -distance, distance, distance), 3.0, 3.0)
