"""The cells of a sweep: lanes that one lane is spread out into, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product
from math import prod

import msgspec

from engine.catalogue.texts import counted, quoted
from engine.experiment.errors import ExperimentError
from engine.experiment.lane_looks import without_look
from engine.experiment.lanes import lane_colours, new_name, with_duplicate
from engine.experiment.own_data import data_of
from engine.experiment.settings import (
    LONGEST_NAME,
    MOST_AXES,
    MOST_CELLS,
    MOST_REPEATS,
    MOST_VALUES,
    DataSettings,
    Experiment,
    Lane,
    OwnData,
    SweepAxis,
    SweepSettings,
    SweptValue,
)
from engine.experiment.sweeps.rules import first_repeated
from engine.experiment.sweeps.swept_settings import SweptSetting, assigned, found, swept_setting
from engine.experiment.sweeps.values import between, is_log, texts_of
from engine.experiment.validation import validate

Cell = tuple[int, ...]


# -- reading


def is_cell(experiment: Experiment, index: int) -> bool:
    """Return whether a lane is a cell of the sweep."""
    return experiment.lanes[index].cell is not None


def cells(experiment: Experiment) -> dict[Cell, int]:
    """Return where the cells of a sweep are.

    Parameters
    ----------
    experiment
        With a sweep or without one.

    Returns
    -------
    dict
        The index of the lane by its cell, in the order of the lanes.
    """
    return {lane.cell: index for index, lane in enumerate(experiment.lanes) if lane.cell is not None}


def base_lane(experiment: Experiment) -> Lane:
    """Return the lane that a sweep was spread out from, with what was edited in all cells since then.

    Parameters
    ----------
    experiment
        With a sweep.

    Returns
    -------
    Lane
        With the sweep's name, and with the values that the settings on the axes had before, where these still go with
        the rest.

    Raises
    ------
    ExperimentError
        If there is no sweep.
    """
    return _base(experiment)[0]


def cell_settings(experiment: Experiment) -> tuple[SweptSetting, ...]:
    """Return the settings on the axes of a sweep.

    Parameters
    ----------
    experiment
        With a sweep.

    Returns
    -------
    tuple of SweptSetting
        One for each axis.

    Raises
    ------
    ExperimentError
        If there is no sweep.
    """
    sweep, index = _sweep_of(experiment)
    return tuple(swept_setting(experiment, index, axis.setting) for axis in sweep.axes)


# -- beginning, changing and ending


def with_sweep(
    experiment: Experiment, lane_index: int, axes: Sequence[SweepAxis], seeds: int = 1
) -> Experiment:
    """Spread a lane out into the cells of a sweep.

    Parameters
    ----------
    experiment
        Without a sweep.
    lane_index
        The lane, whose place its cells take; the other lanes stay.
    axes
        One or two, horizontal and vertical; their ``before`` is filled in.
    seeds
        How many networks each cell has, with the lane's seed and those that follow it.

    Returns
    -------
    Experiment
        The cells come row by row: the value of the first axis changes from lane to lane. They have the lane's colour,
        and names that say their values.

    Raises
    ------
    ExperimentError
        If there is a sweep, for an axis that is not allowed, for values that do not go with one another, and for more
        networks than there is room for.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> axis = SweepAxis(setting="regularization.l2", values=(0.0, 0.01))
    >>> [lane.name for lane in with_sweep(default_experiment(), 0, [axis]).lanes]
    ['λ₂ 0', 'λ₂ 0.01']
    """
    if experiment.sweep is not None:
        raise ExperimentError("sweep", "there is a sweep already; change its axes, or end it first")
    lane = experiment.lanes[lane_index]
    _check_room(axes, seeds)
    filled = tuple(_filled(experiment, lane_index, number, axis) for number, axis in enumerate(axes))
    coloured = _coloured(experiment)
    others = (*coloured.lanes[:lane_index], *coloured.lanes[lane_index + 1 :])
    base = msgspec.structs.replace(coloured.lanes[lane_index], repeats=seeds)
    made = tuple(_cells(base, experiment, filled, {other.name for other in others}))
    lanes = (*coloured.lanes[:lane_index], *made, *coloured.lanes[lane_index + 1 :])
    return _validated(experiment, lanes, SweepSettings(name=lane.name, axes=filled))


def with_axes(experiment: Experiment, axes: Sequence[SweepAxis], seeds: int | None = None) -> Experiment:
    """Give a sweep other axes.

    Parameters
    ----------
    experiment
        With a sweep.
    axes
        As for ``with_sweep``.
    seeds
        How many networks each cell has from now on; None for as many as before.

    Returns
    -------
    Experiment
        Cells whose settings are those of a cell before keep its name and look, so that they train on. A setting that
        is on no axis any more has the value from before the sweep.

    Raises
    ------
    ExperimentError
        As ``with_sweep``, and if there is no sweep.
    """
    sweep, index = _sweep_of(experiment)
    known = {axis.setting: axis.before for axis in sweep.axes}
    base = base_lane(experiment)
    ended = without_sweep(experiment)
    at = sum(lane.cell is None for lane in experiment.lanes[:index])
    made = with_sweep(ended, at, axes, base.repeats if seeds is None else seeds)
    assert made.sweep is not None
    new = [
        axis if known.get(axis.setting) is None else msgspec.structs.replace(axis, before=known[axis.setting])
        for axis in made.sweep.axes
    ]
    former = {_settings(lane): lane for lane in experiment.lanes if lane.cell is not None}
    lanes = _with_former_names(made.lanes, former)
    return _validated(made, lanes, SweepSettings(name=sweep.name, axes=tuple(new)))


def without_sweep(experiment: Experiment, keep: int | None = None) -> Experiment:
    """End a sweep: one cell becomes an ordinary lane, the others go.

    Parameters
    ----------
    experiment
        With a sweep.
    keep
        Index of the cell that stays; None for the lane from before the sweep (see ``base_lane``).

    Returns
    -------
    Experiment
        With that lane in the place of the first cell, under the name of the lane that was spread out, and with the
        data that it has trained on.

    Raises
    ------
    ExperimentError
        If there is no sweep, or the lane is no cell of it.
    """
    sweep, first = _sweep_of(experiment)
    if keep is not None and not is_cell(experiment, keep):
        name = quoted(experiment.lanes[keep].name)
        raise ExperimentError(f"lanes.{keep}", f"{name} is no cell of the sweep; choose one of its cells")
    coloured = _coloured(experiment)
    others = [lane.name for lane in experiment.lanes if lane.cell is None]
    name = sweep.name if sweep.name not in others else new_name(experiment)
    if keep is None:
        lane, data = _base(coloured)
    else:
        lane, data = coloured.lanes[keep], data_of(coloured.lanes[keep], experiment.data)
    experiment = msgspec.structs.replace(experiment, data=data)
    lanes = [
        _plain(lane, name) if index == first else other
        for index, other in enumerate(coloured.lanes)
        if index == first or other.cell is None
    ]
    return _validated(experiment, tuple(lanes), None)


def with_promoted(experiment: Experiment, index: int) -> tuple[Experiment, int]:
    """Put a copy of a cell beside the sweep, as an ordinary lane.

    Parameters
    ----------
    experiment
        With a sweep.
    index
        The cell.

    Returns
    -------
    experiment : Experiment
    index : int
        That of the copy, which is the last lane.

    Raises
    ------
    ExperimentError
        If the lane is no cell, or there is no room for another lane.
    """
    if not is_cell(experiment, index):
        name = quoted(experiment.lanes[index].name)
        raise ExperimentError(f"lanes.{index}", f"{name} is no cell of a sweep; duplicate it instead")
    return with_duplicate(experiment, index)


def zoomed(axis: SweepAxis, setting: SweptSetting, first: int, last: int, count: int) -> SweepAxis:
    """Return an axis over a part of another one.

    Parameters
    ----------
    axis
        With values in order.
    setting
        What is on it.
    first, last
        Indices of the first and the last value of the part, both included, in any order. For one value alone, the part
        reaches half way to the next ones.
    count
        How many values it gets, at least 2.

    Returns
    -------
    SweepAxis
        Values spaced by factors where those of ``axis`` are; whole numbers, each once, stay whole and may be fewer. Of
        choices, those of the part.

    Raises
    ------
    ExperimentError
        If there are no other values in between.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> axis = SweepAxis(setting="regularization.l2", values=(1e-4, 1e-3, 1e-2, 1e-1))
    >>> zoomed(axis, swept_setting(default_experiment(), 0, axis.setting), 1, 2, 3).values
    (0.001, 0.00316, 0.01)
    """
    first, last = sorted((first, last))
    if setting.kind == "choice":
        return msgspec.structs.replace(axis, values=axis.values[first : last + 1])
    log = is_log(axis.values)
    numbers = [float(value) for value in axis.values]
    low, high = numbers[first], numbers[last]
    if first == last:
        low, high = _half_way(numbers, first, -1, log), _half_way(numbers, first, 1, log)
    whole = setting.kind == "whole"
    try:
        values = between(low, high, max(count, 2), log, whole)
    except ExperimentError:
        values = ()
    # Half way to the next whole number there is none.
    if len(values) < 2 or (whole and set(values) <= {numbers[first]}):
        raise ExperimentError(
            axis.setting, "there is nothing between these values to zoom into; choose more of them"
        )
    return msgspec.structs.replace(axis, values=tuple(map(setting.check, values)))


# -- parts


def _base(experiment: Experiment) -> tuple[Lane, DataSettings]:
    """The lane that was spread out, and the data from before the sweep."""
    sweep, index = _sweep_of(experiment)
    lane, data = experiment.lanes[index], experiment.data
    before = {axis.setting: axis.before for axis in sweep.axes}
    try:
        lane, data = assigned(lane, data, before)
        plain = (_plain(lane, "A"),)
        validate(msgspec.structs.replace(experiment, data=data, lanes=plain, sweep=None))
    except ExperimentError:
        lane = experiment.lanes[index]
        data = data_of(lane, experiment.data)
    return _plain(lane, sweep.name), data


def _sweep_of(experiment: Experiment) -> tuple[SweepSettings, int]:
    """The sweep and the index of its first cell."""
    first = next((index for index, lane in enumerate(experiment.lanes) if lane.cell is not None), None)
    if experiment.sweep is None or first is None:
        raise ExperimentError("sweep", "there is no sweep")
    return experiment.sweep, first


def _check_room(axes: Sequence[SweepAxis], seeds: int) -> None:
    if not 1 <= len(axes) <= MOST_AXES:
        raise ExperimentError(
            "sweep.axes",
            f"a sweep in a document has 1 or {MOST_AXES} axes, not {len(axes)}; compute a larger one",
        )
    if not 1 <= seeds <= MOST_REPEATS:
        raise ExperimentError("sweep", f"a cell has 1 to {MOST_REPEATS} seeds, not {seeds}")
    sizes = [len(axis.values) for axis in axes]
    networks = prod(sizes) * seeds
    if networks > MOST_CELLS:
        cells_of = " × ".join(map(str, sizes)) + " cells"
        each = f" with {counted(seeds, 'seed')}" if seeds > 1 else ""
        raise ExperimentError(
            "sweep.axes",
            f"{cells_of}{each} are {counted(networks, 'network')}, and {MOST_CELLS} train at once; take "
            "fewer values, or compute the sweep in the background",
        )


def _filled(experiment: Experiment, lane_index: int, number: int, axis: SweepAxis) -> SweepAxis:
    """An axis with values as its setting holds them, and with the lane's value as ``before``."""
    path = f"sweep.axes.{number}"
    try:
        setting = swept_setting(experiment, lane_index, axis.setting)
    except ExperimentError as error:
        raise ExperimentError(f"{path}.setting", error.sentence) from None
    if setting.of_data and len(experiment.lanes) > 1:
        raise ExperimentError(
            f"{path}.setting",
            f"{setting.label} would differ from that of the other lanes, which share the drawn points; remove them "
            "first, or compute the sweep in the background",
        )
    if not 1 <= len(axis.values) <= MOST_VALUES:
        raise ExperimentError(
            f"{path}.values", f"an axis has 1 to {MOST_VALUES} values, not {len(axis.values)}"
        )
    values = []
    for index, value in enumerate(axis.values):
        try:
            values.append(setting.check(value))
        except ExperimentError as error:
            raise ExperimentError(f"{path}.values.{index}", error.sentence) from None
    if (repeated := first_repeated(values)) is not None:
        raise ExperimentError(
            f"{path}.values.{repeated}",
            f"{setting.text(values[repeated])} is there twice; leave one of them out",
        )
    return SweepAxis(setting=axis.setting, values=tuple(values), before=setting.get(experiment, lane_index))


