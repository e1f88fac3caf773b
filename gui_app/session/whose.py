"""Whose network a view of one network shows."""

from __future__ import annotations

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
