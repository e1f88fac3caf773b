"""Scale positions to the network's inputs, and targets to the units of its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from math import prod

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import FEATURES
from engine.catalogue.input_scalings import INPUT_SCALINGS, means_and_deviations
from engine.catalogue.losses import Loss
from engine.catalogue.tasks import TASKS
from engine.data.axes import HOME, Axes, middle_and_half
from engine.experiment.frame import DEFAULT_EXTENT
from engine.experiment.points import TRAINING, Points
from engine.experiment.settings import ExtentSettings, NetworkSettings

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
    sheet : Axes
        Features that are not linear are functions of the position on it: of the data's own numbers on the default one.
    """

    features: tuple[str, ...]
    input_shift: Floats
    input_scale: Floats
    target_shift: float
    target_scale: float
    sheet: Axes = HOME

    @classmethod
    def of(
        cls, network: NetworkSettings, points: Points, task: str, extent: ExtentSettings = DEFAULT_EXTENT
    ) -> Scaling:
        """Return the scaling of a network's settings.

        Parameters
        ----------
        network
            ``features``, and ``input_scaling``, a key of ``INPUT_SCALINGS``.
        points
            The training points among them may decide on shifts and scales.
        task
            Targets of classification are never scaled.
        extent
            Of the data. A scaling that refers to it maps the middle of an axis to 0, and its ends to −1 and 1.

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
        keys, scaling = network.features, INPUT_SCALINGS[network.input_scaling]
        if not scaling.of_extent:
            extent = DEFAULT_EXTENT
        training, sheet = points.of_split(TRAINING), Axes.of_extent(extent)
        middles, bounds = _reach_of_features(keys, extent)
        shifts, scales = scaling.moments(feature_values(keys, training.xy, sheet) - middles, bounds)
        target_shift, target_scale = 0.0, 1.0
        if TASKS[task].regression:
            middle, bound = middle_and_half(extent.y if task == "curve" else extent.value)
            shift, scale = scaling.moments(training.target[:, None] - middle, np.array([bound]))
            target_shift, target_scale = float(shift[0]) + middle, float(scale[0])
        return cls(keys, shifts + middles, scales, target_shift, target_scale, sheet)

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
            values = (feature_values(self.features, xy, self.sheet) - self.input_shift) / self.input_scale
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


def feature_values(keys: tuple[str, ...], xy: Floats, sheet: Axes = HOME) -> Floats:
    """Return the unscaled features [n, features] of positions [n, 2]; those that are not linear, of the ``sheet``.

    Examples
    --------
    >>> feature_values(("x1", "x2"), np.array([[0.5, -2.0]]))
    array([[ 0.5, -2. ]])
    >>> feature_values(("x1", "x1_squared"), np.array([[100.0, 0.0]]), Axes(x_middle=70.0, x_unit=10.0))
    array([[100.,   9.]])
    """
    with np.errstate(over="ignore", invalid="ignore"):
        on_sheet = sheet.to_sheet(xy)
        entries = (FEATURES[key] for key in keys)
        return np.stack([entry.function(*(xy if entry.straight else on_sheet).T) for entry in entries], 1)


def _reach_of_features(keys: tuple[str, ...], extent: ExtentSettings) -> tuple[Floats, Floats]:
    """The value of each feature at the middle of the extent, and how far its values reach from there [features]."""
    entries = [FEATURES[key] for key in keys]
    (x, x_half), (y, y_half) = middle_and_half(extent.x), middle_and_half(extent.y)
    corners = np.array(((x_half, x_half), (y_half, -y_half)))
    middles, reaches = np.zeros(len(entries)), np.array([entry.bound for entry in entries])
    for index, entry in enumerate(entries):
        if entry.straight and extent != DEFAULT_EXTENT:
            middles[index] = entry.function(np.array(x), np.array(y))
            reaches[index] = np.abs(entry.function(*corners)).max()
    return middles, reaches


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
    return means_and_deviations(xy)[0] if len(xy) else np.zeros(2)
