"""From mouse to document: runs one stroke of a tool, at most one edit per frame."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools import PointEditor, Stroke, Tool

FRAME_MS = 16


class GestureRunner(QObject):
    """Begins, feeds and ends strokes.

    The first move is handed on at once, further ones are gathered until the frame is over, the end hands on what
    is left. ``ended`` is emitted however a stroke ends.
    """

    ended = Signal()

    def __init__(self, editor: PointEditor, settings: ToolSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rng = np.random.default_rng()
        self._editor, self._settings = editor, settings
        self._tool: Tool | None = None
        self._stroke: Stroke | None = None
        self._path: list[tuple[float, float]] = []
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._hand_on)

    @property
    def tool(self) -> Tool | None:
        """The tool of the stroke that goes on."""
        return self._tool

    def begin(self, tool: Tool, place: tuple[float, float]) -> None:
        """Start a stroke at a place in canvas units; one that still goes on is finished first."""
        self.finish()
        self._tool, self._stroke = tool, tool.stroke(self._editor, self._settings, self.rng)
        next(self._stroke)
        # A path of one place has no length: a press is a path from a place to itself.
        self._path = [place, place]
        self._hand_on()

    def move(self, place: tuple[float, float]) -> None:
        if self._stroke is None:
            return
        self._path.append(place)
        if not self._frame.isActive():
            self._hand_on()

    def finish(self) -> None:
        """End the stroke; what was drawn becomes one undo step. Does nothing where no stroke goes on."""
        if self._tool is not None:
            self._hand_on()
            words = self._tool.words
            self._forget()
            self._editor.finish_gesture(words)
            self.ended.emit()

    def cancel(self) -> None:
        """End the stroke and leave nothing of it behind."""
        if self._tool is not None:
            self._forget()
            self._editor.cancel_gesture()
            self.ended.emit()

    def drop(self) -> None:
        """End the stroke without a word to the document, which is another one now."""
        if self._tool is not None:
            self._forget()
            self.ended.emit()

    def _hand_on(self) -> None:
        if self._stroke is None or len(self._path) < 2:
            return
        self._frame.start()
        path, self._path = np.array(self._path), self._path[-1:]
        edit = self._stroke.send(path)
        if edit is not None:
            self._editor.apply_edit(edit)

    def _forget(self) -> None:
        self._frame.stop()
        self._tool, self._stroke, self._path = None, None, []
