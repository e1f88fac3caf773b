"""One of the two pictures of a sweep on the screen, with what mouse and keys do on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui_app.sweeps.drawing.marks import (
    Region,
    paint_card,
    paint_chosen,
    paint_hovered,
    paint_region,
)
from gui_app.sweeps.drawing.plane import Place, Plane
from gui_app.sweeps.model import card_lines
from gui_app.sweeps.picture import SweepPicture
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.gestures import Row, set_gestures
from gui_app.widgets.guarded import guarded

SMALLEST = QSize(150, 110)
GESTURES: tuple[Row, ...] = (
    ("Click", "Choose a cell: canvas, plots and diagram show it"),
    ("Double click, P", "Make a lane of the cell, with what it has learned"),
    ("Drag, Shift+arrow keys", "Select a region"),
    ("Enter, Z", "Zoom: the axes get values of the region alone"),
    ("Arrow keys", "Choose the cell beside the chosen one"),
    ("Esc", "Select nothing"),
)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PlaneView(QWidget):
    """Shows a picture of a sweep. ``paint_cells(painter, picture, plane, hovered)`` draws it, and
    ``plane_of(picture, room)`` says where the cells are.

    ``hovered(place)`` follows the mouse, ``chosen(place)`` a click or an arrow key, ``promoted(place)`` a double click,
    ``selected(region)`` a drag; a place or region of None is none. ``zoom_wanted()`` and ``promote_wanted()`` follow
    keys.
    """

    hovered = Signal(object)
    chosen = Signal(object)
    promoted = Signal(object)
    selected = Signal(object)
    zoom_wanted = Signal()
    promote_wanted = Signal()
    resized = Signal()

    def __init__(
        self,
        name: str,
        plane_of: Callable[[SweepPicture, QRectF], Plane],
        paint_cells: Callable[[QPainter, SweepPicture, Plane, Place | None], None],
    ) -> None:
        super().__init__()
        self._plane_of, self._paint_cells = plane_of, paint_cells
        self._theme: Theme = LIGHT
        self.picture: SweepPicture | None = None
        self.hover: Place | None = None
        self.region: Region | None = None
        self._pressed: Place | None = None
        self._pressed_at = QPointF()
        self._corner: Place | None = None
        """Where a region begins that is selected with keys."""
        self._has_mouse = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(SMALLEST)
        self.setAccessibleName(name)
        set_gestures(self, "Sweep", GESTURES)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_picture(self, picture: SweepPicture | None) -> None:
        """Show another picture."""
        self.picture = picture
        self.update()

    def show_marks(self, hover: Place | None, region: Region | None) -> None:
        """Mark the cell below the mouse, which may be in the other picture, and a region."""
        if (hover, region) != (self.hover, self.region):
            self.hover, self.region = hover, region
            self.update()

    @property
    def plane(self) -> Plane | None:
        """Where the cells are; None without a picture."""
        return None if self.picture is None else self._plane_of(self.picture, QRectF(self.rect()))

    @property
    def card(self) -> tuple[str, ...]:
        """What the card says of the cell below the mouse; nothing while the mouse is pressed, keys are used, or the
        cell is one of the selected ones, which it would cover.
        """
        selects = self.region is not None and self.hover is not None and self.region.has(self.hover)
        shown = self._has_mouse and self._pressed is None and self.picture is not None and not selects
        return card_lines(self.picture.model, self.hover) if shown and self.picture and self.hover else ()

    # -- painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        picture, plane = self.picture, self.plane
        if picture is not None and plane is not None:
            self._paint_cells(painter, picture, plane, self.hover)
            self._paint_marks(painter, picture, plane)
        painter.end()

    def _paint_marks(self, painter: QPainter, picture: SweepPicture, plane: Plane) -> None:
        if self.region is not None:
            paint_region(painter, plane, self.region, self._theme)
        chosen = picture.options.chosen
        if chosen is not None and plane.has(chosen):
            paint_chosen(painter, plane, chosen, self._theme)
        if self.hover is None or not plane.has(self.hover):
            return
        paint_hovered(painter, plane, self.hover, self._theme)
        if self.card:
            paint_card(painter, self.card, plane.cell(self.hover), QRectF(self.rect()), self._theme)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    # -- the mouse

    def _at(self, event: QMouseEvent, beyond: bool = False) -> Place | None:
        plane = self.plane
        return None if plane is None else plane.at(event.position(), beyond)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed, self._pressed_at, self._corner = self._at(event), event.position(), None
        if self._pressed is None and self.region is not None:
            self.selected.emit(None)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (event.position() - self._pressed_at).manhattanLength()
            place = self._at(event, beyond=True)
            if place is not None and (self.region is not None or far >= QApplication.startDragDistance()):
                region = Region.between(self._pressed, place)
                self.selected.emit(None if region.is_cell and self.region is None else region)
            return
        self._has_mouse = True
        self.hovered.emit(self._at(event))

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        pressed, self._pressed = self._pressed, None
        moved = (event.position() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if not moved or (self.region is None and self._at(event) == pressed):
            self.selected.emit(None)
            self.chosen.emit(pressed)
        self.hovered.emit(self._at(event))
        self.update()

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._at(event)
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self._pressed = None
            self.promoted.emit(place)

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._has_mouse = False
        self.hovered.emit(None)

    # -- keys

    @guarded
    def event(self, event: QEvent) -> bool:
        # The window has tools and classes for some of these keys.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._uses(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _uses(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        keys = (*_ARROWS, *_ENTER, Qt.Key.Key_P, Qt.Key.Key_Z)
        return (
            self.picture is not None
            and plain
            and (event.key() in keys or (event.key() == Qt.Key.Key_Escape and self.region is not None))
        )

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._uses(event):
            super().keyPressEvent(event)
            return
        key = event.key()
        # The card of the cell below a mouse at rest would cover what the keys choose.
        self._has_mouse = False
        self.update()
        if key in _ARROWS:
            self._go(*_ARROWS[Qt.Key(key)], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_P:
            self.promote_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self._corner = None
            self.selected.emit(None)
        else:
            self.zoom_wanted.emit()

    def _go(self, right: int, up: int, selects: bool) -> None:
        """Choose the cell beside the chosen one; ``selects`` a region from where that began."""
        assert self.picture is not None
        now, model = self.picture.options.chosen or (0, 0), self.picture.model
        place = (
            min(max(now[0] + right, 0), model.columns - 1),
            min(max(now[1] + up, 0), model.rows - 1),
        )
        self._corner = (self._corner or now) if selects else None
        self.chosen.emit(place)
        if self._corner is not None:
            self.selected.emit(Region.between(self._corner, place))
        elif self.region is not None:
            self.selected.emit(None)
