"""Which settings of an experiment can be axes of a sweep: all numbers and names of the catalogue that fit its task."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from engine.catalogue.texts import short_repr
from engine.experiment.choice import Choice
from engine.experiment.errors import ExperimentError
from engine.experiment.settings import DataSettings, Experiment, Lane, SweptValue
from engine.experiment.sweeps.network_settings import network_settings
from engine.experiment.sweeps.regularization_settings import regularization_settings
from engine.experiment.sweeps.swept_setting import SweptSetting
from engine.experiment.sweeps.training_settings import (
    data_settings,
    no_such_layer,
    seed_setting,
    training_settings,
)
from engine.experiment.unfit import unfit

__all__ = ["SweptSetting", "assigned", "in_order", "swept_setting", "swept_settings"]

_FIRST = {"network.depth": 1, "network.width": 2}
"""What is written before numbers, but after the choice of what they are numbers of."""


def swept_settings(experiment: Experiment, lane_index: int) -> tuple[SweptSetting, ...]:
    """Return the settings that can be axes of a sweep.

    Parameters
    ----------
    experiment
        Its task and its data decide what fits.
    lane_index
        The lane to be spread out: numbers of its optimizer, activation and so on are among the settings.

    Returns
    -------
    tuple of SweptSetting
        Those of regularization, training, network, seed and data, in the order of the catalogue.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> [setting.label for setting in swept_settings(default_experiment(), 0)][:3]
    ['L1: λ₁', 'L1: update', 'L2: λ₂']
    """
    return tuple(_all(experiment.lanes[lane_index], experiment.data))


def swept_setting(experiment: Experiment, lane_index: int, key: str) -> SweptSetting:
    """Return one setting that can be an axis.

    Parameters
    ----------
    experiment, lane_index
        As for ``swept_settings``.
    key
        Of the setting.

    Returns
    -------
    SweptSetting

    Raises
    ------
    ExperimentError
        With the key as its path: why it does not fit, or which settings are called alike.
    """
    return found(experiment.lanes[lane_index], experiment.data, key)


def found(lane: Lane, data: DataSettings, key: str) -> SweptSetting:
    """Return one setting of a lane, or of its data; raises as ``swept_setting`` does."""
    for setting in _of_room(lane, data, key.partition(".")[0]):
        if setting.key == key:
            return setting
    raise ExperimentError(key, _why_not(lane, data, key))


def assigned(
    lane: Lane, data: DataSettings, values: Mapping[str, SweptValue | None]
) -> tuple[Lane, DataSettings]:
    """Give several settings their values, choices first, because the others are numbers of them.

    Parameters
    ----------
    lane, data
        They are not changed.
    values
        By key of a setting; None for off.

    Returns
    -------
    lane : Lane
    data : DataSettings
        Each not validated as a whole.

    Raises
    ------
    ExperimentError
        With the key as its path, for an unknown setting, a value that is not allowed, and values that do not go with
        one another, such as a width of no layers.

    Examples
    --------
    >>> lane, _ = assigned(Lane(), DataSettings(), {"training.optimizer.momentum": 0.5, "training.optimizer": "sgd"})
    Traceback (most recent call last):
    engine.experiment.errors.ExperimentError: training.optimizer.momentum: SGD has no such number
    """
    for key in in_order(lane, values):
        setting, value = found(lane, data, key), values[key]
        if not setting.of_data:
            lane = setting.set(lane, value)
        elif value is not None:
            data = setting.set_data(data, value)
    for key, value in values.items():
        setting = found(lane, data, key)
        if value is not None and setting.read(data if setting.of_data else lane) != value:
            others = ", ".join(
                f"{found(lane, data, other).symbol} {found(lane, data, other).text(values[other])}"
                for other in values
                if other != key
            )
            raise ExperimentError(
                key, f"{setting.text(value)} does not go with {others}; choose other values"
            )
    return lane, data


def in_order(lane: Lane, keys: Iterable[str]) -> list[str]:
    """Return keys of settings in the order in which values are to be written: choices before the numbers of them.

    Parameters
    ----------
    lane
        Whose settings they are.
    keys
        Of the settings.

    Returns
    -------
    list of str
    """
    return sorted(keys, key=lambda key: _rank(lane, key))


def _all(lane: Lane, data: DataSettings) -> Iterator[SweptSetting]:
    for room in ("regularization", "training", "network", "seed", "data"):
        yield from _of_room(lane, data, room)


def _of_room(lane: Lane, data: DataSettings, room: str) -> Iterator[SweptSetting]:
    """The settings whose keys begin with a word."""
    if room == "regularization":
        yield from regularization_settings(lane, data)
    elif room == "training":
        yield from training_settings(lane, data)
    elif room == "network":
        yield from network_settings(lane)
    elif room == "seed":
        yield seed_setting()
    elif room == "data":
        yield from data_settings(data)


def _rank(lane: Lane, key: str) -> int:
    room, _, field = key.partition(".")
    is_choice = isinstance(getattr(getattr(lane, room, None), field, None), Choice)
    return 0 if is_choice or key == "network.normalization" else _FIRST.get(key, 3)


def _why_not(lane: Lane, data: DataSettings, key: str) -> str:
    room, _, below = key.partition(".")
    reason = unfit(data.task, lane.training.loss.name).get(below) if room == "regularization" else None
    reason = reason or no_such_layer(key, lane)
    if reason:
        return reason
    field, _, number = below.partition(".")
    choice = getattr(getattr(lane, room, None), field, None)
    if number and isinstance(choice, Choice):
        return f"{choice.entry.label} has no such number"
    if room == "data" and data.points is not None:
        return "the points are drawn or read, so no generator makes them; choose a generated data set"
    keys = [setting.key for setting in _all(lane, data)]
    close = difflib.get_close_matches(key[:100], keys, 1)
    hint = f"did you mean {close[0]!r}?" if close else "write a path below a lane, as in 'regularization.l2'"
    return f"there is no setting {short_repr(key)} that can be an axis; {hint}"
