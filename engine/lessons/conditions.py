"""What a step waits for, and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any

from msgspec import UNSET

from engine.experiment import Experiment, ExperimentError, get, plain_value
from engine.lessons.lesson import Condition
from engine.observation.snapshot import LaneSnapshot


@dataclass(frozen=True, slots=True)
class Situation:
    """What a learner has come to.

    Attributes
    ----------
    experiment
        What is open.
    lanes
        What came of it, a snapshot a lane; empty before the first one.
    playing
        Whether training runs.
    drawn
        Points added by hand since the step began.
    epochs
        Whole epochs that the slowest lane has trained since the step or the latest restart began.
    lane_epochs
        The same of each lane, by name; the quantity ``epochs`` of a lane that is not in it counts from its first.
    """

    experiment: Experiment
    lanes: Sequence[LaneSnapshot] = ()
    playing: bool = False
    drawn: int = 0
    epochs: int = 0
    lane_epochs: Mapping[str, int] = field(default_factory=dict)


def met(condition: Condition, situation: Situation) -> bool:
    """Return whether a condition holds.

    Parameters
    ----------
    condition
        Of a step's ``wait``.
    situation
        What a learner has come to.

    Returns
    -------
    bool
        False where a setting or lane that it is about is not there.
    """
    if condition.setting is not None:
        return _setting_is(condition, situation.experiment)
    if condition.quantity is not None:
        return _quantity_is(condition, situation)
    if condition.epochs is not None:
        return situation.epochs >= condition.epochs
    if condition.playing is not None:
        return situation.playing == condition.playing
    return condition.drawn is not None and situation.drawn >= condition.drawn


def all_met(conditions: Sequence[Condition], situation: Situation) -> bool:
    """Return whether all conditions hold; False where there is none to wait for."""
    return bool(conditions) and all(met(condition, situation) for condition in conditions)


def _setting_is(condition: Condition, experiment: Experiment) -> bool:
    assert condition.setting is not None
    try:
        value = plain_value(get(experiment, condition.setting))
    except ExperimentError:
        return False
    if condition.equals is not UNSET and not _same(value, condition.equals):
        return False
    if condition.differs_from is not UNSET and _same(value, condition.differs_from):
        return False
    return _within(condition, value)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and isinstance(wanted, str):
        # A choice with parameters is wanted by its name.
        return value.get("name") == wanted
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(key in value and _same(value[key], one) for key, one in wanted.items())
    return bool(value == wanted)


def _within(condition: Condition, value: Any) -> bool:
    if condition.at_least is None and condition.at_most is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        return False
    return (condition.at_least is None or value >= condition.at_least) and (
        condition.at_most is None or value <= condition.at_most
    )


def _quantity_is(condition: Condition, situation: Situation) -> bool:
    from engine.lessons.measuring import Seen
    from engine.lessons.quantities import measured

    measure, lanes = condition.measure, situation.experiment.lanes
    assert measure is not None
    name = measure.lane or lanes[0].name
    lane = next((one for one in lanes if one.name == name), None)
    seen = next((one for one in situation.lanes if one.name == name), None)
    if lane is None or seen is None:
        return False
    if measure.quantity == "epochs" and name in situation.lane_epochs:
        return _within(condition, situation.lane_epochs[name])
    return _within(condition, measured(Seen(seen, lane, situation.experiment.data, measure)))
