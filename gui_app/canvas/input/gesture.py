"""The runner of gestures: it turns mouse moves into at most one edit of the document per frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment import TooManyPointsError
from gui_app.canvas.input.straighten import Straightener
from gui_app.canvas.tools import Motion, Position, Stroke, Tool, ToolContext
from gui_app.session.dialogs import reason

FRAME_MS = 16
_LONGEST_HOLD = 0.1
"""Limit for the seconds between two motions: a blocked window must not spray for the whole time."""


class GestureRunner(QObject):
    """Begins, feeds and ends strokes.

    The tool gets the first move at once; further moves are collected until the frame is over, and the end of the
    stroke delivers the rest. A tool that acts while held gets a motion every frame. An exception in a tool ends the
    stroke: what it drew so far is one undo step, and the exception goes on. An edit that would make too many points
    ends it, too, and ``refused(sentence)`` says why. ``ended`` is emitted however a stroke ends.
    """

    ended = Signal()
    refused = Signal(str)

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.clock: Callable[[], float] = time.monotonic
        self.trail: list[Position] = []
        """Positions of the current stroke so far."""
        self.drew = False
        """Whether the newest stroke changed any point."""
        self._tool: Tool | None = None
        self._stroke: Stroke | None = None
        self._new: list[tuple[float, float, float]] = []
        self._straight = Straightener()
        self._delivered_at = 0.0
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self.end_frame)

    @property
    def tool(self) -> Tool | None:
        """The tool of the current stroke, if any."""
        return self._tool

    def begin(self, tool: Tool, position: Position, pressure: float = 1.0) -> None:
        """Start a stroke at a position in units of the sheet; the current stroke, if any, is finished first."""
        self.finish()
        self._tool = tool
        self.trail, self.drew = [position], False
        with self._ended_on_error():
            self._stroke = tool.stroke(self.context)
            next(self._stroke)
        self._straight.start(position)
        self._delivered_at = self.clock()
        self._new = [(*position, pressure)]
        self._deliver()

    def move(self, position: Position, pressure: float = 1.0) -> None:
        if self._tool is None:
            return
        if self._tool.straightened:
            position = self._straight.position(position, self.context.shift)
        self.trail.append(position)
        self._new.append((*position, pressure))
        if not self._frame.isActive():
            self._deliver()

    def finish(self) -> None:
        """End the current stroke, if any; its edits become one undo step."""
        if self._tool is not None:
            self._deliver(released=True)
            self._end()

    def cancel(self) -> None:
        """End the current stroke, if any, and undo all its edits."""
        if self._tool is not None:
            try:
                self._forget()
            finally:
                self.context.editor.cancel_gesture()
                self.ended.emit()

    def drop(self) -> None:
        """End the current stroke, if any, without an edit, because the document has been replaced."""
        if self._tool is not None:
            try:
                self._forget()
            finally:
                self.ended.emit()

    def end_frame(self) -> None:
        """Deliver the moves of the frame that is over; the timer calls this."""
        held = self._tool is not None and self._tool.held
        if held or len(self._new) > 1:
            self._deliver()

    def _deliver(self, released: bool = False) -> None:
        if self._stroke is None:
            return
        self._frame.start()
        try:
            with self._ended_on_error():
                edit = self._stroke.send(self._motion(released))
                if edit is not None:
                    self.context.editor.apply_edit(edit)
                    self.drew = True
        except TooManyPointsError as error:
            self.refused.emit(reason(error))

    def _motion(self, released: bool) -> Motion:
        """Return the motion since the last delivery. A single position is repeated, because a path has two ends."""
        new, self._new = np.array(self._new), self._new[-1:]
        if len(new) < 2:
            new = new.repeat(2, axis=0)
        now = self.clock()
        held, self._delivered_at = min(now - self._delivered_at, _LONGEST_HOLD), now
        return Motion(new[:, :2], new[:, 2], held, self.context.shift, released)

    @contextmanager
    def _ended_on_error(self) -> Iterator[None]:
        """End the stroke if its tool raises: a generator that has raised takes no further motion."""
        try:
            yield
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        """Forget the stroke, if any; its edits become one undo step."""
        tool = self._tool
        if tool is None:
            return
        try:
            self._forget()
        finally:
            try:
                self.context.editor.finish_gesture(tool.undo_text)
            finally:
                self.ended.emit()

    def _forget(self) -> None:
        self._frame.stop()
        stroke = self._stroke
        # Forgotten first: closing runs the end of the tool, which may raise.
        self._tool, self._stroke, self._new, self.trail = None, None, [], []
        if stroke is not None:
            stroke.close()
