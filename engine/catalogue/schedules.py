"""Schedules: how the learning rate changes over the epochs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family, Parameter

Floats = NDArray[np.float64]


def _one(epochs: Floats, parameters: Mapping[str, float]) -> Floats:
    return np.ones_like(epochs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Entry):
    """A learning-rate schedule.

    Attributes
    ----------
    factor
        ``factor(epochs, parameters)`` returns factors [n] of the learning rate for steps before which a lane has
        trained ``epochs`` [n]; 2.5 is the middle of the third epoch.
    reduces
        Whether training also lowers the rate when the loss no longer falls.
    within_epochs
        Whether the factor changes from step to step.

    Its ``code`` makes a scheduler of ``optimizer`` in PyTorch, which may know how many ``{batches}`` make an epoch; in
    Keras it is the rate of an ``epoch`` from 0 with ``{learning_rate}``; if it changes ``within_epochs``, a schedule
    object with ``{learning_rate}`` and ``{batches}``; if it ``reduces``, a callback with ``{monitor}``.
    """

    factor: Callable[[Floats, Mapping[str, float]], Floats] = _one
    reduces: bool = False
    within_epochs: bool = False


def _step(epochs: Floats, parameters: Mapping[str, float]) -> Floats:
    return np.power(parameters["factor"], epochs // parameters["every"])


def _exponential(epochs: Floats, parameters: Mapping[str, float]) -> Floats:
    return np.power(parameters["factor"], np.floor(epochs))


def _cosine(epochs: Floats, parameters: Mapping[str, float]) -> Floats:
    lowest, share = parameters["lowest"], np.minimum(np.floor(epochs) / parameters["epochs"], 1.0)
    return lowest + (1.0 - lowest) * 0.5 * (1.0 + np.cos(np.pi * share))


def _warm_up(epochs: Floats, parameters: Mapping[str, float]) -> Floats:
    first = parameters["first"]
    return first + (1.0 - first) * np.minimum(epochs / parameters["epochs"], 1.0)


def _epochs(key: str, label: str, default: int, tooltip: str) -> Parameter:
    return Parameter(key, label, default, 1, 1_000_000, tooltip, integer=True, log=True, slider=(1, 1000))


def _factor(default: float) -> Parameter:
    return Parameter(
        "factor", "Factor", default, 0.0, 1.0, "What the learning rate is multiplied by.", open_low=True
    )


SCHEDULES: Family[Schedule] = Family(
    "schedule",
    [
        Schedule(
            key="constant",
            label="Constant",
            formula="η(t) = η",
            tooltip="The learning rate stays as it is set.",
        ),
        Schedule(
            key="step",
            label="Step",
            formula="η(t) = η · factor^⌊t / every⌋",
            tooltip="Lowers the learning rate in steps, at regular intervals.",
            parameters=(_epochs("every", "Every", 50, "Epochs between two steps."), _factor(0.5)),
            factor=_step,
            code=Code(
                torch="torch.optim.lr_scheduler.StepLR(optimizer, {every}, {factor})",
                keras="{learning_rate} * {factor} ** (epoch // {every})",
            ),
        ),
        Schedule(
            key="exponential",
            label="Exponential",
            formula="η(t) = η · factor^⌊t⌋",
            tooltip="Lowers the learning rate a little with each epoch t.",
            parameters=(_factor(0.99),),
            factor=_exponential,
            code=Code(
                torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, {factor})",
                keras="{learning_rate} * {factor} ** epoch",
            ),
        ),
        Schedule(
            key="cosine",
            label="Cosine",
            formula="η(t) = η · (lowest + (1 − lowest) · ½(1 + cos(π · min(t / epochs, 1))))",
            tooltip="Lowers the learning rate along half a cosine wave (Loshchilov & Hutter 2016).",
            parameters=(
                _epochs("epochs", "Epochs", 200, "Epochs until the lowest learning rate."),
                Parameter("lowest", "Lowest", 0.0, 0.0, 1.0, "Share of the learning rate that stays."),
            ),
            factor=_cosine,
            code=Code(
                torch="torch.optim.lr_scheduler.LambdaLR(\n    optimizer,\n"
                "    lambda epoch: {lowest} + (1 - {lowest}) * (1 + np.cos(np.pi * min(epoch / {epochs}, 1))) / 2,\n)",
                keras="{learning_rate} * ({lowest} + (1 - {lowest})"
                " * (1 + np.cos(np.pi * min(epoch / {epochs}, 1))) / 2)",
            ),
        ),
        Schedule(
            key="warm_up",
            label="Warm-up",
            formula="η(t) = η · (first + (1 − first) · min(t / epochs, 1))",
            tooltip="Raises the learning rate evenly from step to step at the start, so that early steps do no harm.",
            parameters=(
                _epochs("epochs", "Epochs", 10, "Epochs until the full learning rate."),
                Parameter("first", "First", 0.1, 0.0, 1.0, "Share of the learning rate at the first step."),
            ),
            factor=_warm_up,
            within_epochs=True,
            code=Code(
                torch="torch.optim.lr_scheduler.LambdaLR(\n    optimizer,\n"
                "    lambda step: {first} + (1 - {first}) * min(step / {batches} / {epochs}, 1),\n)",
                keras="keras.optimizers.schedules.PolynomialDecay({learning_rate} * {first}, {epochs} * {batches}, "
                "{learning_rate})",
            ),
        ),
        Schedule(
            key="plateau",
            label="Reduce on plateau",
            formula="η ← η · factor when the validation loss has not improved for more than `patience` epochs",
            tooltip="Lowers the learning rate when the validation loss no longer falls (or, without validation points, "
            "the training loss).",
            parameters=(
                _epochs("patience", "Patience", 10, "Epochs without improvement that are tolerated."),
                _factor(0.5),
            ),
            reduces=True,
            code=Code(
                torch="torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor={factor}, patience={patience})",
                keras='keras.callbacks.ReduceLROnPlateau(\n    {monitor}, mode="min", factor={factor}, '
                "patience={patience} + 1, min_delta=0.0\n)",
                notes={"keras": "any lower loss counts as improved, not only one lower by a ten-thousandth"},
            ),
        ),
    ],
)
