"""The part of a plot that a person looks at, as a value, and how it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gui_app.plots.drawing.epoch_scale import EpochScale
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.ranges import Range

DEEPEST = 1e-3
"""Smallest part of an axis that can be seen."""
FEWEST_EPOCHS = 4.0
ALL = 1e-6
"""What may be missing of an axis that is seen whole, as a share."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The ranges beyond which there is nothing to see.

    ``y_chosen`` is the range of a y axis that nobody has zoomed, where it shows less than everything.
    ``newest`` is the newest epoch, in a plot over epochs.
    """

    x: Range = (0.0, 1.0)
    y: Range = (0.0, 1.0)
    y_chosen: Range | None = None
    newest: float | None = None
    log: bool | None = None
    """Whether the values are on a logarithmic axis; None where there is no choice."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """The ranges seen: ``x`` in epochs or bars, ``y`` in axis units; None for an axis that is seen whole.

    An x range that contained the newest epoch moves along with it: ``newest`` is the newest epoch of that time.
    """

    x: Range | None = None
    y: Range | None = None
    newest: float | None = None
    log: bool | None = None
    """Whether ``y`` is on a logarithmic axis."""

    @property
    def is_whole(self) -> bool:
        """Whether everything is seen."""
        return self.x is None and self.y is None

    def x_range(self, newest: float, scale: EpochScale) -> Range | None:
        """Return the range of epochs to show when ``newest`` is the newest epoch, on an axis with this scale."""
        if self.x is None or self.newest is None or newest == self.newest:
            return self.x
        shift = scale.units(newest) - scale.units(self.newest)
        start, end = (float(scale.epochs(scale.units(end) + shift)) for end in self.x)
        return max(start, 0.0), end


WHOLE, ANYTHING = Zoom(), Limits()


def part_of(now: Range, limits: Range, first: float, last: float, least: float) -> Range | None:
    """Return the part from share ``first`` to share ``last`` of ``now``; None where that is everything.

    The part is at least ``least`` long and lies within ``limits``.
    """
    length, most = now[1] - now[0], limits[1] - limits[0]
    wanted = (last - first) * length
    size = min(max(wanted, min(least, most)), most)
    start = now[0] + first * length - (size - wanted) / 2
    start = min(max(start, limits[0]), limits[1] - size)
    return None if size >= (1.0 - ALL) * most else (start, start + size)


def looking_at(
    zoom: Zoom, mapping: Mapping, limits: Limits, x: Range | None = None, y: Range | None = None
) -> Zoom:
    """Return the zoom that shows the pixels ``x`` (from the left) and ``y`` (from the top) of what is seen now.

    An axis without pixels stays as it is. Pixels may lie outside the plot: then more than now is seen.
    """
    if x is not None:
        scale = mapping.x_scale
        now, whole = ((scale.units(start), scale.units(end)) for start, end in (mapping.x_range, limits.x))
        least = DEEPEST * (whole[1] - whole[0])
        if limits.newest is not None and scale.is_linear:
            least = max(least, FEWEST_EPOCHS)
        part = part_of(now, whole, x[0] / mapping.width, x[1] / mapping.width, least)
        zoom = replace(zoom, x=_epochs(part, scale), newest=None)
        if zoom.x is not None and limits.newest is not None and zoom.x[0] <= limits.newest <= zoom.x[1]:
            zoom = replace(zoom, newest=limits.newest)
    if y is not None:
        least = DEEPEST * (limits.y[1] - limits.y[0])
        first, last = 1.0 - y[1] / mapping.height, 1.0 - y[0] / mapping.height
        part = part_of(mapping.y_range, limits.y, first, last, least)
        part = _beside_chosen(part, mapping.y_range, limits)
        zoom = replace(zoom, y=part, log=None if part is None else limits.log)
    return zoom


def _beside_chosen(part: Range | None, now: Range, limits: Limits) -> Range | None:
    """Return the y range to show: on its way out it stops once at the range that the plot would choose."""
    chosen = limits.y_chosen
    if chosen is None:
        return part
    part = part or limits.y
    return None if _covers(part, chosen) and not _covers(now, chosen) else part


def _covers(range_: Range, other: Range) -> bool:
    return range_[0] <= other[0] and range_[1] >= other[1]


def _epochs(part: Range | None, scale: EpochScale) -> Range | None:
    return None if part is None else (float(scale.epochs(part[0])), float(scale.epochs(part[1])))


def scaled(pixels: float, about: float, factor: float) -> Range:
    """Return the pixels [0, ``pixels``] multiplied by ``factor`` about one of them."""
    return about * (1.0 - factor), about + (pixels - about) * factor


def moved(pixels: float, by: float) -> Range:
    """Return the pixels [0, ``pixels``] moved."""
    return by, pixels + by
