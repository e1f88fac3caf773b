"""Whose network a view of one network shows, and how many of all lanes views of several show."""

from __future__ import annotations

from engine.catalogue.texts import counted
from gui_app.session.current_lane import CurrentLane


def whose_network(current: CurrentLane) -> str:
    """Return the current lane's name where several lanes are shown, and its seed where it is repeated; else nothing.

    Of a repeated lane, views of one network show that of the lane's own seed, which is the first.
    """
    lane = current.lane
    parts = [f"lane {lane.name}"] if len(current.shown) > 1 else []
    if lane.repeats > 1:
        parts.append(f"seed {lane.seed}, the first of {lane.repeats}")
    return ", ".join(parts)


def shown_of(shown: int, lanes: int) -> str:
    """Return how many of all lanes are shown side by side.

    Examples
    --------
    >>> shown_of(4, 5)
    '4 of 5 lanes shown'
    """
    return f"{shown} of {counted(lanes, 'lane')} shown"
