"""Parallel coordinates, drawn: a pure function of the axes, the brushes and the run under the mouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen, QPolygonF

from gui_app.sweeps.results.parallel.axes import Axis
from gui_app.sweeps.results.parallel.brushes import Brush
from gui_app.sweeps.results.parallel.geometry import Geometry
from gui_app.sweeps.results.parallel.lines import density, thinned
from gui_app.theme.measure_colours import measure_colours
from gui_app.theme.painting import painting, restoring
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import Theme, rgb

Rows = NDArray[np.intp]
FEW = 400
"""Runs up to which each is a smooth line of its own; more are drawn as how many pass through a pixel."""
_BAR = 7.0
"""Width of the axis whose colours the lines have."""
_ONE = {"light": 0.28, "dark": 0.34}
"""How much one line among many covers."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What is drawn of the runs: those that are selected, the others, and the axis that colours them."""

    selected: Rows
    others: Rows
    colour: Axis | None

    def shares(self, rows: Rows) -> NDArray[np.float64]:
        """Return where runs are on the scale of colours, NaN where that is not known."""
        if self.colour is None:
            return np.full(len(rows), 0.5)
        return np.clip(self.colour.shares[rows], 0.0, 1.0)


def lines_image(place: Geometry, runs: Runs, theme: Theme, ratio: float, most: int) -> QImage:
    """Return the lines as an image with a transparent ground, ``ratio`` pixels of it a pixel of the rectangle."""
    size = place.rect.size() * ratio
    image = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    if len(place.axes) < 2 or image.isNull():
        return image
    with painting(image) as painter:
        painter.scale(ratio, ratio)
        painter.translate(-place.rect.topLeft())
        for rows, coloured in ((runs.others, False), (runs.selected, True)):
            rows = thinned(rows, most)
            if len(rows) <= FEW:
                _draw_each(painter, place, rows, runs, theme, coloured)
            else:
                crowd = _crowd(place, rows, runs, theme, ratio, coloured)
                painter.drawImage(QRectF(place.x(0), place.rect.top(), *_span(place)), crowd)
    return image


def _span(place: Geometry) -> tuple[float, float]:
    return place.x(len(place.axes) - 1) - place.x(0), place.rect.height()


def _draw_each(
    painter: QPainter, place: Geometry, rows: Rows, runs: Runs, theme: Theme, coloured: bool
) -> None:
    if coloured:
        # The few that are unlike the others lie over them.
        shares = np.nan_to_num(runs.shares(rows), nan=0.5)
        rows = rows[np.argsort(np.abs(shares - np.median(shares)), kind="stable")] if len(rows) else rows
    heights = np.stack([place.heights(axis, rows) for axis in place.axes], axis=1)
    across = [place.x(index) for index in range(len(place.axes))]
    colours = _colours(runs, rows, theme) if coloured else None
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    faint = QColor(theme.muted)
    faint.setAlphaF(0.16)
    opacity = 0.9 if len(rows) <= 80 else 0.65
    for line in range(len(rows)):
        colour = faint
        if colours is not None:
            colour = QColor(*colours[line])
            colour.setAlphaF(opacity)
        painter.setPen(QPen(colour, (1.4 if coloured else 1.0) * theme.line_scale))
        points = [QPointF(x, float(y)) for x, y in zip(across, heights[line], strict=True)]
        painter.drawPolyline(QPolygonF(points))


def _crowd(place: Geometry, rows: Rows, runs: Runs, theme: Theme, ratio: float, coloured: bool) -> QImage:
    """Many lines: the more of them pass through a pixel, the less of the ground shows through."""
    tall = max(int(place.rect.height() * ratio), 2)
    columns = np.array(
        [round((place.x(index) - place.x(0)) * ratio) for index in range(len(place.axes))], dtype=np.intp
    )
    heights = np.stack([place.heights(axis, rows) for axis in place.axes], axis=1)
    heights = np.clip((heights - place.rect.top()) * ratio, 0.0, tall - 1.0)
    shares = runs.shares(rows)
    known = ~np.isnan(shares)
    count, mean = density(heights, np.where(known, shares, 0.5), columns, tall)
    fewest = max(np.sqrt(len(rows) / 2_000.0), 1.0)
    alpha = 1.0 - (1.0 - _ONE[theme.name] / fewest) ** count
    if coloured:
        colour = _channels(measure_colours(mean, theme))
    else:
        colour = np.broadcast_to(rgb(theme.muted), (*mean.shape, 3))
        alpha = alpha * 0.3
    pixels = np.empty((*count.shape, 4), dtype=np.uint8)
    pixels[..., :3] = (colour * alpha[..., None])[..., ::-1]
    pixels[..., 3] = alpha * 255
    rows_, wide = count.shape
    found = QImage(pixels.tobytes(), wide, rows_, 4 * wide, QImage.Format.Format_ARGB32_Premultiplied)
    return found.copy()


def _colours(runs: Runs, rows: Rows, theme: Theme) -> NDArray[np.int64]:
    """Red, green, blue [rows, 3]; what is not known on the scale of colours has that of text."""
    shares = runs.shares(rows)
    found = _channels(measure_colours(np.nan_to_num(shares, nan=0.5), theme))
    found[np.isnan(shares)] = rgb(theme.muted)
    return found.astype(np.int64)


def _channels(packed: NDArray[np.uint32]) -> NDArray[np.float64]:
    return np.stack([(packed >> shift) & 0xFF for shift in (16, 8, 0)], axis=-1).astype(np.float64)


