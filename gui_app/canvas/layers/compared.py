"""Answers of several lanes in one picture: their difference, or all boundaries over one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from engine.catalogue.texts import value_text
from engine.data.axes import middle_and_half
from engine.observation.observables import Prediction
from gui_app.canvas.layers.contours import class_boundaries, log_probabilities
from gui_app.canvas.layers.paths import polyline_path, segments_path
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.session.current_lane import LaneLook
from gui_app.theme.colour_maps import image_of, packed, surface_colours
from gui_app.theme.tokens import mix, rgb

Floats = NDArray[np.float64]
LINE_WIDTH = 2.0
DARKEST = 0.55
"""Share of the text's colour where answers differ most."""
_SIGN, _SPACE, _EDGE, _ROW = 14.0, 6.0, 8.0, 16.0


@dataclass(frozen=True, slots=True)
class Compared(Prediction):
    """Predictions of several ``lanes`` on one grid, drawn in place of one.

    ``values`` are the differences [rows, columns] or [1, columns], all 0 where only lines are drawn; ``answers`` those
    of each lane; ``caption`` says what is seen.
    """

    lanes: tuple[LaneLook, ...] = ()
    answers: tuple[NDArray[np.floating], ...] = ()
    caption: str = ""
    filled: bool = False

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Paint onto the sheet, below the points."""
        painter.save()
        painter.setClipRect(scene.viewport.square, Qt.ClipOperation.IntersectClip)
        if self.filled:
            self._paint_difference(painter, scene)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for look, values in zip(self.lanes, self.answers, strict=True):
            pen = QPen(QColor(scene.theme.lanes[look.colour]), LINE_WIDTH * scene.theme.line_scale)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            painter.drawPath(self._line(values, scene))
        painter.restore()

    def _paint_difference(self, painter: QPainter, scene: Scene) -> None:
        if scene.task == "curve":
            self._paint_gap(painter, scene)
            return
        if scene.task == "classification":
            paper, ink = rgb(scene.paper), rgb(mix(scene.paper, scene.theme.text, DARKEST))
            colours = np.nan_to_num(self.values).reshape(-1, 1) * (ink - paper) + paper
            image = image_of(packed(colours).reshape(self.values.shape))
        else:
            largest = float(np.nanmax(np.abs(self.values), initial=0.0)) or 1.0
            image = image_of(surface_colours(self.values / largest, scene.theme))
        x_low, x_high, y_low, y_high = self.extent
        target = QRectF(scene.viewport.to_pixel(x_low, y_high), scene.viewport.to_pixel(x_high, y_low))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)

    def _paint_gap(self, painter: QPainter, scene: Scene) -> None:
        x = np.linspace(*self.extent[:2], len(self.answers[0]))
        top, bottom = (np.column_stack([x, np.nan_to_num(values)]) for values in self.answers)
        corners = scene.viewport.to_pixels(np.concatenate([top, bottom[::-1]]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(scene.paper, scene.theme.text, 0.18)))
        painter.drawPolygon(QPolygonF.fromList([QPointF(x, y) for x, y in corners.tolist()]))

    def _line(self, values: NDArray[np.floating], scene: Scene):  # type: ignore[no-untyped-def]
        """The decision boundary; of a surface, where it passes the middle of its values; or the curve."""
        viewport = scene.viewport
        if scene.task == "curve":
            x = np.linspace(*self.extent[:2], len(values))
            return polyline_path(viewport.to_pixels(np.column_stack([x, values.astype(np.float64)])))
        if scene.task == "surface":
            middle = middle_and_half(scene.values)[0]
            values = np.stack([middle - values, values - middle], axis=2)
            segments = class_boundaries(values.astype(np.float32), self.extent)
        else:
            segments = class_boundaries(log_probabilities(values), self.extent)
        return segments_path(viewport.to_pixels(segments))


def boundaries_of(answers: Sequence[tuple[LaneLook, Prediction]], task: str) -> Compared | None:
    """Return the boundaries, curves or middle lines of lanes whose answers are on one grid; None without any."""
    alike = _on_one_grid(answers)
    if not alike:
        return None
    what = {"classification": "decision boundary", "curve": "curve", "surface": "line of the middle value"}[
        task
    ]
    said = f"The {what} of each lane"
    nothing = np.zeros((1, 1))
    return Compared(alike[0][1].extent, nothing, tuple(look for look, _ in alike), _values(alike), said)


def difference_of(
    answers: Sequence[tuple[LaneLook, Prediction]], minuend: LaneLook, task: str
) -> Compared | None:
    """Return where the answers of two lanes differ; None unless both answer on one grid.

    In classification the difference is half the sum of the differences of all class probabilities, from 0 to 1: the
    share of probability that is elsewhere. In regression it is the value of ``minuend`` less the other's.
    """
    alike = sorted(_on_one_grid(answers), key=lambda one: one[0] != minuend)
    if len(alike) != 2:
        return None
    (one, first), (other, second) = alike
    values = first.values.astype(np.float64) - second.values
    if task == "classification":
        distance = np.abs(values).sum(axis=2) / 2
        share = float((first.values.argmax(axis=2) != second.values.argmax(axis=2)).mean())
        said = (
            f"{one.name} and {other.name} choose different classes in {percent(share)} of the view; "
            "strong: far apart"
        )
    else:
        distance = values if values.ndim == 2 else values[None]
        low, high = (value_text(float(end)) for end in (np.nanmin(values), np.nanmax(values)))
        said = f"{one.name} minus {other.name}: {low} to {high}"
    return Compared(first.extent, distance, (one, other), _values(alike), said, filled=True)


def percent(share: float) -> str:
    """Return a share in percent; one that is not 0 is never written as 0."""
    if 0 < share < 0.01:
        return "less than 1 %"
    return f"{min(round(100 * share), 99) if share < 1 else 100} %"


def paint_lane_key(painter: QPainter, scene: Scene, compared: Compared) -> None:
    """Paint which colour stands for which lane, into the upper left corner of the sheet."""
    painter.save()
    painter.setFont(small_font(painter.font()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = QFontMetricsF(painter.font())
    room = scene.viewport.square.width() - 2 * _EDGE - _SIGN - 3 * _SPACE
    names = [metrics.elidedText(look.name, Qt.TextElideMode.ElideRight, room) for look in compared.lanes]
    row = max(_ROW, metrics.height())
    wide = max(metrics.horizontalAdvance(name) for name in names) + _SIGN + 3 * _SPACE
    corner = scene.viewport.square.topLeft() + QPointF(_EDGE, _EDGE)
    paper = QColor(scene.paper)
    paper.setAlphaF(0.85)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(paper)
    painter.drawRoundedRect(QRectF(corner.x(), corner.y(), wide, row * len(names) + _SPACE), 4, 4)
    for index, (look, name) in enumerate(zip(compared.lanes, names, strict=True)):
        middle, left = corner.y() + _SPACE / 2 + row * (index + 0.5), corner.x() + _SPACE
        painter.setPen(QPen(QColor(scene.theme.lanes[look.colour]), 3.0))
        painter.drawLine(QPointF(left, middle), QPointF(left + _SIGN, middle))
        painter.setPen(QColor(scene.theme.text))
        place = QRectF(left + _SIGN + _SPACE, middle - row / 2, wide, row)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), name)
    painter.restore()


def _on_one_grid(
    answers: Sequence[tuple[LaneLook, Prediction]],
) -> list[tuple[LaneLook, Prediction]]:
    """Those with the grid of the first one; while training runs, a grid may just have become coarser."""
    if not answers:
        return []
    first = answers[0][1]
    return [
        one for one in answers if one[1].extent == first.extent and one[1].values.shape == first.values.shape
    ]


def _values(answers: Sequence[tuple[LaneLook, Prediction]]) -> tuple[NDArray[np.floating], ...]:
    return tuple(prediction.values for _, prediction in answers)
