"""From the values of a cell to a lane and its data."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from msgspec import structs

from engine.catalogue.schedules import SCHEDULES
from engine.experiment.errors import ExperimentError
from engine.experiment.own_data import data_of as data_of_lane
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.experiment.sweeps.swept_settings import SweptSetting, in_order


def base_of(experiment: Experiment, index: int) -> Experiment:
    """Return an experiment of one lane, from which all lanes of a sweep are made.

    Parameters
    ----------
    experiment
        Any.
    index
        Which of its lanes.

    Returns
    -------
    Experiment
        The lane trains once, is no cell, and is neither hidden nor muted. The drawings of other tasks are left out.
    """
    lane = experiment.lanes[index]
    plain = structs.replace(lane, repeats=1, muted=False, hidden=False, cell=None, own_data=None)
    return structs.replace(
        experiment, data=data_of_lane(lane, experiment.data), lanes=(plain,), drawings=(), sweep=None
    )


def lane_of(lane: Lane, settings: Sequence[SweptSetting], values: Sequence[Any], offset: int) -> Lane:
    """Return the lane of a cell.

    Parameters
    ----------
    lane
        The base.
    settings, values
        What varies, and its values here; those of the data change no lane.
    offset
        How far its seed lies from the base's.

    Returns
    -------
    Lane

    Raises
    ------
    ExperimentError
        With the key as its path, for a value that is not allowed, or one that the lane cannot have beside the others.
    """
    given = {s.key: (s, value) for s, value in zip(settings, values, strict=True) if not s.of_data}
    for key in in_order(lane, given):
        setting, value = given[key]
        lane = setting.set(lane, value)
    for setting, value in given.values():
        if setting.read(lane) != setting.check(value):
            raise ExperimentError(
                setting.key,
                f"{setting.text(value)} does not go with the other values; leave it out for these",
            )
    return structs.replace(lane, seed=lane.seed + offset) if offset else lane


def data_of(data: DataSettings, settings: Sequence[SweptSetting], values: Sequence[Any]) -> DataSettings:
    """Return the data of a cell.

    Parameters
    ----------
    data
        The base's.
    settings, values
        What varies, and its values here; those of lanes change no data.

    Returns
    -------
    DataSettings
    """
    for setting, value in zip(settings, values, strict=True):
        if setting.of_data:
            data = setting.set_data(data, value)
    return data


def shape_of(lane: Lane) -> Hashable:
    """Return what lanes share that train in one batched step; other settings are numbers in it.

    Parameters
    ----------
    lane
        Any.

    Returns
    -------
    hashable
    """
    network, training, rules = lane.network, lane.training, lane.regularization
    return (
        structs.replace(network, initializer=type(lane.network)().initializer),
        training.optimizer.name,
        training.batch_size,
        training.loss,
        training.schedule.name,
        rules.l1_update,
        rules.early_stopping is None,
        rules.gradient_clipping is not None and rules.gradient_clipping.kind,
        any((rules.input_noise, rules.mixup, *structs.astuple(rules.augmentation))),
    )


def watches_losses(lane: Lane) -> bool:
    """Return whether early stopping or the schedule of a lane looks at its losses.

    Parameters
    ----------
    lane
        Its settings.

    Returns
    -------
    bool
    """
    reduces = SCHEDULES[lane.training.schedule.name].reduces
    return reduces or lane.regularization.early_stopping is not None
