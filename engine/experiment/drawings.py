"""The drawings of other tasks: each task keeps its data set while another one is trained."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Experiment


def kept_drawing(experiment: Experiment, task: str) -> DataSettings | None:
    """Return the data that were left when another task was chosen.

    Parameters
    ----------
    experiment
        Any.
    task
        A key of ``TASKS``.

    Returns
    -------
    DataSettings or None
        None where the task has not been left yet.
    """
    return next((data for data in experiment.drawings if data.task == task), None)


def leaving_task(experiment: Experiment, task: str) -> Experiment:
    """Return the experiment with its data among the drawings, ready to get data of another task.

    Parameters
    ----------
    experiment
        Any.
    task
        The task that it is left for; a drawing kept of that task is taken out.

    Returns
    -------
    Experiment
        The same object if it has the task already.
    """
    if task == experiment.data.task:
        return experiment
    others = (data for data in experiment.drawings if data.task not in (task, experiment.data.task))
    return msgspec.structs.replace(experiment, drawings=(*others, experiment.data))


def without_drawings(experiment: Experiment) -> Experiment:
    """Return the part of an experiment that is trained.

    Parameters
    ----------
    experiment
        Any.

    Returns
    -------
    Experiment
        The same object if it has no drawings of other tasks.
    """
    return msgspec.structs.replace(experiment, drawings=()) if experiment.drawings else experiment


def all_points(experiment: Experiment) -> tuple[Points | None, ...]:
    """Return the points of the data and of each drawing; None for those that a generator makes.

    Parameters
    ----------
    experiment
        Any.

    Returns
    -------
    tuple of Points or None
        The points of the data first.
    """
    return tuple(data.points for data in (experiment.data, *experiment.drawings))


def with_all_points(experiment: Experiment, points: Sequence[Points | None]) -> Experiment:
    """Return the experiment with other points of the data and of each drawing.

    Parameters
    ----------
    experiment
        Any.
    points
        As ``all_points`` returns them.

    Returns
    -------
    Experiment
        Nothing is validated.
    """
    data, *drawings = (
        msgspec.structs.replace(data, points=own)
        for data, own in zip((experiment.data, *experiment.drawings), points, strict=True)
    )
    return msgspec.structs.replace(experiment, data=data, drawings=tuple(drawings))
