"""From canvas coordinates to what the network is fed, and back from its answers to the user's own units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import CANVAS, FEATURES
from engine.experiment.points import TRAINING, Points
from engine.experiment.settings import NetworkSettings

Floats = NDArray[np.float64]

TARGET_BOUND = {"classification": 1.0, "curve": CANVAS, "surface": 1.0}
"""Largest |target| on the canvas; class numbers are never scaled."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Scaled input = (feature − ``input_shift``) / ``input_scale``, both [features]; targets likewise."""

    features: tuple[str, ...]
    input_shift: Floats
    input_scale: Floats
    target_shift: float
    target_scale: float

    @classmethod
    def of(cls, network: NetworkSettings, points: Points, task: str) -> Scaling:
        """The scaling that ``network.input_scaling`` asks for; ``standardize`` looks at the training points."""
        keys = network.features
        if network.input_scaling == "unit":
            bounds = np.array([FEATURES[key].bound for key in keys])
            return cls(keys, np.zeros(len(keys)), bounds, 0.0, TARGET_BOUND[task])
        training = points.of_split(TRAINING)
        if network.input_scaling == "none" or not len(training):
            return cls(keys, np.zeros(len(keys)), np.ones(len(keys)), 0.0, 1.0)
        shifts, scales = _moments(feature_values(keys, training.xy))
        shift, scale = (0.0, 1.0)
        if task != "classification":
            shift, scale = (float(one[0]) for one in _moments(training.target[:, None]))
        return cls(keys, shifts, scales, shift, scale)

    @property
    def loss_unit(self) -> float:
        """What 1 of a scaled loss or of a penalty is in the user's own units: losses go with the square of targets."""
        # As a product: a power of a Python number raises where it leaves all numbers.
        return self.target_scale * self.target_scale

    def inputs(self, xy: Floats) -> NDArray[np.float32]:
        """Positions [n, 2] as scaled features float32 [n, features].

        Shifted and scaled in double precision: what single precision has room for are the differences between
        points, not the offset that they share.
        """
        # A point may lie so far out that single precision, or even its square, ends in infinity.
        with np.errstate(over="ignore", invalid="ignore"):
            values = (feature_values(self.features, xy) - self.input_shift) / self.input_scale
            return values.astype(np.float32)

    def targets(self, target: Floats) -> Floats:
        """Targets [n] in scaled units."""
        return (target - self.target_shift) / self.target_scale


def feature_values(keys: tuple[str, ...], xy: Floats) -> Floats:
    """Unscaled features [n, features] of positions [n, 2]."""
    with np.errstate(over="ignore"):
        return np.stack([FEATURES[key].function(xy[:, 0], xy[:, 1]) for key in keys], 1)


def centre_of(xy: Floats) -> Floats:
    """Mean place [2] of places [n, 2]; zero of none."""
    return _moments(xy)[0] if len(xy) else np.zeros(2)


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Means and deviations [columns] of values [n, columns], in any range; where all values are one, that and 1."""
    # Divided by a power of two, numbers keep all their digits, and their squares neither overflow nor vanish.
    _, exponents = np.frexp(np.abs(np.where(np.isfinite(values), values, 0.0)).max(0))
    with np.errstate(over="ignore", invalid="ignore"):
        near_one = np.ldexp(values, -exponents)
        means, deviations = np.ldexp(near_one.mean(0), exponents), np.ldexp(near_one.std(0), exponents)
    same = values.max(0) == values.min(0)
    return np.where(same, values[0], means), np.where(same | (deviations == 0.0), 1.0, deviations)
