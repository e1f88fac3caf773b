"""Ticks of the canvas's axes with short texts, and what the names of the axes say with them."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from engine.catalogue.canvas import CANVAS
from engine.experiment.frame import axis_text
from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.view.viewport import Viewport
from gui_app.widgets.ticks import Ticks, linear_ticks, tick_text

TICKS: Ticks = tuple(
    (at * CANVAS, f"{at * CANVAS:g}".replace("-", "−")) for at in (-1.0, -0.5, 0.0, 0.5, 1.0)
)
"""Positions and texts of the ticks in the default view, on both axes."""
MOST_TICKS = 5
LONGEST_ACROSS, LONGEST_UP = 7, 5
"""Largest number of characters at a tick of the horizontal and of the vertical axis."""
_FEW_SPANS = 20
"""From so many spans of an axis on, numbers are told by their distance from a base."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class AxisLabels:
    """The labels of an axis: ``ticks`` are positions in the data with texts.

    A text stands for ``base`` + its number · 10 to the ``power``.
    """

    ticks: Ticks
    base: float = 0.0
    power: int = 0

    @property
    def are_plain(self) -> bool:
        """Whether the texts are the numbers themselves."""
        return not (self.base or self.power)

    def name(self, name: str, unit: str | None = None) -> str:
        """Return the axis's name with its unit, minus the base and with the power: "Year − 1950", "Width (10⁻⁹ m)"."""
        if self.base:
            name = f"{name} {'−' if self.base > 0 else '+'} {abs(self.base):.15g}"
        if self.power:
            raised = f"10{str(self.power).translate(_SUPERSCRIPTS)}"
            unit = f"{raised} {unit}" if unit else raised
        return axis_text(name, unit)


def axis_labels(low: float, high: float, longest: int) -> AxisLabels:
    """Return the labels of an axis from ``low`` to ``high``.

    Where plain numbers would be longer than ``longest`` characters, be equal or need exponents, they have a power of
    ten in common, or are relative to a base.
    """
    ticks = linear_ticks(low, high, MOST_TICKS)
    positions = [position for position, _ in ticks]
    texts = [plain_text(position) for position in positions]
    if _are_short(texts, longest):
        return AxisLabels(tuple(zip(positions, texts, strict=True)))
    largest = max(abs(low), abs(high))
    base = positions[0] if largest > _FEW_SPANS * (high - low) else 0.0
    apart = [position - base for position in positions]
    texts = [plain_text(distance) for distance in apart]
    power = 0
    if not _are_short(texts, longest):
        power = floor(log10(max(map(abs, apart))) + 1e-6)
        texts = [plain_text(float(f"{distance:.12e}") / 10.0**power) for distance in apart]
    return AxisLabels(tuple(zip(positions, texts, strict=True)), base, power)


def axis_ticks(viewport: Viewport) -> tuple[Ticks, Ticks]:
    """Return positions and texts of the ticks on the horizontal and the vertical axis."""
    across, up = both_axes(viewport)
    return across.ticks, up.ticks


def both_axes(viewport: Viewport) -> tuple[AxisLabels, AxisLabels]:
    """Return the labels of the horizontal and the vertical axis."""
    if viewport.extent == CANVAS_EXTENT:
        return AxisLabels(TICKS), AxisLabels(TICKS)
    left, right, bottom, top = viewport.extent
    return axis_labels(left, right, LONGEST_ACROSS), axis_labels(bottom, top, LONGEST_UP)


def plain_text(position: float) -> str:
    """Return a number without separators, with a minus sign."""
    return tick_text(position).replace(",", "").replace("-", "−")


def _are_short(texts: list[str], longest: int) -> bool:
    return (
        len(set(texts)) == len(texts)
        and max(map(len, texts), default=0) <= longest
        and not any("e" in text for text in texts)
    )
