"""Add the points of a file to an experiment."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.catalogue.canvas import CANVAS
from engine.catalogue.hyperparameters import CLASSES
from engine.catalogue.tasks import TASKS
from engine.catalogue.texts import counted
from engine.data.axes import Axes
from engine.data.names import distinct_names
from engine.data.split import assign_new, stratified_split
from engine.data.tables.labels import class_numbers
from engine.data.tables.reader import CsvData
from engine.experiment import (
    DataSettings,
    Experiment,
    Points,
    class_labels,
    file_labels,
    require_few,
    switch_classes,
    switch_generator,
)
from engine.experiment.frame import Frame
from engine.experiment.settings import ExtentSettings

MAX_CLASSES = int(CLASSES.high)


def with_imported(
    experiment: Experiment,
    data: CsvData,
    task: str | None = None,
    existing: Points | None = None,
    frame: Frame | None = None,
) -> Experiment:
    """Return the experiment with imported points, whose number of classes and class names follow the data.

    Parameters
    ----------
    experiment : Experiment
        Its lanes are kept.
    data : CsvData
        The imported points. If they have no split, they are split by the experiment's settings.
    task : str, optional
        What the points are, if the experiment has another task.
    existing : Points, optional
        Points to keep, before the imported ones. Without them, the imported points replace all points.
    frame : Frame, optional
        Of points that stand alone, by default the default one; among existing points, the frame stays.

    Returns
    -------
    Experiment
        With the points as its own.

    Raises
    ------
    ExperimentError
        If the experiment cannot have the task, the number of classes or so many points.
    """
    if task is not None and task != experiment.data.task:
        # Not the drawing that the task was left with: the points take its place.
        experiment = switch_generator(experiment, TASKS[task].generator)
    kept = Points.empty() if existing is None else existing
    if experiment.data.task == "classification":
        if existing is None or not (len(kept) or file_labels(experiment.data)):
            experiment = _with_file_classes(experiment, data, shrinks=existing is None)
        else:
            experiment, data = _with_added_classes(experiment, data)
    new = Points(data.xy, data.target, _split_of(data, kept, experiment.data))
    points = require_few(Points.concatenate([kept, new]))
    settings = msgspec.structs.replace(experiment.data, points=points)
    if existing is None or (frame is not None and not len(kept)):
        settings = (frame or Frame()).around(settings)
    return msgspec.structs.replace(experiment, data=settings)


def count_outside(data: CsvData, extent: ExtentSettings) -> int:
    """Return how many points lie outside the extent."""
    return int((np.abs(Axes.of_extent(extent).to_sheet(data.xy)) > CANVAS * (1 + 1e-9)).any(axis=1).sum())


def outside_text(data: CsvData, extent: ExtentSettings) -> str:
    """Return how many points lie outside the extent, as a part of a sentence; "" for none."""
    hidden = count_outside(data, extent)
    return f"{counted(hidden, 'point')} outside the axes" if hidden else ""


def _with_file_classes(experiment: Experiment, data: CsvData, shrinks: bool) -> Experiment:
    """Return the experiment without points and with the classes of the file.

    Unless it ``shrinks``, it keeps at fewest its own number of classes.
    """
    fewest = 2 if shrinks else experiment.data.classes
    classes = max(fewest, len(data.class_names), int(data.target.max(initial=0)) + 1)
    settings = msgspec.structs.replace(experiment.data, points=Points.empty())
    experiment = switch_classes(msgspec.structs.replace(experiment, data=settings), classes)
    names = _class_names(data, experiment.data)
    return _named(experiment, names)


def _with_added_classes(experiment: Experiment, data: CsvData) -> tuple[Experiment, CsvData]:
    """Append the file's new classes to the experiment's; return the experiment and the renumbered points."""
    own = file_labels(experiment.data)
    # Labels that are numbers stay class numbers, even if there are gaps between them.
    numbers = class_numbers({*data.class_names}) if data.numbered else ()
    known = own or numbers or class_labels(experiment.data)
    new = [name for name in data.class_names if name not in known]
    number = np.array([known.index(name) if name in known else len(known) + new.index(name)
                       for name in data.class_names] or [0], dtype=np.float64)  # fmt: skip
    data = replace(data, target=number[data.target.astype(np.int64)])
    classes = max(experiment.data.classes, int(data.target.max(initial=0)) + 1)
    experiment = switch_classes(experiment, classes)
    if not new:
        return experiment, data
    before = experiment.data.class_names or (None,) * classes
    kept = before[: classes - len(new)]
    return _named(experiment, (*kept, *distinct_names(new, filter(None, kept), data.own))), data


def _named(experiment: Experiment, names: tuple[str | None, ...] | None) -> Experiment:
    return msgspec.structs.replace(
        experiment, data=msgspec.structs.replace(experiment.data, class_names=names)
    )


def _class_names(data: CsvData, settings: DataSettings) -> tuple[str | None, ...] | None:
    """Return a file's class names, with None for further classes; None if they are just the numbers of all classes."""
    names = data.class_names
    if names == class_labels(settings):
        return settings.class_names
    if data.numbered and names == class_numbers({*names})[: len(names)]:
        return None
    return (*distinct_names(names, exact=data.own), *(None,) * (settings.classes - len(names)))


def _split_of(data: CsvData, kept: Points, settings: DataSettings) -> NDArray[np.uint8]:
    """Return the file's own split, or else a new one that takes the split of the ``kept`` points into account."""
    if data.split is not None:
        return data.split
    shares = settings.split
    if len(kept):
        return assign_new(kept.split, kept.target, data.target, settings.task, shares.validation, shares.test)
    return stratified_split(data.target, settings.task, shares.validation, shares.test, shares.seed)
