"""What a tool shows under the cursor before and while it works: shapes on the sheet, which the canvas paints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gui_app.canvas.tools.tool_context import ToolContext

Floats = NDArray[np.float64]
Position = tuple[float, float]
_NO_PLACES: Floats = np.empty((0, 2))

DRAWN, PLAIN = "drawn", "plain"
"""Tints: the colour of the points that would be drawn now, or that of the theme's lines."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """``radius`` > 0 is a circle around ``position``, dashed for a tool that makes points, in ``tint``.

    ``touched`` [k, 2] are points that would be changed, ``made`` [m, 2] are points that would come. ``path`` [n, 2]
    is the way that points would follow, at most ``band`` from it. ``arrows`` point out of the circle (1), into it
    (-1) or both (2). ``area`` [n, 2] is an outline. ``label`` stands beside the position.
    """

    position: Position
    radius: float = 0.0
    dashed: bool = False
    tint: str = PLAIN
    touched: Floats = field(default_factory=lambda: _NO_PLACES)
    made: Floats = field(default_factory=lambda: _NO_PLACES)
    path: Floats = field(default_factory=lambda: _NO_PLACES)
    band: float = 0.0
    arrows: int = 0
    area: Floats | None = None
    label: str = ""


def touched_by_circle(
    context: ToolContext, position: Position, only: NDArray[np.bool_] | None = None
) -> Floats:
    """The points [k, 2] that a circle of the current radius would reach, of those in ``only`` bool [n]."""
    near = context.near(np.array([position, position]))
    return context.xy[near if only is None else near & only]
