"""What changed between two states of an experiment, in a few phrases with the catalogue's labels and symbols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.catalogue import hyperparameters as numbers
from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.catalogue.regularizers import REGULARIZERS, Regularizer
from engine.catalogue.tasks import TASKS
from engine.catalogue.texts import counted, setting_text
from engine.experiment.choice import Choice
from engine.experiment.effects import Effect, is_other_set, lane_effect
from engine.experiment.frame import axis_symbols, quantity_text
from engine.experiment.points import Points
from engine.experiment.settings import (
    DataSettings,
    Lane,
    NetworkSettings,
    RegularizationSettings,
    TrainingSettings,
)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What can be edited while a lane trains: ``lane``, its settings; ``data``, the data settings; and the ``points``
    that it trains on, drawn or generated.
    """

    lane: Lane
    data: DataSettings
    points: Points


class Change(NamedTuple):
    """One setting that differs, in words.

    Attributes
    ----------
    name
        The setting, with the catalogue's label or symbol.
    before, after
        Its values.
    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name} {self.before} → {self.after}"


def edit_description(before: State, after: State) -> str:
    """Describe an edit in a phrase, with the catalogue's labels and symbols.

    Parameters
    ----------
    before, after
        The state before and after the edit.

    Returns
    -------
    str
        Changes with commas between; empty where nothing changed that training depends on.

    Examples
    --------
    >>> from engine.experiment import default_experiment, edit
    >>> sketch, points = default_experiment(), Points.empty()
    >>> edited = edit(sketch, "lanes.0.training.learning_rate", 0.01)
    >>> edit_description(State(sketch.lanes[0], sketch.data, points), State(edited.lanes[0], sketch.data, points))
    'learning rate 0.003 → 0.01'
    """
    phrases = list(data_phrases(before, after))
    if not any(phrase.startswith(("task: ", "data: ")) for phrase in phrases):
        # Another data set brings its frame along.
        phrases += frame_phrases(before, after)
    return ", ".join([*phrases, *lane_phrases(before.lane, after.lane)])


# -- a lane's settings


def lane_phrases(before: Lane, after: Lane) -> Iterator[str]:
    """A phrase for each setting that differs."""
    return map(str, lane_changes(before, after))


def lane_changes(before: Lane, after: Lane) -> Iterator[Change]:
    """Compare the settings of two lanes.

    Parameters
    ----------
    before, after
        Names, colours and whether they are shown do not count.

    Yields
    ------
    Change
        One for each setting that differs. Numbers of a choice only where both lanes choose the same.

    Examples
    --------
    >>> from engine.experiment import default_experiment, edit
    >>> sketch = default_experiment()
    >>> other = edit(sketch, "lanes.0.training.learning_rate", 0.01)
    >>> list(lane_changes(sketch.lanes[0], other.lanes[0]))
    [Change(name='learning rate', before='0.003', after='0.01')]
    """
    yield from _network_changes(before.network, after.network)
    yield from _change("seed", before.seed, after.seed)
    yield from _training_changes(before.training, after.training)
    yield from _regularization_changes(before.regularization, after.regularization)


def _network_changes(before: NetworkSettings, after: NetworkSettings) -> Iterator[Change]:
    yield from _change("hidden layers", _widths(before.hidden), _widths(after.hidden))
    yield from _choice("activation", before.activation, after.activation)
    yield from _choice("initializer", before.initializer, after.initializer)
    yield from _change("inputs", _features(before.features), _features(after.features))
    scalings = (INPUT_SCALINGS[one.input_scaling].label for one in (before, after))
    yield from _change("input scaling", *(_small(label) for label in scalings))
    yield from _change("normalization", _normalization(before), _normalization(after))
    yield from _change("residual connections", before.residual, after.residual)


def _training_changes(before: TrainingSettings, after: TrainingSettings) -> Iterator[Change]:
    for parameter in (numbers.LEARNING_RATE, numbers.BATCH_SIZE):
        yield from _change(
            _small(parameter.label), getattr(before, parameter.key), getattr(after, parameter.key)
        )
    for key in ("optimizer", "loss", "schedule"):
        yield from _choice(key, getattr(before, key), getattr(after, key))


def _regularization_changes(
    before: RegularizationSettings, after: RegularizationSettings
) -> Iterator[Change]:
    for entry in REGULARIZERS.values():
        old, new = (
            getattr(one, entry.settings_field) if entry.settings_field else one for one in (before, after)
        )
        name = _small(entry.label)
        if isinstance(old, msgspec.Struct) and isinstance(new, msgspec.Struct):
            yield from _settings_changes(entry, old, new)
        elif isinstance(old, msgspec.Struct) or isinstance(new, msgspec.Struct):
            yield from _change(name, old is not None, new is not None)
        else:
            yield from _change(f"{name} {entry.parameters[0].label}", old, new)


def _settings_changes(entry: Regularizer, before: msgspec.Struct, after: msgspec.Struct) -> Iterator[Change]:
    # λ₁ and λ₂ say by themselves what they belong to.
    name = "" if entry.key in ("l1", "l2") else f"{_small(entry.label)} "
    labels = {parameter.key: f"{name}{_small(parameter.label)}" for parameter in entry.parameters}
    fields = before.__struct_fields__ if entry.settings_field else (*labels, *entry.choices)
    for key in fields:
        name = labels.get(
            key, f"{_small(entry.label)} {key.removeprefix(entry.key).strip('_').replace('_', ' ')}"
        )
        yield from _change(name, getattr(before, key), getattr(after, key))


def _choice(name: str, before: Choice, after: Choice) -> Iterator[Change]:
    """Another entry, or other numbers of the same."""
    if before.name != after.name:
        yield Change(name, before.entry.label, after.entry.label)
        return
    for parameter in before.entry.parameters:
        old, new = before.parameters[parameter.key], after.parameters[parameter.key]
        yield from _change(f"{name} {_small(parameter.label)}", old, new)


def _change(name: str, before: object, after: object) -> Iterator[Change]:
    if before != after:
        yield Change(name, _value(before), _value(after))


def _value(value: object) -> str:
    if value is None or value is False:
        return "off"
    if value is True:
        return "on"
    if isinstance(value, float):
        return setting_text(value)
    if isinstance(value, tuple | list):
        return ", ".join(map(_value, value))
    return str(value)


def _small(label: str) -> str:
    """A label within a sentence: "Learning rate" as "learning rate", while "L1" and "GL" stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _widths(hidden: Sequence[int]) -> str:
    return "-".join(map(str, hidden)) or "none"


