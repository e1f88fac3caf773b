"""The picture of a network, and how it is painted on the screen and in exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.connections import Stroke, paint_strokes, strokes_of
from gui_app.diagram.contract import Inside
from gui_app.diagram.marks import UnitMark, marks_of, paint_mark
from gui_app.diagram.strengths import Strength, colours_of, strengths_of
from gui_app.diagram.text import small_font
from gui_app.diagram.thumbnails import Thumbnails, thumbnails_of
from gui_app.session.looked_at import Unit
from gui_app.theme.tokens import Theme, mix

GREYED = 0.28
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
    """Everything that is drawn; without values, only the shape of the network."""

    arrangement: Arrangement
    theme: Theme
    strokes: tuple[Stroke, ...] = ()
    thumbnails: Thumbnails | None = None
    dots: tuple[Dot, ...] = ()
    marks: tuple[tuple[Unit, UnitMark], ...] = ()
    silenced: frozenset[Unit] = frozenset()


def compose_picture(
    inside: Inside | None, arrangement: Arrangement, quantity: str, theme: Theme
) -> DiagramPicture:
    """Return the picture of a network with these values."""
    if inside is None:
        return DiagramPicture(arrangement, theme)
    drawn = tuple(column.units for column in arrangement.columns)
    strengths = strengths_of(inside, quantity)
    silenced = frozenset(
        Unit(layer, index)
        for layer, part in enumerate(inside.layers, 1)
        for index in np.flatnonzero(part.silenced).tolist()
    )
    return DiagramPicture(
        arrangement,
        theme,
        strokes_of(arrangement, strengths, quantity, theme),
        thumbnails_of(inside, arrangement.shape, drawn, theme),
        tuple(_dots(arrangement, strengths, quantity, theme)),
        marks_of(inside, arrangement),
        silenced,
    )


def _dots(
    arrangement: Arrangement, strengths: Sequence[Strength], quantity: str, theme: Theme
) -> Sequence[Dot]:
    dots = []
    for column, strength in zip(arrangement.columns[1:], strengths, strict=True):
        colours = colours_of(quantity, column.layer, arrangement.shape.layers, theme)
        for index in column.units:
            centre = arrangement.bias_centre(Unit(column.layer, index))
            assert centre is not None
            share = float(strength.bias[index])
            colour = colours[bool(strength.bias_sign[index] > 0)] if share else theme.muted
            radius = arrangement.dot * (0.45 + 0.55 * share)
            dots.append(Dot(centre, radius, colour, share > 0))
    return dots


def paint_picture(painter: QPainter, picture: DiagramPicture) -> None:
    """Paint at the painter's origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_strokes(painter, picture.strokes)
    _paint_boxes(painter, picture)
    _paint_thumbnails(painter, picture)
    _paint_dots(painter, picture)
    for unit, mark in picture.marks:
        rect = picture.arrangement.rect(unit)
        if rect is not None:
            paint_mark(painter, rect, mark, picture.theme)
    _paint_labels(painter, picture)


def _paint_boxes(painter: QPainter, picture: DiagramPicture) -> None:
    theme = picture.theme
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(QColor(mix(theme.panel, theme.raised, 0.6)))
    for column in picture.arrangement.columns:
        if column.box is not None:
            painter.drawRoundedRect(QRectF(*column.box), 4.0, 4.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_thumbnails(painter: QPainter, picture: DiagramPicture) -> None:
    arrangement, theme, found = picture.arrangement, picture.theme, picture.thumbnails
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    frames: list[QRectF] = []
    faint: list[QRectF] = []
    for column in arrangement.columns:
        for index, y in zip(column.units, column.ys, strict=True):
            unit, rect = Unit(column.layer, index), arrangement.square(column.x, y)
            if unit in picture.silenced:
                painter.fillRect(rect, QColor(theme.raised))
                painter.setOpacity(GREYED)
            if found is not None and unit in found:
                painter.drawImage(rect, found.image, found.source(unit))
            else:
                painter.fillRect(rect, QColor(theme.raised))
            painter.setOpacity(1.0)
            (faint if unit in picture.silenced else frames).append(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for rects, share in ((frames, 0.55), (faint, 0.2)):
        painter.setPen(QPen(QColor(mix(theme.panel, theme.text, share)), 1.0))
        painter.drawRects(rects)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_dots(painter: QPainter, picture: DiagramPicture) -> None:
    panel = QColor(picture.theme.panel)
    for dot in picture.dots:
        painter.setPen(QPen(QColor(dot.colour) if not dot.filled else panel, 1.0))
        painter.setBrush(QColor(dot.colour) if dot.filled else panel)
        painter.drawEllipse(dot.centre, dot.radius, dot.radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_labels(painter: QPainter, picture: DiagramPicture) -> None:
    arrangement, theme = picture.arrangement, picture.theme
    shape, first, last = arrangement.shape, arrangement.columns[0], arrangement.columns[-1]
    painter.setFont(small_font())
    painter.setPen(QColor(theme.text))
    gap, height = 6.0, 16.0
    before = first.x - arrangement.side / 2 - gap
    for key, y in zip(shape.features, first.ys, strict=True):
        _text(painter, QRectF(0.0, y - height / 2, before, height), shape.feature_label(key), right=True)
    after = last.x + arrangement.side / 2 + gap
    metrics = painter.fontMetrics()
    for label, y in zip(shape.answers, last.ys, strict=True):
        room = arrangement.width - after - 4.0
        shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, int(room))
        _text(painter, QRectF(after, y - height / 2, room, height), shown, right=False)
    painter.setPen(QColor(theme.muted))
    for key, y in first.chips:
        _text(painter, QRectF(0.0, y - height / 2, before, height), shape.feature_label(key), right=True)
        _paint_chip(painter, arrangement.square(first.x, y), theme)


def _paint_chip(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint an empty place for an input, with a plus in its middle."""
    pen = QPen(QColor(theme.border), 1.0, Qt.PenStyle.DashLine)
    painter.save()
    painter.setPen(pen)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3.0, 3.0)
    arm = min(rect.width() * 0.2, 4.0)
    painter.setPen(QPen(QColor(theme.muted), 1.2))
    centre = rect.center()
    painter.drawLine(centre - QPointF(arm, 0.0), centre + QPointF(arm, 0.0))
    painter.drawLine(centre - QPointF(0.0, arm), centre + QPointF(0.0, arm))
    painter.restore()


def _text(painter: QPainter, rect: QRectF, text: str, right: bool) -> None:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)
