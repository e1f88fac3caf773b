"""Remove a class, with its points or by giving them to another class."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.data.edits import Edit, Gesture, Replace, remove_where
from engine.experiment import Experiment, Points, switch_classes, without_look


def delete_class(points: Points, gone: int) -> Edit:
    """Make the edit that removes a class and its points.

    Parameters
    ----------
    points
        Of classification.
    gone
        Number of the class, from 0.

    Returns
    -------
    Edit
        The numbers of later classes fall by one.
    """
    removal = remove_where(points, points.target == gone)
    kept = removal.apply(points)
    return Gesture((removal, Replace(kept, _moved_up(kept, gone))))


def merge_class(points: Points, gone: int, into: int) -> Edit:
    """Make the edit that gives the points of one class to another.

    Parameters
    ----------
    points
        Of classification.
    gone, into
        Numbers of the classes, from 0: the one that ends, and the one that gets the points.

    Returns
    -------
    Edit
        The numbers of the classes after ``gone`` fall by one.

    Raises
    ------
    ValueError
        If both are the same class.

    Examples
    --------
    >>> points = Points(np.zeros((3, 2)), np.array([0.0, 1.0, 2.0]))
    >>> merge_class(points, gone=1, into=0).apply(points).target
    array([0., 0., 1.])
    """
    if gone == into:
        raise ValueError("a class cannot be merged into itself")
    target = np.where(points.target == gone, float(into), points.target)
    return Replace(points, _moved_up(Points(points.xy, target, points.split), gone))


def without_class(experiment: Experiment, points: Points, gone: int, into: int | None = None) -> Experiment:
    """Return the experiment without class ``gone``.

    Parameters
    ----------
    experiment : Experiment
        A classification experiment.
    points : Points
        Its points, drawn or generated.
    gone : int
        Number of the class.
    into : int, optional
        The class that gets the points. Without it they are removed.

    Returns
    -------
    Experiment
        With one class less; the names and colours of later classes move up.

    Raises
    ------
    ExperimentError
        If too few classes would be left.
    """
    edit = delete_class(points, gone) if into is None else merge_class(points, gone, into)
    data = experiment.data
    if data.points is not None or (points.target >= gone).any():
        data = msgspec.structs.replace(data, points=edit.apply(points))
    # Names and colours first: switch_classes compares their number with the new number of classes.
    data = without_look(data, gone)
    return switch_classes(msgspec.structs.replace(experiment, data=data), data.classes - 1)


def _moved_up(points: Points, gone: int) -> Points:
    """Return the points with the numbers of the classes after ``gone`` lowered by one."""
    return Points(points.xy, points.target - (points.target > gone), points.split)