def _features(keys: Sequence[str]) -> str:
    return " ".join(FEATURES[key].label for key in keys)


def _normalization(network: NetworkSettings) -> str | None:
    settings = network.normalization
    if settings is None:
        return None
    layers = "" if settings.layers == "all" else f" in layers {_value(settings.layers)}"
    kind, position = NORMALIZATIONS[settings.kind].label, POSITIONS[settings.position].label
    return f"{_small(kind)} {_small(position)}{layers}"


# -- data


def data_phrases(before: State, after: State) -> Iterator[str]:
    """Phrases for another data set, other points and another split."""
    was, now = before.data, after.data
    if was.task != now.task:
        yield f"task → {_small(TASKS[now.task].label)}"
    elif was.classes != now.classes:
        yield from map(str, _change("classes", was.classes, now.classes))
    if now.points is None and (was.points is not None or was.generator != now.generator):
        yield from _generator_phrases(before, after)
    elif is_other_set(before.points, after.points, curve=was.task == "curve"):
        count = len(after.points)
        yield f"data: {counted(count, 'other point')}"
    else:
        yield from _point_phrases(before.points, after.points)
    shares = [(one.split.validation, one.split.test) for one in (was, now)]
    if shares[0] != shares[1]:
        validation, test = shares[1]
        parts = (100 * part for part in (1 - validation - test, validation, test))
        yield "split " + "/".join(f"{part:.3g}" for part in parts)
    elif was.split.seed != now.split.seed:
        yield from map(str, _change("split seed", was.split.seed, now.split.seed))


def frame_phrases(before: State, after: State) -> Iterator[str]:
    """Phrases for another extent or aspect, where the lane's training depends on it."""
    was, now = before.data, after.data
    if lane_effect(after.lane, after.lane, now, was) is Effect.NOTHING:
        return
    keys = ("x", "y", "value") if now.task == "surface" else ("x", "y")
    symbols = axis_symbols(now.task)
    for key, symbol in zip(keys, symbols, strict=False):
        axis = getattr(now.axes, key)
        ends = (_ends(getattr(one.extent, key), axis.unit) for one in (was, now))
        yield from map(str, _change(f"extent of {axis.name or symbol}", *ends))
    yield from map(str, _change("aspect", was.aspect, now.aspect))


def _ends(extent: tuple[float, float], unit: str | None) -> str:
    low, high = (quantity_text(end, None, extent[1] - extent[0]) for end in extent)
    return f"{low} to {high} {unit}" if unit else f"{low} to {high}"


def _generator_phrases(before: State, after: State) -> Iterator[str]:
    was, now = before.data.generator, after.data.generator
    if was == now:
        yield from _point_phrases(before.points, after.points)
        return
    named = [f"data: {_small(GENERATORS[now.name].label)}"]
    if was.name == now.name:
        for parameter in (numbers.POINTS, numbers.NOISE, numbers.SEED):
            named += map(
                str,
                _change(_small(parameter.label), getattr(was, parameter.key), getattr(now, parameter.key)),
            )
    yield ", ".join(named)


def _point_phrases(before: Points, after: Points) -> Iterator[str]:
    """How many points were added, erased, moved, relabelled and put into another split."""
    if before is after or before == after:
        return
    if len(before) == len(after):
        if not _surplus(after.positions(), before.positions()):
            # The same positions, perhaps in another order.
            before, after = _in_order(before), _in_order(after)
        moved = (before.xy != after.xy).any(1)
        changes = [("moved", moved), ("relabelled", (before.target != after.target) & ~moved)]
        changes.append(("put into another split", (before.split != after.split) & ~moved))
        for verb, which in changes:
            if which.any():
                yield _points(int(which.sum()), verb)
        return
    old, new = before.positions(), after.positions()
    added, erased = _surplus(new, old), _surplus(old, new)
    if added:
        yield _points(added, "added")
    if erased:
        yield _points(erased, "erased")


def _in_order(points: Points) -> Points:
    return points[np.lexsort((points.split, points.target, points.xy[:, 1], points.xy[:, 0]))]


def _surplus(some: NDArray[np.complex128], others: NDArray[np.complex128]) -> int:
    """How many of some positions are not among the others, each counted as often as it occurs."""
    positions, counts = np.unique(some, return_counts=True)
    there, there_counts = np.unique(others, return_counts=True)
    index = np.searchsorted(there, positions).clip(max=max(len(there) - 1, 0))
    known = there[index] == positions if len(there) else np.zeros(len(positions), dtype=bool)
    shared = np.where(known, there_counts[index] if len(there) else 0, 0)
    return int(np.maximum(counts - shared, 0).sum())


def _points(count: int, what: str) -> str:
    return f"{counted(count, 'point')} {what}"
