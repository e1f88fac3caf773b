"""Settings of training and of the data that can be axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from engine.catalogue import hyperparameters as numbers
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.texts import counted
from engine.experiment.choice import LossChoice, OptimizerChoice, ScheduleChoice
from engine.experiment.settings import DataSettings, Lane
from engine.experiment.sweeps.choices import chosen
from engine.experiment.sweeps.swept_setting import SweptSetting, number_setting, with_value

RATES = "training.layer_rates"
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def training_settings(lane: Lane, data: DataSettings) -> Iterator[SweptSetting]:
    """Yield the settings of training, with the numbers of what the lane has chosen."""
    yield number_setting(numbers.LEARNING_RATE, "training.learning_rate", numbers.LEARNING_RATE.label, "η")
    yield number_setting(numbers.BATCH_SIZE, "training.batch_size", numbers.BATCH_SIZE.label, "batch")
    yield from chosen(lane, "training.optimizer", "Optimizer", OptimizerChoice)
    for setting in chosen(lane, "training.loss", "Loss", LossChoice):
        if setting.key == "training.loss":
            fitting = [
                pair for pair in setting.choices if applies(LOSSES[str(pair[0])], data.task, data.classes)
            ]
            yield replace(setting, choices=tuple(fitting))
        else:
            yield setting
    yield from chosen(lane, "training.schedule", "Schedule", ScheduleChoice)
    depth = len(lane.network.hidden)
    for layer in range(1, depth + 2):
        which = f"layer {layer}" if layer <= depth else "the output layer"
        yield number_setting(
            numbers.LAYER_RATE,
            f"{RATES}.{layer}",
            f"Rate of {which}",
            f"η{str(layer).translate(_SUBSCRIPTS)}",
            path=RATES,
            read=_rate_of(layer),
            write=_with_rate_of(layer),
        )


def seed_setting() -> SweptSetting:
    """Return the seed of a lane's weights and random numbers."""
    return number_setting(numbers.SEED, "seed", numbers.SEED.label, "seed")


def data_settings(data: DataSettings) -> Iterator[SweptSetting]:
    """Yield the settings of the data; none of points that are drawn or read."""
    if data.points is not None:
        return
    for parameter in (numbers.NOISE, numbers.POINTS):
        yield number_setting(
            parameter,
            f"data.generator.{parameter.key}",
            f"Data: {parameter.label.lower()}",
            parameter.label.lower(),
            path=f"data.generator.{parameter.key}",
            of_data=True,
            read=_of_generator(parameter.key),
            write=_with_generator(parameter.key),
        )


def no_such_layer(key: str, lane: Lane) -> str:
    """Say why a lane has no rate of a layer; "" for the key of another setting."""
    if not key.startswith(f"{RATES}."):
        return ""
    layers = counted(len(lane.network.hidden) + 1, "layer")
    return f"the network has {layers}, numbered from 1 at the input, so there is no {key.removeprefix(RATES)[1:]!r}"


def _rate_of(layer: int) -> Callable[[Lane], float | None]:
    def read(lane: Lane) -> float | None:
        rates = lane.training.layer_rates
        return None if rates is None or layer > len(rates) else rates[layer - 1]

    return read


def _with_rate_of(layer: int) -> Callable[[Lane, float | None], Lane]:
    def write(lane: Lane, value: float | None) -> Lane:
        rates = list(lane.training.layer_rates or (1.0,) * (len(lane.network.hidden) + 1))
        if layer > len(rates):
            return lane
        rates[layer - 1] = 1.0 if value is None else value
        # Without a value for any layer they are off.
        off = value is None and all(rate == 1.0 for rate in rates)
        changed: Lane = with_value(lane, RATES, None if off else tuple(rates))
        return changed

    return write


def _of_generator(key: str) -> Callable[[DataSettings], Any]:
    return lambda data: getattr(data.generator, key)


def _with_generator(key: str) -> Callable[[DataSettings, Any], Any]:
    return lambda data, value: data if value is None else with_value(data, f"generator.{key}", value)
