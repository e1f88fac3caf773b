"""From the points of a file to an experiment that trains on them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.data import CsvData, stratified_split
from engine.experiment import Experiment, Points, switch_classes
from engine.observation.snapshot import CANVAS_EXTENT

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MARGIN = 1.0
"""Canvas units that stay free around points that were scaled to fit."""
STRONGEST = 1.0
"""The value with the strongest colour on a surface; its opposite has the other one."""
_LOW, _HIGH = np.array(CANVAS_EXTENT[0::2]), np.array(CANVAS_EXTENT[1::2])


def with_imported(experiment: Experiment, data: CsvData) -> Experiment:
    """The experiment with the imported points; classes follow, splits are dealt where the file has none."""
    settings = experiment.data
    if settings.task == "classification":
        classes = max(2, len(data.class_names), int(data.target.max(initial=0)) + 1)
        empty = msgspec.structs.replace(settings, points=Points.empty())
        experiment = switch_classes(msgspec.structs.replace(experiment, data=empty), classes)
    split = data.split
    if split is None:
        shares = settings.split
        split = stratified_split(data.target, settings.task, shares.validation, shares.test, shares.seed)
    points = Points(data.xy, data.target, split)
    return msgspec.structs.replace(experiment, data=msgspec.structs.replace(experiment.data, points=points))


def outside(data: CsvData, task: str) -> int:
    """How many points the sheet does not show: those beyond it, and values of a surface beyond its colours."""
    return int((_beyond_sheet(data) | _beyond_colours(data, task)).sum())


def fitted(data: CsvData, task: str) -> CsvData:
    """The points with both axes scaled so that they fill the sheet but for a margin, where some lie beyond it, and the
    values of a surface so that they fill the colours, where some lie beyond those.
    """
    xy, target = data.xy, data.target
    if _beyond_sheet(data).any():
        xy = _stretched(xy, _LOW + MARGIN, _HIGH - MARGIN)
    if _beyond_colours(data, task).any():
        target = _stretched(target, -STRONGEST, STRONGEST)
    return replace(data, xy=xy, target=xy[:, 1].copy() if task == "curve" else target)


def _beyond_sheet(data: CsvData) -> Flags:
    return np.any((data.xy < _LOW) | (data.xy > _HIGH), axis=1)


def _beyond_colours(data: CsvData, task: str) -> Flags:
    return (np.abs(data.target) > STRONGEST) & (task == "surface")


def _stretched(values: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """Each column moved so that it goes from ``low`` to ``high``; to the middle where all its values are alike."""
    least, span = values.min(axis=0), np.ptp(values, axis=0)
    share = np.where(span > 0, (values - least) / np.where(span > 0, span, 1.0), 0.5)
    stretched: Floats = low + share * (high - low)
    return stretched
