"""The scale of the axis of epochs: linear while a run is short, logarithmic when it is long."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.observation.snapshot import EditMark
from gui_app.widgets.ticks import Ticks, epoch_ticks, log_epoch_ticks

Numbers = TypeVar("Numbers", float, NDArray[np.float64])
EpochChoice = Literal["automatic", "linear", "logarithmic", "since_edit"]
LONG = 1000
"""Beyond this number of epochs the axis is logarithmic, unless a person has chosen otherwise."""
SINCE_EDIT = 0.25
"""A logarithmic axis leaves at least this share of itself to what follows the latest edit, or it becomes linear."""
BEFORE_EDIT = 0.1
"""Epochs before the latest edit on an axis from there on, as a share of those after it."""
SHARE, MOST = 0.3, 0.6
"""Share of the way to the other scale that one update covers, and the most decades of the bend."""
NEAR = 0.02
"""What is left of the way, in decades, where the other scale is reached."""
FEW_DECADES = 30.0
"""Factor between the ends of an axis below which equal distances are better read than equal factors."""
STRAIGHT = 2.0
"""Decades by which the bend lies beyond the axis on its way to a linear scale; it then looks linear."""


@dataclass(frozen=True, slots=True)
class EpochScale:
    """Maps epochs to axis units by log(1 + epoch / bend).

    Up to ``bend`` the scale is nearly linear, beyond it nearly logarithmic, so that epoch 0 has a place on the axis.
    With an infinite bend it is linear.
    """

    bend: float = math.inf

    @property
    def is_linear(self) -> bool:
        return math.isinf(self.bend)

    def units(self, epochs: Numbers) -> Numbers:
        """Return the axis units of epochs; epochs below 0 count as 0 where the scale is not linear."""
        if self.is_linear:
            return epochs
        units: Numbers = np.log1p(np.maximum(epochs, 0.0) / self.bend)
        return units

    def epochs(self, units: Numbers) -> Numbers:
        """Return the epochs at axis units."""
        if self.is_linear:
            return units
        epochs: Numbers = np.expm1(units) * self.bend
        return epochs


LINEAR = EpochScale()


class EasedBend:
    """The bend of a plot's scale, which goes over to another scale in some updates, so that nothing jumps."""

    def __init__(self) -> None:
        self._goal: float | None = None
        self._bend = math.inf

    @property
    def settled(self) -> bool:
        """Whether the scale is the one that is wanted."""
        return self._goal is None or self._bend == self._goal

    def update(self, logarithmic: bool, last: float) -> EpochScale:
        """Move towards the wanted scale of an axis that ends at epoch ``last``; the first update jumps to it."""
        first, self._goal = self._goal is None, 1.0 if logarithmic else math.inf
        straight = math.log10(max(last, 1.0)) + STRAIGHT
        if first:
            self._bend = self._goal
        elif self._bend != self._goal:
            wanted = 0.0 if logarithmic else straight
            now = min(math.log10(self._bend), straight)
            now += min(max(SHARE * (wanted - now), -MOST), MOST)
            self._bend = self._goal if abs(wanted - now) <= NEAR * straight else 10.0**now
        return EpochScale(self._bend)


def is_logarithmic(choice: EpochChoice, last: int, marks: Iterable[EditMark] = ()) -> bool:
    """Return whether the axis of a run of ``last`` epochs is to be logarithmic; ``marks`` are those of the run.

    An automatic one is logarithmic when the run is long, except while it would hide what follows the latest edit.
    """
    edited = latest_edit(marks)
    if choice in ("linear", "logarithmic"):
        return choice == "logarithmic"
    if choice == "since_edit" and edited:
        return False
    return last > LONG and math.log1p(edited) <= (1.0 - SINCE_EDIT) * math.log1p(last)


def first_epoch(choice: EpochChoice, last: int, marks: Iterable[EditMark] = ()) -> float:
    """Return the first epoch on the axis of a run of ``last`` epochs: 0, or some epochs before the latest edit."""
    edited = latest_edit(marks) if choice == "since_edit" else 0
    return max(edited - max(BEFORE_EDIT * (last - edited), 1.0), 0.0)


def latest_edit(marks: Iterable[EditMark]) -> int:
    """Return the epoch of the latest edit of settings, data or weights; 0 without one."""
    return max((mark.epoch for mark in marks if mark.kind in ("setting", "data", "weight")), default=0)


def ticks_of(scale: EpochScale, first: float, last: float, width: float) -> Ticks:
    """Return ticks for an axis from epoch ``first`` to ``last`` along ``width`` pixels."""
    if scale.bend > last / 10.0 or first > last / FEW_DECADES:
        return epoch_ticks(first, last, width)
    return log_epoch_ticks(first, last, width)
