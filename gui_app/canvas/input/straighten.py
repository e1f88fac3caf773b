"""Straight strokes: positions kept to a line."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin

Position = tuple[float, float]
_DECIDED = 0.15
"""Distance in canvas units after which the direction is fixed; until then the position stays."""
_STEP = pi / 4


class Straightener:
    """Keeps positions to the one of eight directions that is nearest to the first movement."""

    def __init__(self) -> None:
        self._last: Position = (0.0, 0.0)
        self._anchor: Position | None = None
        self._angle: float | None = None

    def start(self, position: Position) -> None:
        """Begin a gesture at a position."""
        self._last, self._anchor, self._angle = position, None, None

    def position(self, position: Position, straight: bool) -> Position:
        """Return ``position``, projected onto the line if ``straight``."""
        if not straight:
            self.start(position)
            return position
        if self._anchor is None:
            self._anchor = self._last
        dx, dy = position[0] - self._anchor[0], position[1] - self._anchor[1]
        if self._angle is None:
            if hypot(dx, dy) < _DECIDED:
                return self._anchor
            self._angle = round(atan2(dy, dx) / _STEP) * _STEP
        right, up = cos(self._angle), sin(self._angle)
        length = dx * right + dy * up
        return self._anchor[0] + length * right, self._anchor[1] + length * up
