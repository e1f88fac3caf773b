"""Scatter of the predictions under dropout: a haze over the sheet, or a band around the curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPolygonF

from engine.data.axes import middle_and_half
from engine.observation.observables import Prediction, Uncertainty
from engine.observation.observables.disagreement import Disagreement
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.theme.tokens import rgb

Floats = NDArray[np.float32]

FULL = {"classification": 0.5, "surface": 1.0}
"""Deviation with the thickest haze: the largest possible for a probability, and half a surface's range."""
THICKEST = 0.85
"""Opacity of the thickest haze."""
BAND = 2.0
"""Half height of the band in standard deviations."""
BAND_OPACITY = 0.22
_MARGIN = 6


def paint_uncertainty(
    painter: QPainter, scene: Scene, prediction: Prediction, uncertainty: Uncertainty | None
) -> None:
    """Paint the haze, or the band around a curve; nothing if there is no uncertainty."""
    if uncertainty is None:
        return
    if scene.task == "curve":
        _paint_band(painter, scene, prediction, uncertainty)
    else:
        _paint_haze(painter, scene, uncertainty)


def message_for(scene: Scene, uncertainty: Uncertainty | None) -> str:
    """Return the meaning of haze or band, with the largest deviation; or a hint if there is no uncertainty."""
    if uncertainty is None:
        return "Uncertainty needs dropout: switch it on"
    largest = float(np.nanmax(uncertainty.deviations, initial=0.0))
    if scene.task == "curve":
        return f"Band: ±{BAND:g} σ under dropout, σ up to {largest:.2g}"
    return f"Shading: spread under dropout, σ up to {largest:.2g}"


def paint_messages(painter: QPainter, scene: Scene, lines: Sequence[str]) -> None:
    """Paint messages into the sheet's lower left corner, one below the other; long ones take several lines."""
    corner = scene.viewport.square.bottomLeft() + QPointF(_MARGIN, -_MARGIN)
    painter.setFont(small_font(painter.font()))
    metrics = QFontMetricsF(painter.font())
    paper = QColor(scene.paper)
    paper.setAlphaF(0.8)
    room = scene.viewport.square.width() - 4 * _MARGIN
    for line in reversed([part for message in lines for part in _wrapped(message, metrics, room)]):
        size = QSizeF(metrics.horizontalAdvance(line) + 2 * _MARGIN, metrics.height() + _MARGIN)
        target = QRectF(corner - QPointF(0, size.height()), size)
        painter.fillRect(target, paper)
        painter.setPen(QColor(scene.theme.text))
        painter.drawText(target, Qt.AlignmentFlag.AlignCenter, line)
        corner = target.topLeft()


def _wrapped(line: str, metrics: QFontMetricsF, room: float) -> list[str]:
    """Return the lines, at most ``room`` pixels wide, that a message takes."""
    parts: list[str] = []
    for word in line.split(" "):
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and metrics.horizontalAdvance(longer) <= room:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts


def haze_image(deviations: Floats, scene: Scene) -> QImage:
    """Return an image in the paper's colour, the more opaque the larger the deviation; top row first."""
    full = FULL[scene.task]
    if scene.task == "surface":
        full *= middle_and_half(scene.values)[1]
    share = np.clip(np.nan_to_num(deviations) / full, 0.0, 1.0) * THICKEST
    red, green, blue = rgb(scene.paper).astype(np.uint32)
    alpha = np.rint(share * 255).astype(np.uint32)
    packed = np.ascontiguousarray((alpha << 24 | red << 16 | green << 8 | blue)[::-1])
    rows, columns = packed.shape
    # The copy owns its pixels; the array is freed when this function returns.
    return QImage(packed.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()


def band_outline(prediction: Prediction, uncertainty: Uncertainty | Disagreement) -> NDArray[np.float64]:
    """Return the band's corners [2n, 2] in canvas units: along the top from the left, then back along the bottom."""
    heights = prediction.values.astype(np.float64)
    x = np.linspace(*prediction.extent[:2], len(heights))
    coarse = np.linspace(*uncertainty.extent[:2], len(uncertainty.deviations))
    reach = BAND * np.interp(x, coarse, uncertainty.deviations)
    top, bottom = np.column_stack([x, heights + reach]), np.column_stack([x, heights - reach])
    return np.concatenate([top, bottom[::-1]])


def _paint_haze(painter: QPainter, scene: Scene, uncertainty: Uncertainty) -> None:
    x_low, x_high, y_low, y_high = uncertainty.extent
    target = QRectF(scene.viewport.to_pixel(x_low, y_high), scene.viewport.to_pixel(x_high, y_low))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, haze_image(uncertainty.deviations, scene))


def _paint_band(painter: QPainter, scene: Scene, prediction: Prediction, uncertainty: Uncertainty) -> None:
    corners = scene.viewport.to_pixels(band_outline(prediction, uncertainty))
    if not np.isfinite(corners).all():
        return
    colour = QColor(scene.theme.accent)
    colour.setAlphaF(BAND_OPACITY)
    painter.save()
    painter.setClipRect(scene.viewport.square, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF.fromList([QPointF(x, y) for x, y in corners.tolist()]))
    painter.restore()
