"""Notes on regularizers: why one cannot be used, and remarks on one that is used."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.axes import Axes
from engine.data.distances import in_data_units
from engine.experiment import DataSettings, Lane, unfit

NO_HIDDEN_LAYER = "Needs a hidden layer: add one to the network."
NO_VALIDATION = "Needs validation points: raise the validation share."
NO_POINTS = "Needs validation points: draw some points."
FEW_POINTS = "Needs validation points: draw more points, or raise the validation share."
ELASTIC_NET = "L1 and L2 together: an elastic net."


def reasons_against(lane: Lane, data: DataSettings, points: Sequence[int]) -> dict[str, str]:
    """Return why regularizers cannot be used, by their key or by path below ``regularization``.

    ``points`` are the numbers of points of the splits.
    """
    reasons = unfit_parts(lane, data)
    if not lane.network.hidden:
        reasons |= dict.fromkeys(("dropout", "max_norm"), NO_HIDDEN_LAYER)
    if not points[1]:
        reasons["early_stopping"] = _no_validation_message(data, sum(points))
    return reasons


def unfit_parts(lane: Lane, data: DataSettings) -> dict[str, str]:
    """Return why regularizers do not fit the task and the lane's loss, by path below ``regularization``."""
    return {path: _sentence(why) for path, why in unfit(data.task, lane.training.loss.name).items()}


def _no_validation_message(data: DataSettings, points: int) -> str:
    if not points:
        return NO_POINTS
    return FEW_POINTS if data.split.validation else NO_VALIDATION


def remark(key: str, lane: Lane, data: DataSettings) -> str:
    """Return a remark on a regularizer's interplay with other settings and the data, or an empty text."""
    settings, optimizer = lane.regularization, lane.training.optimizer
    if key in ("l1", "l2") and settings.l1 and settings.l2:
        return ELASTIC_NET
    if key == "weight_decay" and "weight_decay" in optimizer.parameters:
        return f"Comes on top of {optimizer.entry.label}'s own decay (Training, More)."
    distances = {
        "augmentation": ("Shift", settings.augmentation.shift),
        "input_noise": ("Noise", settings.input_noise),
    }
    name, distance = distances.get(key, ("", 0.0))
    axes = Axes.of_extent(data.extent, data.aspect)
    said = in_data_units(distance, data, axes, across_only=data.task == "curve") if distance else ""
    return f"{name}: {said}." if said else ""


def comparison(key: str, lane: Lane) -> str:
    """Return how weight decay differs from L2 with the lane's optimizer; empty for other regularizers."""
    optimizer = lane.training.optimizer
    if key != "weight_decay":
        return ""
    if optimizer.name == "sgd":
        return "With SGD, as here, both are the same."
    return f"With {optimizer.entry.label}, as here, they differ: L2's gradient passes through the optimizer."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
