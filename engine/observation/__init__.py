"""Probes, observables, snapshot and history: what turns a live network into values that a view may draw.

Importing this package loads no torch; its modules ``measure``, ``predict`` and ``probes`` do.
"""

from engine.observation.history import History
from engine.observation.snapshot import (
    CANVAS_EXTENT,
    Best,
    Chain,
    EditMark,
    Extent,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Observed,
    Snapshot,
    Status,
    Stop,
    layer_block,
)

__all__ = [
    "CANVAS_EXTENT",
    "Best",
    "Chain",
    "EditMark",
    "Extent",
    "History",
    "HistoryView",
    "LaneSnapshot",
    "Measurement",
    "Observed",
    "Snapshot",
    "Status",
    "Stop",
    "layer_block",
]
