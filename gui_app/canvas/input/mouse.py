"""What the mouse does on the canvas, in words; ``Pointer`` does it."""

from __future__ import annotations

from gui_app.canvas.input.keys import CANVAS_KEYS
from gui_app.widgets.gestures import Row

MOUSE: tuple[Row, ...] = (
    ("Left button", "Use the tool"),
    ("Right button", "Erase"),
    ("Middle button", "Move the view"),
    ("Wheel", "Radius of the tool"),
    ("Ctrl + wheel", "Zoom"),
    ("Double click", "Default view, when zoomed"),
    ("Double click at an axis", "Its name, unit and extent"),
    ("Shift + drag", "A straight stroke; eraser: one class only"),
    ("Ctrl + drag", "Select, with any tool"),
)
GESTURES: tuple[Row, ...] = (*MOUSE, *((one.names, one.meaning) for one in CANVAS_KEYS))
