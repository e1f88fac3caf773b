"""What a sweep's values must be, checked before anything trains: each alone, and combinations of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from math import prod
from typing import Any

from msgspec import structs

from engine.experiment.settings import Experiment, Lane
from engine.experiment.sweeps.swept_settings import SweptSetting
from engine.experiment.sweeps.values import text_of
from engine.experiment.validation import ExperimentError, validate
from engine.sweep.axes import Axis
from engine.sweep.lanes import data_of, lane_of

MOST_CHECKED = 3000
"""How many combinations of values are validated before anything trains."""
_FEW = 64


def require_valid(base: Experiment, axes: Sequence[Axis], drawn: Sequence[list[Any]] | None) -> None:
    """Validate each value alone, and combinations of them as far as there are few.

    Parameters
    ----------
    base
        With the base as its only lane.
    axes
        What varies.
    drawn
        The values of all cells on each axis, where cells are sampled.

    Raises
    ------
    ExperimentError
        With the path in the spec, the values and why no lane can have them.
    """
    columns = [None if drawn is None else drawn[index] for index in range(len(axes))]
    kinds = [_distinct_kinds(axis, column) for axis, column in zip(axes, columns, strict=True)]
    for index, axis in enumerate(axes):
        for number, value in _numbered(axis, columns[index]):
            at = f"axes.{index}.values.{number}" if axis.spec.values is not None else f"axes.{index}"
            _require(base, [axis.setting], (value,), at, lambda lane, s, v: s[0].set(lane, v[0]))
    combinations = prod(len(kind) for kind in kinds)
    step = max(1, combinations // MOST_CHECKED)
    settings = [axis.setting for axis in axes]
    for values in islice(product(*kinds), 0, None, step):
        _require(base, settings, values, "axes", lambda lane, s, v: lane_of(lane, s, v, 0))


def _require(
    base: Experiment,
    settings: Sequence[SweptSetting],
    values: Sequence[Any],
    path: str,
    lane_with: Callable[[Lane, Sequence[SweptSetting], Sequence[Any]], Lane],
) -> None:
    """Refuse values of some settings that no lane can have, as ``lane_with`` makes it."""
    try:
        lane = base.lanes[0]
        if not all(setting.of_data for setting in settings):
            lane = lane_with(lane, settings, values)
        validate(structs.replace(base, data=data_of(base.data, settings, values), lanes=(lane,)))
    except (ExperimentError, ValueError, TypeError) as error:
        bare = error.sentence if isinstance(error, ExperimentError) else str(error)
        where = ", ".join(f"{s.key} = {text_of(v)}" for s, v in zip(settings, values, strict=True))
        raise ExperimentError(path, f"{where}: {bare}") from None


def _numbered(axis: Axis, drawn: list[Any] | None) -> Iterator[tuple[int, Any]]:
    """The values to check alone: all that are listed, the ends of a range."""
    if axis.spec.values is not None:
        values: Sequence[Any] = axis.spec.values and (axis.values or ())
        some = max(1, len(values) // 1000) if axis.setting.kind == "number" else 1
        yield from islice(enumerate(values), 0, None, some)
        return
    values = axis.values if axis.values is not None else drawn or ()
    for value in {min(values), max(values)}:
        yield 0, value


def _distinct_kinds(axis: Axis, drawn: list[Any] | None) -> list[Any]:
    """The values whose combinations differ in what is allowed: ends and zero of numbers, all names."""
    values = axis.values if axis.values is not None else tuple(drawn or ())
    if (
        axis.setting.kind == "choice"
        or len(values) <= 4
        or not all(isinstance(v, int | float) for v in values)
    ):
        return list(dict.fromkeys(values))[:_FEW]
    return list(dict.fromkeys([min(values), max(values), *(value for value in values if value == 0)]))
