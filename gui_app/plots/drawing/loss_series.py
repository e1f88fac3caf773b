"""The series of the loss plot, the range of its axis, and the choice of its scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.observation.snapshot import HistoryView
from gui_app.plots.drawing.extremes import coarse, has_numbers, highest
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.robust import prefers_log, robust_log_range, robust_range
from gui_app.plots.drawing.series import Floats, log_span, value_span

SPLITS = ("training", "validation", "test")
NAMES = (*SPLITS, "penalty")
TELLING = ("validation", "training", "test", "penalty")
"""The series that decides about the automatic scale: the first of these that is shown."""
FAR = 10.0
"""How far a lane that diverged may stretch the axis beyond the others."""
LEAST_DECADES, LEAST = 0.6, 1e-6
"""Smallest length of a logarithmic and of a linear axis."""
PENALTY_DECADES = 3.0
"""How far below the losses a small penalty may stretch the axis."""

Lines = dict[str, tuple[Floats, Floats]]
"""Epochs and values by name."""
Ends = dict[str, tuple[Floats, Floats]]
"""Lowest and highest values of a whole history by name; see ``coarse``."""


def series_of(history: HistoryView) -> dict[str, Floats]:
    """Return the series to draw: the loss of each split that had points, and the penalty if it was ever above zero."""
    series = {name: history.loss[:, index] for index, name in enumerate(SPLITS)}
    shown = {name: values for name, values in series.items() if has_numbers(values)}
    if highest(history.penalty) > 0.0 or (history.penalty[-1:] > 0.0).any():
        shown["penalty"] = history.penalty
    return shown


def shown_series(history: HistoryView, hidden: frozenset[str]) -> dict[str, Floats]:
    """Return the series that are not hidden."""
    return {name: values for name, values in series_of(history).items() if name not in hidden}


def ends_of(series: dict[str, Floats]) -> Ends:
    """Return the lowest and highest values of all rows, which are known already of nearly all."""
    return {name: coarse(values) for name, values in series.items()}


def ends_until(series: dict[str, Floats], ends: Ends, rows: int | None) -> Ends:
    """Return the lowest and highest values of the first ``rows``, of all (None) the ``ends`` that are known already."""
    if rows is None or all(rows >= len(values) for values in series.values()):
        return ends
    return ends_of({name: values[:rows] for name, values in series.items()})


def prefer_log_axis(lanes: Sequence[Ends], diverged: Sequence[bool]) -> bool:
    """Return whether the automatic scale of several lanes is logarithmic: unless one of them needs a linear one.

    Of each lane, the loss that tells of overfitting decides. Lanes that ``diverged`` do not count beside others.
    """
    lanes = [ends for ends, wild in zip(lanes, diverged, strict=True) if ends and not wild] or lanes
    telling = [next((ends[name][1] for name in TELLING if name in ends), None) for ends in lanes]
    known = [highs for highs in telling if highs is not None]
    span = robust_range([high for ends in lanes for _, high in ends.values()])
    return bool(known) and span is not None and all(prefers_log(highs, span[1]) for highs in known)


def without_far_values(lines: Sequence[Lines], diverged: Sequence[bool]) -> list[Lines]:
    """Return the lines that decide about the range of the axis.

    Of lanes that ``diverged``, what lies beyond ``FAR`` times the range of the others is NaN: it would make all others
    flat. Where there are no others, all lines stay.
    """
    calm = [
        values for one, wild in zip(lines, diverged, strict=True) if not wild for _, values in one.values()
    ]
    span = robust_range(calm)
    if span is None or not any(diverged):
        return list(lines)
    top = FAR * span[1]
    return [
        {name: (epochs, np.where(values <= top, values, np.nan)) for name, (epochs, values) in one.items()}
        if wild
        else one
        for one, wild in zip(lines, diverged, strict=True)
    ]


def stacked(lines: Lines) -> Lines:
    """Return the cost, the top of the stack; nothing where training loss or penalty are not shown."""
    if "training" not in lines or "penalty" not in lines:
        return {}
    epochs, training = lines["training"]
    return {"cost": (epochs, training + lines["penalty"][1])}


def chosen_range(lines: Lines, log: bool, eased: EasedRange) -> Range:
    """Return the range of the axis in axis units, eased from the previous one."""
    if not log:
        span = robust_range([values for _, values in lines.values()])
        return eased.update(0.0, max(span[1], LEAST) if span else 1.0)
    found = {name: robust_log_range([values]) for name, (_, values) in lines.items()}
    ranges = {name: span for name, span in found.items() if span is not None}
    of_losses = [span for name, span in ranges.items() if not name.endswith("penalty")] or list(
        ranges.values()
    )
    if not of_losses:
        return eased.update(-1.04, 0.04)
    lowest = min(low for low, _ in of_losses) - PENALTY_DECADES
    low, high = (
        min(low for low, _ in ranges.values()),
        max(high for _, high in ranges.values()),
    )
    return eased.update(max(low, lowest) - 0.04, high + 0.04)


def whole_range(ends: Ends, log: bool) -> Range:
    """Return the range of all values, whether in view or not, in axis units."""
    extremes = np.concatenate([*(values for both in ends.values() for values in both), np.empty(0)])
    found = log_span(extremes) if log else value_span(np.append(extremes, 0.0))
    return found or (0.0, 0.0)
