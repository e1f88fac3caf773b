"""From mouse to document: runs one stroke of a tool, at most one edit per frame."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gui_app.canvas.input.straighten import Straightener
from gui_app.canvas.tools import Motion, Position, Stroke, Tool, ToolContext

FRAME_MS = 16
_LONGEST_HOLD = 0.1
"""Seconds between two motions that count at most: a window that stood still has not been sprayed on."""


class GestureRunner(QObject):
    """Begins, feeds and ends strokes.

    The first move is handed on at once, further ones are gathered until the frame is over, the end hands on what
    is left. A tool that is held gets a motion every frame. ``ended`` is emitted however a stroke ends.
    """

    ended = Signal()

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.clock: Callable[[], float] = time.monotonic
        self.trail: list[Position] = []
        """Where the stroke that goes on has been."""
        self.drew = False
        """Whether the newest stroke has changed any point."""
        self._tool: Tool | None = None
        self._stroke: Stroke | None = None
        self._new: list[tuple[float, float, float]] = []
        self._straight = Straightener()
        self._handed_on = 0.0
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._next_frame)

    @property
    def tool(self) -> Tool | None:
        """The tool of the stroke that goes on."""
        return self._tool

    def begin(self, tool: Tool, position: Position, pressure: float = 1.0) -> None:
        """Start a stroke at a position in units of the sheet; one that still goes on is finished first."""
        self.finish()
        self._tool, self._stroke = tool, tool.stroke(self.context)
        next(self._stroke)
        self.trail, self.drew = [position], False
        self._straight.start(position)
        self._handed_on = self.clock()
        self._new = [(*position, pressure)]
        self._hand_on()

    def move(self, position: Position, pressure: float = 1.0) -> None:
        if self._tool is None:
            return
        if self._tool.straightened:
            position = self._straight.position(position, self.context.shift)
        self.trail.append(position)
        self._new.append((*position, pressure))
        if not self._frame.isActive():
            self._hand_on()

    def finish(self) -> None:
        """End the stroke; what was drawn becomes one undo step. Does nothing where no stroke goes on."""
        if self._tool is not None:
            self._hand_on(released=True)
            undo_text = self._tool.undo_text
            self._forget()
            self.context.editor.finish_gesture(undo_text)
            self.ended.emit()

    def cancel(self) -> None:
        """End the stroke and undo all of it."""
        if self._tool is not None:
            self._forget()
            self.context.editor.cancel_gesture()
            self.ended.emit()

    def drop(self) -> None:
        """End the stroke without a word to the document, which is another one now."""
        if self._tool is not None:
            self._forget()
            self.ended.emit()

    def _next_frame(self) -> None:
        held = self._tool is not None and self._tool.held
        if held or len(self._new) > 1:
            self._hand_on()

    def _hand_on(self, released: bool = False) -> None:
        if self._stroke is None:
            return
        self._frame.start()
        edit = self._stroke.send(self._motion(released))
        if edit is not None:
            self.drew = True
            self.context.editor.apply_edit(edit)

    def _motion(self, released: bool) -> Motion:
        """All that happened since the last one. A path of one position has no length: it leads to itself."""
        new, self._new = np.array(self._new), self._new[-1:]
        if len(new) < 2:
            new = new.repeat(2, axis=0)
        now = self.clock()
        held, self._handed_on = min(now - self._handed_on, _LONGEST_HOLD), now
        return Motion(new[:, :2], new[:, 2], held, self.context.shift, released)

    def _forget(self) -> None:
        self._frame.stop()
        if self._stroke is not None:
            self._stroke.close()
        self._tool, self._stroke, self._new, self.trail = None, None, [], []
