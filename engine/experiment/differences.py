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
from engine.catalogue.texts import counted, setting_text, within_sentence
from engine.experiment.choice import Choice
from engine.experiment.effects import Effect, is_other_set, lane_effect
from engine.experiment.frame import axis_symbols, quantity_text
from engine.experiment.points import Points
from engine.experiment.settings import (
    DataSettings,
    DropoutSettings,
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


class Setting(NamedTuple):
    """One setting of a lane.

    Attributes
    ----------
    name
        With the catalogue's label or symbol.
    value
        As it is compared.
    of
        What it is a number of, where it can only be compared with lanes that choose the same; else "".
    """

    name: str
    value: object
    of: str = ""

    @property
    def text(self) -> str:
        """The value in words."""
        return _value(self.value)


def lane_settings(lane: Lane) -> Iterator[Setting]:
    """List the settings of a lane, so that several lanes can be laid side by side.

    Parameters
    ----------
    lane
        Name, colour, seeds beyond the first and whether it is shown are left out.

    Yields
    ------
    Setting
        In a fixed order. A setting that another choice lacks, such as the numbers of an optimizer, is only there with
        that choice; no two have the same ``name`` and ``of``.

    Examples
    --------
    >>> [(setting.name, setting.text) for setting in lane_settings(Lane())][:2]
    [('hidden layers', '8-8-8'), ('activation', 'tanh')]
    """
    yield from _network_settings(lane.network)
    yield Setting("seed", lane.seed)
    yield from _training_settings(lane.training)
    yield from _regularization_settings(lane.regularization)


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
    others = {(setting.name, setting.of): setting for setting in lane_settings(after)}
    for setting in lane_settings(before):
        other = others.get((setting.name, setting.of))
        if other is not None and other.value != setting.value:
            yield Change(setting.name, setting.text, other.text)


def _network_settings(network: NetworkSettings) -> Iterator[Setting]:
    yield Setting("hidden layers", _widths(network.hidden))
    yield from _choice("activation", network.activation)
    yield from _choice("initializer", network.initializer)
    yield Setting("inputs", _features(network.features))
    yield Setting("input scaling", within_sentence(INPUT_SCALINGS[network.input_scaling].label))
    yield Setting("normalization", _normalization(network))
    yield Setting("residual connections", network.residual)


def _training_settings(training: TrainingSettings) -> Iterator[Setting]:
    for parameter in (numbers.LEARNING_RATE, numbers.BATCH_SIZE):
        yield Setting(within_sentence(parameter.label), getattr(training, parameter.key))
    yield Setting("rates of the layers", training.layer_rates)
    for key in ("optimizer", "loss", "schedule"):
        yield from _choice(key, getattr(training, key))


def _regularization_settings(regularization: RegularizationSettings) -> Iterator[Setting]:
    for entry in REGULARIZERS.values():
        field = entry.settings_field
        settings = getattr(regularization, field) if field else regularization
        if isinstance(settings, DropoutSettings):
            settings = _as_off(settings)
        name = within_sentence(entry.label)
        if field == entry.parameters[0].key:
            yield Setting(f"{name} {entry.parameters[0].label}", settings)
            continue
        if entry.nullable:
            yield Setting(name, settings is not None)
        if settings is not None:
            yield from _numbers_of(entry, settings)


def _as_off(dropout: DropoutSettings) -> DropoutSettings:
    """Rates that are all zero drop as little as no rates: what differs in no neuron is no difference."""
    if dropout.rates is None or any(dropout.rates):
        return dropout
    return msgspec.structs.replace(dropout, rate=0.0, rates=None)


def _numbers_of(entry: Regularizer, settings: msgspec.Struct) -> Iterator[Setting]:
    # λ₁ and λ₂ say by themselves what they belong to.
    name = "" if entry.key in ("l1", "l2") else f"{within_sentence(entry.label)} "
    labels = {parameter.key: f"{name}{within_sentence(parameter.label)}" for parameter in entry.parameters}
    fields = settings.__struct_fields__ if entry.settings_field else (*labels, *entry.choices)
    for key in fields:
        name = labels.get(
            key, f"{within_sentence(entry.label)} {key.removeprefix(entry.key).strip('_').replace('_', ' ')}"
        )
        yield Setting(name, getattr(settings, key))


def _choice(name: str, choice: Choice) -> Iterator[Setting]:
    """Which entry it is, and its numbers."""
    yield Setting(name, choice.entry.label)
    for parameter in choice.entry.parameters:
        yield Setting(
            f"{name} {within_sentence(parameter.label)}", choice.parameters[parameter.key], choice.name
        )


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
    return f"{within_sentence(kind)} {within_sentence(position)}{layers}"


# -- data


def data_phrases(before: State, after: State) -> Iterator[str]:
    """Phrases for another data set, other points and another split."""
    was, now = before.data, after.data
    if was.task != now.task:
        yield f"task → {within_sentence(TASKS[now.task].label)}"
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
    named = [f"data: {within_sentence(GENERATORS[now.name].label)}"]
    if was.name == now.name:
        for parameter in (numbers.POINTS, numbers.NOISE, numbers.SEED):
            named += map(
                str,
                _change(
                    within_sentence(parameter.label), getattr(was, parameter.key), getattr(now, parameter.key)
                ),
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
