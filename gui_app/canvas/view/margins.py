"""The room around the square of the canvas: for ticks, names of axes, the legend and the colour bar."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.experiment import DataSettings
from engine.experiment.frame import DEFAULT_EXTENT

MARGIN = 32
"""Pixels above, below and on the right where no axis has a name, at the default size of text."""
_NUMBERS_BESIDE = 9
"""Pixels more on the left, for the longest numbers of the vertical axis."""
_NAME_BELOW, _NAME_BESIDE, _NAME_AT_BAR = 14, 17, 14
"""Pixels more for the name below the horizontal axis, beside the vertical one and beside the colour bar."""
_SWITCHES = 30
"""Pixels more for the switches where a colour bar takes their room."""
_UNDER_TICKS = 6
"""Pixels of the margin that ticks and names leave free."""
_NUMBERS = 12
"""Pixels more for numbers at the colour bar that are longer than those from −1 to 1."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Pixels around the square."""

    left: int = MARGIN
    top: int = MARGIN
    right: int = MARGIN
    bottom: int = MARGIN

    @classmethod
    def of(cls, data: DataSettings, scale: float = 1.0) -> Margins:
        """Return the margins that names of axes and numbers need, with text of this scale."""
        x, y, value = (bool(axis.name or axis.unit) for axis in (data.axes.x, data.axes.y, data.axes.value))
        # Numbers of other extents may have a power of ten in common, which stands in place of the name.
        y = y or data.extent.y != DEFAULT_EXTENT.y
        right = 0
        if data.task == "surface":
            right = _NAME_AT_BAR * value + _NUMBERS * (data.extent.value != DEFAULT_EXTENT.value)
        left = MARGIN + _NUMBERS_BESIDE + _NAME_BESIDE * y
        pixels = (left, MARGIN, MARGIN + right, MARGIN + _NAME_BELOW * x)
        return cls(*(round(size * scale) for size in pixels))

    def with_controls(self, data: DataSettings, line: int) -> Margins:
        """Return the margins on the screen: with room for the line under the axis, ``line`` pixels high, and for the
        switches beside the colour bar of a surface.
        """
        right = _SWITCHES if data.task == "surface" else 0
        return replace(self, right=self.right + right, bottom=self.bottom + line - _UNDER_TICKS)
