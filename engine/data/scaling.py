"""Scale canvas coordinates to the network's inputs, and its answers back to the units of the data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from math import prod

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import FEATURES
from engine.catalogue.losses import Loss
from engine.catalogue.tasks import TASKS
from engine.experiment.points import TRAINING, Points
from engine.experiment.settings import NetworkSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scaling:
    """Shifts and scales of inputs and targets.

    Attributes
    ----------
    features : tuple of str
        Keys of ``FEATURES``.
    input_shift, input_scale : float64 [features]
        Scaled input = (feature − shift) / scale.
    target_shift, target_scale : float
        The same for targets.
    """

    features: tuple[str, ...]
    input_shift: Floats
    input_scale: Floats
    target_shift: float
    target_scale: float

    @classmethod
    def of(cls, network: NetworkSettings, points: Points, task: str) -> Scaling:
        """Return the scaling that a network's settings ask for.

        Parameters
        ----------
        network
            ``features`` and ``input_scaling``: "none"; "unit", which divides by the bound of each feature and of the
            task's targets; or "standardize", to mean 0 and deviation 1.
        points
            "standardize" uses the training points only; without any it is "none".
        task
            Targets of classification are never scaled.

        Returns
        -------
        Scaling

        Examples
        --------
        >>> from engine.experiment import NetworkSettings
        >>> points = Points([[1.0, 0.0], [3.0, 8.0]], [0.0, 10.0])
        >>> scaling = Scaling.of(NetworkSettings(input_scaling="standardize"), points, "surface")
        >>> scaling.inputs(points.xy).tolist(), scaling.targets(points.target).tolist()
        ([[-1.0, -1.0], [1.0, 1.0]], [-1.0, 1.0])
        """
        keys = network.features
        if network.input_scaling == "unit":
            bounds = np.array([FEATURES[key].bound for key in keys])
            return cls(keys, np.zeros(len(keys)), bounds, 0.0, TASKS[task].target_bound)
        training = points.of_split(TRAINING)
        if network.input_scaling == "none" or not len(training):
            return cls(keys, np.zeros(len(keys)), np.ones(len(keys)), 0.0, 1.0)
        shifts, scales = _moments(feature_values(keys, training.xy))
        shift, scale = (0.0, 1.0)
        if task != "classification":
            shift, scale = (float(one[0]) for one in _moments(training.target[:, None]))
        return cls(keys, shifts, scales, shift, scale)

    def loss_unit(self, loss: Loss) -> float:
        """Return the factor from scaled losses and penalties to the user's own units.

        Parameters
        ----------
        loss
            Its degree is used.

        Returns
        -------
        float
            The scale of the targets to the power of the degree; 1 in classification. It may overflow to infinity.

        Examples
        --------
        >>> from engine.catalogue.losses import LOSSES
        >>> scaling = Scaling((), np.zeros(0), np.ones(0), 0.0, 3.0)
        >>> scaling.loss_unit(LOSSES["squared"])
        9.0
        """
        # A product, because the power of a Python number raises OverflowError.
        return prod(repeat(self.target_scale, loss.degree or 0), start=1.0)

    def inputs(self, xy: Floats) -> NDArray[np.float32]:
        """Return the scaled features of positions.

        Shift and scale are applied in double precision, because single precision would lose the differences
        between points that lie far from zero.

        Parameters
        ----------
        xy : float64 [n, 2]

        Returns
        -------
        float32 [n, features]
        """
        # The coordinate of a distant point, or its square, may overflow to infinity.
        with np.errstate(over="ignore", invalid="ignore"):
            values = (feature_values(self.features, xy) - self.input_shift) / self.input_scale
            return values.astype(np.float32)

    def targets(self, target: Floats) -> Floats:
        """Return targets in scaled units, in which the loss is computed.

        Parameters
        ----------
        target : float64 [n]
            Values in data units.

        Returns
        -------
        float64 [n]
            (target − shift) / scale.
        """
        return (target - self.target_shift) / self.target_scale


def feature_values(keys: tuple[str, ...], xy: Floats) -> Floats:
    """Return the unscaled features [n, features] of positions [n, 2].

    Examples
    --------
    >>> feature_values(("x1", "x2"), np.array([[0.5, -2.0]]))
    array([[ 0.5, -2. ]])
    """
    with np.errstate(over="ignore"):
        return np.stack([FEATURES[key].function(xy[:, 0], xy[:, 1]) for key in keys], 1)


def mean_position(xy: Floats) -> Floats:
    """Return the mean of positions.

    Parameters
    ----------
    xy : float64 [n, 2]
        Also huge or tiny ones, whose sum would overflow or underflow.

    Returns
    -------
    float64 [2]
        Zeros for n = 0.
    """
    return _moments(xy)[0] if len(xy) else np.zeros(2)


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Return means and standard deviations [columns] of values [n, columns], also of huge and tiny values.

    A constant column has its value as the mean and 1 as the deviation.
    """
    # Division by a power of two keeps all digits; squares of the results neither overflow nor underflow.
    _, exponents = np.frexp(np.abs(np.where(np.isfinite(values), values, 0.0)).max(0))
    with np.errstate(over="ignore", invalid="ignore"):
        near_one = np.ldexp(values, -exponents)
        means, deviations = np.ldexp(near_one.mean(0), exponents), np.ldexp(near_one.std(0), exponents)
    same = values.max(0) == values.min(0)
    return np.where(same, values[0], means), np.where(same | (deviations == 0.0), 1.0, deviations)
