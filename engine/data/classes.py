"""Taking a class away: its points go too, or belong to another class."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.data.edits import Edit, Gesture, Replace, remove_where
from engine.experiment import Experiment, Points, switch_classes, without_look


def delete_class(points: Points, gone: int) -> Edit:
    """The edit that removes the points of class ``gone``; later classes move up by one."""
    removal = remove_where(points, points.target == gone)
    kept = removal.apply(points)
    return Gesture((removal, Replace(kept, _moved_up(kept, gone))))


def merge_class(points: Points, gone: int, into: int) -> Edit:
    """The edit that gives the points of class ``gone`` to class ``into``; later classes move up by one."""
    if gone == into:
        raise ValueError("a class cannot be merged into itself")
    target = np.where(points.target == gone, float(into), points.target)
    return Replace(points, _moved_up(Points(points.xy, target, points.split), gone))


def without_class(experiment: Experiment, points: Points, gone: int, into: int | None = None) -> Experiment:
    """The experiment, whose points are ``points``, without class ``gone``: they go, or belong to class ``into``.

    ExperimentError where fewer classes than there may be would be left.
    """
    edit = delete_class(points, gone) if into is None else merge_class(points, gone, into)
    data = experiment.data
    if data.points is not None or (points.target >= gone).any():
        data = msgspec.structs.replace(data, points=edit.apply(points))
    # As many looks as there will be classes; counting them comes with the classes themselves.
    data = without_look(data, gone)
    return switch_classes(msgspec.structs.replace(experiment, data=data), data.classes - 1)


def _moved_up(points: Points, gone: int) -> Points:
    return Points(points.xy, points.target - (points.target > gone), points.split)
