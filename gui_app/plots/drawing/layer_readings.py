"""What the plot of layers over time reads at an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.catalogue.texts import value_text
from engine.observation.snapshot import EditMark
from gui_app.plots.drawing.layers import colours_of, layer_name, short_name
from gui_app.plots.drawing.over_time_model import LaneOverTime, OverTimeModel
from gui_app.plots.drawing.probe_plot import ProbeOptions
from gui_app.plots.drawing.ranges import Range
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.series import nearest

MOST_READINGS = 6
NONE = "–"
"""Stands for the value of a layer that a lane does not have, or of an epoch that it did not reach."""


def measured_epoch(lanes: Sequence[LaneOverTime], x: float) -> int | None:
    """Return the epoch nearest to ``x`` in which the layers of any lane were measured; None without any."""
    known = [lane.history.layer_epoch for lane in lanes if len(lane.history.layer_epoch)]
    epochs = [int(one[nearest(one, x)]) for one in known]
    return min(epochs, key=lambda epoch: abs(epoch - x), default=None)


def readings_of(
    lane: LaneOverTime, options: ProbeOptions, epoch: int, y_range: Range, y: float
) -> tuple[Reading, ...]:
    """Return the values of a lane's layers at an epoch; of many layers, those at its ends and the one nearest to ``y``.

    There are none where the layers of this lane were not measured.
    """
    measured = lane.history.layer_epoch
    row = nearest(measured, float(epoch)) if len(measured) else 0
    if not len(measured) or measured[row] != epoch:
        return ()
    values = lane.probe(options)[row]
    heights = options.axis.axis_values(values, y_range)
    colours = colours_of(options.theme, lane.layers)
    return tuple(
        Reading(
            layer_name(index + 1, len(colours)),
            value_text(float(values[index])),
            colours[index],
            float(heights[index]),
            short_name(index + 1, len(colours)),
        )
        for index in _layers_to_read(heights, y)
        if not options.hides(index, len(colours))
    )


def newest_of(lane: LaneOverTime, options: ProbeOptions) -> str:
    """Return the newest values of a lane's layers in words; "" without any."""
    measured = lane.history.layer_epoch
    if not len(measured):
        return ""
    readings = readings_of(lane, options, int(measured[-1]), (-np.inf, np.inf), float("nan"))
    return ", ".join(f"{reading.label} {reading.value}" for reading in readings)


def side_by_side(found: Sequence[Sequence[Reading]]) -> Iterator[Reading]:
    """Yield a line for each layer with the values of all lanes; ``found`` are the readings of each lane."""
    deepest = max(found, key=len)
    for one in deepest:
        values = [next((other.value for other in lane if other.label == one.label), NONE) for lane in found]
        yield Reading(one.label, "   ".join(values), one.colour, short=one.short)


def edits_of(model: OverTimeModel) -> tuple[EditMark, ...]:
    """Return the edits of all lanes, those that several have in common once."""
    if not model.lanes:
        return model.marks
    found = {(mark.epoch, mark.text): mark for lane in model.shown for mark in lane.marks}
    return tuple(sorted(found.values(), key=lambda mark: mark.epoch))


def _layers_to_read(heights: np.ndarray, y: float) -> list[int]:
    """Return the indices of the layers to read out, in the order of the legend.

    Of many layers: the output, the one nearest to the mouse and the first.
    """
    last = len(heights) - 1
    if last < MOST_READINGS:
        return list(range(last + 1))
    distances = np.where(np.isfinite(heights), np.abs(heights - y), np.inf)
    return sorted({0, int(distances.argmin()), last})
