"""The heat map of results: any two axes, with the networks of further axes put together, or with their pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.catalogue.texts import setting_text
from engine.experiment.sweeps.values import texts_of
from engine.observation.sweep_measures import SWEEP_MEASURES
from engine.observation.sweep_table import SweepTable, TableAxis
from gui_app.sweeps.drawing.heat_picture import Heat, bar_width, paint_bar, paint_heat
from gui_app.sweeps.drawing.marks import paint_chosen, paint_hovered
from gui_app.sweeps.drawing.plane import LARGEST, Place, Plane, PlaneAxis, paint_axes, plane_in
from gui_app.sweeps.drawing.scale import MeasureScale
from gui_app.sweeps.results.pictures import CellPictures, pictures_image
from gui_app.theme.colour_maps import image_of
from gui_app.theme.measure_colours import measure_colours
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded

NOTHING_YET = "Nothing is trained yet."
NO_GRID = "These networks lie on no grid.\nThe lines below show all of them."
NAME, PICTURES_NAME = "Heat map of results", "Pictures of results"
MANY = 2_500
"""Cells from which on they are one image, without numbers, spreads and hatches."""
_LEFT, _BELOW = 64.0, 44.0


def heat_of(table: SweepTable, task: str, measure: str, x: int, y: int | None) -> Heat:
    """Return a measure on two axes of a table, the median over all other axes and seeds; one row without ``y``."""
    one = SWEEP_MEASURES[measure]
    grid = table.grid(measure, x, y)
    broken = table.grid("diverged", x, y).median >= 0.5
    scale = MeasureScale.of(grid.median, one.log, one.range_for(task))
    texts: tuple[tuple[str, ...], ...] = ()
    if grid.median.size <= MANY:
        texts = tuple(tuple(one.text_for(task, value) for value in row) for row in grid.median.tolist())
    best = _best(grid.median, broken, one.better) if table.is_level else None
    return Heat(
        scale, grid.median, grid.low, grid.high, texts, broken, best, hatches=not one.tells_divergence
    )


def plane_axis(axis: TableAxis) -> PlaneAxis:
    """Return the name and the texts of an axis."""
    return PlaneAxis(axis.label, axis.texts or tuple(texts_of(axis.values)))


def rows_at(table: SweepTable, x: int, y: int | None, place: Place) -> NDArray[np.intp]:
    """Return the rows of the networks in a cell of two axes."""
    inside = table.places[:, x] == place[0]
    if y is not None:
        inside &= table.places[:, y] == place[1]
    return np.flatnonzero(inside)


def _best(median: NDArray[np.float64], broken: NDArray[np.bool_], better: str | None) -> Place | None:
    known = np.isfinite(median) & ~broken
    if better is None or not known.any():
        return None
    worst = np.inf if better == "low" else -np.inf
    ranked = np.where(known, median, worst)
    row, column = np.unravel_index(ranked.argmin() if better == "low" else ranked.argmax(), median.shape)
    return int(column), int(row)


class HeatView(QWidget):
    """Shows a heat map; ``chosen(column, row)`` is emitted when a cell is clicked."""

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(NAME)
        self.setMouseTracking(True)
        self.setMinimumSize(220, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.heat: Heat | None = None
        self.words = NOTHING_YET
        """Why there is no heat map."""
        self._axes: tuple[PlaneAxis, ...] = ()
        self._title, self._theme = "", LIGHT
        self._hovered: Place | None = None
        self._marked: Place | None = None
        self._pictures: CellPictures | None = None
        self._image: tuple[tuple[object, ...], QImage] | None = None

    def show_heat(
        self, heat: Heat | None, axes: tuple[PlaneAxis, ...], title: str, words: str = NO_GRID
    ) -> None:
        """Show other numbers; None where there are none, which ``words`` give a reason for."""
        self.heat, self._axes, self._title, self.words = heat, axes, title, words
        self._hovered = None
        self.update()

    def show_pictures(self, pictures: CellPictures | None) -> None:
        """Show what networks answer in place of the numbers; None shows these again."""
        self._pictures, self._image = pictures, None
        self.setAccessibleName(NAME if pictures is None else PICTURES_NAME)
        self.update()

    def mark(self, place: Place | None) -> None:
        """Outline a cell."""
        self._marked = place
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def plane(self) -> Plane | None:
        """Where the cells are."""
        return None if self.heat is None or self._lone else self._plane(QRectF(self.rect()), self.heat)

    @property
    def _lone(self) -> bool:
        """Whether there is one picture in place of a plane of them."""
        pictures, heat = self._pictures, self.heat
        return pictures is not None and (heat is None or pictures.rows.shape != heat.median.shape)

    def _plane(self, room: QRectF, heat: Heat) -> Plane:
        rows, columns = heat.median.shape
        if self._pictures is not None:
            return plane_in(room.adjusted(4, 4, -4, -4), columns, rows, self._axes, self.devicePixelRatioF())
        if heat.median.size > MANY:
            return _fine_plane(room, columns, rows, bar_width(heat.scale, room.height()))
        ratio, bar = self.devicePixelRatioF(), bar_width(heat.scale, room.height())
        return plane_in(room.adjusted(4, 4, -4, -4), columns, rows, self._axes, ratio, bar)

    @guarded
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self.paint_export(painter, QRectF(self.rect()))
            plane = self.plane
            for place, paint in ((self._hovered, paint_hovered), (self._marked, paint_chosen)):
                if plane is not None and place is not None and plane.has(place):
                    paint(painter, plane, place, self._theme)
        finally:
            painter.end()

    @property
    def export_name(self) -> str:
        return "sweep-heat-map" if self._pictures is None else "sweep-pictures"

    @property
    def export_title(self) -> str:
        return (self._title or NAME) if self._pictures is None else PICTURES_NAME

    def export_size(self) -> QSize:
        return self.size()

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, QColor(self._theme.panel))
        if self._pictures is not None and self._lone:
            self._paint_lone(painter, rect, self._pictures)
            return
        if self.heat is None:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.words)
            return
        plane = self._plane(rect, self.heat)
        if self._pictures is not None:
            painter.drawImage(plane.rect, self._picture(self._pictures, plane))
            paint_axes(painter, plane, self._axes, self._theme)
            return
        if self.heat.median.size > MANY:
            painter.drawImage(plane.rect, image_of(_pixels(self.heat, self._theme)))
        else:
            paint_heat(painter, plane, self.heat, self._theme)
        paint_axes(painter, plane, self._axes, self._theme)
        marked = self._hovered or self._marked
        value = self.heat.median[marked[1], marked[0]] if marked and plane.has(marked) else np.nan
        paint_bar(painter, plane, self.heat, self._theme, float(value) if np.isfinite(value) else None)

    def _paint_lone(self, painter: QPainter, rect: QRectF, pictures: CellPictures) -> None:
        """Paint the picture of the chosen network in the middle."""
        side = max(min(rect.width(), rect.height(), 2.0 * LARGEST) - 16.0, 2.0)
        plane = plane_in(rect, 1, 1, (), self.devicePixelRatioF(), largest=side)
        painter.drawImage(plane.rect, self._picture(pictures, plane))

    def _picture(self, pictures: CellPictures, plane: Plane) -> QImage:
        ratio = self.devicePixelRatioF()
        key = pictures, plane.side, plane.gap, ratio, self._theme
        if self._image is None or self._image[0] != key:
            side, gap = max(round(plane.side * ratio), 1), round(plane.gap * ratio)
            self._image = key, pictures_image(pictures, self._theme, side, gap, ratio)
        return self._image[1]

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        plane = self.plane
        found = None if plane is None else plane.at(event.position())
        if found != self._hovered:
            self._hovered = found
            self.setToolTip(self._tip(found))
            self.update()

    @guarded
    def leaveEvent(self, _: object) -> None:
        self._hovered = None
        self.update()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        plane = self.plane
        found = None if plane is None else plane.at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*found)

    def _tip(self, place: Place | None) -> str:
        if place is None or self.heat is None:
            return ""
        where = ", ".join(
            f"{axis.label} {axis.texts[at]}" for axis, at in zip(self._axes, place, strict=False)
        )
        value = float(self.heat.median[place[1], place[0]])
        said = self.heat.texts[place[1]][place[0]] if self.heat.texts else setting_text(float(f"{value:.4g}"))
        return f"{where}\n{self._title} {said}"


def _fine_plane(room: QRectF, columns: int, rows: int, bar: float) -> Plane:
    """A plane of cells that may be smaller than a pixel, without gaps."""
    side = max(min((room.width() - _LEFT - bar - 8) / columns, (room.height() - _BELOW - 8) / rows), 0.01)
    left = room.left() + _LEFT + max((room.width() - _LEFT - bar - side * columns) / 2, 0.0)
    return Plane(left, room.top() + 8, side, 0.0, columns, rows)


def _pixels(heat: Heat, theme: Theme) -> NDArray[np.uint32]:
    """A packed colour for each cell; what diverged has the colour of danger."""
    colours = measure_colours(heat.scale.share(heat.median), theme)
    return np.where(heat.broken & heat.hatches, np.uint32(QColor(theme.danger).rgb()), colours)
