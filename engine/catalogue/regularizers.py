"""Regularizers, the criteria of early stopping, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.catalogue.canvas import CANVAS
from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.code import Code
from engine.catalogue.criteria import CRITERIA, MIN_DELTA, PATIENCE, STOPPING_ALPHA, STRIPS
from engine.catalogue.entry import Entry, Family, Parameter
from engine.catalogue.l1_updates import L1_UPDATES

Group = Literal["Penalties", "Noise and data", "Stopping", "Gradients"]


@dataclass(frozen=True, slots=True)
class Shrinking:
    """How a regularizer that shrinks weights can keep a network from learning.

    Attributes
    ----------
    strong
        The value of its first parameter from which it can.
    phrase
        Its name and strength in a sentence, with ``{}`` for the value.
    """

    strong: float
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularizer(Entry):
    """A regularizer with its settings.

    Attributes
    ----------
    typical_on
        Values of its parameters, by key, when it is switched on.
    group
        Heading under which the panel shows it.
    settings_field
        Field of ``RegularizationSettings`` that holds its settings; empty if they are fields of that class themselves.
    nullable
        Whether its settings are null while it is off; if not, they are 0.
    choices
        Families of its settings that are not numbers, by key. A parameter that entries of such a family list is in use
        only while one of these entries is chosen.
    shrinking
        When it is too strong; None if it does not shrink weights. The diagnosis reads it.

    Its ``code`` is for PyTorch a term of the cost, of all ``weights``; for what is no penalty a statement about a
    ``weight`` and the learning ``rate``, a layer, or the new ``target``. Keras has arguments, layers and constraints.
    What needs more than that is written by the target itself.
    """

    typical_on: dict[str, float]
    group: Group
    settings_field: str = ""
    nullable: bool = False
    choices: Mapping[str, Family[Any]] = field(default_factory=dict)
    shrinking: Shrinking | None = None

    def path(self, key: str) -> str:
        """Return the path of a setting below ``regularization``.

        Parameters
        ----------
        key
            Key of one of its parameters or ``choices``.

        Returns
        -------
        str

        Examples
        --------
        >>> REGULARIZERS["dropout"].path("rate"), REGULARIZERS["l2"].path("l2")
        ('dropout.rate', 'l2')
        """
        return key if key == self.settings_field else f"{self.settings_field}.{key}".lstrip(".")

    def switched_on(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the edits that switch it on.

        Parameters
        ----------
        values
            Values of its parameters, by key; missing ones come from ``typical_on``.

        Returns
        -------
        dict
            Values by path below ``regularization``.

        Examples
        --------
        >>> REGULARIZERS["max_norm"].switched_on({"max_norm": 2.0})
        {'max_norm': 2.0}
        """
        values = {**self.typical_on, **(values or {})}
        if not self.nullable:
            return {self.path(key): value for key, value in values.items()}
        return {self.settings_field: values.get(self.settings_field, values)}

    def switched_off(self) -> dict[str, Any]:
        """Return the edits that switch it off, by path below ``regularization``."""
        if self.nullable:
            return {self.settings_field: None}
        return {self.path(parameter.key): 0.0 for parameter in self.parameters}

    def reads(self, parameter: Parameter, chosen: Mapping[str, str]) -> bool:
        """Whether training uses a parameter under the current choices.

        Parameters
        ----------
        parameter
            One of its parameters.
        chosen
            The key of the chosen entry, for each key of ``choices``.

        Returns
        -------
        bool
            False if entries of one of these families list the parameter, but the chosen entry does not.
        """
        families = [
            (family, key)
            for key, family in self.choices.items()
            if any(parameter.key in _keys(entry) for entry in family.values())
        ]
        return all(parameter.key in _keys(family[chosen[key]]) for family, key in families)


def _keys(entry: Entry) -> set[str]:
    return {parameter.key for parameter in entry.parameters}


