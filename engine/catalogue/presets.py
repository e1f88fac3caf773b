"""Demonstrations: experiments that each show one phenomenon of the lecture, with remedies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.catalogue.entry import Entry, Family
from engine.catalogue.texts import setting_text

SHOWN_AFTER = 300
"""Epochs after which a demonstration still shows its phenomenon, and a remedy has kept its promise."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The result that training reaches: a training accuracy ≥ ``limit``, or a validation loss ≤ ``limit``."""

    what: Literal["training accuracy", "validation loss"]
    limit: float

    @property
    def text(self) -> str:
        return f"{self.what} {self.bound}"

    @property
    def bound(self) -> str:
        """The limit with its relation, such as "≥ 95 %"."""
        if self.what == "training accuracy":
            return f"≥ {self.limit:.0%}".replace("%", "\u00a0%")
        return f"≤ {setting_text(self.limit)}"

    def kept(self, training_accuracy: float, validation_loss: float) -> bool:
        if self.what == "training accuracy":
            return training_accuracy >= self.limit
        return validation_loss <= self.limit


@dataclass(frozen=True, slots=True)
class Remedy:
    """Edits that cure a demonstration if it trains with them from the initial weights.

    Attributes
    ----------
    label
        The text of its button.
    changes
        Values by path: below the experiment if the path begins with ``data.``, else below the lane.
    promise
        What training with the changes reaches within ``SHOWN_AFTER`` epochs.
    """

    label: str
    changes: Mapping[str, Any]
    promise: Promise

    def edits(self) -> dict[str, Any]:
        """The changes by paths below the experiment."""
        return below_experiment(self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset(Entry):
    """A demonstration. ``formula`` summarizes its settings, ``tooltip`` says what to look for.

    Attributes
    ----------
    generator
        Key of the generator of its data.
    changes
        Differences from the default experiment with these data: values by path, as in ``Remedy``.
    shows
        The code of the finding that the diagnosis reports.
    why
        An explanation of the phenomenon, in a few sentences.
    remedies
        Each of them cures it alone.
    """

    generator: str
    changes: Mapping[str, Any]
    shows: str
    why: str
    remedies: tuple[Remedy, ...]

    def edits(self) -> dict[str, Any]:
        """The changes by paths below the experiment."""
        return below_experiment(self.changes)


def below_experiment(changes: Mapping[str, Any], lane: int = 0) -> dict[str, Any]:
    """Return changes with their paths below the experiment.

    Parameters
    ----------
    changes
        Values by path: below the experiment if the path begins with ``data.``, else below a lane.
    lane
        Index of that lane.

    Returns
    -------
    dict
        Values by path below the experiment, for ``engine.experiment.edit_many``.

    Examples
    --------
    >>> below_experiment({"seed": 3, "data.classes": 4}, lane=1)
    {'lanes.1.seed': 3, 'data.classes': 4}
    """
    return {
        path if path.startswith("data.") else f"lanes.{lane}.{path}": value for path, value in changes.items()
    }


def _learns(limit: float) -> Promise:
    return Promise("training accuracy", limit)


def _generalizes(limit: float) -> Promise:
    return Promise("validation loss", limit)


_SIZE: dict[str, Any] = {"data.generator.points": 200}
_DEEP: dict[str, Any] = {**_SIZE, "training.batch_size": 25, "training.optimizer": "sgd"}

PRESETS: Family[Preset] = Family(
    "preset",
    [
        Preset(
            key="underfits",
            label="Underfits",
            formula="circle, 200 points; no hidden layer; Adam, η = 0.01",
            tooltip="Training and validation loss settle side by side, far from 0, and the boundary stays a straight "
            "line across the disc.",
            why="The model is too simple for the data (high bias): without a hidden layer it is logistic regression, "
            "which can only draw a straight line. More epochs or more points do not help; more capacity does.",
            generator="circle",
            changes={
                **_SIZE,
                "training.batch_size": 20,
                "training.learning_rate": 0.01,
                "network.hidden": (),
            },
            shows="underfitting",
            remedies=(
                Remedy("Add a hidden layer of 8", {"network.hidden": (8,)}, _learns(0.95)),
                Remedy(
                    "Feed x₁² and x₂² as well",
                    {"network.features": ("x1", "x2", "x1_squared", "x2_squared")},
                    _learns(0.93),
                ),
            ),
        ),
        Preset(
            key="overfits",
            label="Overfits",
            formula="moons, 200 points, noise 35 %; three layers of 32, ReLU; Adam, η = 0.003",
            tooltip="The training loss falls towards 0 while the validation loss turns within about 50 epochs "
            "and rises.",
            why="The network is large for 100 noisy training points (high variance): it learns their noise by heart, "
            "becomes ever more confident, and does worse on points it has not seen.",
            generator="moons",
            changes={
                **_SIZE,
                "data.generator.noise": 0.35,
                "network.hidden": (32, 32, 32),
                "network.activation": "relu",
                "network.initializer": "he_uniform",
            },
            shows="overfitting",
            remedies=(
                Remedy("L2 penalty, λ₂ = 0.003", {"regularization.l2": 0.003}, _generalizes(0.2)),
                Remedy("L1 penalty, λ₁ = 0.003", {"regularization.l1": 0.003}, _generalizes(0.2)),
                Remedy(
                    "Noise on the inputs, σ = 0.5", {"regularization.input_noise": 0.5}, _generalizes(0.2)
                ),
                Remedy("One hidden layer of 8", {"network.hidden": (8,)}, _generalizes(0.2)),
                Remedy(
                    "Early stopping, patience 20",
                    {"regularization.early_stopping": {"patience": 20}},
                    _generalizes(0.3),
                ),
            ),
        ),
        Preset(
            key="vanishing_gradient",
            label="Vanishing gradient",
            formula="circle, 200 points; ten layers of 16, sigmoid; SGD, η = 0.05",
            tooltip="In “Weight gradient over time” the layers near the input lie many powers of ten below the "
            "output layer, and the loss does not move.",
            why="On its way back the error is multiplied by a weight matrix and by σ′ ≤ ¼ in every layer: a product of "
            "ten small factors. The first layers learn nothing, so the last ones have nothing to work with.",
            generator="circle",
            changes={
                **_DEEP,
                "training.learning_rate": 0.05,
                "network.hidden": (16,) * 10,
                "network.activation": "sigmoid",
            },
            shows="vanishing_gradient",
            remedies=(
                Remedy(
                    "ReLU with He weights",
                    {"network.activation": "relu", "network.initializer": "he_normal"},
                    _learns(0.95),
                ),
                Remedy("Batch normalization", {"network.normalization": {"kind": "batch"}}, _learns(0.93)),
                Remedy(
                    "Batch norm and residuals",
                    {"network.normalization": {"kind": "batch"}, "network.residual": True},
                    _learns(0.9),
                ),
                Remedy("tanh", {"network.activation": "tanh"}, _learns(0.95)),
            ),
        ),
        Preset(
            key="exploding_gradient",
            label="Exploding gradient",
            formula="circle, 200 points; ten layers of 24, ReLU, weights N(0, 1); SGD, η = 0.1",
            tooltip="Before the first step the loss is in the thousands and the gradient has a norm of many thousands; "
            "a few steps later no finite numbers are left.",
            why="With weights of standard deviation 1 each layer of 24 neurons multiplies the error by about 3.2 to "
            "3.5 (√12) on its way back. Ten layers make that more than 100,000, and the first step throws the weights "
            "far away.",
            generator="circle",
            changes={
                **_DEEP,
                "training.learning_rate": 0.1,
                "network.hidden": (24,) * 10,
                "network.activation": "relu",
                "network.initializer": {"name": "normal", "std": 1.0},
            },
            shows="exploding_gradient",
            remedies=(
                Remedy("He weights", {"network.initializer": "he_normal"}, _learns(0.95)),
                Remedy("Batch normalization", {"network.normalization": {"kind": "batch"}}, _learns(0.93)),
                Remedy(
                    "Clip gradients at 1",
                    {"regularization.gradient_clipping": {"threshold": 1.0}},
                    _learns(0.95),
                ),
            ),
        ),
        Preset(
            key="dead_units",
            label="Dead neurons",
            formula="circle, 200 points; six layers of 8, ReLU; SGD, η = 1",
            tooltip="Within a few epochs the picture turns one colour for good; “Dead share” of a layer is 1.",
            why="A step that is too large throws a ReLU neuron to where it is 0 for every point. There its slope is 0 "
            "as well, no gradient comes through, and it never comes back.",
            generator="circle",
            changes={
                **_SIZE,
                "training.optimizer": "sgd",
                "training.learning_rate": 1.0,
                "network.hidden": (8,) * 6,
                "network.activation": "relu",
                "network.initializer": "he_uniform",
            },
            shows="dead_units",
            remedies=(
                Remedy("Learning rate 0.1", {"training.learning_rate": 0.1}, _learns(0.95)),
                Remedy(
                    "Leaky ReLU, learning rate 0.1",
                    {"network.activation": "leaky_relu", "training.learning_rate": 0.1},
                    _learns(0.95),
                ),
                Remedy(
                    "Clip gradients at 0.1",
                    {"regularization.gradient_clipping": {"threshold": 0.1}},
                    _learns(0.95),
                ),
            ),
        ),
    ],
)
