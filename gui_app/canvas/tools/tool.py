"""What a tool is, and what happens to it."""

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
"""Places of the mouse, float64 [n, 2] in units of the sheet, in order."""

Position = tuple[float, float]
"""In units of the sheet."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What the hand did since the motion before; a gesture's first one is its press, the last its release.

    ``path`` [n, 2], n ≥ 2, leads from the last known position (its first row) through the new ones; where the hand
    stayed, it leads from a position to itself. ``pressure`` [n] is the pen's, 0…1, and 1 for a mouse. ``held`` is
    the time since the motion before, in seconds. ``shift`` is whether that key is down.
    """

    path: Path
    pressure: NDArray[np.float64]
    held: float = 0.0
    shift: bool = False
    released: bool = False

    @property
    def position(self) -> Position:
        """Where the hand is now."""
        x, y = self.path[-1].tolist()
        return x, y


Stroke = Generator[Edit | None, Motion, None]
"""One gesture. Each ``send`` takes a motion and yields the edit it calls for, or None; the edit is applied before
the next ``send``. ``next`` starts it; it is closed when the gesture is over or cancelled."""

StartStroke = Callable[[ToolContext], Stroke]
MakePreview = Callable[[ToolContext, Position, Sequence[Position]], Preview]
"""What the tool would do at a position; the gesture that goes on, if any, went through these positions so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(ToolRecord):
    """``stroke`` starts a gesture; ``undo_text`` names it in the undo menu. ``preview`` shows what it would do.

    A tool that is ``held`` goes on while the button is down and the hand stays. For one that is ``straightened``,
    Shift keeps the hand to a straight line.
    """

    undo_text: str
    stroke: StartStroke
    preview: MakePreview
    held: bool = False
    straightened: bool = False
