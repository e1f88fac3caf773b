"""The frame around selected points: its handles, and the effect of dragging one."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Position = tuple[float, float]

INSIDE, TURN = "inside", "turn"
SIDES: dict[str, Position] = {
    "top left": (-1, 1), "top": (0, 1), "top right": (1, 1), "right": (1, 0),
    "bottom right": (1, -1), "bottom": (0, -1), "bottom left": (-1, -1), "left": (-1, 0),
}  # fmt: skip
"""The handles that scale, with their positions: -1, 0 or 1 from the frame's middle in each direction."""
_TURN_STEP = pi / 12


@dataclass(frozen=True, slots=True)
class SelectionFrame:
    """A box around the selected points. All values are in units of the sheet: ``room`` is the gap around the points,
    ``knob`` the height of the rotation handle above the box.
    """

    left: float
    right: float
    bottom: float
    top: float
    room: float
    knob: float

    @classmethod
    def around(cls, xy: Floats, pixel: float) -> SelectionFrame:
        """Return the frame around positions [n, 2], n > 0; ``pixel`` is a pixel's size in units of the sheet."""
        (left, bottom), (right, top) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
        return cls(left, right, bottom, top, 10 * pixel, 22 * pixel)

    @property
    def middle(self) -> Position:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def handles(self) -> dict[str, Position]:
        """Return the position of each handle, except for handles without an effect."""
        wide, high = self.right > self.left, self.top > self.bottom
        positions = {
            name: self._side(*side)
            for name, side in SIDES.items()
            if (wide or not side[0]) and (high or not side[1])
        }
        if wide or high:
            x, y = self._side(0, 1)
            positions[TURN] = x, y + self.knob
        return positions

    def grip(self, position: Position, reach: float) -> str | None:
        """Return the handle within ``reach`` of the position, ``INSIDE`` in the frame, else None."""
        handles = self.handles()
        nearest = min(handles, key=lambda name: _distance(handles[name], position), default=None)
        if nearest is not None and _distance(handles[nearest], position) <= reach:
            return nearest
        (low_x, low_y), (high_x, high_y) = self._side(-1, -1), self._side(1, 1)
        return INSIDE if low_x <= position[0] <= high_x and low_y <= position[1] <= high_y else None

    def corners(self) -> Floats:
        """Return the frame's corners [4, 2]."""
        return np.array([self._side(*SIDES[name]) for name in SIDES if " " in name])

    def dragged(self, xy: Floats, grip: str, start: Position, end: Position, constrained: bool) -> Floats:
        """Return the positions [n, 2] after ``grip`` is dragged from ``start`` to ``end``.

        With ``constrained``, a move keeps to one axis, a corner keeps the aspect ratio, and a rotation has steps of 15
        degrees.
        """
        if grip == INSIDE:
            return xy + _move(start, end, constrained)
        if grip == TURN:
            return self._turned(xy, start, end, constrained)
        return self._scaled(xy, SIDES[grip], start, end, constrained)

    def _side(self, right: float, up: float) -> Position:
        x, y = self.middle
        half_width, half_height = (self.right - self.left) / 2, (self.top - self.bottom) / 2
        return x + right * (half_width + self.room), y + up * (half_height + self.room)

    def _turned(self, xy: Floats, start: Position, end: Position, constrained: bool) -> Floats:
        x, y = self.middle
        angle = atan2(end[1] - y, end[0] - x) - atan2(start[1] - y, start[0] - x)
        if constrained:
            angle = round(angle / _TURN_STEP) * _TURN_STEP
        turn = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
        turned: Floats = (xy - self.middle) @ turn + self.middle
        return turned

    def _scaled(
        self, xy: Floats, side: Position, start: Position, end: Position, constrained: bool
    ) -> Floats:
        """Scale the positions; the side opposite to the handle stays fixed."""
        sizes = self.right - self.left, self.top - self.bottom
        factors = [
            1 + direction * (end[axis] - start[axis]) / sizes[axis] if direction and sizes[axis] > 0 else 1.0
            for axis, direction in enumerate(side)
        ]
        if constrained and all(side):
            factors = [max(factors, key=abs)] * 2
        halves = np.array(sizes) / 2
        anchor = np.array(self.middle) - np.array(side) * halves
        return (xy - anchor) * factors + anchor


def _move(start: Position, end: Position, constrained: bool) -> Floats:
    by = np.subtract(end, start)
    if constrained:
        by[int(np.argmin(np.abs(by)))] = 0.0
    return by


def _distance(first: Position, second: Position) -> float:
    return hypot(first[0] - second[0], first[1] - second[1])
