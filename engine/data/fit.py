"""Which points a network can learn from as they are scaled, and what is done for the others."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.catalogue.canvas import CANVAS, symmetric_range
from engine.catalogue.tasks import TASKS
from engine.data.axes import FEW, NARROWEST, Axes, to_share
from engine.experiment import DataSettings, Experiment, Points
from engine.experiment.frame import DEFAULT_EXTENT
from engine.experiment.settings import ExtentSettings

LARGEST_VALUE = TASKS["surface"].target_bound
"""The canvas has colours for values from −LARGEST_VALUE to LARGEST_VALUE."""
_FARTHEST = 2.0
"""Data that extend this many times as far as the canvas need their own scaling."""


def describe_misfit(points: Points, task: str, extent: ExtentSettings = DEFAULT_EXTENT) -> str:
    """Describe why a network hardly learns from these points with the scaling of an extent.

    Parameters
    ----------
    points : Points
        In data units.
    task : {"classification", "curve", "surface"}
    extent : ExtentSettings
        The default one for a network that is fed the points as they are.

    Returns
    -------
    str
        A predicate for the subject "the data", such as "reach far beyond −6 to 6"; "" if they fit.
    """
    if not len(points):
        return ""
    xy = Axes.of_extent(extent).to_sheet(points.xy)
    if np.abs(xy).max() > _FARTHEST * CANVAS:
        return f"reach far beyond {_range_text(extent.x, extent.y)}"
    if len(points) >= FEW and max(np.ptp(axis) for axis in xy.T) < NARROWEST:
        return f"fill little of {_range_text(extent.x, extent.y)}"
    if task == "surface" and np.abs(to_share(points.target, extent.value)).max() > _FARTHEST:
        return f"have values far beyond {_range_text(extent.value)}"
    return ""


def misfit_for(scaling: str, data: DataSettings, points: Points) -> str:
    """Describe why a network with this input scaling hardly learns from the points of a data set.

    Parameters
    ----------
    scaling
        A key of ``INPUT_SCALINGS``.
    data
        Task and extent are used.
    points
        What the settings stand for.

    Returns
    -------
    str
        As for ``describe_misfit``. Points that are fed as they are must suit the canvas's own extent.
    """
    return describe_misfit(points, data.task, DEFAULT_EXTENT if scaling == "none" else data.extent)


def _range_text(*ends: tuple[float, float]) -> str:
    """The range of the axes where it is the same for all, else the extent."""
    if ends[0] in ((-CANVAS, CANVAS), DEFAULT_EXTENT.value) and len(set(ends)) == 1:
        return symmetric_range(ends[0][1])
    return "the extent"


def with_fitting_inputs(experiment: Experiment) -> Experiment:
    """Standardize the inputs of the lanes that need it for the points.

    Parameters
    ----------
    experiment
        Generated points always fit the canvas.

    Returns
    -------
    Experiment
        Unchanged if its points are generated, or if they fit every lane's scaling (see ``misfit_for``).
    """
    data = experiment.data
    if data.points is None:
        return experiment
    lanes = []
    for lane in experiment.lanes:
        scaling = lane.network.input_scaling
        if scaling != "standardize" and misfit_for(scaling, data, data.points):
            network = msgspec.structs.replace(lane.network, input_scaling="standardize")
            lane = msgspec.structs.replace(lane, network=network)
        lanes.append(lane)
    same = tuple(lanes) == experiment.lanes
    return experiment if same else msgspec.structs.replace(experiment, lanes=tuple(lanes))
