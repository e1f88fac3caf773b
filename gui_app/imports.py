"""From the points of a file to an experiment that trains on them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from engine.catalogue.hyperparameters import CLASSES
from engine.data import CsvData, assign_new, fit_positions, fit_values, stratified_split
from engine.experiment import DataSettings, Experiment, Points, class_labels, switch_classes, switch_task
from engine.observation.snapshot import CANVAS_EXTENT

LONGEST_NAME, MAX_CLASSES = 40, int(CLASSES.high)
_LOW, _HIGH = np.array(CANVAS_EXTENT[0::2]), np.array(CANVAS_EXTENT[1::2])


def with_imported(
    experiment: Experiment, data: CsvData, task: str | None = None, beside: Points | None = None
) -> Experiment:
    """The experiment with the imported points, of another ``task`` perhaps, in place of its own or ``beside`` these.

    Classes and their names follow; splits are dealt where the file has none.
    """
    if task is not None and task != experiment.data.task:
        experiment = switch_task(experiment, task)
    kept = Points.empty() if beside is None else beside
    if len(kept) and data.class_names != class_labels(experiment.data):
        data = _under_their_numbers(data)
    if experiment.data.task == "classification":
        experiment = _with_classes(experiment, data, kept)
    new = Points(data.xy, data.target, _split_of(data, kept, experiment.data))
    points = Points.concatenate([kept, new])
    return msgspec.structs.replace(experiment, data=msgspec.structs.replace(experiment.data, points=points))


def outside(data: CsvData) -> int:
    """How many points lie beyond the sheet, where nobody sees them."""
    return int(((data.xy < _LOW) | (data.xy > _HIGH)).any(axis=1).sum())


def fitted(data: CsvData, task: str) -> CsvData:
    """The points with both axes scaled so that they fill the sheet but for a margin."""
    xy = fit_positions(data.xy)
    return replace(data, xy=xy, target=xy[:, 1].copy() if task == "curve" else data.target)


def with_fitted_values(data: CsvData) -> CsvData:
    """The points with values scaled to what the colours of the sheet tell apart."""
    return replace(data, target=fit_values(data.target))


def _under_their_numbers(data: CsvData) -> CsvData:
    """Classes that a file calls 0 to 9 are these classes beside others, even where some are missing."""
    numbers = {str(number): float(number) for number in range(MAX_CLASSES)}
    if not data.class_names or not numbers.keys() >= set(data.class_names):
        return data
    own = np.array([numbers[name] for name in data.class_names])
    return replace(data, target=own[data.target.astype(np.int64)], class_names=())


def _with_classes(experiment: Experiment, data: CsvData, kept: Points) -> Experiment:
    """As many classes as the points need, with the file's names where all points are the file's."""
    least = experiment.data.classes if len(kept) else 2
    classes = max(least, len(data.class_names), int(data.target.max(initial=0)) + 1)
    settings = msgspec.structs.replace(experiment.data, points=kept)
    experiment = switch_classes(msgspec.structs.replace(experiment, data=settings), classes)
    if len(kept):
        return experiment
    names = _class_names(data.class_names, experiment.data)
    return msgspec.structs.replace(
        experiment, data=msgspec.structs.replace(experiment.data, class_names=names)
    )


def _class_names(names: tuple[str, ...], settings: DataSettings) -> tuple[str | None, ...] | None:
    """The names of a file for so many classes; None where they only count, or where two would be alike."""
    if names == class_labels(settings):
        return settings.class_names
    if names == tuple(str(number) for number in range(len(names))):
        return None
    tidy = [" ".join("".join(filter(str.isprintable, name)).split())[:LONGEST_NAME].strip() for name in names]
    padded = (*(name or None for name in tidy), *(None,) * (settings.classes - len(names)))
    labels = class_labels(msgspec.structs.replace(settings, class_names=padded))
    return padded if len(set(labels)) == len(labels) else None


def _split_of(data: CsvData, kept: Points, settings: DataSettings) -> np.ndarray:
    if data.split is not None:
        return data.split
    shares = settings.split
    if len(kept):
        return assign_new(kept.split, kept.target, data.target, settings.task, shares.validation, shares.test)
    return stratified_split(data.target, settings.task, shares.validation, shares.test, shares.seed)
