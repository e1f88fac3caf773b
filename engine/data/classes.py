"""Find data of a single class; remove a class, with its points or by giving them to another class."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.catalogue.tasks import CLASSIFICATION
from engine.data.edits import Edit, Gesture, Replace, remove_where
from engine.experiment import DataSettings, Experiment, Points, class_labels, switch_classes, without_look

SECOND_CLASS = "Draw a second class"


def one_class(data: DataSettings, points: Points) -> str:
    """Return what is wrong if all points are of one class.

    Parameters
    ----------
    data
        Of any task.
    points
        Its points.

    Returns
    -------
    str
        A sentence without its full stop, which ``SECOND_CLASS`` may follow; "" if there is nothing wrong, or no point.

    Examples
    --------
    >>> one_class(DataSettings(), Points([[0.0, 1.0], [2.0, 0.0]], [1.0, 1.0]))
    'All points are of class 2; there is nothing to tell apart'
    """
    if data.task != CLASSIFICATION or not len(points) or (points.target != points.target[0]).any():
        return ""
    of = f"of class {class_labels(data)[int(points.target[0])]}; there is nothing to tell apart"
    return f"All points are {of}" if len(points) > 1 else f"The only point is {of}"


def delete_class(points: Points, removed: int) -> Edit:
    """Make the edit that removes a class and its points.

    Parameters
    ----------
    points
        Of classification.
    removed
        Number of the class, from 0.

    Returns
    -------
    Edit
        Later classes move up by one number.
    """
    removing = remove_where(points, points.target == removed)
    kept = removing.apply(points)
    return Gesture((removing, Replace(kept, _renumbered(kept, removed))))


def merge_class(points: Points, removed: int, into: int) -> Edit:
    """Make the edit that gives the points of one class to another.

    Parameters
    ----------
    points
        Of classification.
    removed, into
        Numbers of the classes, from 0: the one that is removed, and the one that gets its points.

    Returns
    -------
    Edit
        Classes after ``removed`` move up by one number.

    Raises
    ------
    ValueError
        If both are the same class.

    Examples
    --------
    >>> points = Points(np.zeros((3, 2)), np.array([0.0, 1.0, 2.0]))
    >>> merge_class(points, removed=1, into=0).apply(points).target
    array([0., 0., 1.])
    """
    if removed == into:
        raise ValueError("a class cannot be merged into itself")
    target = np.where(points.target == removed, float(into), points.target)
    return Replace(points, _renumbered(Points(points.xy, target, points.split), removed))


def without_class(
    experiment: Experiment, points: Points, removed: int, into: int | None = None
) -> Experiment:
    """Return the experiment without class ``removed``.

    Parameters
    ----------
    experiment : Experiment
        A classification experiment.
    points : Points
        Its points, drawn or generated.
    removed : int
        Number of the class.
    into : int, optional
        The class that gets the points. Without it they are removed.

    Returns
    -------
    Experiment
        With one class less; later classes keep their names and colours.

    Raises
    ------
    ExperimentError
        If too few classes would be left.
    """
    edit = delete_class(points, removed) if into is None else merge_class(points, removed, into)
    data = experiment.data
    if data.points is not None or (points.target >= removed).any():
        data = msgspec.structs.replace(data, points=edit.apply(points))
    # Names and colours first: switch_classes compares their number with the new number of classes.
    data = without_look(data, removed)
    return switch_classes(msgspec.structs.replace(experiment, data=data), data.classes - 1)


def _renumbered(points: Points, removed: int) -> Points:
    """Return the points with the numbers of the classes after ``removed`` lowered by one."""
    return Points(points.xy, points.target - (points.target > removed), points.split)
