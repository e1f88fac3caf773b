"""Lanes that wait until others have come to their epoch.

The seeds of a repeated lane are compared at one epoch: where some of them come in the middle of a run, those that are
ahead wait. At the epoch of a pause all lanes wait for the last one.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.training.lane_run import LaneRun

Groups = Sequence[Sequence[str]]


def held(runs: Sequence[LaneRun], groups: Groups, level: int | None) -> set[LaneRun]:
    """Return which lanes wait.

    The lane that has made the fewest epochs never waits, so that there is always one to wait for.

    Parameters
    ----------
    runs
        All lanes; those that have ended or are muted neither wait nor are waited for.
    groups
        Names of lanes that go on together.
    level
        An epoch: whoever has come to it waits for those that have not. None without one.

    Returns
    -------
    set of LaneRun
    """
    training = [run for run in runs if run.trains]
    found = {run for group in _grouped(training, groups) for run in group if run.epoch > _first(group)}
    if level is not None and _first(training) < level:
        found |= {run for run in training if run.epoch >= level}
    return found


def epochs_to_level(runs: Sequence[LaneRun], groups: Groups, level: int | None) -> int | None:
    """Return after how many epochs ``held`` may return others.

    Parameters
    ----------
    runs, groups, level
        As for ``held``.

    Returns
    -------
    int or None
        1 or more; None where that does not depend on the epochs to come.
    """
    training = [run for run in runs if run.trains]
    left = [
        run.epoch - _first(group)
        for group in _grouped(training, groups)
        for run in group
        if run.epoch > _first(group)
    ]
    if level is not None:
        left += [level - run.epoch for run in training if run.epoch < level]
    return min(left, default=None)


def _grouped(training: Sequence[LaneRun], groups: Groups) -> list[list[LaneRun]]:
    named = {run.lane.name: run for run in training}
    found = [[named[name] for name in group if name in named] for group in groups]
    return [group for group in found if group]


def _first(runs: Sequence[LaneRun]) -> int:
    """The epoch of the lane that has made the fewest; 0 without lanes."""
    return min((run.epoch for run in runs), default=0)
