"""Rules of a sweep in a document: its axes, and which lanes are its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod

from msgspec import structs

from engine.catalogue.texts import counted, short_repr
from engine.experiment.errors import ExperimentError
from engine.experiment.own_data import data_of
from engine.experiment.settings import MOST_CELLS, Experiment, Lane, SweepSettings, SweptValue
from engine.experiment.sweeps.swept_setting import SweptSetting
from engine.experiment.sweeps.swept_settings import found
from engine.experiment.sweeps.values import text_of

Problem = tuple[str, str]


def sweep_problems(experiment: Experiment) -> Iterator[Problem]:
    """Yield what is wrong with the sweep of an experiment: paths and sentences."""
    sweep = experiment.sweep
    cells = [index for index, lane in enumerate(experiment.lanes) if lane.cell is not None]
    for index, lane in enumerate(experiment.lanes):
        if lane.own_data is not None and (sweep is None or lane.cell is None):
            yield f"lanes.{index}.own_data", "only cells of a sweep have points of their own; leave it out"
    if sweep is None:
        if cells:
            yield f"lanes.{cells[0]}.cell", "there is no sweep for this cell; leave the cell out"
        return
    yield from _axis_problems(sweep)
    yield from _own_data_problems(experiment, sweep)
    if cells:
        yield from _before_problems(experiment, sweep, experiment.lanes[cells[0]])
    if not cells:
        yield "sweep", "no lane is a cell of it; leave the sweep out"
    taken: dict[tuple[int, ...], str] = {}
    for index in cells:
        lane = experiment.lanes[index]
        assert lane.cell is not None
        if lane.cell in taken:
            yield (
                f"lanes.{index}.cell",
                f"{short_repr(taken[lane.cell])} is this cell already; give each lane a cell of its own",
            )
        yield from _cell_problems(experiment, sweep, index, lane, lane.cell)
        taken[lane.cell] = lane.name


def with_own_kinds(experiment: Experiment) -> Experiment:
    """Return a valid experiment whose axes have values as their settings hold them: JSON tells no 1.0 from 1."""
    sweep = experiment.sweep
    if sweep is None:
        return experiment
    lanes = [lane for lane in experiment.lanes if lane.cell is not None]
    before = dict(_before_settings(experiment, sweep, lanes[0]))
    axes = []
    for number, axis in enumerate(sweep.axes):
        of = {lane.cell[number]: lane for lane in reversed(lanes) if lane.cell is not None}
        values = tuple(
            found(of.get(place, lanes[0]), experiment.data, axis.setting).check(value)
            for place, value in enumerate(axis.values)
        )
        own = axis.before if number not in before else before[number].check(axis.before)
        axes.append(structs.replace(axis, values=values, before=own))
    return structs.replace(experiment, sweep=structs.replace(sweep, axes=tuple(axes)))


def _axis_problems(sweep: SweepSettings) -> Iterator[Problem]:
    for number, axis in enumerate(sweep.axes):
        path = f"sweep.axes.{number}"
        if axis.setting in [other.setting for other in sweep.axes[:number]]:
            yield f"{path}.setting", f"{axis.setting!r} is on two axes; choose another setting for one"
        repeated = first_repeated(axis.values)
        if repeated is not None:
            yield (
                f"{path}.values.{repeated}",
                f"{text_of(axis.values[repeated])} is there twice; leave one out",
            )
    count = prod(len(axis.values) for axis in sweep.axes)
    if count > MOST_CELLS:
        sides = " × ".join(str(len(axis.values)) for axis in sweep.axes)
        yield "sweep.axes", f"{sides} are {counted(count, 'cell')}; there is room for {MOST_CELLS}"


def _own_data_problems(experiment: Experiment, sweep: SweepSettings) -> Iterator[Problem]:
    """A sweep of the data has the drawing to itself, with a generator that makes points for each cell."""
    of_data = {axis.setting for axis in sweep.axes if axis.setting.partition(".")[0] == "data"}
    if of_data and experiment.data.points is not None:
        yield (
            "data.points",
            "the sweep makes other points for each cell, so none can be drawn or read; end the sweep first",
        )
    if of_data and any(lane.cell is None for lane in experiment.lanes):
        yield (
            "sweep",
            "its cells have points of their own, so there is no room for other lanes beside it; end the sweep first",
        )
    for index, lane in enumerate(experiment.lanes):
        own = lane.own_data
        if own is not None and lane.cell is not None:
            for key in ("noise", "points"):
                if getattr(own, key) is not None and f"data.generator.{key}" not in of_data:
                    yield f"lanes.{index}.own_data.{key}", "no axis of the sweep has it; leave it out"


def _path_of(setting: SweptSetting) -> str:
    return f"own_data.{setting.key.rpartition('.')[2]}" if setting.of_data else setting.path


def _before_settings(
    experiment: Experiment, sweep: SweepSettings, lane: Lane
) -> Iterator[tuple[int, SweptSetting]]:
    """The settings with a value from before the sweep, by the number of the axis, in a lane with the choices from
    before it.
    """
    for axis in sweep.axes:
        with suppress(ExperimentError):
            setting = found(lane, experiment.data, axis.setting)
            if setting.kind == "choice" and not setting.of_data and axis.before is not None:
                lane = setting.set(lane, axis.before)
    for number, axis in enumerate(sweep.axes):
        if axis.before is None:
            continue
        # It may go with none of the choices from before; that an axis is no setting of its cells is said of these.
        with suppress(ExperimentError):
            yield number, found(lane, experiment.data, axis.setting)


def _before_problems(experiment: Experiment, sweep: SweepSettings, lane: Lane) -> Iterator[Problem]:
    """The value from before the sweep is one of its setting."""
    for number, setting in _before_settings(experiment, sweep, lane):
        try:
            setting.check(sweep.axes[number].before)
        except ExperimentError as error:
            yield f"sweep.axes.{number}.before", error.sentence


def first_repeated(values: Sequence[SweptValue]) -> int | None:
    """Return the index of the first value that has been there before; True is another value than 1."""
    seen = set()
    for index, value in enumerate(values):
        if (kind := (isinstance(value, bool), value)) in seen:
            return index
        seen.add(kind)
    return None


def _cell_problems(
    experiment: Experiment, sweep: SweepSettings, index: int, lane: Lane, cell: tuple[int, ...]
) -> Iterator[Problem]:
    sizes = [len(axis.values) for axis in sweep.axes]
    if len(cell) != len(sizes):
        yield (
            f"lanes.{index}.cell",
            f"expected a number for each of {counted(len(sizes), 'axis')}, not {len(cell)}",
        )
        return
    for number, (place, axis) in enumerate(zip(cell, sweep.axes, strict=True)):
        if place >= len(axis.values):
            yield (
                f"lanes.{index}.cell.{number}",
                f"the axis has {counted(len(axis.values), 'value')}, numbered from 0, not {place}",
            )
            continue
        try:
            setting = found(lane, experiment.data, axis.setting)
            value = setting.check(axis.values[place])
        except ExperimentError as error:
            yield (
                f"sweep.axes.{number}",
                f"{error.sentence}; it is on an axis of the sweep, so change the axes or end the sweep first",
            )
            continue
        if setting.read(data_of(lane, experiment.data) if setting.of_data else lane) != value:
            yield (
                f"lanes.{index}.{_path_of(setting)}",
                f"{setting.label} is on an axis of the sweep, so it is {setting.text(value)} here; change the axis or "
                "end the sweep",
            )
