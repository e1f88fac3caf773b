"""The picture of a network, and how it is painted on the screen and in exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.catalogue.texts import counted
from gui_app.diagram.arrangement import LABEL_GAP, MARGIN, Arrangement, squares_of
from gui_app.diagram.connections import Stroke, paint_strokes, shares_of, strokes_of
from gui_app.diagram.legend import LegendItem, legend_of
from gui_app.diagram.marks import NO_MARKS, Marks, marks_of, paint_marks
from gui_app.diagram.meters import paint_meters
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.strengths import QUANTITIES, Strengths, colours_of, strengths_of
from gui_app.diagram.thumbnails import Thumbnails, thumbnails_of
from gui_app.session.looked_at import Unit
from gui_app.theme.text import small_font
from gui_app.theme.tokens import Theme, mix

GREYED = 0.25
"""Opacity of a neuron that dropout has silenced."""


@dataclass(frozen=True, slots=True, eq=False)
class Dot:
    """A bias: a disc of its size and sign, or a ring where it is 0."""

    centre: QPointF
    radius: float
    colour: str
    filled: bool


@dataclass(frozen=True, slots=True, eq=False)
class DiagramPicture:
    """Everything that is drawn; without ``values``, only the shape of the network.

    ``quantity`` is the key of what connections show.
    """

    arrangement: Arrangement
    theme: Theme
    quantity: str
    values: NetworkValues | None = None
    shares: tuple[NDArray[np.floating], ...] = ()
    strokes: tuple[Stroke, ...] = ()
    thumbnails: Thumbnails | None = None
    dots: tuple[Dot, ...] = ()
    marks: Marks = NO_MARKS
    legend: tuple[LegendItem, ...] = ()


def compose_picture(
    values: NetworkValues | None, arrangement: Arrangement, quantity: str, theme: Theme
) -> DiagramPicture:
    """Return the picture of a network with these values."""
    if values is None:
        return DiagramPicture(arrangement, theme, quantity)
    drawn = tuple(column.units for column in arrangement.columns)
    strengths = strengths_of(values.inside, quantity)
    shares = shares_of(arrangement, values, strengths)
    marks = marks_of(values.inside, arrangement)
    return DiagramPicture(
        arrangement,
        theme,
        quantity,
        values,
        shares,
        strokes_of(arrangement, shares, quantity, theme, silenced=marks.silenced),
        thumbnails_of(values, arrangement.shape, drawn, theme),
        tuple(_dots(arrangement, values, strengths, quantity, theme)),
        marks,
        legend_of(arrangement, quantity, strengths.full, marks, theme),
    )


def emphasizing(picture: DiagramPicture, unit: Unit) -> DiagramPicture:
    """Return a picture in which only the connections of one neuron have their full colours."""
    if picture.values is None:
        return picture
    drawn = picture.arrangement, picture.shares, picture.quantity, picture.theme
    return replace(picture, strokes=strokes_of(*drawn, unit))


def _dots(
    arrangement: Arrangement, values: NetworkValues, strengths: Strengths, quantity: str, theme: Theme
) -> Iterator[Dot]:
    dot, squares = arrangement.dot, squares_of(arrangement)
    for column, strength in zip(arrangement.columns[1:], strengths.layers, strict=True):
        colours = colours_of(quantity, column.layer, arrangement.shape.layers, theme)
        shares, positive = strength.bias.tolist(), (strength.bias_sign > 0).tolist()
        rows = values.rows[column.layer].tolist()
        for index in column.units:
            row = rows[index]
            if row < 0:
                continue
            share, centre = shares[row], squares[Unit(column.layer, index)].bottomLeft()
            colour = colours[positive[row]] if share else theme.muted
            yield Dot(centre, dot * (0.45 + 0.55 * share), colour, share > 0)


def paint_picture(painter: QPainter, picture: DiagramPicture) -> None:
    """Paint at the painter's origin, without what only a screen offers: places for other inputs."""
    paint_ground(painter, picture.arrangement, picture.theme, offers=False)
    paint_network(painter, picture, exact=True)


def paint_title(painter: QPainter, rect: QRectF, picture: DiagramPicture, whose: str = "") -> None:
    """Write whose network it is, where there are several, and what connections show."""
    shown = QUANTITIES[picture.quantity]
    scale = "" if shown.signed else ", on a logarithmic scale"
    painter.setFont(small_font(bold=True))
    painter.setPen(QColor(picture.theme.text))
    name = ", ".join(filter(None, ("Network", whose)))
    text = f"{name}. Lines: {shown.label[0].lower()}{shown.label[1:]} {shown.formula}{scale}"
    painter.drawText(rect.adjusted(MARGIN, 0.0, -MARGIN, 0.0), Qt.AlignmentFlag.AlignVCenter, text)


