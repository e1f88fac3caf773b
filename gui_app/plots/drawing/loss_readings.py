"""What the loss plot reads of lanes and runs that are drawn together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.catalogue.texts import value_text
from engine.observation.snapshot import HistoryView
from gui_app.plots.drawing.loss_model import LossModel
from gui_app.plots.drawing.loss_parts import LABELS, series_at
from gui_app.plots.drawing.loss_series import NAMES, SPLITS, series_of
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.series import nearest
from gui_app.plots.drawing.traces import Trace
from gui_app.plots.drawing.value_scale import ValueScale

NONE = "–"
"""Stands for the value of a split without points."""
VALIDATION = "validation"
"""The split whose quartiles are read; those of all would make a line too long to read."""


def shared_epoch(history: HistoryView, traces: Sequence[Trace], x: float) -> int | None:
    """Return the epoch nearest to ``x`` that a lane or run has a row of, rather the current one; None without any."""
    histories = [history, *(trace.history for trace in traces)]
    epochs = [int(one.epoch[nearest(one.epoch, x)]) for one in histories if len(one)]
    return min(epochs, key=lambda epoch: abs(epoch - x), default=None)


def readings_of(
    traces: Sequence[Trace], options: PlotOptions, epoch: int, scale: ValueScale, floor: float
) -> Iterator[Reading]:
    """Yield a line for each lane or run that has the epoch, with the values of ``read_names`` side by side."""
    names = read_names(traces, options)
    for trace in traces:
        if not has_row(trace.history, epoch):
            continue
        row, series = nearest(trace.history.epoch, float(epoch)), trace.series(options)
        numbers = {name: float(values[row]) for name, values in series.items()}
        texts = [value_text(numbers[name]) if name in numbers else NONE for name in names]
        spread = spread_at(trace.quartiles, epoch)
        if VALIDATION in numbers and spread:
            texts[names.index(VALIDATION)] += spread
        heights = scale.units(np.array(list(numbers.values())), floor).tolist()
        first, *others = [height for height in heights if np.isfinite(height)] or [None]
        yield Reading(trace.name, "   ".join(texts), trace.colour, first, more=tuple(others))


def read_names(traces: Sequence[Trace], options: PlotOptions) -> list[str]:
    """Return the names of the series that any of the lanes and runs shows."""
    shown = [trace.series(options) for trace in traces]
    return [name for name in NAMES if any(name in series for series in shown)]


def has_row(history: HistoryView, epoch: int) -> bool:
    """Return whether a history reaches over an epoch."""
    return len(history) > 0 and int(history.epoch[0]) <= epoch <= int(history.epoch[-1])


def spread_at(quartiles: tuple[HistoryView, HistoryView] | None, epoch: int) -> str:
    """Return the quartiles of the validation loss of a repeated lane, to stand behind its median; else nothing."""
    if quartiles is None:
        return ""
    index = SPLITS.index(VALIDATION)
    low, high = (float(one.loss[nearest(one.epoch, float(epoch)), index]) for one in quartiles)
    return f" ({value_text(low)} to {value_text(high)})" if np.isfinite((low, high)).all() else ""


def own_readings(
    model: LossModel, options: PlotOptions, epoch: int, scale: ValueScale, floor: float
) -> tuple[Reading, ...]:
    """Return the values of the current lane at an epoch."""
    history, row = model.history, nearest(model.history.epoch, float(epoch))
    shown, tops = series_at(history, options, row, model.cost_at(epoch))
    spread = {VALIDATION: spread_at(model.quartiles, epoch)}
    readings = tuple(
        Reading(
            LABELS.get(name, name),
            value_text(float(values[row])) + spread.get(name, ""),
            getattr(options.theme, name),
            height,
        )
        for name, values in shown.items()
        for height in scale.units(np.array([tops.get(name, values[row])]), floor).tolist()
    )
    if "penalty" in series_of(history):
        # The median of sums is not the sum of the medians above it.
        label = "median of costs" if model.networks else "cost = training + penalty"
        readings = (*readings, Reading(label, value_text(model.cost_at(epoch)), options.theme.text))
    return readings
