"""Rules that hold between fields of an experiment, each with its path and a sentence that names the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

import numpy as np
from msgspec import structs

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.catalogue.regularizers import REGULARIZERS, Regularizer
from engine.catalogue.tasks import TASKS
from engine.catalogue.texts import counted, setting_text, short_repr
from engine.experiment.bounded_json import MOST_POINTS
from engine.experiment.drawings import all_points
from engine.experiment.errors import ExperimentError, TooManyPointsError
from engine.experiment.frame import NARROWEST_EXTENT, NARROWEST_WIDTH
from engine.experiment.memory import memory_problem
from engine.experiment.points import Points
from engine.experiment.settings import MAX_LANES, DataSettings, Experiment, Lane, RegularizationSettings
from engine.experiment.sweeps.rules import sweep_problems
from engine.experiment.unfit import unfit

__all__ = [
    "ExperimentError",
    "TooManyPointsError",
    "require_few",
    "require_room",
    "unfit",
    "validate",
]

Problem = tuple[str, str]
"""Path of the offending value and a sentence."""


def require_few(points: Points) -> Points:
    """Check that a document can hold so many points; whatever adds points calls this before it keeps them.

    Parameters
    ----------
    points
        All points.

    Returns
    -------
    Points
        The same object.

    Raises
    ------
    TooManyPointsError
        If they are more than ``MOST_POINTS``.
    """
    if len(points) > MOST_POINTS:
        raise TooManyPointsError(len(points))
    return points


def require_room(experiment: Experiment, points: Points) -> None:
    """Check that an experiment has room for so many points, in its document and in memory.

    Parameters
    ----------
    experiment
        It is valid with the points that it has.
    points
        All points that it would have.

    Raises
    ------
    TooManyPointsError
        If they are too many.
    """
    require_few(points)
    with_points = structs.replace(experiment, data=structs.replace(experiment.data, points=points))
    problem = memory_problem(with_points)
    if problem is not None:
        raise TooManyPointsError(len(points), problem[1])


def validate(experiment: Experiment) -> Experiment:
    """Check the rules between the settings of an experiment.

    Parameters
    ----------
    experiment
        Its single fields are within their ranges.

    Returns
    -------
    Experiment
        The same object.

    Raises
    ------
    ExperimentError
        For the first rule that it breaks.
    """
    for points in all_points(experiment):
        if points is not None:
            require_few(points)
    for path, sentence in _problems(experiment):
        raise ExperimentError(path, sentence)
    return experiment


def _problems(experiment: Experiment) -> Iterator[Problem]:
    yield from _data_problems(experiment.data)
    yield from _drawing_problems(experiment)
    names = [lane.name for lane in experiment.lanes]
    for index, lane in enumerate(experiment.lanes):
        if names.index(lane.name) != index:
            yield (
                f"lanes.{index}.name",
                f"two lanes are named {short_repr(lane.name)}; give each its own name",
            )
        for path, sentence in _lane_problems(lane, experiment.data):
            yield f"lanes.{index}.{path}", sentence
    networks = sum(lane.repeats for lane in experiment.lanes)
    if networks > MAX_LANES:
        repeated = [index for index, lane in enumerate(experiment.lanes) if lane.repeats > 1]
        yield (
            f"lanes.{repeated[-1]}.repeats" if repeated else "lanes",
            f"the lanes with all their seeds are {counted(networks, 'network')}; there is room for {MAX_LANES}",
        )
    yield from sweep_problems(experiment)
    problem = memory_problem(experiment)
    if problem is not None:
        yield problem


def _drawing_problems(experiment: Experiment) -> Iterator[Problem]:
    taken = {experiment.data.task}
    for index, data in enumerate(experiment.drawings):
        if data.task in taken:
            yield (
                f"drawings.{index}.task",
                f"{short_repr(data.task)} has its data already; leave one of them out",
            )
        taken.add(data.task)
        for path, sentence in _data_problems(data):
            yield path.replace("data", f"drawings.{index}", 1), sentence


def _data_problems(data: DataSettings) -> Iterator[Problem]:
    if data.task not in TASKS:
        yield "data.task", f"expected one of {', '.join(TASKS)}, not {short_repr(data.task)}"
        return
    yield from _generator_problems(data)
    yield from _class_problems(data)
    yield from _frame_problems(data)
    if data.split.validation + data.split.test >= 1.0:
        yield "data.split", "validation and test together must leave points to train on (a sum below 100 %)"
    if data.points is not None:
        yield from _point_problems(data)


def _generator_problems(data: DataSettings) -> Iterator[Problem]:
    path, name = "data.generator.name", data.generator.name
    fitting = [key for key, entry in GENERATORS.items() if entry.task == data.task]
    if name not in GENERATORS:
        yield path, f"expected one of {', '.join(fitting)}, not {short_repr(name)}"
    elif GENERATORS[name].task != data.task:
        yield path, f"{name!r} does not make {data.task} data; choose one of {', '.join(fitting)}"
    elif data.points is None and data.task == "classification" and data.classes < GENERATORS[name].classes:
        yield (
            "data.classes",
            f"{name!r} makes {counted(GENERATORS[name].classes, 'class')}, so at least that many are needed",
        )


def _class_problems(data: DataSettings) -> Iterator[Problem]:
    for key in ("class_names", "class_colours"):
        given = getattr(data, key)
        if given is not None and len(given) != data.classes:
            yield (
                f"data.{key}",
                f"expected an entry for each of the {counted(data.classes, 'class')}, not {len(given)}",
            )
    names = data.class_names or ()
    for index, name in enumerate(names):
        path = f"data.class_names.{index}"
        if name is not None and name != name.strip():
            yield path, f"a name must not begin or end with a blank: {name!r}"
        elif name is not None and names.index(name) != index:
            yield path, f"two classes are called {name!r}; give each a name of its own"


def _frame_problems(data: DataSettings) -> Iterator[Problem]:
    for key in data.extent.__struct_fields__:
        low, high = getattr(data.extent, key)
        found = f"not {setting_text(low)} and {setting_text(high)}"
        if not low < high:
            yield f"data.extent.{key}", f"the first number, the low end, must be below the second, {found}"
        elif high - low < NARROWEST_EXTENT * max(abs(low), abs(high)):
            yield f"data.extent.{key}", f"the ends must differ by more than rounding does, {found}"
        elif high - low < NARROWEST_WIDTH:
            yield f"data.extent.{key}", f"the ends must be at least {NARROWEST_WIDTH:g} apart, {found}"
        axis = getattr(data.axes, key)
        for part in axis.__struct_fields__:
            text = getattr(axis, part)
            if text is not None and text != text.strip():
                yield (
                    f"data.axes.{key}.{part}",
                    f"a {part} must not begin or end with a blank: {short_repr(text)}",
                )


def _point_problems(data: DataSettings) -> Iterator[Problem]:
    points = data.points
    assert points is not None
    if data.task == "classification":
        wrong = (
            (points.target != np.floor(points.target)) | (points.target < 0) | (points.target >= data.classes)
        )
        allowed = f"the target must be a class number from 0 to {data.classes - 1}"
    elif data.task == "curve":
        wrong = points.target != points.xy[:, 1]
        allowed = "in a curve the target is the height: the second number must equal the third"
    else:
        return
    if wrong.any():
        index = int(np.argmax(wrong))
        yield f"data.points.{index}", f"{allowed}, not {setting_text(points.target[index])}"


def _lane_problems(lane: Lane, data: DataSettings) -> Iterator[Problem]:
    yield from _network_problems(lane, data.task)
    loss = LOSSES[lane.training.loss.name]
    if not applies(loss, data.task, data.classes):
        fitting = [key for key, entry in LOSSES.items() if applies(entry, data.task, data.classes)]
        what = counted(data.classes, "class") if data.task in loss.tasks else f"the {data.task} task"
        yield "training.loss", f"{loss.key!r} cannot train {what}; choose one of {', '.join(fitting)}"
    rates = lane.training.layer_rates
    if rates is not None and len(rates) != len(lane.network.hidden) + 1:
        layers = counted(len(lane.network.hidden) + 1, "layer")
        yield (
            "training.layer_rates",
            f"expected one number for each of the {layers}, the output layer's last, not {len(rates)}",
        )
    yield from _field_problems(lane.regularization)
    yield from _meaning_problems(lane.regularization, data.task, loss.key)
    depth, normalization = len(lane.network.hidden), lane.network.normalization
    dropout = lane.regularization.dropout
    yield from _layer_problems("regularization.dropout.layers", dropout.layers, depth)
    if dropout.rates is not None and len(dropout.rates) != depth:
        yield (
            "regularization.dropout.rates",
            f"expected one rate for each of the {counted(depth, 'hidden layer')}, not {len(dropout.rates)}",
        )
    if normalization is not None:
        if normalization.kind not in NORMALIZATIONS:
            allowed = " or ".join(map(repr, NORMALIZATIONS))
            yield "network.normalization.kind", f"expected {allowed}, not {short_repr(normalization.kind)}"
        yield from _layer_problems("network.normalization.layers", normalization.layers, depth)


def _field_problems(settings: RegularizationSettings) -> Iterator[Problem]:
    for entry in REGULARIZERS.values():
        for name in _fields_of(entry):
            if not hasattr(settings, name):
                yield (
                    "regularization",
                    f"the regularizer {entry.key!r} has no field; add {name!r} to RegularizationSettings in "
                    "engine/experiment/settings.py",
                )


def _fields_of(entry: Regularizer) -> list[str]:
    """The fields of ``RegularizationSettings`` that hold a regularizer's settings."""
    if entry.settings_field:
        return [entry.settings_field]
    return [*(parameter.key for parameter in entry.parameters), *entry.choices]


