"""Settings of the regularizers that can be axes; a value switches its regularizer on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec

from engine.catalogue.entry import Parameter
from engine.catalogue.regularizers import REGULARIZERS, Regularizer
from engine.catalogue.texts import within_sentence
from engine.experiment.kinds import field_kind
from engine.experiment.settings import DataSettings, Lane, RegularizationSettings
from engine.experiment.sweeps.choices import named
from engine.experiment.sweeps.swept_setting import SweptSetting, number_setting, reader, with_value
from engine.experiment.unfit import unfit

_ROOT = "regularization"
_RATE = "dropout.rate"


def regularization_settings(lane: Lane, data: DataSettings) -> Iterator[SweptSetting]:
    """Yield the strengths and choices of the regularizers that fit the task and the lane's loss."""
    refused = unfit(data.task, lane.training.loss.name)
    for entry in REGULARIZERS.values():
        if not hasattr(lane.regularization, entry.settings_field or entry.parameters[0].key):
            # Validation says what a new record lacks.
            continue
        names = _chosen(entry, lane.regularization)
        for parameter in entry.parameters:
            if entry.path(parameter.key) not in refused and entry.reads(parameter, names):
                yield _number(entry, parameter)
        for key, family in entry.choices.items():
            path = f"{_ROOT}.{entry.path(key)}"
            label = within_sentence(key.removeprefix(entry.key).strip("_").replace("_", " "))
            ways = {"read": _reader(entry, key), "write": _writer(entry, key)}
            yield named(path, f"{entry.label}: {label}", family, **ways)


def _number(entry: Regularizer, parameter: Parameter) -> SweptSetting:
    name = within_sentence(parameter.label)
    path = f"{_ROOT}.{entry.path(parameter.key)}"
    return number_setting(
        parameter,
        path,
        f"{entry.label}: {name}",
        name,
        read=_reader(entry, parameter.key),
        write=_writer(entry, parameter.key),
    )


def _chosen(entry: Regularizer, settings: RegularizationSettings) -> dict[str, str]:
    """The key of the chosen entry of each of its families, or of the one that it has when it is switched on."""
    owner = _settings_of(entry, settings)
    return {key: str(getattr(owner, key)) for key in entry.choices}


def _settings_of(entry: Regularizer, settings: RegularizationSettings) -> Any:
    """What holds a regularizer's fields; as it is switched on, where it is off."""
    if not entry.settings_field or entry.settings_field == entry.parameters[0].key:
        return settings
    there = getattr(settings, entry.settings_field)
    return _switched_on(entry) if there is None else there


def _switched_on(entry: Regularizer) -> Any:
    options = get_args(field_kind(RegularizationSettings, entry.settings_field))
    struct = next(one for one in options if isinstance(one, type) and issubclass(one, msgspec.Struct))
    return struct(**entry.typical_on)


def _reader(entry: Regularizer, key: str) -> Callable[[Lane], Any]:
    path = entry.path(key)
    field, _, inner = path.partition(".")
    outer = reader(f"{_ROOT}.{field}")
    if path == _RATE:
        return lambda lane: None if outer(lane).rates is not None else outer(lane).rate
    if not inner:
        return outer
    return lambda lane: None if outer(lane) is None else getattr(outer(lane), inner)


def _writer(entry: Regularizer, key: str) -> Callable[[Lane, Any], Lane]:
    path = entry.path(key)

    def write(lane: Lane, value: Any) -> Lane:
        if value is None and not entry.nullable:
            return lane
        changes: dict[str, Any] = {path: value}
        if entry.nullable and value is None:
            changes = {entry.settings_field: None}
        elif entry.nullable and getattr(lane.regularization, entry.settings_field) is None and "." in path:
            changes = {entry.settings_field: _switched_on(entry), path: value}
        if path == _RATE:
            # One rate for all layers in place of a rate for each.
            changes["dropout.rates"] = None
        for where, new in changes.items():
            lane = with_value(lane, f"{_ROOT}.{where}", new)
        return lane

    return write