def _cells(base: Lane, experiment: Experiment, axes: Sequence[SweepAxis], taken: set[str]) -> Iterator[Lane]:
    texts = [texts_of(axis.values) for axis in axes]
    # Rows are outside, columns inside.
    for reverse in product(*(range(len(axis.values)) for axis in reversed(axes))):
        cell = tuple(reversed(reverse))
        values = {axis.setting: axis.values[place] for axis, place in zip(axes, cell, strict=True)}
        try:
            lane, data = assigned(base, experiment.data, values)
        except ExperimentError as error:
            number = [axis.setting for axis in axes].index(error.path)
            raise ExperimentError(f"sweep.axes.{number}.values.{cell[number]}", error.sentence) from None
        settings = [found(lane, experiment.data, axis.setting) for axis in axes]
        parts = [
            _phrase(setting, axis.values[place], own[place])
            for setting, axis, place, own in zip(settings, axes, cell, texts, strict=True)
        ]
        name = _name(" · ".join(parts), taken)
        taken.add(name)
        own = {
            axis.setting.rpartition(".")[2] for axis, one in zip(axes, settings, strict=True) if one.of_data
        }
        own_data = OwnData(**{key: getattr(data.generator, key) for key in own}) if own else None
        yield msgspec.structs.replace(lane, name=name, cell=cell, own_data=own_data)


