"""Both pictures of a sweep, composed from a model and options alone, and painted on the screen or into a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from engine.catalogue.texts import setting_text
from engine.experiment import Points
from engine.observation.sweep_measures import SWEEP_MEASURES
from gui_app.sweeps.drawing.heat_picture import SHORTEST, Heat, bar_width, paint_bar, paint_heat
from gui_app.sweeps.drawing.pixels import CellLook, cell_pixels, sheet
from gui_app.sweeps.drawing.plane import LARGEST, Place, Plane, PlaneAxis, around, paint_axes, plane_in
from gui_app.sweeps.drawing.points_mask import PointsMask, points_mask
from gui_app.sweeps.drawing.scale import MeasureScale
from gui_app.sweeps.model import CellSeen, SweepModel
from gui_app.theme.text import line_height, small_font
from gui_app.theme.tokens import SPACE, Theme


class SweepOptions(NamedTuple):
    """What the pictures depend on besides the sweep: ``room`` and ``heat_room`` are their sizes in pixels, of each of
    which the screen has ``ratio`` squared.
    """

    theme: Theme
    room: tuple[float, float]
    ratio: float = 1.0
    chosen: Place | None = None
    heat_room: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SweepPicture:
    """Both pictures of ``model``; ``image`` are the small pictures of the grid, and ``plane`` is where they are."""

    model: SweepModel
    options: SweepOptions
    plane: Plane
    image: QImage
    heat: Heat


class Masks:
    """Remembers the drawn points as long as they and the size of pictures stay the same."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._masks: dict[int, tuple[Points, PointsMask | None]] = {}

    def of_cells(
        self, model: SweepModel, places: Sequence[Place], theme: Theme, side: int
    ) -> list[PointsMask | None]:
        """Return the points of the cells at these places: those of the model, or their own."""
        of = (theme, model.task, side, model.extent, model.ends)
        before = self._masks if of == self._of else {}
        own = {cell.place: cell.points for cell in model.cells if cell.points is not None}
        points = [own.get(place, model.points) for place in places]
        self._of, self._masks = of, {}
        for one in points:
            if id(one) not in self._masks:
                known = before.get(id(one))
                mask = points_mask(one, *of) if known is None else known[1]
                self._masks[id(one)] = one, mask
        return [self._masks[id(one)][1] for one in points]


def compose(model: SweepModel, options: SweepOptions, masks: Masks | None = None) -> SweepPicture:
    """Return both pictures, with cells of one size."""
    heat = heat_of(model)
    largest = LARGEST
    if options.heat_room is not None:
        beside = QRectF(0.0, 0.0, *options.heat_room)
        largest = plane_in(beside, *_shape(model), options.ratio, bar_width(heat.scale)).side
    plane = plane_in(QRectF(0.0, 0.0, *options.room), *_shape(model), options.ratio, largest=largest)
    side = max(round(plane.side * options.ratio), 1)
    image = grid_image(model, options.theme, side, round(plane.gap * options.ratio), options.ratio, masks)
    return SweepPicture(model, options, plane, image, heat)


def _shape(model: SweepModel) -> tuple[int, int, tuple[PlaneAxis, ...]]:
    return model.columns, model.rows, model.axes


def grid_image(
    model: SweepModel, theme: Theme, side: int, gap: int, ratio: float = 1.0, masks: Masks | None = None
) -> QImage:
    """Return the small pictures of all cells as one image, with ``side`` pixels each and ``gap`` pixels between."""
    look = CellLook(theme, model.task, side, model.extent, model.ends, ratio)
    order = {cell.place: cell for cell in model.cells}
    places = [(column, row) for row in range(model.rows) for column in range(model.columns)]
    points = (masks or Masks()).of_cells(model, places, theme, side)
    answers = [_answer(order.get(place), model) for place in places]
    broken = model.broken
    pixels = cell_pixels(answers, [bool(broken[row, column]) for column, row in places], look, points)
    # Sheets of paper lie beside one another; coloured areas need no line between them.
    ground = theme.border if model.task == "curve" else theme.panel
    return sheet(pixels, model.columns, model.rows, gap, ground)


def _answer(cell: CellSeen | None, model: SweepModel) -> NDArray[np.floating] | None:
    """What a cell answers; None where that is of another task, as just after it was switched."""
    if cell is None or cell.answer is None:
        return None
    dimensions = {"classification": 3, "surface": 2, "curve": 1}[model.task]
    return cell.answer.values if cell.answer.values.ndim == dimensions else None


