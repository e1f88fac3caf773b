"""The areas of the stacked cost: training loss, and above it the L1 and L2 penalty as far as they are known apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.catalogue.regularizers import PENALTY_PARTS
from engine.observation.snapshot import HistoryView
from gui_app.plots.drawing.extremes import highest
from gui_app.plots.drawing.loss_series import Lines, series_of, shown_series
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.series import Floats

STACKED = "stacked"
"""The mode in which the training loss and above it the penalty are areas, whose top is the cost."""
LABELS = {f"{part}_penalty": f"{part.upper()} penalty" for part in PENALTY_PARTS}
"""What the areas of the penalty are called, in their order from below."""


def is_stacked(history: HistoryView, options: PlotOptions) -> bool:
    """Return whether training loss and penalty stand on one another."""
    return (
        STACKED in options.modes
        and not {"training", "penalty"} & options.hidden
        and {"training", "penalty"} <= series_of(history).keys()
    )


def parts_of(history: HistoryView) -> dict[str, Floats]:
    """Return the parts of the penalty that were ever above zero, by name from below."""
    columns = {name: history.penalty_parts[:, index] for index, name in enumerate(LABELS)}
    return {
        name: values for name, values in columns.items() if highest(values) > 0.0 or (values[-1:] > 0.0).any()
    }


def has_unknown(history: HistoryView) -> bool:
    """Return whether the history begins with rows of an older app, whose penalty is known as a whole only."""
    return bool(np.isnan(history.penalty_parts[:1]).any())


def layers(training: Floats, cost: Floats, parts: dict[str, Floats]) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield the areas above the training loss, from below: name, lower and upper line, NaN where there is none.

    Parameters
    ----------
    training, cost : arrays [r]
        The lines between which they are.
    parts : arrays [r]
        Heights by name from below; NaN where they are not known. The uppermost reaches to the cost.
    """
    known = np.full(len(training), bool(parts))
    for values in parts.values():
        known &= ~np.isnan(values)
    low, names = training, list(parts)
    for name, height in parts.items():
        high = cost if name == names[-1] else np.minimum(low + height, cost)
        yield name, np.where(known, low, np.nan), np.where(known, high, np.nan)
        low = high
    if not np.all(known):
        # It reaches to the first epoch whose parts are known, so that the stack has no gap.
        whole = ~known
        whole[1:] |= ~known[:-1]
        yield "penalty", np.where(whole, training, np.nan), np.where(whole, cost, np.nan)


def layers_of(lines: Lines, cost: Floats) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield ``layers`` of lines that are drawn."""
    parts = {name: lines[name][1] for name in LABELS if name in lines}
    return layers(lines["training"][1], cost, parts)


def series_at(
    history: HistoryView, options: PlotOptions, row: int, cost: float
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Return the series to read in one epoch, and the heights at which those that stand on others end, up to a cost."""
    shown = shown_series(history, options.hidden)
    if not is_stacked(history, options):
        return shown, {}
    tops, whole = _tops_at(history, row, cost), {"penalty": shown.pop("penalty")}
    areas = (parts_of(history) | whole).items()
    return shown | {
        name: values for name, values in areas if name in tops and name not in options.hidden
    }, tops


def parts_now(history: HistoryView, current: Floats, options: PlotOptions) -> dict[str, float]:
    """Return the current parts [2] that are or were above zero, by name; none while they do not stand in the stack."""
    if {"training", "penalty"} & options.hidden:
        return {}
    drawn, now = parts_of(history), dict(zip(LABELS, current.tolist(), strict=True))
    return {name: value for name, value in now.items() if name in drawn or value > 0.0}


def _tops_at(history: HistoryView, row: int, cost: float) -> dict[str, float]:
    one = slice(row, row + 1)
    parts = {name: values[one] for name, values in parts_of(history).items()}
    tops = {name: float(high[0]) for name, _, high in layers(history.loss[one, 0], np.array([cost]), parts)}
    return {name: top for name, top in tops.items() if not np.isnan(top)}
