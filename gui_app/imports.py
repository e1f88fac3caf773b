"""From the points of a file to an experiment that trains on them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from engine.data import CsvData, stratified_split
from engine.experiment import Experiment, Points, switch_classes
from engine.observation.snapshot import CANVAS_EXTENT

MARGIN = 1.0
"""Canvas units that stay free around points that were scaled to fit."""
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


def outside(data: CsvData) -> int:
    """How many points lie beyond the sheet, where nobody sees them."""
    return int(((data.xy < _LOW) | (data.xy > _HIGH)).any(axis=1).sum())


def fitted(data: CsvData, task: str) -> CsvData:
    """The points with both axes scaled so that they fill the sheet but for a margin."""
    low, span = data.xy.min(axis=0), np.ptp(data.xy, axis=0)
    # Points that do not differ in an axis go to its middle.
    share = np.where(span > 0, (data.xy - low) / np.where(span > 0, span, 1.0), 0.5)
    xy = (_LOW + MARGIN) + share * (_HIGH - _LOW - 2 * MARGIN)
    return replace(data, xy=xy, target=xy[:, 1].copy() if task == "curve" else data.target)
