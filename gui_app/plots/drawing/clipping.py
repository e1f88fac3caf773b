"""The clipping threshold, as a line in the plots of gradients."""

from __future__ import annotations

import math

from engine.catalogue.texts import value_text
from gui_app.plots.drawing.marks import LevelMark
from gui_app.plots.drawing.ranges import Range
from gui_app.theme.tokens import Theme

REACH = 2.0
"""Decades by which a threshold may stretch the axis; one farther off is not shown."""


def clip_marks(norm: float | None, span: Range, theme: Theme) -> tuple[LevelMark, ...]:
    """Return a line at the threshold ``norm`` if it is near ``span``, the range of the gradients' exponents."""
    if norm is None:
        return ()
    level = math.log10(norm)
    if not span[0] - REACH <= level <= span[1] + REACH:
        return ()
    text, short = f"clips ‖g‖ above {value_text(norm)}", f"clips {value_text(norm)}"
    return (LevelMark(level, text, theme.muted, theme.panel, short),)


def stretched(span: Range, marks: tuple[LevelMark, ...]) -> Range:
    """Return ``span`` extended so that the axis shows these marks, too."""
    levels = [mark.level for mark in marks]
    return min([span[0], *levels]), max([span[1], *levels])