L1 = Parameter("l1", "λ₁", 0.0, 0.0, 100.0, "Strength of the L1 penalty.", log=True, slider=(1e-6, 1.0))
L2 = Parameter("l2", "λ₂", 0.0, 0.0, 100.0, "Strength of the L2 penalty.", log=True, slider=(1e-6, 1.0))
PENALTY_PARTS = (L1.key, L2.key)
"""The strengths whose share of the penalty is told apart, in the order of every array of parts."""
WEIGHT_DECAY = Parameter(
    "weight_decay",
    "λ",
    0.0,
    0.0,
    10.0,
    "Share of η by which every step shrinks the weights.",
    log=True,
    slider=(1e-5, 1.0),
)
MAX_NORM = Parameter(
    "max_norm",
    "c",
    3.0,
    0.0,
    1000.0,
    "Largest L2 norm of the weights into a hidden neuron.",
    log=True,
    open_low=True,
    slider=(0.1, 10.0),
    typical=(2.0, 4.0),
)
CLIPPING_THRESHOLD = Parameter(
    "threshold",
    "Threshold",
    1.0,
    0.0,
    1e6,
    "Gradients beyond it are cut back to it.",
    log=True,
    open_low=True,
    slider=(1e-3, 100.0),
)
LABEL_SMOOTHING = Parameter(
    "label_smoothing",
    "ε",
    0.0,
    0.0,
    0.9,
    "Share of the target spread evenly over all classes.",
    slider=(0.0, 0.5),
    typical=(0.05, 0.2),
)
INPUT_NOISE = Parameter(
    "input_noise",
    "σ",
    0.0,
    0.0,
    CANVAS,
    "Standard deviation of the noise, in canvas units.",
    slider=(0.0, 2.0),
)
ROTATE = Parameter("rotate", "Rotate", 0.0, 0.0, 180.0, "Up to this many degrees, either way.", unit="°")
SHEAR = Parameter(
    "shear", "Shear", 0.0, 0.0, 2.0, "Moves x₁ by up to this share of the distance in x₂.", slider=(0.0, 1.0)
)
SHIFT = Parameter(
    "shift", "Shift", 0.0, 0.0, CANVAS, "Up to this many canvas units in each direction.", slider=(0.0, 3.0)
)
SCALE = Parameter(
    "scale", "Scale", 0.0, 0.0, 0.95, "Larger or smaller by up to this share.", slider=(0.0, 0.9)
)
MIXUP = Parameter(
    "mixup",
    "α",
    0.0,
    0.0,
    10.0,
    "How much of the other point: little for small α; for α = 1, any share is equally likely.",
    slider=(0.0, 2.0),
    typical=(0.1, 0.4),
)
DROPOUT_RATE = Parameter(
    "rate", "p", 0.0, 0.0, 0.95, "Share of the neurons that each step ignores.", typical=(0.2, 0.8)
)
DROPOUT_INPUT_RATE = Parameter(
    "input_rate",
    "p (input)",
    0.0,
    0.0,
    0.95,
    "Share of the inputs that each step ignores.",
    slider=(0.0, 0.5),
)
REGULARIZERS: Family[Regularizer] = Family(
    "regularizer",
    [
        Regularizer(
            key="l1",
            label="L1",
            formula="C = loss + λ₁ Σₗ Σ|Wₗ|",
            tooltip="Pulls every weight towards zero at the same speed: many become small, exactly 0 with Proximal.",
            parameters=(L1,),
            group="Penalties",
            choices={"l1_update": L1_UPDATES},
            typical_on={"l1": 0.001},
            shrinking=Shrinking(0.003, "L1 with λ₁ = {}"),
            code=Code(torch="{l1} * sum(weight.abs().sum() for weight in weights)", keras="l1={l1}"),
        ),
        Regularizer(
            key="l2",
            label="L2",
            formula="C = loss + λ₂ Σₗ ΣWₗ²",
            tooltip="Pulls large weights towards zero: a smoother answer.",
            parameters=(L2,),
            group="Penalties",
            typical_on={"l2": 0.001},
            shrinking=Shrinking(0.003, "L2 with λ₂ = {}"),
            code=Code(torch="{l2} * sum(weight.square().sum() for weight in weights)", keras="l2={l2}"),
        ),
        Regularizer(
            key="weight_decay",
            label="Weight decay",
            formula="Wₗ ← Wₗ − η·λ·Wₗ, beside the step along the gradient",
            tooltip="Shrinks the weights in each step, decoupled from the gradient, as AdamW does. It is the same as "
            "L2 (with λ₂ = λ/2) only for plain SGD.",
            parameters=(WEIGHT_DECAY,),
            group="Penalties",
            typical_on={"weight_decay": 0.01},
            shrinking=Shrinking(0.3, "Weight decay with {}"),
            code=Code(torch="weight *= 1 - rate * {weight_decay}", keras="weight_decay={weight_decay}"),
        ),
        Regularizer(
            key="max_norm",
            label="Max-norm",
            formula="‖w‖₂ ≤ c for the weights w into each hidden neuron",
            tooltip="After each step, scales the weights into a neuron back where they have grown too long.",
            parameters=(MAX_NORM,),
            group="Penalties",
            typical_on={"max_norm": 3.0},
            settings_field="max_norm",
            nullable=True,
            code=Code(
                torch="weight *= ({max_norm} / weight.norm(dim=1, keepdim=True)).clamp(max=1)",
                keras="keras.constraints.MaxNorm({max_norm})",
            ),
        ),
        Regularizer(
            key="gradient_clipping",
            label="Gradient clipping",
            formula="g ← g · min(1, threshold / ‖g‖₂), or each |gᵢ| ≤ threshold",
            tooltip="Cuts back gradients that are too large, so that no single step can throw training off course.",
            parameters=(CLIPPING_THRESHOLD,),
            group="Gradients",
            choices={"kind": CLIPPING_KINDS},
            typical_on={"threshold": 1.0},
            settings_field="gradient_clipping",
            nullable=True,
        ),
        Regularizer(
            key="dropout",
            label="Dropout",
            formula="aₗ ← mask · aₗ / (1 − p)",
            tooltip="In each step, ignore a random share p of the neurons of the chosen layers, drawn anew for each "
            "point; off when evaluating.",
            parameters=(DROPOUT_RATE, DROPOUT_INPUT_RATE),
            group="Noise and data",
            typical_on={"rate": 0.5},
            settings_field="dropout",
            code=Code(torch="nn.Dropout({rate})", keras="keras.layers.Dropout({rate})"),
        ),
        Regularizer(
            key="label_smoothing",
            label="Label smoothing",
            formula="y ← (1 − ε)·y + ε / classes",
            tooltip="Trains on slightly softened targets, so that the network does not become overconfident "
            "(Szegedy et al. 2016).",
            parameters=(LABEL_SMOOTHING,),
            group="Noise and data",
            typical_on={"label_smoothing": 0.1},
            code=Code(
                torch="target * (1 - {label_smoothing}) + {label_smoothing} / target.shape[1]",
                keras="label_smoothing={label_smoothing}",
            ),
        ),
        Regularizer(
            key="input_noise",
            label="Input noise",
            formula="x ← x + σ·n, n standard normal",
            tooltip="Moves each point by a new random amount in each step.",
            parameters=(INPUT_NOISE,),
            group="Noise and data",
            typical_on={"input_noise": 0.3},
            code=Code(keras="keras.layers.GaussianNoise({input_noise})"),
        ),
        Regularizer(
            key="augmentation",
            label="Augmentation",
            formula="x ← c + R·S·s·(x − c) + t: scaled by s, sheared by S, rotated by R, shifted by t, at random",
            tooltip="Trains on points that are scaled, sheared, rotated about the centre c of the data and shifted, "
            "differently in each step. Helps where these changes keep the targets, and harms elsewhere.",
            parameters=(ROTATE, SHEAR, SHIFT, SCALE),
            group="Noise and data",
            typical_on={"rotate": 15.0, "shear": 0.1, "shift": 0.2, "scale": 0.1},
            settings_field="augmentation",
        ),
        Regularizer(
            key="mixup",
            label="Mixup",
            formula="x ← λ·x + (1 − λ)·x′, y ← λ·y + (1 − λ)·y′, λ ~ Beta(α, α)",
            tooltip="Trains on points between two points of the batch, with targets in between (Zhang et al. 2018).",
            parameters=(MIXUP,),
            group="Noise and data",
            typical_on={"mixup": 0.2},
        ),
        Regularizer(
            key="early_stopping",
            label="Early stopping",
            formula="stop when the criterion below says so",
            tooltip="Stop when the performance on the validation points worsens, and go back to the best weights.",
            parameters=(PATIENCE, MIN_DELTA, STOPPING_ALPHA, STRIPS),
            group="Stopping",
            choices={"criterion": CRITERIA},
            typical_on={"patience": 50},
            settings_field="early_stopping",
            nullable=True,
        ),
    ],
)
