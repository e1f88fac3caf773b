"""What a tool is, and what it may touch."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.data import Edit
from engine.experiment import Experiment, Points
from gui_app.canvas.tool_settings import ToolSettings

Path = NDArray[np.float64]
"""Places of the mouse, float64 [n, 2] in canvas units, in order."""

Stroke = Generator[Edit | None, Path, None]
"""One mouse gesture. Each ``send`` takes the path from the last known place (its first row) through the new ones
and yields the edit it calls for, or None; the edit is applied before the next ``send``. ``next`` starts it."""


class PointEditor(Protocol):
    """What tools and gestures need of a document."""

    experiment: Experiment
    points: Points

    def new_points(self, xy: ArrayLike, target: ArrayLike) -> Points: ...

    def apply_edit(self, edit: Edit) -> None: ...

    def finish_gesture(self, words: str) -> None: ...

    def cancel_gesture(self) -> None: ...


StartStroke = Callable[[PointEditor, ToolSettings, np.random.Generator], Stroke]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """``stroke`` starts a gesture; ``words`` name it in the undo menu; ``tasks`` are where it makes sense.

    ``creates`` tells whether it makes points (its circle is then dashed, and shows their colour).
    """

    key: str
    label: str
    tooltip: str
    icon: str
    shortcut: str
    tasks: tuple[str, ...]
    words: str
    creates: bool
    stroke: StartStroke
