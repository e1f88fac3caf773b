"""The settings of the drawing tools. Panels show and change them, tools read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.catalogue import Parameter
from engine.catalogue.tasks import TASKS
from engine.experiment import SPLITS, TRAINING, Points

RADIUS_STEP = 1.12
"""Factor of the radius for one notch of the wheel or one press of a bracket key."""

ALL_SPLITS = frozenset(range(len(SPLITS)))
_LARGEST = TASKS["surface"].target_bound

T = TypeVar("T")


class Setting(Generic[T]):
    """A setting of ``ToolSettings``: a descriptor; ``fit`` converts a new value to the nearest allowed one.

    Reading ``settings.radius`` and assigning to it work as usual. Controls that are made from a list of settings use
    ``ToolSettings.radius.read(settings)`` and ``write``.
    """

    def __init__(self, default: T, fit: Callable[[Any], T]) -> None:
        self._default, self._fit = default, fit

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, settings: None, owner: type) -> Self: ...

    @overload
    def __get__(self, settings: ToolSettings, owner: type) -> T: ...

    def __get__(self, settings: ToolSettings | None, owner: type) -> Self | T:
        return self if settings is None else self.read(settings)

    def __set__(self, settings: ToolSettings, value: Any) -> None:
        self.write(settings, value)

    def read(self, settings: ToolSettings) -> T:
        """Return the value in these settings."""
        value: T = settings.chosen.get(self.name, self._default)
        return value

    def write(self, settings: ToolSettings, value: Any) -> None:
        """Set the nearest allowed value; emit ``changed`` if it differs from the current one."""
        fitted = self._fit(value)
        if fitted != self.read(settings):
            settings.chosen[self.name] = fitted
            settings.changed.emit()


class Number(Setting[float]):
    """A number with the range and default of its ``parameter``. Panels show it as a slider."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(
            float(parameter.default), lambda value: min(max(float(value), parameter.low), parameter.high)
        )
        self.parameter = parameter


def _splits(splits: Iterable[int]) -> frozenset[int]:
    return frozenset(splits) & ALL_SPLITS


class ToolSettings(QObject):
    """The current tool and its settings; ``changed`` is emitted when a value changes.

    ``refused(sentence)`` says why what a person chose cannot be.
    """

    changed = Signal()
    refused = Signal(str)

    tool = Setting("brush", str)
    """A key of ``TOOLS``."""
    radius = Number(
        Parameter("radius", "Radius", 0.6, 0.1, 3.0, "How far the tool reaches, in canvas units.", log=True)
    )
    density = Number(
        Parameter(
            "density",
            "Density",
            12,
            1.0,
            60.0,
            "Points per canvas unit of a path.",
            integer=True,
            log=True,
            unit="/u",
        )
    )
    rate = Number(
        Parameter(
            "rate",
            "Rate",
            60,
            5.0,
            500.0,
            "Points sprayed per second.",
            integer=True,
            log=True,
            unit="/s",
        )
    )
    soft = Setting(False, bool)
    """Distribution of points over the circle: Gaussian (True) or uniform."""
    scatter = Number(
        Parameter(
            "scatter", "Scatter", 0.1, 0.0, 1.0, "Largest distance of points from the line, in canvas units."
        )
    )
    strength = Number(
        Parameter(
            "strength", "Strength", 1.0, 0.1, 3.0, "How fast points move; 1 is the normal speed.", log=True
        )
    )
    class_index = Setting(0, lambda index: max(int(index), 0))
    """Class to draw in classification, from 0."""
    value = Number(
        Parameter(
            "value",
            "Value",
            _LARGEST,
            -_LARGEST,
            _LARGEST,
            "The value to draw; the eyedropper picks it from a point.",
        )
    )
    """Value to draw on a surface."""
    split = Setting(TRAINING, lambda split: min(max(int(split), 0), len(SPLITS) - 1))
    """Split that the split brush paints."""
    lasso = Setting(False, bool)
    """Shape of the selection: lasso (True) or rectangle."""
    shown = Setting(ALL_SPLITS, _splits)
    """The splits whose points are shown; tools change only these."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen: dict[str, Any] = {}
        """The settings that were changed from their defaults, by name."""

    def scale_radius(self, notches: float) -> None:
        """Enlarge the radius for notches above 0, reduce it for notches below 0."""
        self.radius = round(self.radius * RADIUS_STEP**notches, 2)

    def show_split(self, split: int, shown: bool) -> None:
        """Show or hide the points of one split."""
        self.shown = self.shown | {split} if shown else self.shown - {split}

    def shows(self, points: Points) -> NDArray[np.bool_]:
        """Return which points are shown: bool [n]."""
        if self.shown == ALL_SPLITS:
            return np.ones(len(points), dtype=np.bool_)
        return np.isin(points.split, list(self.shown))
