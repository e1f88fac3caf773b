"""The axes of parallel coordinates: where each run crosses them, as a pure function of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import setting_text
from gui_app.widgets.ticks import linear_ticks, log_ticks

Floats = NDArray[np.float64]
MOST_NAMED = 9
"""Values of a setting up to which each has its own tick."""
_TICKS = 5
_EDGE = 0.03
"""Room at the ends of an axis of names, so that a brush can go round the outermost."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis. ``at`` holds where each run crosses it, from ``low`` to ``high``; NaN where the value is not known."""

    key: str
    label: str
    at: Floats
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    names: tuple[str, ...] = ()
    log: bool = False
    whole: bool = False
    zero: float | None = None
    """Where 0 lies on a logarithmic axis, if a run has it."""

    @property
    def shares(self) -> Floats:
        """Where each run crosses the axis, from 0 at its lower end to 1."""
        return (self.at - self.low) / (self.high - self.low)

    def text(self, row: int) -> str:
        """Return the value of one run."""
        at = float(self.at[row])
        if math.isnan(at):
            return "not known"
        if self.names:
            return self.names[round(at)]
        value = 0.0 if at == self.zero else 10.0**at if self.log else at
        return f"{round(value):,}" if self.whole else setting_text(float(f"{value:.4g}"))


def axis_of(
    key: str,
    label: str,
    values: Sequence[Any] | NDArray[Any],
    log: bool = False,
    order: Sequence[Any] = (),
) -> Axis:
    """Return the axis of a setting or result; ``order`` holds the values of a setting as its sweep has them."""
    column = np.asarray(values)
    if column.dtype.kind not in "iufb":
        return _named(key, label, [_name(one) for one in column.tolist()], [_name(one) for one in order])
    numbers = column.astype(np.float64)
    known = numbers[np.isfinite(numbers)]
    # A list of strengths often begins with 0, which no logarithm has.
    log = log and bool(known.size) and bool((known > 0).any())
    at = _exponents(numbers) if log else np.where(np.isfinite(numbers), numbers, np.nan)
    inside = at[np.isfinite(at)]
    low, high = (float(inside.min()), float(inside.max())) if inside.size else (0.0, 1.0)
    if not high > low:
        room = 0.5 if log else max(abs(low) * 0.5, 0.5)
        low, high = low - room, high + room
    whole = bool(known.size) and bool((known == np.round(known)).all()) and column.dtype.kind != "b"
    zero = float(at[numbers == 0][0]) if log and bool((numbers == 0).any()) else None
    ticks = _ticks(low, high, log, zero, [float(one) for one in order])
    if whole and not log:
        ticks = tuple(tick for tick in ticks if tick[0] == round(tick[0]))
    return Axis(key, label, at, low, high, ticks, (), log, whole, zero)


def _named(key: str, label: str, texts: list[str], order: list[str]) -> Axis:
    names = tuple(dict.fromkeys([*order, *texts]))
    index = {name: float(number) for number, name in enumerate(names)}
    room = max(len(names) - 1, 1) * _EDGE
    ticks = tuple((index[name], name) for name in names)
    at = np.array([index[text] for text in texts], dtype=np.float64)
    return Axis(key, label, at, -room, max(len(names) - 1, 1) + room, ticks, names)


def _name(value: Any) -> str:
    return str(value.get("name", value)) if isinstance(value, Mapping) else str(value)


def _exponents(numbers: Floats) -> Floats:
    """log10; what is 0 lies a decade below all others, what is below 0 or no number is not known."""
    found = np.full(numbers.shape, np.nan)
    positive = np.isfinite(numbers) & (numbers > 0)
    np.log10(numbers, out=found, where=positive)
    found[numbers == 0] = float(found[positive].min()) - 1.0
    return found


def _ticks(
    low: float, high: float, log: bool, zero: float | None, values: Sequence[float]
) -> tuple[tuple[float, str], ...]:
    """Ticks at the values of a short list; else at round numbers."""
    at_zero = () if zero is None else ((zero, "0"),)
    if 0 < len(values) <= MOST_NAMED and all(map(math.isfinite, values)):
        if not log:
            return tuple((one, _short(one)) for one in values)
        return (*at_zero, *((math.log10(one), _short(one)) for one in values if one > 0))
    if not log:
        return linear_ticks(low, high, _TICKS)
    return (
        *at_zero,
        *(tick for tick in log_ticks(low, high, _TICKS) if zero is None or tick[0] > zero + 0.5),
    )


def _short(value: float) -> str:
    return setting_text(float(f"{value:.3g}"))
