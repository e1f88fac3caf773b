"""What a person has chosen for drawing. Panels show and change it, tools read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.experiment import SPLITS, TRAINING, Points

RADIUS_RANGE = (0.1, 3.0)
DENSITY_RANGE = (1.0, 60.0)
RATE_RANGE = (5.0, 500.0)
SCATTER_RANGE = (0.0, 1.0)
STRENGTH_RANGE = (0.1, 3.0)
VALUE_RANGE = (-1.0, 1.0)
RADIUS_STEP = 1.12
"""One notch of the wheel, or one press of a bracket key, makes the radius so many times larger."""

ALL_SPLITS = frozenset(range(len(SPLITS)))

T = TypeVar("T")


class Setting(Generic[T]):
    """One setting of a ``ToolSettings``: ``fit`` moves what is put into it to the nearest allowed value."""

    def __init__(self, default: T, fit: Callable[[Any], T]) -> None:
        self._default, self._fit = default, fit

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, settings: ToolSettings, owner: type) -> T:
        value: T = settings.__dict__.get(self._name, self._default)
        return value

    def __set__(self, settings: ToolSettings, value: Any) -> None:
        fitted = self._fit(value)
        if fitted != settings.__dict__.get(self._name, self._default):
            settings.__dict__[self._name] = fitted
            settings.changed.emit()


def _within(limits: tuple[float, float]) -> Callable[[Any], float]:
    return lambda value: min(max(float(value), limits[0]), limits[1])


def _splits(splits: Iterable[int]) -> frozenset[int]:
    return frozenset(splits) & ALL_SPLITS


class ToolSettings(QObject):
    """The current tool and its numbers; ``changed`` tells that any of them has another value now."""

    changed = Signal()

    tool = Setting("brush", str)
    """A key of ``TOOLS``."""
    radius = Setting(0.6, _within(RADIUS_RANGE))
    """In units of the sheet."""
    density = Setting(12.0, _within(DENSITY_RANGE))
    """Points per canvas unit of a path's length."""
    rate = Setting(60.0, _within(RATE_RANGE))
    """Points per second that are sprayed."""
    soft = Setting(False, bool)
    """Whether points come thickest in the middle of the circle (gaussian), or evenly all over it."""
    scatter = Setting(0.1, _within(SCATTER_RANGE))
    """How far points of a line lie from it at most, in units of the sheet."""
    strength = Setting(1.0, _within(STRENGTH_RANGE))
    """How fast points are moved, against the usual speed."""
    class_index = Setting(0, lambda index: max(int(index), 0))
    """What is drawn in classification; counts from 0."""
    value = Setting(1.0, _within(VALUE_RANGE))
    """What is drawn on a surface."""
    split = Setting(TRAINING, lambda split: min(max(int(split), 0), len(SPLITS) - 1))
    """What the split brush paints."""
    lasso = Setting(False, bool)
    """Whether points are selected by a freely drawn line, or by a rectangle."""
    shown = Setting(ALL_SPLITS, _splits)
    """The splits whose points are shown; no tool changes the others."""

    def scale_radius(self, notches: float) -> None:
        """Larger for notches above 0, smaller for those below."""
        self.radius = round(self.radius * RADIUS_STEP**notches, 2)

    def show_split(self, split: int, shown: bool) -> None:
        """Show or hide the points of one split."""
        self.shown = self.shown | {split} if shown else self.shown - {split}

    def shows(self, points: Points) -> NDArray[np.bool_]:
        """Which points [n] are not hidden: bool [n]."""
        if self.shown == ALL_SPLITS:
            return np.ones(len(points), dtype=np.bool_)
        return np.isin(points.split, list(self.shown))
