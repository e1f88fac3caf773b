"""The view of parallel coordinates: brushes by mouse and keys, the run under the mouse, pictures for export."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.catalogue.texts import counted
from gui_app.sweeps.results.parallel.axes import Axis
from gui_app.sweeps.results.parallel.brushes import Brush, selected
from gui_app.sweeps.results.parallel.geometry import Geometry, geometry
from gui_app.sweeps.results.parallel.lines import MOST
from gui_app.sweeps.results.parallel.picture import Rows, Runs, lines_image, paint_axes, paint_run
from gui_app.theme.text import small_font
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import keep_keys

WHILE_DRAGGING = 3_000
"""Lines that are drawn at most while a brush moves, so that it follows the mouse."""
_CLICK = 4.0
"""Pixels up to which a press is a click and no brush."""
_STEPS = 20
"""Steps that keys need from one end of an axis to the other."""
NAME = "Parallel coordinates"


class ParallelView(QWidget):
    """Shows a line a run across axes of settings and results.

    Dragging along an axis brushes it: only runs within all brushes are selected and keep their colour. A click or a
    double click on the axis clears its brush, and a click on a title colours the lines by that axis.

    ``brushed()`` says that other runs are selected, ``chosen(row)`` that a run was clicked.
    """

    brushed = Signal()
    chosen = Signal(int)
    coloured = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(NAME)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(140)
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        keep_keys(self, (*keys, Qt.Key.Key_Delete, Qt.Key.Key_Escape))
        self.axes: tuple[Axis, ...] = ()
        self.brushes: dict[str, Brush] = {}
        self.colour = ""
        """The key of the axis that colours the lines."""
        self.highlighted: int | None = None
        """The run that is chosen, in the table or here."""
        self._theme = LIGHT
        self._hovered: int | None = None
        self._current: int | None = None
        self._selected: Rows = np.zeros(0, dtype=np.intp)
        self._others: Rows = np.zeros(0, dtype=np.intp)
        self._image: QImage | None = None
        self._press: QPointF | None = None
        self._dragged: int | None = None
        self._moved: Brush | None = None

    # -- what is shown

    def show_axes(self, axes: Sequence[Axis], colour: str) -> None:
        """Show other values of the runs; brushes of axes that stay are kept."""
        self.axes = tuple(axes)
        keys = [axis.key for axis in axes]
        self.brushes = {key: brush for key, brush in self.brushes.items() if key in keys}
        self.colour = colour if colour in keys else ""
        runs = len(axes[0].at) if axes else 0
        if self._current is not None and self._current >= len(axes):
            self._current = None
        if self.highlighted is not None and self.highlighted >= runs:
            self.highlighted = None
        self._hovered = None
        self._select()

    def highlight(self, row: int | None) -> None:
        """Show one run over all others."""
        if row != self.highlighted:
            self.highlighted = row
            self.update()

    def clear_brushes(self) -> None:
        """Select all runs."""
        self.brushes = {}
        self._select()

    def brush(self, key: str, brush: Brush | None) -> None:
        """Brush an axis; None takes its brush away."""
        self.brushes = {other: one for other, one in self.brushes.items() if other != key}
        if brush is not None:
            self.brushes[key] = brush
        self._select()

    @property
    def selected(self) -> Rows:
        """The runs within all brushes, ascending."""
        return self._selected

    @property
    def place(self) -> Geometry:
        """Where the axes are."""
        return geometry(QRectF(self.rect()), self.axes)

    @property
    def caption(self) -> str:
        """How many runs are shown and selected; and whether all of them are drawn."""
        runs = len(self._selected) + len(self._others)
        total = counted(runs, "network")
        words = f"{len(self._selected):,} of {total} selected" if self.brushes else total
        drawn = max(len(self._selected), len(self._others))
        return f"{words}, {MOST:,} lines drawn" if drawn > MOST else words

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._redraw()

    def _select(self) -> None:
        mask = selected(self.axes, self.brushes)
        self._selected, self._others = np.flatnonzero(mask), np.flatnonzero(~mask)
        self.setAccessibleDescription(self.caption)
        self._redraw()
        self.brushed.emit()

    def _redraw(self) -> None:
        self._image = None
        self.update()

    # -- painting

    def sizeHint(self) -> QSize:
        return QSize(900, 280)

    @guarded
    def resizeEvent(self, _: object) -> None:
        self._redraw()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            most = WHILE_DRAGGING if self._dragged is not None else MOST
            ratio = self.devicePixelRatioF()
            self._image = lines_image(self.place, self._runs(), self._theme, ratio, most)
            self._image.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), QColor(self._theme.panel))
            painter.drawImage(QPointF(0, 0), self._image)
            self._paint_over(painter, self.place, self._current if self.hasFocus() else None)
        finally:
            painter.end()

    def _paint_over(self, painter: QPainter, place: Geometry, current: int | None) -> None:
        if not place.axes:
            painter.setFont(small_font())
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(
                place.rect, int(Qt.AlignmentFlag.AlignCenter), "Results appear here as they come."
            )
            return
        paint_axes(painter, place, self.brushes, self.colour, current, self._theme)
        row = self._hovered if self._hovered is not None else self.highlighted
        if row is not None and row < len(place.axes[0].at):
            paint_run(painter, place, row, self._theme)

    def _runs(self) -> Runs:
        colour = next((axis for axis in self.axes if axis.key == self.colour), None)
        return Runs(self._selected, self._others, colour)

    @property
    def export_name(self) -> str:
        return "parallel-coordinates"

    @property
    def export_title(self) -> str:
        return NAME

    def export_size(self) -> QSize:
        return self.size()

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        place = geometry(rect, self.axes)
        painter.fillRect(rect, QColor(self._theme.panel))
        painter.drawImage(rect, lines_image(place, self._runs(), self._theme, 2.0, MOST))
        self._paint_over(painter, place, None)

    # -- mouse

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place, point = self.place, event.position()
        self._press = point
        self._dragged = place.axis_near(point)
        title = place.title_at(point)
        if self._dragged is not None:
            self._current = self._dragged
            self._moved = self._held(place, self._dragged, point)
        elif title is not None:
            self._current, self.colour = title, self.axes[title].key
            self._redraw()
            self.coloured.emit(self.colour)
        elif (row := place.run_near(point, self._selected)) is not None:
            self.highlight(row)
            self.chosen.emit(row)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, point = self.place, event.position()
        if self._dragged is not None and self._press is not None:
            if self._moved is not None or abs(point.y() - self._press.y()) > _CLICK:
                self._drag(place, point)
            return
        axis = place.axis_near(point)
        self._hovered = None if axis is not None else place.run_near(point, self._selected)
        self._show_cursor(axis is not None, place.title_at(point) is not None)
        self.setToolTip(self._tip(place, point))
        self.update()

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None or self._press is None:
            return
        axis, clicked = self.axes[self._dragged], abs(event.position().y() - self._press.y()) <= _CLICK
        self._dragged = self._press = self._moved = None
        if clicked:
            self.brush(axis.key, None)
        else:
            self._select()

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.place.axis_near(event.position())
        if index is not None:
            self.brush(self.axes[index].key, None)

    @guarded
    def leaveEvent(self, _: QEvent) -> None:
        self._hovered = None
        self.update()

    def _held(self, place: Geometry, index: int, point: QPointF) -> Brush | None:
        """The brush that the mouse takes hold of in its middle, to move it."""
        brush = self.brushes.get(self.axes[index].key)
        if brush is None or brush.low > brush.high:
            return None
        axis = self.axes[index]
        top, bottom = place.height(axis, brush.high), place.height(axis, brush.low)
        return brush if top + 2 < point.y() < bottom - 2 else None

    def _drag(self, place: Geometry, point: QPointF) -> None:
        assert self._dragged is not None
        assert self._press is not None
        axis = self.axes[self._dragged]
        if self._moved is not None:
            self.brush(
                axis.key,
                _moved(axis, self._moved, place.at(axis, point.y()) - place.at(axis, self._press.y())),
            )
            return
        low, high = sorted(place.at(axis, y) for y in (self._press.y(), point.y()))
        ends = [place.is_unknown(y) for y in (self._press.y(), point.y())]
        # From one unknown to another: these alone, a range without a value.
        span = (1.0, 0.0) if all(ends) else (low, high)
        self.brush(axis.key, Brush(*span, unknown=any(ends)))

    def _show_cursor(self, on_axis: bool, on_title: bool) -> None:
        shapes = Qt.CursorShape
        shape = (
            shapes.SizeVerCursor if on_axis else shapes.PointingHandCursor if on_title else shapes.ArrowCursor
        )
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _tip(self, place: Geometry, point: QPointF) -> str:
        title = place.title_at(point)
        if title is not None:
            return f"{self.axes[title].label}\nClick: colour the lines by it."
        near = place.axis_near(point)
        return "" if near is None else "Drag to select runs; drag a range to move it, click to clear it."

    # -- keys

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, key = Qt.Key, event.key()
        if not self.axes:
            super().keyPressEvent(event)
        elif key in (keys.Key_Left, keys.Key_Right):
            step = 1 if key == keys.Key_Right else -1
            start = -1 if self._current is None else self._current
            self._current = min(max(start + step, 0), len(self.axes) - 1)
            self.update()
        elif key in (keys.Key_Up, keys.Key_Down) and self._current is not None:
            step = 1 if key == keys.Key_Up else -1
            self._brush_by_key(step, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (keys.Key_Return, keys.Key_Enter) and self._current is not None:
            self.colour = self.axes[self._current].key
            self._redraw()
            self.coloured.emit(self.colour)
        elif key == keys.Key_Delete and self._current is not None:
            self.brush(self.axes[self._current].key, None)
        elif key == keys.Key_Escape and self.brushes:
            self.clear_brushes()
        else:
            super().keyPressEvent(event)

    def _brush_by_key(self, step: int, grows: bool) -> None:
        """Move the brush of the current axis, or its upper end; the first key makes one of the upper half."""
        assert self._current is not None
        axis = self.axes[self._current]
        size = (axis.high - axis.low) / _STEPS
        brush = self.brushes.get(axis.key)
        if brush is None:
            middle = (axis.low + axis.high) / 2
            self.brush(axis.key, Brush(middle, axis.high) if step > 0 else Brush(axis.low, middle))
        elif grows:
            high = min(max(brush.high + step * size, brush.low), axis.high)
            self.brush(axis.key, Brush(brush.low, high, brush.unknown))
        else:
            self.brush(axis.key, _moved(axis, brush, step * size))

    @guarded
    def focusInEvent(self, _: object) -> None:
        self.update()

    @guarded
    def focusOutEvent(self, _: object) -> None:
        self.update()


def _moved(axis: Axis, brush: Brush, by: float) -> Brush:
    """The brush, moved along its axis, but not beyond its ends."""
    by = min(max(by, axis.low - brush.low), axis.high - brush.high)
    return Brush(brush.low + by, brush.high + by, brush.unknown)
