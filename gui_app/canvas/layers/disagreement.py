"""Where the seeds of a repeated lane disagree: hatching on the sheet, the thicker the more, or a hatched band."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from engine.catalogue.texts import counted
from engine.data.axes import middle_and_half
from engine.experiment.frame import quantity_text
from engine.observation.observables import Prediction
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.layers.compared import percent
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.layers.uncertainty import BAND, band_outline
from gui_app.canvas.reading.texts import UNEVEN

SHARES = (1e-6, 0.15, 0.3, 0.45)
"""From these shares of the seeds on, which choose another class, lines have the next width."""
DEVIATIONS = (0.05, 0.1, 0.2, 0.4)
"""From these σ on, in halves of a surface's range, lines have the next width; below, none is drawn."""
WIDTHS = (0.9, 1.5, 2.1, 2.8)
SPACING = 10.0
"""Pixels between two lines, across and down."""
OPACITY = 0.55
BRIEF = 260
"""On sheets of fewer pixels, the message is short, so that it covers little."""
_STEP = 2.0
"""Pixels between two positions at which lines are looked at."""


def paint_disagreement(
    painter: QPainter, scene: Scene, prediction: Prediction, found: Disagreement | None
) -> None:
    """Paint onto the sheet, below boundary and points; nothing for None."""
    if found is None:
        return
    painter.save()
    painter.setClipRect(scene.viewport.square, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if scene.task == "curve":
        _paint_band(painter, scene, prediction, found)
    else:
        target = _target(scene, found)
        for level, lines in hatching(levels_of(scene, found), target, scene.viewport.square).items():
            painter.setPen(_pen(scene, WIDTHS[level - 1]))
            painter.drawLines([QLineF(*line) for line in lines.tolist()])
    painter.restore()


def uneven_message(scene: Scene, compares: bool) -> str:
    """Return that the mean answer mixes epochs, or where seeds are to be compared, why they are not."""
    if scene.viewport.side < BRIEF:
        return UNEVEN.capitalize()
    return f"{UNEVEN.capitalize()} are not compared" if compares else f"Mean answer of {UNEVEN}"


def message_for(scene: Scene, found: Disagreement | None) -> str:
    """Return what is hatched, with the largest numbers, short on a small sheet; "" for None."""
    if found is None:
        return ""
    seeds, brief = counted(found.networks, "seed"), scene.viewport.side < BRIEF
    if scene.task == "classification":
        most, where = round(found.networks * float(found.share.max())), float((found.share > 0).mean())
        if not most:
            return f"{seeds} agree" if brief else f"All {seeds} choose the same classes"
        if brief:
            return f"Hatched: ≤ {most} of {seeds}"
        return f"Hatched: {percent(where)} of the view, where up to {most} of {seeds} choose another class"
    unit = (scene.axes.y if scene.task == "curve" else scene.axes.value).unit
    most_apart = float(np.nanmax(found.deviations, initial=0.0))
    largest = quantity_text(most_apart, unit, 10 * most_apart)
    if scene.task == "curve":
        band = f"±{BAND:g} σ of {seeds}"
        return f"Hatched: {band}" if brief else f"Hatched band: {band}, σ up to {largest}"
    least = quantity_text(DEVIATIONS[0] * middle_and_half(scene.values)[1], unit)
    if not levels_of(scene, found).any():
        return f"{seeds} agree" if brief else f"{seeds} agree: σ up to {largest}, hatched from {least} on"
    if brief:
        return f"Hatched: σ ≤ {largest}"
    return f"Hatched: where σ of {seeds} is above {least}, up to {largest}"


def levels_of(scene: Scene, found: Disagreement) -> NDArray[np.int64]:
    """Return how thick the hatching is [rows, columns]: 0 for none, else the number of one of ``WIDTHS`` from 1."""
    if scene.task == "classification":
        shares, steps = found.share, SHARES
    else:
        shares, steps = np.nan_to_num(found.deviations) / middle_and_half(scene.values)[1], DEVIATIONS
    levels: NDArray[np.int64] = np.digitize(shares, steps)
    return levels


def hatching(levels: NDArray[np.int64], target: QRectF, square: QRectF) -> dict[int, NDArray[np.float64]]:
    """Return lines that rise to the right over cells with a level.

    ``levels`` [rows, columns] has the lowest row first and fills ``target``, in pixels; no line leaves ``square``.
    For each level, lines are [n, 4]: x and y of both ends.
    """
    rows, columns = levels.shape
    x = np.arange(square.left() + _STEP / 2, square.right(), _STEP)
    # The same lines of the sheet wherever it is in the window.
    first = square.left() + square.top()
    sums = np.arange(first + SPACING / 2, first + square.width() + square.height(), SPACING)
    y = sums[:, None] - x
    column = np.floor((x - target.left()) / target.width() * columns).astype(np.int64)
    row = np.floor((target.bottom() - y) / target.height() * rows).astype(np.int64)
    there = (y > square.top()) & (y < square.bottom()) & (row >= 0) & (row < rows)
    there &= (column >= 0) & (column < columns)
    found = np.zeros((len(sums), len(x) + 2), dtype=np.int64)
    seen = levels[row.clip(0, rows - 1), column.clip(0, columns - 1)[None]]
    found[:, 1:-1] = np.where(there, seen, 0)
    # Where a line's level changes, one run ends and the next begins.
    line, at = np.nonzero(np.diff(found, axis=1))
    level = found[line, at + 1]
    runs = np.flatnonzero(level)
    left = square.left() + at * _STEP
    start, end, along = left[runs], left[runs + 1] if len(runs) else left[runs], sums[line[runs]]
    lines = np.column_stack([start, along - start, end, along - end])
    return {number: lines[level[runs] == number] for number in np.unique(level[runs]).tolist()}


def _target(scene: Scene, found: Disagreement) -> QRectF:
    x_low, x_high, y_low, y_high = found.extent
    return QRectF(scene.viewport.to_pixel(x_low, y_high), scene.viewport.to_pixel(x_high, y_low))


def _pen(scene: Scene, width: float) -> QPen:
    colour = QColor(scene.theme.text)
    colour.setAlphaF(OPACITY)
    pen = QPen(colour, width * scene.theme.line_scale)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _paint_band(painter: QPainter, scene: Scene, prediction: Prediction, found: Disagreement) -> None:
    corners = scene.viewport.to_pixels(band_outline(prediction, found))
    if not np.isfinite(corners).all():
        return
    outline = QPolygonF.fromList([QPointF(x, y) for x, y in corners.tolist()])
    band = QPainterPath()
    band.addPolygon(outline)
    square = scene.viewport.square
    everywhere = hatching(np.ones((1, 1), dtype=np.int64), square, square)
    painter.setPen(_pen(scene, WIDTHS[0]))
    half = len(corners) // 2
    painter.drawPolyline(outline[:half])
    painter.drawPolyline(outline[half:])
    painter.setClipPath(band, Qt.ClipOperation.IntersectClip)
    painter.drawLines([QLineF(*line) for line in everywhere[1].tolist()])