def paint_axes(
    painter: QPainter,
    place: Geometry,
    brushes: Mapping[str, Brush],
    colour: str,
    current: int | None,
    theme: Theme,
) -> None:
    """Paint the axes with their titles, ticks and brushes; ``current`` is the one that keys move."""
    painter.setFont(small_font())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if place.has_unknown and place.axes:
        painter.setPen(QPen(QColor(theme.border), 1, Qt.PenStyle.DotLine))
        ends = place.x(0), place.x(len(place.axes) - 1)
        painter.drawLine(QPointF(ends[0], place.unknown), QPointF(ends[1], place.unknown))
    for index, axis in enumerate(place.axes):
        with restoring(painter):
            _paint_axis(painter, place, index, axis.key == colour, theme)
            _paint_ticks(painter, place, index, theme)
            if axis.key in brushes:
                _paint_brush(painter, place, index, brushes[axis.key], theme)
            _paint_title(painter, place, index, axis.key == colour, index == current, theme)


def _paint_axis(painter: QPainter, place: Geometry, index: int, coloured: bool, theme: Theme) -> None:
    x = place.x(index)
    if not coloured:
        painter.setPen(QPen(QColor(theme.muted), 1.2))
        painter.drawLine(QPointF(x, place.top), QPointF(x, place.bottom))
        return
    bar = QRectF(x - _BAR / 2, place.top, _BAR, place.bottom - place.top)
    shares = np.linspace(0.0, 1.0, 12)
    gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for share, channels in zip(shares, _channels(measure_colours(shares, theme)), strict=True):
        gradient.setColorAt(float(share), QColor(*(int(one) for one in channels)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)


def _paint_ticks(painter: QPainter, place: Geometry, index: int, theme: Theme) -> None:
    axis, x, high = place.axes[index], place.x(index), line_height()
    room = place.spacing - 20 if index + 1 < len(place.axes) else 66.0
    last = None
    for at, text in sorted(axis.ticks):
        y = place.height(axis, at)
        if not place.top - 2 <= y <= place.bottom + 2 or (last is not None and last - y < high):
            continue
        last = y
        _paint_label(painter, QPointF(x + 7, y), text, room, theme)
        painter.setPen(QPen(QColor(theme.muted), 1.2))
        painter.drawLine(QPointF(x - 3, y), QPointF(x + 3, y))
    if np.isnan(axis.at).any():
        _paint_label(painter, QPointF(x + 7, place.unknown), "not known", room, theme)


def _paint_label(painter: QPainter, left: QPointF, text: str, room: float, theme: Theme) -> None:
    """A text on a ground through which few lines show."""
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(max(room, 20)))
    box = QRectF(left.x(), left.y() - line_height() / 2, text_width(text) + 6, line_height())
    ground = QColor(theme.panel)
    ground.setAlphaF(0.82)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(theme.text))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)


def _paint_brush(painter: QPainter, place: Geometry, index: int, brush: Brush, theme: Theme) -> None:
    axis, x = place.axes[index], place.x(index)
    fill = QColor(theme.accent)
    fill.setAlphaF(0.28)
    painter.setPen(QPen(QColor(theme.accent), 1.4))
    painter.setBrush(fill)
    if brush.low <= brush.high:
        top = max(place.height(axis, brush.high), place.top - 4)
        bottom = min(place.height(axis, brush.low), place.bottom + 4)
        painter.drawRoundedRect(QRectF(x - 8, top, 16, max(bottom - top, 2.0)), 3, 3)
    if brush.unknown:
        painter.drawRoundedRect(QRectF(x - 8, place.unknown - 7, 16, 14), 3, 3)


def _paint_title(
    painter: QPainter, place: Geometry, index: int, coloured: bool, current: bool, theme: Theme
) -> None:
    axis, x = place.axes[index], place.x(index)
    painter.setFont(small_font(bold=coloured))
    half = min(place.spacing / 2 - 4, x - place.rect.left() + 4) if index == 0 else place.spacing / 2 - 4
    left = max(x - max(half, 30), place.rect.left() + 2)
    right = min(x + max(place.spacing / 2 - 4, 30), place.rect.right() - 2)
    box = QRectF(left, place.rect.top() + 2, right - left, 2 * line_height())
    # The first and the last one reach beyond their own middle, to what room there is.
    align = Qt.AlignmentFlag.AlignLeft if index == 0 else Qt.AlignmentFlag.AlignHCenter
    painter.setPen(QColor(theme.accent if current else theme.text))
    flags = int(align | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
    painter.drawText(box, flags, axis.label)


def paint_run(painter: QPainter, place: Geometry, row: int, theme: Theme) -> None:
    """Paint one run over all others, with its value on each axis."""
    one = np.array([row], dtype=np.intp)
    points = [
        QPointF(place.x(index), float(place.heights(axis, one)[0])) for index, axis in enumerate(place.axes)
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((theme.panel, 5.0), (theme.text, 2.2)):
        painter.setPen(QPen(QColor(colour), width * theme.line_scale))
        painter.drawPolyline(QPolygonF(points))
    painter.setFont(small_font(bold=True))
    for axis, point in zip(place.axes, points, strict=True):
        text = axis.text(row)
        box = QRectF(
            point.x() + 7, point.y() - line_height() / 2 - 1, text_width(text, True) + 8, line_height() + 2
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawRoundedRect(box, 4, 4)
        painter.drawEllipse(point, 3.5, 3.5)
        painter.setPen(QColor(theme.panel))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)
