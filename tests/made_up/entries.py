"""One made-up entry of every catalogue family, as if its record stood in the family's file.

Each record, below and in ``tests/made_up/ways.py``, is all that somebody writes who adds such an entry;
``tests/made_up/everywhere.py`` proves that the program has it everywhere from there. This is a plugin for pytest
(``-p tests.made_up.entries``): it must be imported before anything that looks at the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.catalogue.activations import ACTIVATIONS, Activation
from engine.catalogue.code import Code
from engine.catalogue.entry import Parameter
from engine.catalogue.features import FEATURES, Feature
from engine.catalogue.generators import GENERATORS, Array, Generator, Made
from engine.catalogue.initializers import INITIALIZERS, Initializer
from engine.catalogue.losses import LOSSES, Loss
from engine.catalogue.normalizations import NORMALIZATIONS, Normalization
from engine.catalogue.optimizers import OPTIMIZERS, Optimizer
from engine.catalogue.presets import PRESETS, Preset, Promise, Remedy
from engine.catalogue.probes import PROBES, LayerState, Probe
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.schedules import SCHEDULES, Schedule
from tests.made_up import regularizer, ways
from tests.made_up.adding import add, strength

__all__ = ["ways"]


# -- what a lane is made of


def _bent(z: Any, steepness: float) -> Any:
    steep = z * steepness
    return steep / (1.0 + steep * steep).sqrt()


def _spread(fan_in: int, fan_out: int, generator: Any, reach: float) -> tuple[Any, Any]:
    import torch

    weight = torch.empty(fan_in, fan_out).uniform_(-reach, reach, generator=generator)
    return weight / fan_in**0.5, torch.zeros(fan_out)


def _root_mean_square(values: Any) -> tuple[Any, Any]:
    squares = values.square().mean(-1, keepdim=True)
    return squares * 0.0, squares


add(
    ACTIVATIONS,
    Activation(
        key="made_up_bend",
        label="Made-up bend",
        formula="σ(z) = kz / √(1 + (kz)²)",
        tooltip="An algebraic sigmoid.",
        parameters=(strength("steepness", 1.5),),
        function=_bent,
    ),
)
add(
    INITIALIZERS,
    Initializer(
        key="made_up_start",
        label="Made-up start",
        formula="W ~ U(±reach) / √in",
        tooltip="Uniform weights, smaller the more inputs there are.",
        parameters=(strength("reach", 1.7),),
        function=_spread,
        code=Code(
            torch="nn.init.uniform_(layer.weight, -{reach}, {reach})\nlayer.weight.data /= layer.in_features**0.5\n"
            "nn.init.zeros_(layer.bias)",
            keras='keras.initializers.VarianceScaling({reach} ** 2 / 3, "fan_in", "uniform")',
        ),
    ),
)
add(
    NORMALIZATIONS,
    Normalization(
        key="made_up_norm",
        label="RMS",
        formula="γ·z / √(mean of z² + 10⁻⁵) + β, of each point over the layer",
        tooltip="Divides the neurons of a layer by their root mean square (Zhang & Sennrich 2019).",
        moments=_root_mean_square,
    ),
    Normalization(
        key="made_up_batch_norm",
        label="Batch RMS",
        formula="γ·z / √(mean of z² + 10⁻⁵) + β, of each neuron over the batch",
        tooltip="The same over the batch, with running numbers in evaluation.",
        moments=lambda values: (
            values.mean(1, keepdim=True) * 0.0,
            values.square().mean(1, keepdim=True),
        ),
        over_batch=True,
    ),
)
add(
    FEATURES,
    Feature(
        key="made_up_radius",
        label="r²",
        formula="x₁² + x₂²",
        tooltip="The squared distance from the origin.",
        function=lambda x1, x2: x1 * x1 + x2 * x2,
        bound=72.0,
        curve=False,
    ),
)

# -- how it is trained


def _one_against_rest(output: Any, encoded: Any, task: str) -> Any:
    from torch.nn.functional import softplus

    return (softplus(output) - output * encoded).sum(-1)


def _shares(output: Any, task: str) -> Any:
    shares = output.sigmoid()
    return shares / shares.sum(-1, keepdim=True)


def _one_hot(target: Array, task: str, classes: int) -> Any:
    return np.eye(classes, dtype=np.float32)[target.astype(np.int64)]


def _rooted(output: Any, encoded: Any, task: str, width: float) -> Any:
    residual = (output - encoded) / width
    return (width * width * ((1.0 + residual * residual).sqrt() - 1.0)).sum(-1)


def _steps_of_one_size(w: Any, g: Any, slots: Mapping[str, Any], hyper: Mapping[str, Any]) -> None:
    velocity = slots["velocity"]
    velocity.mul_(hyper["memory"]).add_(g)
    w.addcmul_(velocity.sign(), hyper["learning_rate"], value=-0.1)


add(
    LOSSES,
    Loss(
        key="made_up_loss",
        label="One against the rest",
        formula="Σ ln(1 + eᶻ) − y·z",
        tooltip="A logistic loss for each class by itself.",
        tasks=("classification",),
        outputs=lambda task, classes: classes,
        encode=_one_hot,
        per_point=_one_against_rest,
        predict=_shares,
    ),
    Loss(
        key="made_up_distance",
        label="Pseudo-Huber",
        formula="w²·(√(1 + (r/w)²) − 1)",
        tooltip="Squared near the target, and smoothly linear far away.",
        parameters=(strength("width", 0.5),),
        tasks=("curve", "surface"),
        outputs=lambda task, classes: 1,
        encode=lambda target, task, classes: target.astype(np.float32)[:, None],
        per_point=_rooted,
        degree=2,
        predict=lambda output, task: output,
    ),
    Loss(
        key="made_up_absolute",
        label="Absolute error",
        formula="|a − y|",
        tooltip="The distance to the target.",
        tasks=("curve", "surface"),
        outputs=lambda task, classes: 1,
        encode=lambda target, task, classes: target.astype(np.float32)[:, None],
        per_point=lambda output, encoded, task: (output - encoded).abs().sum(-1),
        degree=1,
        predict=lambda output, task: output,
    ),
    Loss(
        key="made_up_hinge",
        label="Hinge",
        formula="Σ max(0, 1 − (2y − 1)·z)",
        tooltip="A margin for each class by itself.",
        tasks=("classification",),
        outputs=lambda task, classes: classes,
        encode=_one_hot,
        per_point=lambda output, encoded, task: (1.0 - (2.0 * encoded - 1.0) * output).relu().sum(-1),
        smooths_labels=False,
        predict=lambda output, task: output.softmax(-1),
    ),
)
add(
    OPTIMIZERS,
    Optimizer(
        key="made_up_optimizer",
        label="Signs",
        formula="v ← μv + g; w ← w − η/10·sign(v)",
        tooltip="Steps of one size, against the sign of the gradient.",
        parameters=(Parameter("memory", "μ", 0.9, 0.0, 0.999, "Share of the last update that is kept."),),
        slots=("velocity",),
        update=_steps_of_one_size,
        reach=lambda slots, hyper: hyper["learning_rate"] * 0.1,
    ),
)
add(
    SCHEDULES,
    Schedule(
        key="made_up_schedule",
        label="Hyperbola",
        formula="η(t) = η / (1 + t / half)",
        tooltip="Half of the learning rate is left after so many epochs.",
        parameters=(Parameter("half", "Half", 20.0, 1.0, 1000.0, "Epochs until the half.", log=True),),
        factor=lambda epochs, parameters: 1.0 / (1.0 + epochs / parameters["half"]),
    ),
)

# -- data


def _three_bands(points: int, noise: float, rng: np.random.Generator) -> Made:
    xy = rng.uniform(-5, 5, (points, 2))
    height = xy[:, 1] + 5 * noise * rng.uniform(-1, 1, points)
    return xy, np.digitize(height, (-1.6, 1.6)).astype(np.float64)


def _roof(points: int, noise: float, rng: np.random.Generator) -> Made:
    x = rng.uniform(-5, 5, points)
    y = 4 - np.abs(x) + noise * rng.uniform(-5, 5, points)
    return np.column_stack((x, y)), y


def _saddle(points: int, noise: float, rng: np.random.Generator) -> Made:
    xy = rng.uniform(-5, 5, (points, 2))
    return xy, xy[:, 0] * xy[:, 1] / 25 + noise * rng.uniform(-1, 1, points)


add(
    GENERATORS,
    Generator(
        key="made_up_bands",
        label="Bands",
        formula="x₂ < −1.6, between, x₂ > 1.6",
        tooltip="Three bands, one above the other.",
        task="classification",
        classes=3,
        function=_three_bands,
    ),
    Generator(
        key="made_up_roof",
        label="Roof",
        formula="y = 4 − |x|",
        tooltip="Two lines that meet.",
        task="curve",
        classes=0,
        function=_roof,
    ),
    Generator(
        key="made_up_saddle",
        label="Saddle",
        formula="value = x₁·x₂/25",
        tooltip="Up along one diagonal, down along the other.",
        task="surface",
        classes=0,
        function=_saddle,
    ),
)

# -- what is shown


def _largest_weight(layer: LayerState) -> Any:
    return layer.weight.abs().amax((1, 2))


def _positive_share(layer: LayerState) -> Any:
    assert layer.a is not None
    return (layer.a > 0.0).float().mean((1, 2))


add(
    PROBES,
    Probe(
        key="made_up_largest",
        label="Largest weight",
        formula="max |Wₗ|",
        tooltip="The largest weight of a layer.",
        log=True,
        measure=_largest_weight,
    ),
    Probe(
        key="made_up_positive",
        label="Positive share",
        formula="share of aₗ > 0",
        tooltip="Share of a layer's outputs that are positive.",
        share=True,
        hidden=True,
        measure=_positive_share,
    ),
)
add(
    PRESETS,
    Preset(
        key="made_up_preset",
        label="Made-up example",
        formula="bands, 90 points; one hidden layer of 4; Adam, η = 0.003",
        tooltip="Three bands are told apart.",
        why="Two neurons are enough for two borders.",
        generator="made_up_bands",
        changes={"data.generator.points": 90, "network.hidden": (4,)},
        shows="underfitting",
        remedies=(Remedy("Eight neurons", {"network.hidden": (8,)}, Promise("training accuracy", 0.9)),),
    ),
)

# -- what needs more than a record

add(REGULARIZERS, regularizer.RECORD)
regularizer.add_lines()

# Operations and quantities know the settings, so that they come after the lines of the regularizer.
import tests.made_up.operation  # noqa: E402
import tests.made_up.quantity  # noqa: E402, F401
