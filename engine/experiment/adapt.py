"""Changes that several settings must follow together."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import TypeAlias

import msgspec

from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.presets import PRESETS
from engine.catalogue.tasks import TASKS
from engine.experiment.choice import LossChoice
from engine.experiment.class_looks import with_count
from engine.experiment.document import default_experiment, edit_many
from engine.experiment.drawings import kept_drawing, leaving_task, without_drawings
from engine.experiment.frame import Frame
from engine.experiment.hidden_layers import hidden_changes
from engine.experiment.settings import DataSettings, Experiment
from engine.experiment.unfit import unfit


def switch_generator(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment with another generated data set; task, classes, features and losses follow where they must.

    Parameters
    ----------
    experiment
        Its points drawn by hand, if any, are dropped: the data are what the generator makes. Data of another task are
        kept among the drawings.
    name
        The key of a generator.

    Returns
    -------
    Experiment
        A loss, feature or regularizer that does not fit the new task is replaced by a default or set to 0. Another
        generator, and one in place of points, has the default extent and axes without names.

    Raises
    ------
    KeyError
        For an unknown name.

    Examples
    --------
    >>> switched = switch_generator(default_experiment(), "sine")
    >>> switched.data.task, switched.lanes[0].network.features, switched.lanes[0].training.loss.name
    ('curve', ('x1',), 'squared')
    """
    entry = GENERATORS[name]
    changes: dict[str, object] = {"data.task": entry.task, "data.generator.name": name, "data.points": None}
    if entry.task == "classification":
        changes["data.classes"] = entry.classes
    if name != experiment.data.generator.name or experiment.data.points is not None:
        # A generator has numbers of its own, on the canvas's own axes.
        changes |= Frame().changes()
    if name != experiment.data.generator.name:
        changes |= {"data.class_names": None, "data.class_colours": None}
    elif entry.task == "classification":
        changes |= _looks(with_count(experiment.data, entry.classes))
    changes |= _lane_changes(experiment, entry.task, entry.classes or experiment.data.classes)
    return edit_many(leaving_task(experiment, entry.task), changes)


def preset_experiment(key: str) -> Experiment:
    """Return the experiment of a demonstration.

    Parameters
    ----------
    key
        A key of ``PRESETS``.

    Returns
    -------
    Experiment
        The default experiment with the demonstration's data and changes.

    Raises
    ------
    KeyError
        For an unknown key.
    """
    preset = PRESETS[key]
    return edit_many(
        without_drawings(switch_generator(default_experiment(), preset.generator)), preset.edits()
    )


OwnSettings: TypeAlias = "Mapping[str, Mapping[str, object]]"
"""By name of a lane, the values by path that only fit one task."""


def own_settings(experiment: Experiment) -> OwnSettings:
    """Return the settings of lanes that do not fit each task, and the loss, which each task has of its own.

    Parameters
    ----------
    experiment
        About to be left for another task.

    Returns
    -------
    OwnSettings
        What ``switch_task`` would replace, on whatever way to other tasks and back.

    Examples
    --------
    >>> own_settings(default_experiment())["A"]["network.features"]
    ('x1', 'x2')
    """
    own: dict[str, dict[str, object]] = {
        lane.name: {"training.loss": lane.training.loss} for lane in experiment.lanes
    }
    for task in TASKS:
        for changed in _lane_changes(experiment, task, experiment.data.classes):
            _, number, path = changed.split(".", 2)
            lane = experiment.lanes[int(number)]
            own[lane.name][path] = attrgetter(path)(lane)
    return own


def switch_task(experiment: Experiment, task: str, own: OwnSettings | None = None) -> Experiment:
    """Return the experiment with another task: with the data that it had when it was left, else its default data set.

    Parameters
    ----------
    experiment
        Its data are kept among the drawings.
    task
        A key of ``TASKS``.
    own
        Settings that the task was left with (see ``own_settings``), which come back with its data.

    Returns
    -------
    Experiment
        A loss, feature or regularizer that does not fit the task is replaced by a default or set to 0.

    Raises
    ------
    KeyError
        For an unknown task.

    Examples
    --------
    >>> surface = switch_task(default_experiment(), "surface")
    >>> surface.data.generator.name
    'plane'
    >>> switch_task(surface, "classification").data == default_experiment().data
    True
    """
    kept = kept_drawing(experiment, task)
    if kept is None:
        return switch_generator(experiment, TASKS[task].generator)
    changes = _lane_changes(experiment, task, kept.classes)
    for index, lane in enumerate(experiment.lanes):
        changes |= {f"lanes.{index}.{path}": value for path, value in (own or {}).get(lane.name, {}).items()}
    return edit_many(msgspec.structs.replace(leaving_task(experiment, task), data=kept), changes)


def switch_classes(experiment: Experiment, classes: int) -> Experiment:
    """Return the experiment with another number of classes.

    Parameters
    ----------
    experiment
        Of any task; points drawn by hand stay as they are.
    classes
        From 2 to 10, and more than the largest class number of the points.

    Returns
    -------
    Experiment
        A loss that cannot train them is replaced by the task's default; new classes have the default name and colour.

    Raises
    ------
    ExperimentError
        For a number out of range, or below what the points or the generator need.
    """
    changes = {"data.classes": classes, **_lane_changes(experiment, experiment.data.task, classes)}
    changes |= _looks(with_count(experiment.data, classes))
    return edit_many(experiment, changes)


def switch_hidden(experiment: Experiment, lane: int, hidden: tuple[int, ...]) -> Experiment:
    """Return the experiment with other hidden layers in one lane.

    Parameters
    ----------
    experiment
        It is not changed.
    lane
        Number of the lane, from 0.
    hidden
        Neurons of each hidden layer; empty for none.

    Returns
    -------
    Experiment
        As ``hidden_changes`` describes it.

    Raises
    ------
    ExperimentError
        For more layers or neurons than are allowed.

    Examples
    --------
    >>> switch_hidden(default_experiment(), 0, (4, 4)).lanes[0].network.hidden
    (4, 4)
    """
    changes = hidden_changes(experiment.lanes[lane], hidden)
    return edit_many(experiment, {f"lanes.{lane}.{path}": value for path, value in changes.items()})


def _looks(data: DataSettings) -> dict[str, object]:
    return {"data.class_names": data.class_names, "data.class_colours": data.class_colours}


def _lane_changes(experiment: Experiment, task: str, classes: int) -> dict[str, object]:
    changes: dict[str, object] = {}
    default_before, default = TASKS[experiment.data.task].loss, TASKS[task].loss
    for index, lane in enumerate(experiment.lanes):
        loss = chosen = lane.training.loss.name
        # A default loss follows the task; a chosen loss stays if it fits the new task.
        if loss != default and (loss == default_before or not applies(LOSSES[loss], task, classes)):
            chosen = default
            changes[f"lanes.{index}.training.loss"] = LossChoice(default)
        for path in unfit(task, chosen):
            if attrgetter(path)(lane.regularization):
                changes[f"lanes.{index}.regularization.{path}"] = 0.0
        features = _fitting_features(lane.network.features, task, experiment.data.task)
        if features != lane.network.features:
            changes[f"lanes.{index}.network.features"] = features
    return changes


def _fitting_features(features: tuple[str, ...], task: str, before: str) -> tuple[str, ...]:
    if task == "curve":
        return tuple(key for key in features if FEATURES[key].curve) or TASKS[task].features
    if before == "curve" and "x2" not in features:
        return tuple(key for key in FEATURES if key in {*features, "x2"})
    return features
