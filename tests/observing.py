"""Observables as tests ask for them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from engine.observation.observables import PREDICTION, Grid, Observable, Prediction, Request
from engine.observation.snapshot import CANVAS_EXTENT, Extent, LaneSnapshot
from engine.service.messages import Watch

if TYPE_CHECKING:
    from engine.training.trainer import Trainer

Value = TypeVar("Value")


def prediction_request(size: int, extent: Extent = CANVAS_EXTENT) -> Request:
    return PREDICTION.request(Grid(size, extent))


def watch_prediction(
    size: int, extent: Extent = CANVAS_EXTENT, lanes: tuple[int, ...] | None = None
) -> Watch:
    """Watch what these lanes (by index; None: all) answer."""
    return Watch((prediction_request(size, extent),), lanes)


def observed(
    trainer: Trainer,
    observable: Observable[Value],
    options: Hashable = None,
    lanes: Sequence[int] | None = None,
) -> dict[str, Value]:
    """An observable's values by name of lane, without lanes that have none."""
    found = trainer.observer.observe([observable.request(options)], lanes)
    values = {name: observable.of(seen) for name, seen in found.items()}
    return {name: value for name, value in values.items() if value is not None}


def predicted(trainer: Trainer, size: int, extent: Extent = CANVAS_EXTENT) -> dict[str, Prediction]:
    """What the lanes answer, by name."""
    return observed(trainer, PREDICTION, Grid(size, extent))


def prediction_of(lane: LaneSnapshot) -> Prediction:
    """The prediction in a lane's snapshot, which must have one."""
    prediction = PREDICTION.of(lane)
    assert prediction is not None
    return prediction


def value_of(observable: Observable[Any], lane: LaneSnapshot) -> Any:
    """An observable's value in a lane's snapshot, which must have one."""
    value = observable.of(lane)
    assert value is not None
    return value
