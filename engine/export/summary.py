"""The outcome of a run as plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from engine.catalogue.losses import LOSSES
from engine.catalogue.regularizers import PENALTY_PARTS
from engine.data.resolve import resolve_points
from engine.data.scaling import Scaling
from engine.experiment import SPLITS, Experiment, Points
from engine.experiment.own_data import data_of
from engine.export.metrics import finite_or_none
from engine.observation.diagnosis import diagnose
from engine.observation.held import held
from engine.observation.snapshot import LaneSnapshot


def summary(
    lanes: Sequence[LaneSnapshot], epochs: Sequence[int], experiment: Experiment, points: Points
) -> dict[str, Any]:
    """Return the outcome of a run as plain JSON values.

    Parameters
    ----------
    lanes
        The last snapshot of each lane, with its whole history.
    epochs
        How many epochs each of them has trained.
    experiment, points
        What was trained. The lanes are in the experiment's order.

    Returns
    -------
    dict
        ``{"lanes": […]}``. ``accuracy`` is null in regression, ``r2`` in classification, and so is every number of a
        split without points. ``cost`` is training loss plus penalty, in the user's own units: ``loss_unit`` times what
        training makes small, which is 1 in classification and the targets' scale to the degree of the loss (2 for
        squared errors) in regression. ``l1_penalty`` and ``l2_penalty`` add up to ``penalty``. ``best``
        is the epoch with the lowest validation loss and its losses, however the run ended; null without validation
        points. ``weights`` says whose weights the numbers are of: ``which`` is newest, best, last (with a finite loss)
        or first, and ``epoch`` the best epoch, where they are its.
    """
    outcome = []
    for lane_number, (lane, count) in enumerate(zip(lanes, epochs, strict=True)):
        trained = _with_its_data(experiment, points, lane_number)
        more = {
            "loss_unit": finite_or_none(_loss_unit(*trained, lane_number)),
            "diagnosis": _diagnosis(lane, *trained, lane_number),
        }
        outcome.append(_lane(lane, count, experiment.data.task) | more)
    return {"lanes": outcome}


def _with_its_data(experiment: Experiment, points: Points, lane_number: int) -> tuple[Experiment, Points]:
    """An experiment with the points of one lane; a cell of a sweep of the data has others than its document."""
    data = data_of(experiment.lanes[lane_number], experiment.data)
    if data is experiment.data:
        return experiment, points
    return replace(experiment, data=data), resolve_points(data)


def _loss_unit(experiment: Experiment, points: Points, lane_number: int) -> float:
    lane = experiment.lanes[lane_number]
    data = experiment.data
    scaling = Scaling.of(lane.network, points, data.task, data.extent)
    return scaling.loss_unit(LOSSES[lane.training.loss.name])


def _diagnosis(
    lane: LaneSnapshot, experiment: Experiment, points: Points, lane_number: int
) -> list[dict[str, str]]:
    """What is wrong with a lane, the most pressing first."""
    findings = diagnose(experiment, lane_number, points, lane)
    return [{"code": finding.code, "message": finding.message} for finding in findings]


def _lane(lane: LaneSnapshot, epochs: int, task: str) -> dict[str, Any]:
    now, which = lane.now, held(lane)
    scores = _by_split(now.score)
    classification = task == "classification"
    return {
        "name": lane.name,
        "epochs": epochs,
        "steps": now.step,
        "weights": {"which": which.which, "epoch": which.epoch},
        "loss": _by_split(now.loss),
        "accuracy": scores if classification else None,
        "r2": None if classification else scores,
        "penalty": finite_or_none(now.penalty),
        **{
            f"{part}_penalty": finite_or_none(value)
            for part, value in zip(PENALTY_PARTS, now.penalty_parts, strict=True)
        },
        "cost": finite_or_none(now.cost),
        "gradients": [
            {"layer": layer, "weight_norm": finite_or_none(weight), "bias_norm": finite_or_none(bias)}
            for layer, (weight, bias) in enumerate(
                zip(now.weight_gradient, now.bias_gradient, strict=True), start=1
            )
        ],
        "best": lane.best and {"epoch": lane.best.epoch, "loss": _by_split(lane.best.loss)},
        "stopped": lane.stop
        and {
            "kind": lane.stop.kind,
            "epoch": lane.stop.epoch,
            "best_epoch": lane.stop.best_epoch,
            "reason": lane.stop.reason,
        },
    }


def _by_split(values: Sequence[float] | Any) -> dict[str, float | None]:
    return {name: finite_or_none(value) for name, value in zip(SPLITS, values, strict=True)}