def _phrase(setting: SweptSetting, value: SweptValue, text: str) -> str:
    """A value with its symbol, in as few characters as there are."""
    if setting.kind == "choice":
        return setting.text(value) if setting.speaks else f"{setting.symbol} {setting.text(value)}"
    unit = setting.parameter.unit if setting.parameter is not None else ""
    return f"{setting.symbol} {text}{unit}"


def _name(wanted: str, taken: set[str]) -> str:
    endings = ("" if number == 1 else f" ({number})" for number in count(1))
    names = (f"{wanted[: LONGEST_NAME - len(ending)].strip()}{ending}" for ending in endings)
    return next(name for name in names if name not in taken)


def _with_former_names(lanes: Sequence[Lane], former: Mapping[Lane, Lane]) -> tuple[Lane, ...]:
    """Cells under the names and with the looks of cells with the same settings, other names made different."""
    kept = {index: former[_settings(lane)] for index, lane in enumerate(lanes) if _is_former(lane, former)}
    taken = {lane.name for lane in kept.values()} | {lane.name for lane in lanes if lane.cell is None}
    found = []
    for index, lane in enumerate(lanes):
        if index in kept:
            old = kept[index]
            lane = msgspec.structs.replace(
                lane, name=old.name, colour=old.colour, hidden=old.hidden, muted=old.muted
            )
        elif lane.cell is not None:
            lane = msgspec.structs.replace(lane, name=_name(lane.name, taken))
            taken.add(lane.name)
        found.append(lane)
    return tuple(found)


