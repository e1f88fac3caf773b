"""Keys of the canvas: they choose class, tool and radius, and draw without a mouse."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gui_app.canvas.selecting.actions import delete_selected
from gui_app.canvas.tools import ERASER, PointEditor, Tool, ToolContext, tool_for, tools_for
from gui_app.session.tool_settings import ToolSettings

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_STEP, _SMALL_STEP = 0.5, 0.1
"""How far an arrow key moves the circle, without and with Shift, in units of the sheet."""
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class Pointer(Protocol):
    """The part of the pointer that keys use."""

    def nudge(self, dx: float, dy: float) -> None: ...

    def dab(self, tool: Tool) -> None: ...

    def cancel_stroke(self) -> bool: ...


def press_key(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    """Handle a key on the canvas; return False if it has no meaning there."""
    if press_choice(event, context.editor, context.settings):
        return True
    return not event.modifiers() & _COMMANDS and _point(event, pointer, context)


def press_choice(event: QKeyEvent, editor: PointEditor, settings: ToolSettings) -> bool:
    """Handle a key of the whole window, which chooses class, tool or radius; return False for other keys."""
    # Brackets need a modifier on some keyboards, so they are recognized by their text.
    if event.text() in ("[", "]"):
        settings.scale_radius(1 if event.text() == "]" else -1)
        return True
    if event.modifiers() & _COMMANDS:
        return False
    return _choose_class(event.key(), editor, settings) or _choose_tool(event.key(), editor, settings)


def _choose_class(key: int, editor: PointEditor, settings: ToolSettings) -> bool:
    """Choose one of the first nine classes with 1 to 9, the tenth with 0."""
    data = editor.experiment.data
    if data.task != "classification" or not Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        return False
    index = (key - Qt.Key.Key_1) % 10
    if index < data.classes:
        settings.class_index = index
    return True


def _choose_tool(key: int, editor: PointEditor, settings: ToolSettings) -> bool:
    for tool in tools_for(editor.experiment.data.task):
        if key == ord(tool.shortcut):
            settings.tool = tool.key
            return True
    return False


def _point(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    """Move the circle (arrows), use the tool (Enter), erase (Delete), cancel stroke or selection (Escape)."""
    key = event.key()
    if key == Qt.Key.Key_Escape:
        return pointer.cancel_stroke()
    if key in _ARROWS:
        step = _SMALL_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        right, up = _ARROWS[Qt.Key(key)]
        pointer.nudge(right * step, up * step)
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        pointer.dab(tool_for(context.settings.tool, context.task))
    elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        if not delete_selected(context):
            pointer.dab(ERASER)
    else:
        return False
    return True
