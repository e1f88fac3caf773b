"""The files that tell how lanes have trained: a registry that everything which writes or replaces them reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.export.metrics import (
    events_csv,
    gradients_csv,
    layers_csv,
    metrics_csv,
    stops_csv,
    with_newest_layers,
)
from engine.observation.snapshot import HistoryView, LaneSnapshot

Lanes = Sequence[LaneSnapshot]


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """One entry of ``HISTORY_FILES``.

    Attributes
    ----------
    text : callable
        Returns the content of the file from snapshots with whole histories and the task.
    appended : str or None
        What *Export → History* in the window appends to the name that a person chooses, before the suffix. The file
        with an empty string gets that name itself; one with None is written with a whole run only.
    """

    text: Callable[[Lanes, str], str]
    appended: str | None = None


def _histories(lanes: Lanes) -> list[tuple[str, HistoryView]]:
    return [(lane.name, with_newest_layers(lane)) for lane in lanes]


HISTORY_FILES = {
    "metrics.csv": HistoryFile(lambda lanes, task: metrics_csv(_histories(lanes), task), appended=""),
    "gradients.csv": HistoryFile(lambda lanes, task: gradients_csv(_histories(lanes)), appended="-gradients"),
    "layers.csv": HistoryFile(lambda lanes, task: layers_csv(_histories(lanes))),
    "stops.csv": HistoryFile(lambda lanes, task: stops_csv(lanes)),
    "events.csv": HistoryFile(lambda lanes, task: events_csv(lanes)),
}
"""By file name. Saving a run, the question before files are replaced, and the export of histories read it.

Losses and scores of a split without points are NaN in a history, and so is a probe where it is not defined. A writer
decides what stands for NaN; the files here leave such a field empty.
"""
