"""Where canvas, network diagram and note go in the centre of the window: a function of its size alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize

CANVAS, NETWORK, NOTE = "Canvas", "Network", "Example"
"""The parts of the centre, as the tabs name them."""

DIAGRAM = QSize(240, 190)
"""The smallest diagram beside the canvas; wider with larger text."""
STACKED = 340
"""The smallest height of the diagram below a note: names of inputs, and numbers of boxes, need so much."""
WIDEST_DIAGRAM = 1.4
"""The widest diagram, in heights of the centre."""
NARROWEST, WIDEST = 224, 360
"""Smallest and largest width of the note."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rectangles of the parts, in pixels. A part without one is a tab of the canvas: one of ``tabs``."""

    rectangles: dict[str, QRect]
    tabs: tuple[str, ...]

    @property
    def tab_row(self) -> bool:
        return len(self.tabs) > 1

    @property
    def tab_places(self) -> tuple[int, int]:
        """Left edge and width of the row of tabs, which is at the top."""
        below = self.rectangles.get(NOTE, self.rectangles[CANVAS])
        return below.left(), below.width()


def plan(
    size: QSize,
    canvas: QSize,
    note: Callable[[int], int] | None,
    diagram: bool,
    tab_height: int,
    scale: float = 1.0,
    share: float = 0.0,
    ratio: float = 1.0,
) -> Plan:
    """Divide ``size`` between the canvas and those of the other two that are shown.

    The canvas keeps the largest square, or ``ratio`` of them in a row, and never gets less than its smallest size
    ``canvas``. The diagram stands on the right and the note on the left, if the free space is wide enough for both;
    otherwise the note stands above the diagram, if both fit without cutting its text. What fits nowhere is a tab of the
    canvas. ``note`` returns the height of the whole note for a width, None without one; ``scale`` enlarges what holds
    text; ``share`` is the least share of the width that the canvas keeps.
    """
    width, height = size.width(), size.height()
    free = width - max(round(ratio * height), round(share * width))
    least, most = round(NARROWEST * scale), round(WIDEST * scale)
    narrowest = round(DIAGRAM.width() * max(scale, 1.0))
    left = min(max(free // 3, least), most)
    if note and diagram and free >= least + narrowest and note(left) <= height:
        right = _diagram_width(free - left, height)
        return _row(size, tab_height, (NOTE, left), (NETWORK, right))
    column = _diagram_width(free, height)
    if note and diagram and free >= max(least, narrowest):
        readable = note(column)
        if height >= readable + round(STACKED * scale):
            return _stacked(_row(size, tab_height, (NETWORK, column)), readable)
    if note:
        planned = _beside_note(size, canvas, least, most, diagram, tab_height)
    elif diagram and free >= narrowest:
        planned = _row(size, tab_height, (NETWORK, column))
    else:
        planned = _row(size, tab_height, tabs=(NETWORK,) if diagram else ())
    return planned


def _diagram_width(free: int, height: int) -> int:
    return min(free, max(round(WIDEST_DIAGRAM * height), DIAGRAM.width()))


def _beside_note(size: QSize, canvas: QSize, least: int, most: int, diagram: bool, tab_height: int) -> Plan:
    tabs = (NETWORK,) if diagram else ()
    room = size.width() - canvas.width()
    if room < least:
        return _row(size, tab_height, tabs=(*tabs, NOTE))
    width = min(max(size.width() - size.height(), least), most, room)
    return _row(size, tab_height, (NOTE, width), tabs=tabs)


def _row(size: QSize, tab_height: int, *beside: tuple[str, int], tabs: tuple[str, ...] = ()) -> Plan:
    """Put the note left and the diagram right of the canvas, which has the rest.

    The tabs stand above the note, where they take nothing from the canvas, or else above the canvas.
    """
    widths = dict(beside)
    left, right = widths.get(NOTE, 0), widths.get(NETWORK, 0)
    row = tab_height if tabs else 0
    top = 0 if left else row
    middle = size.width() - left - right
    rectangles = {CANVAS: QRect(left, top, middle, size.height() - top)}
    if left:
        rectangles[NOTE] = QRect(0, row, left, size.height() - row)
    if right:
        rectangles[NETWORK] = QRect(left + middle, 0, right, size.height())
    return Plan(rectangles, (CANVAS, *tabs))


def _stacked(planned: Plan, note: int) -> Plan:
    """Put the note above the diagram."""
    column = planned.rectangles[NETWORK]
    above, below = QRect(column), QRect(column)
    above.setHeight(note)
    below.setTop(column.top() + note)
    return Plan({**planned.rectangles, NOTE: above, NETWORK: below}, planned.tabs)