def _is_former(lane: Lane, former: Mapping[Lane, Lane]) -> bool:
    return lane.cell is not None and _settings(lane) in former


def _settings(lane: Lane) -> Lane:
    return msgspec.structs.replace(without_look(lane, "A"), muted=False)


def _plain(lane: Lane, name: str) -> Lane:
    return msgspec.structs.replace(lane, name=name, cell=None, own_data=None, hidden=False, muted=False)


def _coloured(experiment: Experiment) -> Experiment:
    """Give each lane the colour that it is shown in, unless all are one lane spread out."""
    if sum(lane.cell is None for lane in experiment.lanes) + (experiment.sweep is not None) < 2:
        return experiment
    lanes = zip(experiment.lanes, lane_colours(experiment), strict=True)
    return msgspec.structs.replace(
        experiment, lanes=tuple(msgspec.structs.replace(lane, colour=colour) for lane, colour in lanes)
    )


def _half_way(numbers: Sequence[float], index: int, step: int, log: bool) -> float:
    """The middle between a value and the next one on one side; the value itself at the end of the axis."""
    other = index + step
    if not 0 <= other < len(numbers):
        return numbers[index]
    one, next_one = numbers[index], numbers[other]
    if log and min(one, next_one) > 0.0:
        return float(one * (next_one / one) ** 0.5)
    return (one + next_one) / 2.0


def _validated(experiment: Experiment, lanes: tuple[Lane, ...], sweep: SweepSettings | None) -> Experiment:
    return validate(msgspec.structs.replace(experiment, lanes=lanes, sweep=sweep))
