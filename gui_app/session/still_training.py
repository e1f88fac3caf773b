"""Which lanes training goes on with: those that have ended make no more steps, and muted ones make none for now."""

from __future__ import annotations

from collections.abc import Sequence

from engine.observation.snapshot import LaneSnapshot


def still_training(lanes: Sequence[LaneSnapshot]) -> list[LaneSnapshot]:
    """Return the lanes that training goes on with."""
    return [lane for lane in lanes if lane.stop is None and not lane.muted]


def training_is_over(lanes: Sequence[LaneSnapshot]) -> bool:
    """Return whether lanes have ended and no other goes on; where all are only muted, nothing is over."""
    return any(lane.stop is not None for lane in lanes) and not still_training(lanes)