def _meaning_problems(settings: RegularizationSettings, task: str, loss: str) -> Iterator[Problem]:
    for path, reason in unfit(task, loss).items():
        if attrgetter(path)(settings):
            yield f"regularization.{path}", f"{reason}; set it to 0"
    stopping = settings.early_stopping
    if stopping is not None and stopping.criterion not in CRITERIA:
        fitting = ", ".join(CRITERIA)
        yield (
            "regularization.early_stopping.criterion",
            f"expected one of {fitting}, not {short_repr(stopping.criterion)}",
        )


def _layer_problems(path: str, layers: str | tuple[int, ...], depth: int) -> Iterator[Problem]:
    if isinstance(layers, str):
        return
    if any(number > depth for number in layers):
        yield (
            path,
            f"the network has {counted(depth, 'hidden layer')}, so none is numbered {max(layers)}",
        )
    elif len(set(layers)) != len(layers):
        yield path, "a layer is named twice"


def _network_problems(lane: Lane, task: str) -> Iterator[Problem]:
    features = lane.network.features
    fitting = [key for key, entry in FEATURES.items() if task != "curve" or entry.curve]
    for index, name in enumerate(features):
        if name not in FEATURES:
            yield f"network.features.{index}", f"expected one of {', '.join(fitting)}, not {short_repr(name)}"
        elif name not in fitting:
            yield (
                f"network.features.{index}",
                f"{short_repr(name)} is not known in a curve; choose among {', '.join(fitting)}",
            )
    if len(set(features)) != len(features):
        yield "network.features", "a feature is named twice"
    if lane.network.input_scaling not in INPUT_SCALINGS:
        yield (
            "network.input_scaling",
            f"expected one of {', '.join(INPUT_SCALINGS)}, not {short_repr(lane.network.input_scaling)}",
        )
