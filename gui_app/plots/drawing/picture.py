"""A composed plot as a value, and the functions that paint it on the screen and in exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.plots.drawing.epoch_scale import LINEAR, EasedBend, EpochScale
from gui_app.plots.drawing.grid import GAP, ONE, Grid, Size
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.mapping import Mapping, Mark
from gui_app.plots.drawing.metrics import bottom_axis, left_axis, row_height
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.zoom import ANYTHING, Limits
from gui_app.theme.painting import restoring
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import EPOCH, Ticks

LEFT_MARGIN, TOP_MARGIN, RIGHT_MARGIN, BOTTOM_MARGIN = 6, 6, 12, 6
TICK_GAP = 4.0
"""Pixels between the plotting area and the texts below it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a plot draws of one snapshot."""

    marks: Sequence[Mark] = ()
    entries: Sequence[LegendEntry] = ()
    x_range: Range = (0.0, 1.0)
    y_range: Range = (0.0, 1.0)
    x_ticks: Ticks = ()
    y_ticks: Ticks = ()
    x_scale: EpochScale = LINEAR
    limits: Limits = ANYTHING
    """How far a person may zoom out."""
    sections: tuple[Sequence[Mark], ...] = ()
    """The marks of each section, where there are several; ``marks`` are then those of none."""
    grid: Grid = ONE
    """Where the sections are."""

    def mapping(self, rect: QRectF) -> Mapping:
        """Return the mapping of a section to the pixels of an export."""
        return replace(self.on_screen((rect.width(), rect.height())), exact=True)

    def on_screen(self, size: Size, pixel_ratio: float = 1.0) -> Mapping:
        """Return the mapping of a section to its pixels, in a plotting area of this width and height."""
        cell = self.grid.cell_size(size)
        return Mapping(*cell, self.x_range, self.y_range, pixel_ratio=pixel_ratio, x_scale=self.x_scale)


@dataclass(slots=True)
class Ranges:
    """The ranges of the two axes. A plot on the screen keeps its own; each export starts with new ones."""

    x: EasedRange = field(default_factory=lambda: EasedRange(10.0))
    y: EasedRange = field(default_factory=lambda: EasedRange(1.0))
    bend: EasedBend = field(default_factory=EasedBend)
    """Of an axis of epochs."""
    log: bool | None = None
    """Whether ``y`` is on a logarithmic axis; None before the first picture."""

    def x_of(self, smallest: float) -> EasedRange:
        """Return the x range of an axis of this smallest length; with another one it starts anew."""
        if smallest != self.x.smallest:
            self.x = EasedRange(smallest)
        return self.x

    def y_on(self, log: bool, smallest: float) -> EasedRange:
        """Return the y range of an axis of this scale and smallest length; on another scale it starts anew."""
        if log != self.log:
            self.log, self.y = log, EasedRange(smallest)
        return self.y

    @property
    def settled(self) -> bool:
        return self.x.settled and self.y.settled and self.bend.settled


def plot_rect(rect: QRectF) -> QRectF:
    """Return ``rect`` without axes and margins."""
    return rect.adjusted(
        LEFT_MARGIN + left_axis(), TOP_MARGIN, -RIGHT_MARGIN, -(bottom_axis() + BOTTOM_MARGIN)
    )


def paint_content(
    painter: QPainter, mapping: Mapping, y_ticks: Ticks, marks: Sequence[Mark], theme: Theme
) -> None:
    """Paint grid and marks, in pixels of the plotting area."""
    painter.setPen(QPen(QColor(theme.grid), 1.0))
    for value, _ in y_ticks:
        height = min(round(float(mapping.y(value))) + 0.5, mapping.height - 0.5)
        painter.drawLine(QLineF(0.0, height, mapping.width, height))
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.drawLine(QLineF(0.0, mapping.height - 0.5, mapping.width, mapping.height - 0.5))
    for mark in marks:
        with restoring(painter):
            mark.paint(painter, mapping)


def paint_sections(
    painter: QPainter,
    picture: Picture,
    size: Size,
    mapping: Mapping,
    readouts: Sequence[Readout],
    theme: Theme,
) -> None:
    """Paint grid and marks of all sections, and readouts over them, in pixels of a plotting area of this size.

    ``mapping`` is that of a section.
    """
    if not picture.sections:
        paint_content(painter, mapping, picture.y_ticks, [*picture.marks, *readouts], theme)
        return
    cells = picture.grid.cells(size)
    for index, (marks, cell) in enumerate(zip(picture.sections, cells, strict=True)):
        with restoring(painter):
            painter.translate(cell.topLeft())
            lines = [readout.line_in(index) for readout in readouts]
            paint_content(painter, mapping, picture.y_ticks, [*marks, *lines], theme)
    for readout in readouts:
        readout.paint_box(painter, replace(mapping, width=size[0], height=size[1]), mapping, cells)


def paint_left_ticks(
    painter: QPainter,
    width: float,
    mapping: Mapping,
    ticks: Ticks,
    theme: Theme,
    starts: Sequence[float] = (0.0,),
) -> None:
    """Paint tick texts right-aligned in ``width`` pixels, in rows that start at these pixels.

    One at an end of the axis stays clear of the texts below it and of the line above the plot.
    """
    painter.setFont(small_font())
    painter.setPen(QColor(theme.muted))
    for start in starts:
        for value, text in ticks:
            top = float(mapping.y(value)) - row_height() / 2
            top = start + min(max(top, -TICK_GAP), mapping.height + TICK_GAP - row_height())
            box = QRectF(0.0, top, width - 6.0, float(row_height()))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def paint_bottom_ticks(
    painter: QPainter, mapping: Mapping, ticks: Ticks, theme: Theme, starts: Sequence[float] = (0.0,)
) -> None:
    """Paint tick texts centred below their values, in columns that start at these pixels.

    One that would touch the previous text is omitted.
    """
    painter.setFont(small_font())
    painter.setPen(QColor(theme.muted))
    taken = -float(left_axis())
    for start in starts:
        rightmost = start + mapping.width + (RIGHT_MARGIN / 3 if start == starts[-1] else GAP / 2)
        for value, full in ticks:
            if not mapping.shows_x(value):
                continue
            # The first column says what all axes count.
            text = full if start == starts[0] else full.removeprefix(EPOCH)
            width = text_width(text)
            left = min(start + float(mapping.x(value)) - width / 2, rightmost - width)
            if left >= taken:
                box = QRectF(left, TICK_GAP, width + 1.0, float(row_height()))
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
                taken = left + width + 8.0


def paint_picture(
    painter: QPainter, rect: QRectF, picture: Picture, theme: Theme, readouts: Sequence[Readout] = ()
) -> None:
    """Paint the plot with its axes and with readouts into ``rect``, for an export."""
    plot = plot_rect(rect)
    mapping, size = picture.mapping(plot), (plot.width(), plot.height())
    columns, rows = picture.grid.starts(size)
    painter.save()
    painter.translate(plot.topLeft())
    paint_sections(painter, picture, size, mapping, readouts, theme)
    painter.translate(0.0, plot.height())
    paint_bottom_ticks(painter, mapping, picture.x_ticks, theme, columns)
    painter.translate(-float(left_axis()), -plot.height())
    paint_left_ticks(painter, float(left_axis()), mapping, picture.y_ticks, theme, rows)
    painter.restore()
