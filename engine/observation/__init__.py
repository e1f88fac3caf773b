"""Probes, snapshot and history: what turns a live network into numbers that a view may draw.

Importing this package loads no torch; ``measure`` and ``predict`` live in modules of their own that do.
"""

from engine.observation.history import History
from engine.observation.snapshot import (
    CANVAS_EXTENT,
    Best,
    Chain,
    EditMark,
    Extent,
    Ghosts,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Prediction,
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
    "Ghosts",
    "History",
    "HistoryView",
    "LaneSnapshot",
    "Measurement",
    "Prediction",
    "Snapshot",
    "Status",
    "Stop",
    "layer_block",
]
