"""Points scaled so that they are seen, and inputs so that they can be learned from."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import CANVAS
from engine.experiment import Experiment, Points

Floats = NDArray[np.float64]

MARGIN = 1.0
"""Canvas units that stay free around points that were scaled to fit."""
LARGEST_VALUE = 1.0
"""The canvas has colours for values from −LARGEST_VALUE to LARGEST_VALUE."""
_FARTHEST = 2.0
"""Data of more times the canvas's reach need a scaling of their own."""
NARROWEST = 1.5
"""Data over less of the canvas, in its units, are hardly seen on it and need a scaling of their own, too."""
FEW = 5
"""Fewer points may lie in one place by chance, as where they were drawn."""


def misfit(points: Points, task: str) -> str:
    """Why a network hardly learns from these points as the canvas scales them: what "the data" do, far out or all in
    one place; "" where it can.
    """
    if not len(points):
        return ""
    if np.abs(points.xy).max() > _FARTHEST * CANVAS:
        return "reach far beyond −6 to 6"
    if len(points) >= FEW and max(np.ptp(axis) for axis in points.xy.T) < NARROWEST:
        return "fill little of −6 to 6"
    if task == "surface" and np.abs(points.target).max() > _FARTHEST * LARGEST_VALUE:
        return "have values far beyond −1 to 1"
    return ""


def with_fitting_inputs(experiment: Experiment) -> Experiment:
    """The experiment with inputs standardized in each lane whose scaling does not suit its points; itself if all do."""
    points = experiment.data.points
    if points is None or not misfit(points, experiment.data.task):
        return experiment
    lanes = tuple(
        msgspec.structs.replace(
            lane, network=msgspec.structs.replace(lane.network, input_scaling="standardize")
        )
        for lane in experiment.lanes
    )
    return experiment if lanes == experiment.lanes else msgspec.structs.replace(experiment, lanes=lanes)


def fit_positions(xy: Floats) -> Floats:
    """Positions [n, 2] with both axes scaled so that they fill the sheet but for a margin."""
    return np.column_stack([_stretch(column, CANVAS - MARGIN) for column in xy.T]) if len(xy) else xy


def fit_values(values: Floats) -> Floats:
    """Values [n] scaled to −1 to 1."""
    return _stretch(values, LARGEST_VALUE)


def _stretch(values: Floats, reach: float) -> Floats:
    """Values [n] from −``reach`` to ``reach``; where they do not differ, 0."""
    if not len(values):
        return values
    # Halves, because the span of the largest numbers there are is larger than any of them.
    halves = values / 2
    low, span = halves.min(), np.ptp(halves)
    if span == 0:
        return np.zeros_like(values)
    stretched: Floats = np.clip((halves - low) / span * (2 * reach) - reach, -reach, reach)
    return stretched