def paint_network(painter: QPainter, picture: DiagramPicture, exact: bool = False) -> None:
    """Paint all that depends on the values of the network; ``exact`` as exports need it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_strokes(painter, picture.arrangement, picture.strokes, exact)
    _paint_boxes(painter, picture)
    _paint_thumbnails(painter, picture, exact)
    _paint_dots(painter, picture)
    paint_marks(painter, picture.arrangement, picture.marks, picture.theme)
    paint_meters(painter, picture.arrangement, picture.values, picture.theme)


def _paint_boxes(painter: QPainter, picture: DiagramPicture) -> None:
    theme, boxes = picture.theme, [column for column in picture.arrangement.columns if column.box is not None]
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(QColor(mix(theme.panel, theme.raised, 0.6)))
    if boxes and not boxes[0].units:
        whole = boxes[0].rect.united(boxes[-1].rect)
        painter.drawRoundedRect(whole, 4.0, 4.0)
        painter.setPen(QColor(theme.muted))
        painter.setFont(small_font())
        painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, counted(len(boxes), "hidden layer"))
    else:
        for column in boxes:
            painter.drawRoundedRect(column.rect, 4.0, 4.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_thumbnails(painter: QPainter, picture: DiagramPicture, exact: bool) -> None:
    arrangement, theme, found = picture.arrangement, picture.theme, picture.thumbnails
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    frames: list[QRectF] = []
    empty, silenced = QColor(theme.raised), picture.marks.silenced
    for unit, rect in squares_of(arrangement).items():
        if found is None or unit in silenced or found.source(unit) is None:
            painter.fillRect(rect, empty)
        if found is not None:
            painter.setOpacity(GREYED if unit in silenced else 1.0)
            found.paint(painter, rect, unit, exact)
            painter.setOpacity(1.0)
        if unit not in silenced:
            frames.append(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
    if arrangement.side >= 3.0:
        _paint_frames(painter, frames, mix(theme.panel, theme.text, 0.5 if found is not None else 0.2))


def _paint_frames(painter: QPainter, frames: list[QRectF], colour: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1.0))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawRects(frames)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_dots(painter: QPainter, picture: DiagramPicture) -> None:
    panel = QColor(picture.theme.panel)
    rim = QPen(panel, 1.0)
    for dot in picture.dots:
        colour = QColor(dot.colour)
        painter.setPen(rim if dot.filled else QPen(colour, 1.0))
        painter.setBrush(colour if dot.filled else panel)
        painter.drawEllipse(dot.centre, dot.radius, dot.radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_ground(painter: QPainter, arrangement: Arrangement, theme: Theme, offers: bool = True) -> None:
    """Paint what stays as long as the network has the same shape: labels, and places for inputs that are not fed.

    Without ``offers``, the latter are left out.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape, first, last = arrangement.shape, arrangement.columns[0], arrangement.columns[-1]
    painter.setFont(small_font())
    height = painter.fontMetrics().height()
    before = first.x - arrangement.side / 2 - LABEL_GAP
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.setPen(QColor(theme.text))
    for key, y in zip(shape.features, first.ys, strict=True):
        painter.drawText(QRectF(0.0, y - height / 2, before, height), right, shape.feature_label(key))
    after = last.x + arrangement.side / 2 + LABEL_GAP
    room = max(arrangement.width - after - 2.0, 0.0)
    for label, y in zip(shape.answers, last.ys, strict=True):
        shown = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(after, y - height / 2, room, height), Qt.AlignmentFlag.AlignVCenter, shown)
    for key, y in first.chips if offers else ():
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(0.0, y - height / 2, before, height), right, shape.feature_label(key))
        _paint_chip(painter, arrangement.square(first.x, y), theme)


def _paint_chip(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint an empty place for an input, with a plus in its middle."""
    painter.setPen(QPen(QColor(theme.border), 1.0, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3.0, 3.0)
    arm = min(rect.width() * 0.2, 4.0)
    painter.setPen(QPen(QColor(theme.muted), 1.2))
    centre = rect.center()
    painter.drawLine(centre - QPointF(arm, 0.0), centre + QPointF(arm, 0.0))
    painter.drawLine(centre - QPointF(0.0, arm), centre + QPointF(0.0, arm))
