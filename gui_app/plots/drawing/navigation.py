"""Zooming and panning with mouse and keys."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Protocol, cast

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.picture import Picture
from gui_app.plots.drawing.plot_area import PlotArea
from gui_app.plots.drawing.ranges import Range
from gui_app.plots.drawing.zoom import WHOLE, Zoom, looking_at, moved, scaled
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import keep_keys

NOTCH = 0.8
"""What remains of an axis after a notch of the wheel."""
KEY_ZOOM, KEY_PAN = 0.7, 0.2
THIN = 12.0
"""Pixels below which a side of a dragged rectangle counts as nothing: only the other axis is zoomed."""
NEAR = 8.0
"""Pixels from the right edge, where the newest epoch is, that count as the edge itself."""

_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_BUTTONS = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

HOW_TO = (
    "Zoom: wheel, or drag a rectangle (Ctrl+wheel: the other axis). Pan: drag with Shift or another button. "
    "Double click or Home: everything. Keys: +, −, arrows."
)

GESTURES = (
    ("Click", "Pin an epoch: all plots over epochs show its numbers"),
    ("Click on another lane's curve or section", "Choose the lane"),
    ("Enter, Esc", "Pin the newest epoch, remove the pin"),
    ("Wheel", "Zoom; over an axis, that axis"),
    ("Ctrl + wheel", "Zoom the other axis"),
    ("Drag", "Zoom into a rectangle"),
    ("Shift + drag, drag with another button", "Move the view"),
    ("Double click, Home", "Show everything again"),
    ("+, −", "Zoom"),
    ("Arrows", "Move the view"),
)
"""What ``Navigation`` does, for the list of shortcuts."""


class Navigated(Protocol):
    """The plot that is navigated, a widget."""

    plot_area: PlotArea
    over_epochs: ClassVar[bool]

    @property
    def picture(self) -> Picture: ...

    def hover_at(self, position: QPointF | None) -> None: ...


class Navigation(QObject):
    """Keeps what part of a plot is seen, and changes it as a person's mouse and keys say.

    ``changed`` follows each change of ``zoom``. ``clicked(pixel)`` says that the plot was clicked rather than dragged,
    and ``doubled`` that the click was the first of two, which show everything again.
    """

    changed = Signal()
    clicked = Signal(QPointF)
    doubled = Signal()

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self.zoom: Zoom = WHOLE
        self.section = 0
        """The section that the mouse was pressed in; pixels are those of a section."""
        self._start: QPointF | None = None
        self._last = QPointF()
        self._pans = self._drags = self._just_clicked = False
        plot.installEventFilter(self)
        keep_keys(plot, (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus))

    @property
    def _plot(self) -> Navigated:
        # An attribute would keep the plot alive until garbage is collected.
        return cast("Navigated", self.parent())

    @property
    def is_dragging(self) -> bool:
        return self._drags

    def reset(self) -> None:
        """Show everything."""
        self._show(WHOLE)

    def forget(self) -> Zoom:
        """Show everything from the next drawing on, without ``changed``."""
        self.zoom = WHOLE
        return WHOLE

    def forget_y(self) -> None:
        """Show the whole y axis, because it will measure something else."""
        self._show(replace(self.zoom, y=None, log=None))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._handle_mouse(event)
        if isinstance(event, QWheelEvent):
            return self._turn(event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press_key(event)
        return False

    # -- the mouse

    def _handle_mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind == QEvent.Type.MouseMove and self._start is not None:
            return self._drag(event)
        if kind == QEvent.Type.MouseButtonRelease and self._start is not None:
            return self._release(event)
        if kind == QEvent.Type.MouseButtonDblClick:
            return self._press(event) if self._moves(event) else self._double(event)
        return False

    def _moves(self, event: QMouseEvent) -> bool:
        """Whether a press moves the view rather than clicks or zooms."""
        return event.button() != Qt.MouseButton.LeftButton or bool(event.modifiers() & _SHIFT)

    def _double(self, event: QMouseEvent) -> bool:
        if self._pixel(event) is None:
            return False
        if self._just_clicked:
            self.doubled.emit()
        self.reset()
        return True

    def _press(self, event: QMouseEvent) -> bool:
        self._start = self._pixel(event) if event.button() in _BUTTONS else None
        if self._start is None:
            return False
        self.section = self._located(event.position())[0]
        self._last, self._drags = self._start, False
        self._pans, self._just_clicked = self._moves(event), False
        return True

    def _drag(self, event: QMouseEvent) -> bool:
        start, here = self._start or QPointF(), self._here(event.position())
        if not self._drags and (here - start).manhattanLength() < QApplication.startDragDistance():
            return False
        if not self._drags:
            self._drags = True
            self._plot.hover_at(None)
        if self._pans:
            self._pan(self._last - here)
            self._last = here
        else:
            self._plot.plot_area.show_band(self._band(start, here), self.section)
        return True

    def _release(self, event: QMouseEvent) -> bool:
        start, self._start = self._start or QPointF(), None
        drags, self._drags = self._drags, False
        self._plot.plot_area.show_band(None)
        if drags and not self._pans:
            band, bounds = self._band(start, self._here(event.position())), self._mapping.bounds
            x = (band.left(), band.right()) if band.width() < bounds.width() else None
            y = (band.top(), band.bottom()) if band.height() < bounds.height() else None
            self._look_at(x, y)
        elif not drags and not self._pans:
            self._just_clicked = True
            self.clicked.emit(start)
        return True

    def _band(self, start: QPointF, here: QPointF) -> QRectF:
        """Return the dragged rectangle; where it is thin, it reaches from edge to edge."""
        bounds = self._mapping.bounds
        band = QRectF(start, here).normalized().intersected(bounds)
        if bounds.right() - band.right() < NEAR:
            band.setRight(bounds.right())
        if band.width() < THIN:
            return QRectF(0.0, band.top(), bounds.width(), band.height())
        if band.height() < THIN:
            return QRectF(band.left(), 0.0, band.width(), bounds.height())
        return band

    def _turn(self, event: QWheelEvent) -> bool:
        pixel, mapping, notches = (
            self._located(event.position())[1],
            self._mapping,
            event.angleDelta().y() / 120.0,
        )
        over_plot = self._plot.plot_area.geometry().contains(event.position().toPoint())
        if not self._plot.picture.x_ticks or not notches or not over_plot:
            return False
        along_x = pixel.y() > mapping.height or (
            pixel.x() >= 0.0 and self._plot.over_epochs != bool(event.modifiers() & _CONTROL)
        )
        self._scale(NOTCH**notches, along_x, pixel)
        return True

    # -- keys

    def _press_key(self, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not self._plot.picture.x_ticks or modifiers & ~(_SHIFT | _CONTROL):
            return False
        middle = self._mapping.bounds.center()
        if event.text() in ("+", "-", "−", "=") and not modifiers & _CONTROL:
            factor = KEY_ZOOM if event.text() in ("+", "=") else 1.0 / KEY_ZOOM
            self._scale(factor, self._plot.over_epochs, middle)
            return True
        if key == Qt.Key.Key_Home and not modifiers:
            self.reset()
            return True
        if key in _ARROWS and not self.zoom.is_whole:
            x, y = _ARROWS[key]
            bounds = self._mapping.bounds
            self._pan(QPointF(x * KEY_PAN * bounds.width(), y * KEY_PAN * bounds.height()))
            return True
        return False

    # -- what is seen

    @property
    def _mapping(self) -> Mapping:
        return self._plot.plot_area.mapping()

    def _anywhere(self, position: QPointF) -> QPointF:
        """Return the pixel of the plot at a position in the widget; it may lie outside."""
        return self._plot.plot_area.pixel_at(cast("QWidget", self.parent()), position)

    def _located(self, position: QPointF) -> tuple[int, QPointF]:
        """Return the section at a position in the widget, or the nearest one, and its pixel there."""
        return self._plot.plot_area.section_at(self._anywhere(position))

    def _here(self, position: QPointF) -> QPointF:
        """Return the pixel, at a position in the widget, of the section that the mouse was pressed in."""
        return self._plot.plot_area.in_section(self._anywhere(position), self.section)

    def _pixel(self, event: QMouseEvent) -> QPointF | None:
        """Return the pixel of a section below the mouse; None outside, and where there is no axis."""
        _, pixel = self._located(event.position())
        inside = bool(self._plot.picture.x_ticks) and self._plot.plot_area.contains(pixel)
        return pixel if inside else None

    def _scale(self, factor: float, along_x: bool, about: QPointF) -> None:
        mapping = self._mapping
        if along_x:
            self._look_at(scaled(mapping.width, min(max(about.x(), 0.0), mapping.width), factor), None)
        else:
            self._look_at(None, scaled(mapping.height, min(max(about.y(), 0.0), mapping.height), factor))

    def _pan(self, by: QPointF) -> None:
        """Move the axes that are zoomed."""
        mapping = self._mapping
        self._look_at(
            moved(mapping.width, by.x()) if self.zoom.x is not None else None,
            moved(mapping.height, by.y()) if self.zoom.y is not None else None,
        )

    def _look_at(self, x: Range | None, y: Range | None) -> None:
        self._show(looking_at(self.zoom, self._mapping, self._plot.picture.limits, x, y))

    def _show(self, zoom: Zoom) -> None:
        if zoom != self.zoom:
            self.zoom = zoom
            self.changed.emit()
