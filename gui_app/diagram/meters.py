"""Numbers of layers that are drawn as boxes, below them: written, or as bars where columns are close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from engine.catalogue.texts import value_text
from gui_app.diagram.arrangement import LABEL_GAP, MARGIN, METERS, Arrangement, Column
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.strengths import logarithmic, saturating
from gui_app.theme.text import line_height, small_font
from gui_app.theme.tokens import Theme, mix


@dataclass(frozen=True, slots=True)
class Meter:
    """One number of a layer: its name in readouts, its text, and its share of a full bar."""

    name: str
    text: str
    share: float


Measure = Callable[[NetworkValues, int, int], Meter]


def meters_of(values: NetworkValues, layer: int) -> tuple[Meter, ...]:
    """Return the meters of a layer, counted from 1."""
    inside, index = values.inside, layer - 1
    before = len(inside.inputs) if index == 0 else inside.layers[index - 1].neurons
    weights = before * inside.layers[index].neurons
    rms = float(values.weight_norm[index]) / weights**0.5
    gradients = values.gradient[np.isfinite(values.gradient)]
    largest = float(gradients.max(initial=0.0))
    full = int(np.ceil(np.log10(largest))) if largest > 0 else 0
    zeros, dead, gradient = (
        float(part[index]) for part in (values.zero_weights, values.dead, values.gradient)
    )
    return (
        Meter("weights, RMS", value_text(rms), float(saturating(np.array(abs(rms))))),
        Meter("weights at zero", _percent(zeros), zeros),
        Meter("weight gradient", value_text(gradient), float(logarithmic(np.array(gradient), full))),
        Meter("dead neurons", _percent(dead), dead),
    )


def paint_meters(
    painter: QPainter, arrangement: Arrangement, values: NetworkValues | None, theme: Theme
) -> None:
    """Paint the meters below all boxes, and their names to the left of the first box."""
    boxes = [column for column in arrangement.columns if column.box is not None]
    if values is None or not boxes:
        return
    painter.setFont(small_font())
    for column in boxes:
        shown = len(column.units)
        drawn = Meter("shown", f"{shown} of {column.neurons}", shown / column.neurons)
        for row, meter in enumerate((drawn, *meters_of(values, column.layer))):
            _paint_meter(painter, _row(arrangement, column, row), meter, theme)
    painter.setPen(QColor(theme.muted))
    for row, name in enumerate(METERS):
        rect = _row(arrangement, boxes[0], row)
        room = QRectF(0.0, rect.top(), rect.left() - LABEL_GAP, rect.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)


def _row(arrangement: Arrangement, column: Column, row: int) -> QRectF:
    width = max(min(arrangement.pitch - 2.0, 0.9 * arrangement.pitch), 1.0)
    each = arrangement.meters / len(METERS)
    top = arrangement.height - MARGIN / 2 - arrangement.meters
    return QRectF(column.x - width / 2, top + row * each, width, each)


def _paint_meter(painter: QPainter, rect: QRectF, meter: Meter, theme: Theme) -> None:
    """Write the number, or paint a bar that stands on a line where there is no room for it."""
    if rect.height() < 1.5 * line_height():
        painter.setPen(QColor(theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, meter.text)
        return
    rect = rect.adjusted(0.0, 3.0, 0.0, -1.0)
    painter.fillRect(rect, QColor(mix(theme.panel, theme.raised, 0.6)))
    if np.isfinite(meter.share):
        painter.fillRect(
            rect.adjusted(0.0, rect.height() * (1.0 - min(max(meter.share, 0.0), 1.0)), 0.0, 0.0),
            QColor(theme.muted),
        )


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.0f} %"
