"""The tool record, and the motions that strokes are made of."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data import Edit
from gui_app.canvas.tools.preview import Preview
from gui_app.canvas.tools.tool_context import ToolContext
from gui_app.session.tool_records import ToolRecord

Path = NDArray[np.float64]
"""Successive mouse positions, float64 [n, 2], in units of the sheet."""

Position = tuple[float, float]
"""x and y in units of the sheet."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The mouse's path since the previous motion; the first motion of a gesture is its press, the last its release.

    ``path`` [n, 2], n ≥ 2, starts at the last known position and goes through the new ones; if the mouse stayed, both
    ends are equal. ``pressure`` [n] is the pen's, 0…1, and 1 for a mouse. ``held`` is the time since the previous
    motion, in seconds. ``shift`` says whether Shift is down.
    """

    path: Path
    pressure: NDArray[np.float64]
    held: float = 0.0
    shift: bool = False
    released: bool = False

    @property
    def position(self) -> Position:
        """The current position."""
        x, y = self.path[-1].tolist()
        return x, y


Stroke = Generator[Edit | None, Motion, None]
"""Generator of one gesture. ``next`` starts it. Each ``send`` takes a motion and yields an edit or None; the edit is
applied before the next ``send``. The generator is closed when the gesture is over or cancelled."""

StartStroke = Callable[[ToolContext], Stroke]
MakePreview = Callable[[ToolContext, Position, Sequence[Position]], Preview]
"""Function that returns the preview at a position; the sequence holds the current gesture's positions so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(ToolRecord):
    """A tool. ``stroke`` starts a gesture, which the undo menu calls ``undo_text``; ``preview`` shows its effect.

    A ``held`` tool keeps acting while the button is down and the mouse stays. Shift keeps the stroke of a
    ``straightened`` tool to a straight line.
    """

    undo_text: str
    stroke: StartStroke
    preview: MakePreview
    held: bool = False
    straightened: bool = False
