"""The words on the picture: which marker means which split, and what to do on an empty sheet."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.experiment import SPLITS, Points
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.class_names import paint_class_names
from gui_app.canvas.markers import marker_look, marker_path, paint_marker
from gui_app.canvas.scene import Scene, small_font
from gui_app.canvas.viewport import inside
from gui_app.theme import FONT_BODY, FONT_TITLE

EMPTY_WORDS = ("Draw some points with the mouse,", "or pick a data set on the left")
_MARKER_RADIUS = 3.6
_GAP, _SPACE = 6.0, 14.0


@dataclass(frozen=True, slots=True)
class Legend:
    """What there is to explain: the splits that have points, the fitted line, and points out of view."""

    splits: tuple[int, ...] = ()
    fit: bool = False
    outside: int = 0

    @classmethod
    def of(cls, points: Points, fit: bool, extent: Extent = CANVAS_EXTENT) -> Legend:
        splits = tuple(split for split, count in enumerate(points.counts()) if count)
        return cls(splits, fit, int((~inside(points.xy, extent)).sum()))

    def entries(self) -> list[tuple[int | None, str]]:
        """From left to right: a split's number, or None for the line, and the words."""
        named: list[tuple[int | None, str]] = [(split, SPLITS[split]) for split in self.splits]
        return [*named, (None, "fit")] if self.fit else named


def paint_legend(painter: QPainter, scene: Scene, legend: Legend) -> None:
    """One quiet line above the sheet, its end at the sheet's right edge."""
    square = scene.viewport.square
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    right, middle = square.right() - 2, square.top() - 13
    for split, words in reversed(legend.entries()):
        right = _paint_entry(painter, scene, QPointF(right, middle), split, words)
    left = paint_class_names(painter, scene, square.left() + 2, middle, right)
    if legend.outside:
        noun = "point" if legend.outside == 1 else "points"
        place = QRectF(left, middle - 8, max(right - left, 0.0), 16)
        painter.setPen(QColor(scene.theme.muted))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{legend.outside:,} {noun} out of view")


def _paint_entry(painter: QPainter, scene: Scene, end: QPointF, split: int | None, words: str) -> float:
    """Paints one entry that ends at ``end``; returns where the one before it has to end."""
    width = QFontMetricsF(painter.font()).horizontalAdvance(words)
    place = QRectF(end.x() - width, end.y() - 8, width + 1, 16)
    painter.setPen(QColor(scene.theme.muted))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
    sign = QPointF(place.left() - _GAP - _MARKER_RADIUS, end.y() + 0.5)
    if split is None:
        painter.setPen(QPen(QColor(scene.theme.accent), 2.5))
        painter.drawLine(sign - QPointF(9, 0), sign + QPointF(3, 0))
        return sign.x() - 9 - _SPACE
    path = marker_path("o", _MARKER_RADIUS).translated(sign)
    paint_marker(painter, path, marker_look(scene.theme.muted, split, scene.theme, scene.paper))
    return sign.x() - _MARKER_RADIUS - _SPACE


def paint_empty_words(painter: QPainter, scene: Scene) -> None:
    """In the middle of a sheet without points: what to do."""
    font, theme = QFont(painter.font()), scene.theme
    middle = scene.viewport.square.center()
    looks = ((FONT_TITLE, theme.text, -14.0), (FONT_BODY, theme.muted, 14.0))
    for words, (pixels, colour, down) in zip(EMPTY_WORDS, looks, strict=True):
        font.setPixelSize(pixels)
        painter.setFont(font)
        place = QFontMetricsF(font).boundingRect(words).adjusted(-12, -4, 12, 4)
        place.moveCenter(middle + QPointF(0, down))
        painter.fillRect(place, QColor(scene.paper))
        painter.setPen(QColor(colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
