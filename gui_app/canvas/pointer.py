"""The person's hand on the canvas: mouse, wheel and keyboard become strokes and settings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gui_app.canvas.gesture import GestureRunner
from gui_app.canvas.keys import press_key
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools import ERASER, PointEditor, Tool, tool_for
from gui_app.canvas.viewport import HIGH, LOW, Viewport

Place = tuple[float, float]
"""In canvas units."""

_NOTCH = 120


class Pointer(QObject):
    """Watches the events of a widget whose view is ``viewport()``.

    The left button uses the chosen tool, the right one erases. A stroke ends with the release of its button,
    wherever that happens, and with everything that makes the release go elsewhere. ``moved`` tells that ``place``
    or ``tool`` may have changed.
    """

    moved = Signal()

    def __init__(
        self, widget: QWidget, viewport: Callable[[], Viewport], editor: PointEditor, settings: ToolSettings
    ) -> None:
        super().__init__(widget)
        self.gesture = GestureRunner(editor, settings, self)
        self.gesture.ended.connect(self.moved)
        self.place: Place | None = None
        """Where the circle is; None while there is none."""
        self._viewport, self._editor, self._settings = viewport, editor, settings
        self._button = Qt.MouseButton.NoButton
        self._handlers: dict[QEvent.Type, Callable[..., bool]] = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseButtonDblClick: self._press,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.Wheel: self._wheel,
            QEvent.Type.KeyPress: self._key,
            QEvent.Type.ShortcutOverride: self._shortcut,
            QEvent.Type.Leave: self._leave,
            QEvent.Type.FocusOut: self._lose,
            QEvent.Type.Hide: self._lose,
            QEvent.Type.WindowDeactivate: self._lose,
            QEvent.Type.UngrabMouse: self._lose,
        }
        widget.setMouseTracking(True)
        widget.installEventFilter(self)

    @property
    def tool(self) -> Tool:
        """The tool of the stroke that goes on, or the one that a stroke would use now."""
        return self.gesture.tool or tool_for(self._settings.tool, self._editor.experiment.data.task)

    def move_to(self, place: Place | None) -> None:
        """Show the circle somewhere else, or not at all."""
        if place != self.place:
            self.place = place
            self.moved.emit()

    def nudge(self, dx: float, dy: float) -> None:
        """Move the circle by canvas units, to the edge at most; it starts in the middle."""
        x, y = self.place or (0.0, 0.0)
        self.move_to((min(max(x + dx, LOW), HIGH), min(max(y + dy, LOW), HIGH)))

    def dab(self, tool: Tool) -> None:
        """Use a tool at the circle, as a click would."""
        if self.gesture.tool is None:
            self.nudge(0.0, 0.0)
            self.gesture.begin(tool, self.place or (0.0, 0.0))
            self.gesture.finish()

    def cancel_stroke(self) -> bool:
        """Take back the stroke that goes on; False where none does."""
        goes_on = self.gesture.tool is not None
        self.gesture.cancel()
        return goes_on

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        handler = self._handlers.get(event.type())
        return handler(event) if handler else False

    # -- events; True keeps them from going further

    def _press(self, event: QMouseEvent) -> bool:
        tools = {Qt.MouseButton.LeftButton: self.tool, Qt.MouseButton.RightButton: ERASER}
        if event.button() not in tools:
            return False
        if self.gesture.tool is None:
            self._button = event.button()
            place = self._viewport().to_canvas(event.position())
            self.gesture.begin(tools[event.button()], place)
            self.place = place
            self.moved.emit()
        return True

    def _move(self, event: QMouseEvent) -> bool:
        place = self._viewport().to_canvas(event.position())
        if not event.buttons() & self._button:
            # The release went elsewhere.
            self.gesture.finish()
        self.gesture.move(place)
        self.move_to(place)
        return True

    def _release(self, event: QMouseEvent) -> bool:
        if event.button() == self._button:
            self.gesture.move(self._viewport().to_canvas(event.position()))
            self.gesture.finish()
        return True

    def _wheel(self, event: QWheelEvent) -> bool:
        self._settings.scale_radius(event.angleDelta().y() / _NOTCH)
        event.accept()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        return press_key(event, self, self._editor, self._settings)

    def _shortcut(self, event: QEvent) -> bool:
        # Undo, or another task, must not come in the middle of a stroke.
        if self.gesture.tool is not None:
            event.accept()
            return True
        return False

    def _leave(self, event: QEvent) -> bool:
        if self.gesture.tool is None:
            self.move_to(None)
        return False

    def _lose(self, event: QEvent) -> bool:
        self.gesture.finish()
        if event.type() != QEvent.Type.UngrabMouse:
            self.move_to(None)
        return False
