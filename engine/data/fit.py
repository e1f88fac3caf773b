"""Scale points so that the canvas shows them, and inputs so that a network can learn from them."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.catalogue.canvas import CANVAS, symmetric_range
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, Points

Floats = NDArray[np.float64]

MARGIN = 1.0
"""Free space, in canvas units, around points that were scaled to fit."""
LARGEST_VALUE = TASKS["surface"].target_bound
"""The canvas has colours for values from −LARGEST_VALUE to LARGEST_VALUE."""
_FARTHEST = 2.0
"""Data that extend this many times as far as the canvas need their own scaling."""
NARROWEST = 1.5
"""Data narrower than this on both axes, in canvas units, need their own scaling, too."""
FEW = 5
"""Fewer points than this may be close together by chance and are not judged."""


def describe_misfit(points: Points, task: str) -> str:
    """Describe why a network hardly learns from these points with the canvas's scaling.

    Parameters
    ----------
    points : Points
        In data units.
    task : {"classification", "curve", "surface"}

    Returns
    -------
    str
        A predicate for the subject "the data", such as "reach far beyond −6 to 6"; "" if they fit.
    """
    if not len(points):
        return ""
    if np.abs(points.xy).max() > _FARTHEST * CANVAS:
        return f"reach far beyond {symmetric_range(CANVAS)}"
    if len(points) >= FEW and max(np.ptp(axis) for axis in points.xy.T) < NARROWEST:
        return f"fill little of {symmetric_range(CANVAS)}"
    if task == "surface" and np.abs(points.target).max() > _FARTHEST * LARGEST_VALUE:
        return f"have values far beyond {symmetric_range(LARGEST_VALUE)}"
    return ""


def with_fitting_inputs(experiment: Experiment) -> Experiment:
    """Standardize the inputs of all lanes if the points need it.

    Parameters
    ----------
    experiment
        Generated points always fit the canvas.

    Returns
    -------
    Experiment
        Unchanged if its points are generated, if they fit (see ``describe_misfit``), or if all lanes standardize.
    """
    points = experiment.data.points
    if points is None or not describe_misfit(points, experiment.data.task):
        return experiment
    lanes = tuple(
        msgspec.structs.replace(
            lane, network=msgspec.structs.replace(lane.network, input_scaling="standardize")
        )
        for lane in experiment.lanes
    )
    return experiment if lanes == experiment.lanes else msgspec.structs.replace(experiment, lanes=lanes)


def fit_positions(xy: Floats) -> Floats:
    """Scale positions so that they fill the canvas on both axes, up to ``MARGIN``.

    Parameters
    ----------
    xy : float64 [n, 2]
        Finite positions in any units.

    Returns
    -------
    float64 [n, 2]
        From −5 to 5 in canvas units; 0 on an axis on which all are equal.
    """
    return np.column_stack([_stretch(column, CANVAS - MARGIN) for column in xy.T]) if len(xy) else xy


def fit_values(values: Floats) -> Floats:
    """Scale values to the range of the canvas's colours.

    Parameters
    ----------
    values : float64 [n]
        Finite values in any units.

    Returns
    -------
    float64 [n]
        From −1 to 1; zeros if all are equal.

    Examples
    --------
    >>> fit_values(np.array([10.0, 15.0, 20.0]))
    array([-1.,  0.,  1.])
    """
    return _stretch(values, LARGEST_VALUE)


def _stretch(values: Floats, reach: float) -> Floats:
    """Return values [n] scaled to the range from −``reach`` to ``reach``, or zeros if all are equal."""
    if not len(values):
        return values
    # Halved, because the difference of two huge numbers may overflow.
    halves = values / 2
    low, span = halves.min(), np.ptp(halves)
    if span == 0:
        return np.zeros_like(values)
    stretched: Floats = np.clip((halves - low) / span * (2 * reach) - reach, -reach, reach)
    return stretched