def heat_of(model: SweepModel) -> Heat:
    """Return the heat map of a model."""
    measure = SWEEP_MEASURES[model.measure]
    scale = MeasureScale.of(model.median, measure.log, measure.range_for(model.task))
    texts = tuple(
        tuple(measure.text_for(model.task, value) for value in row) for row in model.median.tolist()
    )
    short = tuple(
        tuple(_short(value, text) for value, text in zip(*row, strict=True))
        for row in zip(model.median.tolist(), texts, strict=True)
    )
    return Heat(
        scale,
        model.median,
        model.low,
        model.high,
        texts,
        model.broken,
        model.best,
        short,
        not measure.tells_divergence,
    )


def _short(value: float, text: str) -> str:
    """A number with two digits, if its text is one."""
    is_number = np.isfinite(value) and text[-1:].isdigit() and " " not in text and "," not in text
    return setting_text(float(f"{value:.1e}")) if is_number else text


def heat_plane(picture: SweepPicture, room: QRectF) -> Plane:
    """Return where the cells of the heat map are."""
    bar, ratio = bar_width(picture.heat.scale), picture.options.ratio
    largest = LARGEST if picture.options.heat_room is None else picture.plane.side
    return plane_in(room, *_shape(picture.model), ratio, bar, largest)


def paint_grid(painter: QPainter, picture: SweepPicture) -> None:
    """Paint the grid: all cells at once, then the axes."""
    painter.drawImage(picture.plane.rect, picture.image)
    paint_axes(painter, picture.plane, picture.model.axes, picture.options.theme)


def paint_heat_map(
    painter: QPainter, picture: SweepPicture, plane: Plane, marked: Place | None = None
) -> None:
    """Paint the heat map; the bar points at the value of the cell ``marked``."""
    theme = picture.options.theme
    paint_heat(painter, plane, picture.heat, theme)
    paint_axes(painter, plane, picture.model.axes, theme)
    value = None if marked is None else float(picture.heat.median[marked[1], marked[0]])
    paint_bar(
        painter, plane, picture.heat, theme, value if value is not None and np.isfinite(value) else None
    )


# -- pictures for files

WIDE, TALL = 760, 720
"""Width of an exported picture in pixels, and its largest height."""
_FINE = 2


def exported_height(model: SweepModel, heat: bool) -> int:
    """Return how high an exported picture is, in pixels: no higher than its cells need."""
    room = _below_head(QRectF(0.0, 0.0, WIDE, TALL))
    bar, least = (bar_width(heat_of(model).scale), SHORTEST) if heat else (0.0, 0.0)
    cells = plane_in(room, *_shape(model), bar=bar).rect.height()
    return min(ceil(TALL - room.height() + max(cells, least) + around()), TALL)


def _below_head(rect: QRectF) -> QRectF:
    """The part of an exported picture that is left below its two lines of words."""
    return rect.adjusted(2.0 * SPACE, 2.0 * SPACE + 2.5 * line_height(), -2.0 * SPACE, -SPACE)


def paint_exported(
    painter: QPainter, rect: QRectF, model: SweepModel, theme: Theme, title: str, heat: bool
) -> None:
    """Paint one of the pictures with a title and its ground, without what depends on the mouse."""
    painter.fillRect(rect, QColor(theme.panel))
    line = QRectF(rect.left(), rect.top() + 1.5 * SPACE, rect.width(), line_height())
    for text, colour, bold in ((title, theme.text, True), (model.caption, theme.muted, False)):
        painter.setFont(small_font(bold=bold))
        painter.setPen(QColor(colour))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), text)
        line.translate(0.0, 1.25 * line_height())
    room = _below_head(rect)
    options = SweepOptions(theme, (room.width(), room.height()))
    if heat:
        shown = SweepPicture(model, options, _NOWHERE, QImage(), heat_of(model))
        paint_heat_map(painter, shown, heat_plane(shown, room))
        return
    plane = plane_in(room, model.columns, model.rows, model.axes)
    image = grid_image(model, theme, round(plane.side) * _FINE, round(plane.gap) * _FINE, _FINE)
    painter.drawImage(plane.rect, image)
    paint_axes(painter, plane, model.axes, theme)


_NOWHERE = Plane(0.0, 0.0, 1.0, 0.0, 1, 1)
