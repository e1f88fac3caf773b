"""Keys of the canvas: they choose class, tool and radius, and draw without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from engine.catalogue.texts import counted
from gui_app.canvas.selecting.actions import delete_selected
from gui_app.canvas.tools import ERASER, TOOLS, PointEditor, Tool, ToolContext, tool_for, tools_for
from gui_app.session.tool_settings import ToolSettings
from gui_app.widgets.gestures import Row
from gui_app.widgets.keyboard import COMMANDS

Key = Qt.Key
_ARROWS = {Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0), Key.Key_Up: (0, 1), Key.Key_Down: (0, -1)}
_STEP, _SMALL_STEP = 0.5, 0.1
"""How far an arrow key moves the circle, without and with Shift, in units of the sheet."""


class Pointer(Protocol):
    """The part of the pointer that keys use."""

    def nudge(self, dx: float, dy: float) -> None: ...

    def dab(self, tool: Tool) -> None: ...

    def cancel_stroke(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class CanvasKey:
    """Keys that do one thing on the canvas. ``press`` returns False where they mean nothing."""

    names: str
    meaning: str
    keys: frozenset[int]
    press: Callable[[QKeyEvent, Pointer, ToolContext], bool]


def press_key(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    """Handle a key on the canvas; return False if it has no meaning there."""
    if press_choice(event, context.editor, context.settings):
        return True
    if event.modifiers() & COMMANDS:
        return False
    pressed = next((one for one in CANVAS_KEYS if event.key() in one.keys), None)
    return pressed is not None and pressed.press(event, pointer, context)


def press_choice(event: QKeyEvent, editor: PointEditor, settings: ToolSettings) -> bool:
    """Handle a key of the whole window, which chooses class, tool or radius; return False for other keys."""
    # Brackets need a modifier on some keyboards, so they are recognized by their text.
    if event.text() in _BRACKETS:
        settings.scale_radius(_BRACKETS[event.text()])
        return True
    if event.modifiers() & COMMANDS:
        return False
    return _choose_class(event.key(), editor, settings) or _choose_tool(event.key(), editor, settings)


_BRACKETS = {"[": -1, "]": 1}


def choice_rows() -> list[Row]:
    """Return the keys that ``press_choice`` handles, besides those of the tools, with what they do."""
    return [
        ("1 … 9, 0", "Draw class 1 … 9, 10"),
        ("  ".join(_BRACKETS), "Radius of the tool, smaller or larger"),
    ]


def tool_rows() -> list[Row]:
    """Return the keys of all tools; tools that share a key are one row."""
    shared: dict[str, list[str]] = {}
    for tool in TOOLS.values():
        shared.setdefault(tool.shortcut, []).append(tool.label)
    return [(key, " or ".join(dict.fromkeys(labels))) for key, labels in shared.items()]


def _choose_class(key: int, editor: PointEditor, settings: ToolSettings) -> bool:
    """Choose one of the first nine classes with 1 to 9, the tenth with 0."""
    data = editor.experiment.data
    if data.task != "classification" or not Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
        return False
    index = (key - Qt.Key.Key_1) % 10
    if index < data.classes:
        settings.class_index = index
    else:
        settings.refused.emit(
            f"There is no class {index + 1}; the data have {counted(data.classes, 'class')}."
        )
    return True


def _choose_tool(key: int, editor: PointEditor, settings: ToolSettings) -> bool:
    for tool in tools_for(editor.experiment.data.task):
        if key == ord(tool.shortcut):
            settings.tool = tool.key
            return True
    return False


def _cancel(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    return pointer.cancel_stroke()


def _nudge(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    step = _SMALL_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
    right, up = _ARROWS[Qt.Key(event.key())]
    pointer.nudge(right * step, up * step)
    return True


def _dab(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    pointer.dab(tool_for(context.settings.tool, context.task))
    return True


def _erase(event: QKeyEvent, pointer: Pointer, context: ToolContext) -> bool:
    if not delete_selected(context):
        pointer.dab(ERASER)
    return True


CANVAS_KEYS = (
    CanvasKey("Arrows", "Move the circle; with Shift in small steps", frozenset(_ARROWS), _nudge),
    CanvasKey("Enter", "Use the tool at the circle", frozenset((Key.Key_Return, Key.Key_Enter)), _dab),
    CanvasKey(
        "Del, Backspace",
        "Delete the selected points, or erase at the circle",
        frozenset((Key.Key_Delete, Key.Key_Backspace)),
        _erase,
    ),
    CanvasKey(
        "Esc",
        "Cancel the stroke, select nothing, or let go of a kept neuron",
        frozenset((Key.Key_Escape,)),
        _cancel,
    ),
)
