"""The axes of a sweep: which setting, which values, and what is drawn from a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import short_repr
from engine.experiment.settings import Experiment
from engine.experiment.sweeps.swept_settings import SweptSetting, swept_setting
from engine.experiment.sweeps.values import linear, logarithmic
from engine.experiment.validation import ExperimentError
from engine.sweep.spec import MOST_VALUES, AxisSpec, SweepSpec

_DIGITS = 15
"""Significant digits of values in a range: 0.001 and not 0.0010000000000000002."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes
    ----------
    setting
        What varies.
    spec
        As the spec has it.
    values
        The values of a grid, or those that are drawn from; None for a range that is drawn from.
    """

    setting: SweptSetting
    spec: AxisSpec
    values: tuple[Any, ...] | None

    @property
    def key(self) -> str:
        """The path of its setting."""
        return self.setting.key

    @property
    def log(self) -> bool:
        """Whether equal ratios are equal steps."""
        return self.spec.values is None and self.spec.scale == "log"

    def drawn(self, shares: NDArray[np.float64]) -> list[Any]:
        """Return a value for each share, 0 up to below 1, of the axis."""
        if self.values is not None:
            return [self.values[index] for index in (shares * len(self.values)).astype(np.int64)]
        low, high = _range(self.spec)
        whole = self.setting.kind == "whole"
        if whole and not self.log:
            return [int(low + share * (high - low + 1)) for share in shares.tolist()]
        return [_between(low, high, share, self.log, whole) for share in shares.tolist()]


def read_axes(spec: SweepSpec, experiment: Experiment) -> tuple[Axis, ...]:
    """Return the axes of a spec.

    Parameters
    ----------
    spec
        As it was read.
    experiment
        Its base, with one lane.

    Returns
    -------
    tuple of Axis
        In the spec's order.

    Raises
    ------
    ExperimentError
        With the path in the spec and the remedy.
    """
    keys = [axis.setting for axis in spec.axes]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise ExperimentError(
                f"axes.{index}.setting", f"{short_repr(key)} is an axis already; leave one of the two out"
            )
    if "seed" in keys and spec.seeds > 1:
        raise ExperimentError("seeds", "the seed is an axis; leave seeds out, or that axis")
    return tuple(_read(axis, f"axes.{index}", spec, experiment) for index, axis in enumerate(spec.axes))


def _read(axis: AxisSpec, path: str, spec: SweepSpec, experiment: Experiment) -> Axis:
    try:
        setting = swept_setting(experiment, 0, axis.setting)
    except ExperimentError as error:
        raise ExperimentError(f"{path}.setting", error.sentence) from None
    ranged = axis.low is not None or axis.high is not None
    if (axis.values is None) == (not ranged):
        raise ExperimentError(path, 'give either "values", or a range "from", "to" and "count"')
    if axis.values is not None:
        if axis.count is not None or axis.scale != "linear":
            raise ExperimentError(path, "count and scale are of a range; leave them out beside values")
        values = tuple(_checked(setting, value, f"{path}.values.{n}") for n, value in enumerate(axis.values))
        _require_distinct(values, f"{path}.values")
        return Axis(setting, axis, values)
    _require_range(axis, path, setting)
    if spec.sampling.kind != "grid":
        if axis.count is not None:
            raise ExperimentError(f"{path}.count", "a sampled range has no count; leave it out")
        return Axis(setting, axis, None)
    if axis.count is None:
        raise ExperimentError(f"{path}.count", "is missing: how many values the range has")
    values = spread(*_range(axis), axis.count, axis.scale == "log", setting.kind == "whole")
    return Axis(setting, axis, tuple(map(setting.check, values)))


def spread(low: float, high: float, count: int, log_scale: bool, whole: bool) -> tuple[float, ...]:
    """Return values of a range.

    Parameters
    ----------
    low, high
        The ends, which are values themselves.
    count
        How many values, from 1 on; one alone is ``low``.
    log_scale
        Whether equal ratios lie between them rather than equal differences.
    whole
        Whether they are rounded to whole numbers, of which equal ones are left out.

    Returns
    -------
    tuple
        In order.

    Examples
    --------
    >>> spread(1e-4, 1.0, 5, True, False)
    (0.0001, 0.001, 0.01, 0.1, 1.0)
    >>> spread(1, 8, 20, False, True)
    (1, 2, 3, 4, 5, 6, 7, 8)
    """
    if count == 1:
        return (round(low) if whole else low,)
    return (logarithmic if log_scale else linear)(low, high, count, whole)


def _between(low: float, high: float, share: float, log_scale: bool, whole: bool) -> float:
    if share in (0.0, 1.0):
        value = high if share else low
    elif log_scale:
        value = exp(log(low) + share * (log(high) - log(low)))
    else:
        value = low + share * (high - low)
    if whole:
        return round(value)
    short = float(f"{value:.{_DIGITS - 3}g}")
    return short if abs(short - value) <= 1e-13 * abs(value) else float(f"{value:.{_DIGITS}g}")


def _range(axis: AxisSpec) -> tuple[float, float]:
    assert axis.low is not None
    assert axis.high is not None
    return axis.low, axis.high


def _require_range(axis: AxisSpec, path: str, setting: SweptSetting) -> None:
    for name, value in (("from", axis.low), ("to", axis.high)):
        if value is None:
            raise ExperimentError(f"{path}.{name}", "is missing")
        if not isfinite(value):
            raise ExperimentError(f"{path}.{name}", "expected a finite number")
    low, high = _range(axis)
    if setting.kind == "choice":
        raise ExperimentError(path, f'{setting.label} has names, not a range; list them under "values"')
    for name, end in (("from", low), ("to", high)):
        _checked(setting, end, f"{path}.{name}")
    if low >= high and axis.count != 1:
        raise ExperimentError(f"{path}.to", f"expected a number above {low:g} (from), not {high:g}")
    if axis.scale == "log" and low <= 0.0:
        raise ExperimentError(
            f"{path}.from",
            f"expected a number above 0 on a logarithmic scale, not {low:g}; list 0 under values",
        )


def _require_distinct(values: Sequence[Any], path: str) -> None:
    seen: set[str] = set()
    for index, value in enumerate(values[:MOST_VALUES]):
        text = repr(value)
        if text in seen:
            raise ExperimentError(f"{path}.{index}", f"{short_repr(value)} is listed twice; leave one out")
        seen.add(text)


def _checked(setting: SweptSetting, value: Any, path: str) -> Any:
    try:
        return setting.check(value)
    except ExperimentError as error:
        raise ExperimentError(path, error.sentence) from None
