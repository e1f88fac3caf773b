"""The canvas's legend of classes and splits, and the message on an empty sheet."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.catalogue.texts import counted
from engine.experiment import SPLITS, TRAINING, Points
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.layers.legend_rows import LINE, RADIUS, Part, arrange
from gui_app.canvas.layers.markers import marker_look, marker_path, paint_marker
from gui_app.canvas.layers.point_styles import split_look, split_symbol
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.view.viewport import inside
from gui_app.theme import text_size
from gui_app.theme.tokens import CLASS_MARKERS

EMPTY_MESSAGE = ("Draw some points with the mouse,", "or pick a data set on the left")
MARGIN, BETWEEN = 12.0, 6.0
"""Pixels beside and between the lines of that message."""


@dataclass(frozen=True, slots=True)
class Legend:
    """The contents of the legend: splits that have points, the fitted curve, and how many points are not visible.

    ``outside`` points are out of view, ``hidden`` ones belong to splits that are not shown.
    """

    splits: tuple[int, ...] = ()
    fit: bool = False
    outside: int = 0
    hidden: int = 0

    @classmethod
    def of(cls, points: Points, fit: bool, extent: Extent = CANVAS_EXTENT, hidden: int = 0) -> Legend:
        """Make the legend of the shown ``points``; ``hidden`` is the number of other points."""
        splits = tuple(split for split, count in enumerate(points.counts()) if count)
        return cls(splits, fit, int((~inside(points.xy, extent)).sum()), hidden)

    def unseen(self) -> str:
        """Return how many points are not visible, and why; empty if all are visible."""
        parts = [(self.outside, "out of view"), (self.hidden, "hidden")]
        named = [(count, reason) for count, reason in parts if count]
        if not named:
            return ""
        (first, reason), *others = named
        return " · ".join(
            (f"{counted(first, 'point')} {reason}", *(f"{count:,} {other}" for count, other in others))
        )

    def entries(self) -> list[tuple[int | None, str]]:
        """Return (split, text) from left to right; the split is None for the fitted curve."""
        named: list[tuple[int | None, str]] = [(split, SPLITS[split]) for split in self.splits]
        return [*named, (None, "fit")] if self.fit else named


def legend_parts(scene: Scene, legend: Legend, metrics: QFontMetricsF) -> list[Part]:
    """Return the parts of the legend with their positions: class names, the count of points not visible, splits."""
    names = [Part("class", name, number) for number, name in enumerate(scene.names)]
    if note := legend.unseen():
        names.append(Part("note", note))
    splits = [
        Part("fit", text) if split is None else Part("split", text, split) for split, text in legend.entries()
    ]
    return arrange(names, splits, scene.viewport, metrics)


def paint_legend(painter: QPainter, scene: Scene, legend: Legend) -> None:
    """Paint the legend in one or two rows above the sheet."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    metrics = QFontMetricsF(painter.font())
    for part in legend_parts(scene, legend, metrics):
        _paint_sign(painter, scene, part)
        box = QRectF(part.label_x, part.middle - 8, metrics.horizontalAdvance(part.label) + 1, 16)
        painter.setPen(QColor(scene.theme.muted))
        # A hinted font may be wider on the screen than its metrics say.
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine
        painter.drawText(box, int(flags), part.label)


def _paint_sign(painter: QPainter, scene: Scene, part: Part) -> None:
    centre = QPointF(part.left + RADIUS, part.middle + 0.5)
    if part.kind == "fit":
        painter.setPen(QPen(QColor(scene.theme.accent), 2.5))
        painter.drawLine(QPointF(part.left, centre.y()), QPointF(part.left + LINE, centre.y()))
    elif part.kind == "split":
        look = split_look(scene.theme.muted, part.number, scene)
        path = marker_path(split_symbol(part.number, scene), RADIUS)
        paint_marker(painter, path.translated(centre), look)
    elif part.kind == "class":
        look = marker_look(scene.theme.classes[part.number], TRAINING, scene.theme, scene.paper)
        paint_marker(painter, marker_path(CLASS_MARKERS[part.number], RADIUS).translated(centre), look)


def paint_empty_message(painter: QPainter, scene: Scene) -> None:
    """Paint a hint in the middle of a sheet without points, in as many lines as its width asks for."""
    font, square = QFont(painter.font()), scene.viewport.square
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    room = square.adjusted(MARGIN, 0.0, -MARGIN, 0.0)
    looks = ((text_size.title(), scene.theme.text), (text_size.body(), scene.theme.muted))
    boxes = []
    for line, (pixels, _) in zip(EMPTY_MESSAGE, looks, strict=True):
        font.setPixelSize(pixels)
        needed = QFontMetricsF(font).boundingRect(room, int(flags), line)
        boxes.append(needed.adjusted(-MARGIN, -4.0, MARGIN, 4.0))
    top = square.center().y() - (sum(box.height() for box in boxes) + BETWEEN) / 2
    for line, (pixels, colour), box in zip(EMPTY_MESSAGE, looks, boxes, strict=True):
        font.setPixelSize(pixels)
        painter.setFont(font)
        box.moveTop(top)
        painter.fillRect(box, QColor(scene.paper))
        painter.setPen(QColor(colour))
        painter.drawText(box.adjusted(MARGIN - 1.0, 0.0, 1.0 - MARGIN, 0.0), int(flags), line)
        top = box.bottom() + BETWEEN
