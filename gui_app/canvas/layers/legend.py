"""The words on the picture: which marker means which class and split, and what to do on an empty sheet."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.experiment import SPLITS, TRAINING, Points
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.layers.legend_rows import LINE, RADIUS, Part, placed
from gui_app.canvas.layers.markers import marker_look, marker_path, paint_marker
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.view.viewport import inside
from gui_app.theme.tokens import CLASS_MARKERS, FONT_BODY, FONT_TITLE

EMPTY_WORDS = ("Draw some points with the mouse,", "or pick a data set on the left")


@dataclass(frozen=True, slots=True)
class Legend:
    """What there is to explain: the splits that have points, the fitted line, and points that are not seen."""

    splits: tuple[int, ...] = ()
    fit: bool = False
    outside: int = 0
    hidden: int = 0

    @classmethod
    def of(cls, points: Points, fit: bool, extent: Extent = CANVAS_EXTENT, hidden: int = 0) -> Legend:
        """Of the points that are not hidden, and the number of those that are."""
        splits = tuple(split for split, count in enumerate(points.counts()) if count)
        return cls(splits, fit, int((~inside(points.xy, extent)).sum()), hidden)

    def unseen(self) -> str:
        """How many points are not seen, and why; nothing where all are."""
        parts = [(self.outside, "out of view"), (self.hidden, "hidden")]
        named = [(count, words) for count, words in parts if count]
        if not named:
            return ""
        noun = "point" if named[0][0] == 1 else "points"
        (first, why), *others = named
        return " · ".join((f"{first:,} {noun} {why}", *(f"{count:,} {words}" for count, words in others)))

    def entries(self) -> list[tuple[int | None, str]]:
        """From left to right: a split's number, or None for the line, and the words."""
        named: list[tuple[int | None, str]] = [(split, SPLITS[split]) for split in self.splits]
        return [*named, (None, "fit")] if self.fit else named


def legend_parts(scene: Scene, legend: Legend, metrics: QFontMetricsF) -> list[Part]:
    """Classes by name, what is not seen, and splits, each where it stands above the sheet."""
    names = [Part("class", name, number) for number, name in enumerate(scene.names)]
    if words := legend.unseen():
        names.append(Part("note", words))
    splits = [
        Part("fit", words) if split is None else Part("split", words, split)
        for split, words in legend.entries()
    ]
    return placed(names, splits, scene.viewport, metrics)


def paint_legend(painter: QPainter, scene: Scene, legend: Legend) -> None:
    """One or two quiet lines above the sheet."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    metrics = QFontMetricsF(painter.font())
    for part in legend_parts(scene, legend, metrics):
        _paint_sign(painter, scene, part)
        box = QRectF(part.words_left, part.middle - 8, metrics.horizontalAdvance(part.words) + 1, 16)
        painter.setPen(QColor(scene.theme.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, part.words)


def _paint_sign(painter: QPainter, scene: Scene, part: Part) -> None:
    centre = QPointF(part.left + RADIUS, part.middle + 0.5)
    if part.kind == "fit":
        painter.setPen(QPen(QColor(scene.theme.accent), 2.5))
        painter.drawLine(QPointF(part.left, centre.y()), QPointF(part.left + LINE, centre.y()))
    elif part.kind == "split":
        look = marker_look(scene.theme.muted, part.number, scene.theme, scene.paper)
        paint_marker(painter, marker_path("o", RADIUS).translated(centre), look)
    elif part.kind == "class":
        look = marker_look(scene.theme.classes[part.number], TRAINING, scene.theme, scene.paper)
        paint_marker(painter, marker_path(CLASS_MARKERS[part.number], RADIUS).translated(centre), look)


def paint_empty_words(painter: QPainter, scene: Scene) -> None:
    """In the middle of a sheet without points: what to do."""
    font, theme = QFont(painter.font()), scene.theme
    middle = scene.viewport.square.center()
    looks = ((FONT_TITLE, theme.text, -14.0), (FONT_BODY, theme.muted, 14.0))
    for words, (pixels, colour, down) in zip(EMPTY_WORDS, looks, strict=True):
        font.setPixelSize(pixels)
        painter.setFont(font)
        box = QFontMetricsF(font).boundingRect(words).adjusted(-12, -4, 12, 4)
        box.moveCenter(middle + QPointF(0, down))
        painter.fillRect(box, QColor(scene.paper))
        painter.setPen(QColor(colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
