"""Settings of the network that can be axes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.catalogue import hyperparameters as numbers
from engine.catalogue.entry import Parameter
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.experiment.choice import ActivationChoice, InitializerChoice
from engine.experiment.hidden_layers import hidden_changes
from engine.experiment.settings import Lane, NormalizationSettings
from engine.experiment.sweeps.choices import chosen, labels, named
from engine.experiment.sweeps.swept_setting import (
    SweptSetting,
    number_setting,
    reader,
    with_all,
    with_value,
    writer,
)

DEPTH = Parameter(
    "depth",
    "Depth",
    3,
    0,
    numbers.MAX_HIDDEN_LAYERS,
    "How many hidden layers there are; a new one is as wide as the last.",
    integer=True,
    slider=(1, 12),
)
WIDTH = Parameter(
    "width",
    "Width",
    8,
    numbers.LAYER_WIDTH.low,
    numbers.LAYER_WIDTH.high,
    "How many neurons each hidden layer has.",
    integer=True,
    log=True,
    slider=(1, 64),
)
_NONE = "none"
_SWITCH = ((False, "off"), (True, "on"))


def network_settings(lane: Lane) -> Iterator[SweptSetting]:
    """Yield the settings of the network, with the numbers of what the lane has chosen."""
    yield number_setting(
        DEPTH, "network.depth", "Depth", "depth", path="network.hidden", read=_depth, write=_with_depth
    )
    yield number_setting(
        WIDTH, "network.width", "Width", "width", path="network.hidden", read=_width, write=_with_width
    )
    yield from chosen(lane, "network.activation", "Activation", ActivationChoice)
    yield from chosen(lane, "network.initializer", "Initializer", InitializerChoice)
    yield named("network.input_scaling", "Input scaling", INPUT_SCALINGS)
    yield SweptSetting(
        key="network.normalization",
        path="network.normalization",
        label="Normalization",
        symbol="normalization",
        kind="choice",
        choices=((_NONE, _NONE), *labels(NORMALIZATIONS)),
        tooltip="What hidden layers are normalized over.",
        read=_normalization,
        write=_with_normalization,
    )
    if lane.network.normalization is not None:
        yield named("network.normalization.position", "Normalization: position", POSITIONS)
    yield SweptSetting(
        key="network.residual",
        path="network.residual",
        label="Residual connections",
        symbol="residual",
        kind="choice",
        choices=_SWITCH,
        tooltip="Whether a hidden layer adds the one before, where both are as wide.",
        read=reader("network.residual"),
        write=writer("network.residual"),
    )


def _depth(lane: Lane) -> int:
    return len(lane.network.hidden)


def _with_depth(lane: Lane, value: int | None) -> Lane:
    hidden = lane.network.hidden
    if value is None or value == len(hidden):
        return lane
    widths = (*hidden, *(hidden[-1:] or (int(numbers.LAYER_WIDTH.default),)) * value)[:value]
    changed: Lane = with_all(lane, hidden_changes(lane, widths))
    return changed


def _width(lane: Lane) -> int | None:
    widths = set(lane.network.hidden)
    return widths.pop() if len(widths) == 1 else None


def _with_width(lane: Lane, value: int | None) -> Lane:
    if value is None:
        return lane
    changed: Lane = with_value(lane, "network.hidden", (value,) * len(lane.network.hidden))
    return changed


def _normalization(lane: Lane) -> str:
    settings = lane.network.normalization
    return _NONE if settings is None else settings.kind


def _with_normalization(lane: Lane, value: Any) -> Lane:
    if value is None:
        return lane
    settings = lane.network.normalization or NormalizationSettings()
    new = None if value == _NONE else msgspec.structs.replace(settings, kind=value)
    changed: Lane = with_value(lane, "network.normalization", new)
    return changed
