"""What a person has chosen for drawing. Panels show and change it, tools read it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

RADIUS_RANGE = (0.1, 3.0)
DENSITY_RANGE = (1.0, 60.0)
VALUE_RANGE = (-1.0, 1.0)
RADIUS_STEP = 1.12
"""One notch of the wheel, or one press of a bracket key, makes the radius so many times larger."""


class ToolSettings(QObject):
    """The current tool and its numbers; ``changed`` tells that any of them has another value now.

    ``tool`` is a key of ``TOOLS``; ``radius`` is in canvas units; ``density`` is the number of points per canvas
    unit of a stroke's length; ``class_index`` counts from 0; ``value`` is what the value brush draws. Numbers out
    of range are moved to the nearest allowed one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tool = "brush"
        self._radius = 0.6
        self._density = 12.0
        self._class_index = 0
        self._value = 1.0

    @property
    def tool(self) -> str:
        return self._tool

    @tool.setter
    def tool(self, key: str) -> None:
        self._put("_tool", key)

    @property
    def radius(self) -> float:
        return self._radius

    @radius.setter
    def radius(self, radius: float) -> None:
        self._put("_radius", _clamp(radius, RADIUS_RANGE))

    @property
    def density(self) -> float:
        return self._density

    @density.setter
    def density(self, density: float) -> None:
        self._put("_density", _clamp(density, DENSITY_RANGE))

    @property
    def class_index(self) -> int:
        return self._class_index

    @class_index.setter
    def class_index(self, index: int) -> None:
        self._put("_class_index", max(int(index), 0))

    @property
    def value(self) -> float:
        return self._value

    @value.setter
    def value(self, value: float) -> None:
        self._put("_value", _clamp(value, VALUE_RANGE))

    def scale_radius(self, notches: float) -> None:
        """Larger for notches above 0, smaller for those below."""
        self.radius = round(self._radius * RADIUS_STEP**notches, 2)

    def _put(self, name: str, value: object) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            self.changed.emit()


def _clamp(value: float, limits: tuple[float, float]) -> float:
    return min(max(float(value), limits[0]), limits[1])
