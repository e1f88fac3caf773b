"""The pointer: it turns events of mouse, pen, wheel and keyboard into strokes, settings and views."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gui_app.canvas.input.gesture import GestureRunner
from gui_app.canvas.input.keys import press_key
from gui_app.canvas.tools import ERASER, SELECT, Position, Tool, ToolContext, tool_for
from gui_app.canvas.view.axis_regions import axis_at
from gui_app.canvas.view.camera import Camera
from gui_app.canvas.view.viewport import SPAN
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

AXIS_TIP = tip("Axis", "Double click to edit name, unit and extent.")
_NOTCH = 120
_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier
_MODIFIER_KEYS: dict[int, Qt.KeyboardModifier] = {Qt.Key.Key_Shift: _SHIFT, Qt.Key.Key_Control: _CONTROL}
_PENS = (QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease)

Press = QMouseEvent | QTabletEvent


class Pointer(QObject):
    """Event filter that turns the events of ``widget`` into strokes on ``context`` and moves of ``camera``.

    The left button uses the chosen tool (the selection with Ctrl), the right one erases, the middle one moves the
    view. A stroke ends when its button is released, or when the widget loses the mouse and so would miss the release.
    ``moved`` reports that ``position`` or ``tool`` may have changed. ``place(pixel, held)`` returns where a pixel of
    the widget lies in the view of ``context``; while a button is held, in the one in which it was pressed.
    """

    moved = Signal()
    axis_opened = Signal(str, QPoint)
    """A double click beside the square, at a point of the screen, asks for the editor of this axis."""

    def __init__(
        self,
        widget: QWidget,
        context: ToolContext,
        camera: Camera,
        place: Callable[[QPointF, bool], QPointF] = lambda pixel, held: pixel,
    ) -> None:
        super().__init__(widget)
        self._place = place
        self.gesture = GestureRunner(context, self)
        self.gesture.ended.connect(self.moved)
        self.position: Position | None = None
        """Position of the circle; None if it is hidden."""
        self._widget, self._context, self._camera = widget, context, camera
        self._button = Qt.MouseButton.NoButton
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self._pan_from: QPointF | None = None
        self._handlers: dict[QEvent.Type, Callable[..., bool]] = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseButtonDblClick: self._press_again,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.TabletPress: self._press,
            QEvent.Type.TabletMove: self._move,
            QEvent.Type.TabletRelease: self._release,
            QEvent.Type.Wheel: self._wheel,
            QEvent.Type.KeyPress: self._key,
            QEvent.Type.KeyRelease: self._key_up,
            QEvent.Type.ShortcutOverride: self._shortcut,
            QEvent.Type.Leave: self._leave,
            QEvent.Type.FocusOut: self._lose,
            QEvent.Type.Hide: self._lose,
            QEvent.Type.WindowDeactivate: self._lose,
            QEvent.Type.UngrabMouse: self._lose,
        }
        widget.setMouseTracking(True)
        widget.setTabletTracking(True)
        widget.installEventFilter(self)

    @property
    def tool(self) -> Tool:
        """The tool of the current stroke, or the one that a new stroke would use."""
        return self.gesture.tool or (SELECT if self._modifiers & _CONTROL else self._chosen)

    @property
    def _chosen(self) -> Tool:
        return tool_for(self._context.settings.tool, self._context.task)

    def move_to(self, position: Position | None) -> None:
        """Move the circle, or hide it."""
        if position != self.position:
            self.position = position
            self.moved.emit()

    def nudge(self, dx: float, dy: float) -> None:
        """Move the circle by units of the default view, at most to the edge; it starts in the middle."""
        left, right, bottom, top = self._camera.view
        unit = (right - left) / SPAN
        x, y = self.position or ((left + right) / 2, (bottom + top) / 2)
        self.move_to((min(max(x + dx * unit, left), right), min(max(y + dy * unit, bottom), top)))

    def dab(self, tool: Tool) -> None:
        """Use a tool at the circle, as a click would."""
        if self.gesture.tool is None:
            self.nudge(0.0, 0.0)
            self._context.shift = False
            self.gesture.begin(tool, self.position or (0.0, 0.0))
            self.gesture.finish()

    def cancel_stroke(self) -> bool:
        """Cancel the current stroke, else clear the selection; return False if there is neither."""
        selected = len(self._context.selection) > 0
        if self.gesture.tool is not None:
            self.gesture.cancel()
            return True
        self._context.selection.clear()
        return selected

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        handler = self._handlers.get(event.type())
        if handler is None:
            return False
        if event.type() in _PENS:
            # Otherwise Qt sends a mouse event as well. That event would also set the keyboard focus, so it is set here.
            event.accept()
            self._widget.setFocus(Qt.FocusReason.MouseFocusReason)
        return handler(event)

    # -- event handlers; True stops the event

    def _press(self, event: Press) -> bool:
        self._note(event.modifiers())
        self._pixel_of(event)
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = event.position() if self.gesture.tool is None else None
            return True
        tool = self._tool_of(event)
        if tool is None:
            return False
        if self.gesture.tool is None:
            self._button = event.button()
            position = self._position_of(event)
            self.gesture.begin(tool, position, _pressure(event))
            self.position = position
            self.moved.emit()
        return True

    def _press_again(self, event: QMouseEvent) -> bool:
        """Open an axis, or go back to the default view; in the default view, treat it as another click."""
        axis = self._axis_at(event)
        if event.button() == Qt.MouseButton.LeftButton and axis is not None:
            if self.gesture.drew:
                self._context.editor.discard_last_gesture()
            self.axis_opened.emit(axis, event.globalPosition().toPoint())
            return True
        if event.button() != Qt.MouseButton.LeftButton or self._camera.at_home:
            return self._press(event)
        if self.gesture.drew:
            self._context.editor.discard_last_gesture()
        self._camera.reset()
        return True

    def _axis_at(self, event: Press) -> str | None:
        return axis_at(self._context.viewport(), self._context.task, self._pixel_of(event))

    def _tool_of(self, event: Press) -> Tool | None:
        """Return the tool that a press uses, if any."""
        if event.button() == Qt.MouseButton.RightButton or _is_rubber(event):
            return ERASER
        return self.tool if event.button() == Qt.MouseButton.LeftButton else None

    def _move(self, event: Press) -> bool:
        self._note(event.modifiers())
        if self._pan_from is not None:
            self._pan(event)
        position = self._position_of(event)
        if not event.buttons() & self._button:
            # Another widget got the release.
            self.gesture.finish()
        self.gesture.move(position, _pressure(event))
        self.move_to(position)
        self._widget.setToolTip(AXIS_TIP if self._axis_at(event) else "")
        return True

    def _pan(self, event: Press) -> None:
        if self._pan_from is None or not event.buttons() & Qt.MouseButton.MiddleButton:
            self._pan_from = None
            return
        by, self._pan_from = event.position() - self._pan_from, event.position()
        self._camera.pan(-by.x() * self._context.pixel, by.y() * self._context.pixel)

    def _release(self, event: Press) -> bool:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = None
        elif event.button() == self._button:
            self._note(event.modifiers())
            # The release of a pen has no pressure, and it adds no position.
            if event.type() != QEvent.Type.TabletRelease:
                self.gesture.move(self._position_of(event))
            self.gesture.finish()
        return True

    def _wheel(self, event: QWheelEvent) -> bool:
        notches = event.angleDelta().y() / _NOTCH
        if not event.modifiers() & _CONTROL:
            self._context.settings.scale_radius(notches)
        elif self.gesture.tool is None:
            self._camera.zoom(notches, self._context.viewport().sheet.to_data(self._pixel_of(event)))
        event.accept()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        self._note(event.modifiers() | _MODIFIER_KEYS.get(event.key(), _NONE))
        return press_key(event, self, self._context)

    def _key_up(self, event: QKeyEvent) -> bool:
        self._note(event.modifiers() & ~_MODIFIER_KEYS.get(event.key(), _NONE))
        return False

    def _note(self, modifiers: Qt.KeyboardModifier) -> None:
        """Take over the current state of Shift and Ctrl."""
        self._context.shift = bool(modifiers & _SHIFT)
        if modifiers != self._modifiers:
            self._modifiers = modifiers
            self.moved.emit()

    def _position_of(self, event: Press) -> Position:
        return self._context.viewport().sheet.to_data(self._pixel_of(event))

    def _pixel_of(self, event: Press | QWheelEvent) -> QPointF:
        return self._place(event.position(), self.gesture.tool is not None or self._pan_from is not None)

    def _shortcut(self, event: QEvent) -> bool:
        # No shortcut, such as Undo or another task, may act in the middle of a stroke.
        if self.gesture.tool is not None:
            event.accept()
            return True
        return False

    def _leave(self, event: QEvent) -> bool:
        if self.gesture.tool is None:
            self.move_to(None)
        return False

    def _lose(self, event: QEvent) -> bool:
        self._pan_from = None
        self._note(Qt.KeyboardModifier.NoModifier)
        self.gesture.finish()
        if event.type() != QEvent.Type.UngrabMouse:
            self.move_to(None)
        return False


def _pressure(event: Press) -> float:
    """Return a pen's pressure, 0…1; 1 for a mouse and for a pen without a pressure sensor."""
    if isinstance(event, QTabletEvent) and event.device().hasCapability(QInputDevice.Capability.Pressure):
        return float(event.pressure())
    return 1.0


def _is_rubber(event: Press) -> bool:
    """Return whether it is the eraser end of a pen."""
    return isinstance(event, QTabletEvent) and event.pointerType() == QPointingDevice.PointerType.Eraser
