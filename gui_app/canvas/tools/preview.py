"""The preview of a tool: shapes on the sheet that the canvas paints at the cursor, before and during a stroke."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gui_app.canvas.tools.tool_context import ToolContext

Floats = NDArray[np.float64]
Position = tuple[float, float]
_NO_POSITIONS: Floats = np.empty((0, 2))

DRAWN, PLAIN = "drawn", "plain"
"""Tints: the colour of newly drawn points, or that of the theme's lines."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """The shapes of a preview.

    A ``radius`` > 0 gives a circle around ``position``, ``dashed`` for a tool that makes points, in ``tint``.
    ``touched`` [k, 2] are points that would change, ``made`` [m, 2] points that would be added. Points would be added
    along ``path`` [n, 2], at most ``band`` from it. ``arrows`` point out of the circle (1), into it (-1) or both (2).
    ``area`` [n, 2] is an outline. ``label`` is a text beside the position.
    """

    position: Position
    radius: float = 0.0
    dashed: bool = False
    tint: str = PLAIN
    touched: Floats = field(default_factory=lambda: _NO_POSITIONS)
    made: Floats = field(default_factory=lambda: _NO_POSITIONS)
    path: Floats = field(default_factory=lambda: _NO_POSITIONS)
    band: float = 0.0
    arrows: int = 0
    area: Floats | None = None
    label: str = ""


def touched_by_circle(
    context: ToolContext, position: Position, only: NDArray[np.bool_] | None = None
) -> Floats:
    """Return the points [k, 2] within the circle at ``position``; only those in the mask ``only`` [n], if given."""
    near = context.near(np.array([position, position]))
    return context.xy[near if only is None else near & only]
