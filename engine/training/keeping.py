"""A trainer's whole state as plain values, from which another trainer goes on to the bit.

What is kept are settings, data, parameters, optimizers, counters, best epochs, ends, marks and histories; not what a
trainer finds out again by itself: compiled programs, the time of a step, what was measured of this moment.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from engine.catalogue.criteria import STRIP_LENGTH
from engine.catalogue.optimizers import OPTIMIZERS
from engine.data.kept_run import Growing
from engine.data.resolve import resolve_points
from engine.experiment.document import from_json, to_json
from engine.experiment.kept_run import LAYER_ROWS, LOSS_ROWS, AnyArray, Kept, RunError, pack, unpack
from engine.experiment.points import LARGEST, Points
from engine.experiment.settings import FORMAT, DataSettings, Experiment, Lane, OwnData
from engine.experiment.validation import ExperimentError, validate
from engine.network import Layout
from engine.observation import Best, EditMark, Status, Stop
from engine.observation.history import History
from engine.tape.placement import PRECISIONS, PROCESSOR, Placement
from engine.tape.ways import Way
from engine.training.early_stopping import StoppingWatch
from engine.training.endings import settle
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.lanes import Lanes
from engine.training.marks import Marks
from engine.training.progress import Progress
from engine.training.step.schedule import Plateau

MOST_COUNTED = 2**53
"""No epoch or step is above this."""


class KeptLane(msgspec.Struct, forbid_unknown_fields=True):
    """What there is to know of a run but its arrays; the names are those of ``LaneRun`` and its parts."""

    epoch: int
    step: int
    status: Status
    stop: Stop | None
    stops: list[Stop]
    waits: bool
    way: str | None
    edited_at: int
    best: Best | None
    first_best: Best | None
    stopping: StoppingWatch
    plateau: Plateau
    marks: list[EditMark]
    marks_gone: int
    events: int
    strides: tuple[int, int]
    updates: int
    left_updates: int | None
    batch: int | None = None
    """None where it makes its steps with the others."""
    own_data: OwnData | None = None


class KeptLanes(msgspec.Struct, forbid_unknown_fields=True):
    """What lanes share, and each of them; ``epoch`` and ``batch`` count the batch that comes next."""

    experiment: dict[str, Any]
    epoch: int
    batch: int
    lanes: list[KeptLane]


# -- taking


def take_run(lanes: Lanes) -> tuple[Kept, dict[str, Growing]]:
    """Take the state of all lanes.

    Parameters
    ----------
    lanes
        Lanes whose numbers are not finite end first.

    Returns
    -------
    kept : Kept
        The state without histories. Nothing in it changes when training goes on.
    histories : dict of Growing
        The rows of the histories, by the names of the arrays that hold them in a whole run.
    """
    settle(lanes)
    states = lanes.stacks.states()
    arrays: dict[str, AnyArray] = {}
    histories: dict[str, Growing] = {}
    for index, run in enumerate(lanes.runs):
        arrays |= _named(index, _lane_arrays(run, states[run]))
        histories |= _named(index, run.history.growing())
    plain = tuple(msgspec.structs.replace(run.lane, cell=None, own_data=None) for run in lanes.runs)
    settings, points = take_settings(Experiment(FORMAT, lanes.data, plain))
    kept = [_kept_lane(run, states[run]) for run in lanes.runs]
    content = KeptLanes(settings, lanes.batches.epoch, lanes.batches.number, kept)
    values = msgspec.to_builtins(content, enc_hook=list)
    return Kept(max(run.epoch for run in lanes.runs), len(lanes), values, arrays | points), histories


def take_settings(experiment: Experiment) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Take what is trained apart.

    Parameters
    ----------
    experiment
        A valid one.

    Returns
    -------
    settings : dict
        JSON values, without points.
    points : dict of array
        Its points, if there are any.
    """
    points, data = experiment.data.points, msgspec.structs.replace(experiment.data, points=None)
    settings = to_json(msgspec.structs.replace(experiment, data=data))
    if points is None:
        return settings, {}
    return settings, {"points.xy": points.xy, "points.target": points.target, "points.split": points.split}


def run_bytes(lanes: Lanes) -> bytes:
    """Take the state of all lanes with their histories, as bytes that ``restored_lanes`` reads.

    Parameters
    ----------
    lanes
        As for ``take_run``.

    Returns
    -------
    bytes
    """
    kept, histories = take_run(lanes)
    rows = {name: growing.records() for name, growing in histories.items()}
    return pack(Kept(kept.epoch, kept.lanes, kept.content, {**kept.arrays, **rows}))


def _named(index: int, parts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{index}.{name}": part for name, part in parts.items()}


def _lane_arrays(run: LaneRun, state: LaneState) -> dict[str, AnyArray]:
    tensors = _state_tensors("now", state)
    if run.left is not None:
        tensors |= _state_tensors("left", run.left)
    if run.best_row is not None:
        tensors["best"] = run.best_row.clone()
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def _state_tensors(name: str, state: LaneState) -> dict[str, Tensor]:
    slots = {f"{name}.slots.{key}": slot for key, slot in state.slots.items()}
    return {f"{name}.row": state.row, f"{name}.checkpoint": state.checkpoint, **slots}


def _kept_lane(run: LaneRun, state: LaneState) -> KeptLane:
    marks, gone, events = run.marks.kept()
    return KeptLane(
        epoch=run.epoch,
        step=run.step,
        status=run.status,
        stop=run.stop,
        stops=run.stops,
        waits=run.waits,
        way=None if run.way is None else run.way.value,
        edited_at=run.epoch - run.epochs_unedited,
        best=run.best,
        first_best=run.progress.first_best,
        stopping=run.progress.stopping,
        plateau=run.progress.plateau,
        marks=marks,
        marks_gone=gone,
        events=events,
        strides=run.history.strides,
        updates=state.updates,
        left_updates=None if run.left is None else run.left.updates,
        batch=None if run.running else run.batch,
        own_data=run.lane.own_data,
    )


# -- restoring


def restored_lanes(
    run: bytes, most_rows: int, way: Way, place: Placement = PROCESSOR
) -> tuple[Lanes, tuple[str, ...]]:
    """Make lanes that go on where a run was kept.

    A history that cannot be read costs itself alone: its lane goes on with its weights, and a new history.

    Parameters
    ----------
    run
        What ``run_bytes`` returned, or anything else: nothing in it is trusted.
    most_rows, way, place
        As for ``Lanes``.

    Returns
    -------
    lanes : Lanes
        With what was kept.
    without_history : tuple of str
        The names of the lanes whose history could not be read.

    Raises
    ------
    RunError
        With a clause, if the run is damaged, or does not go with this version of the app.
    """
    kept = unpack(run)
    try:
        content = msgspec.convert(kept.content, KeptLanes, dec_hook=_strip)
        experiment = restored_settings(content.experiment, kept.arrays)
        if len(content.lanes) != len(experiment.lanes):
            raise RunError("it has other lanes than its settings")
        return _restored(content, experiment, kept.arrays, most_rows, way, place)
    except RunError:
        raise
    except (
        msgspec.ValidationError,
        ExperimentError,
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
    ) as error:
        raise RunError("it does not go with this version of the app") from error


def _strip(kind: Any, losses: object) -> deque[float]:
    """The losses of a strip of epochs (see ``StoppingWatch``), the only values that JSON has no kind for."""
    return deque(msgspec.convert(losses, list[float]), maxlen=STRIP_LENGTH)


def restored_settings(settings: dict[str, Any], arrays: Mapping[str, AnyArray]) -> Experiment:
    """Put together again what ``take_settings`` has taken apart.

    Parameters
    ----------
    settings
        JSON values.
    arrays
        The arrays of a run.

    Returns
    -------
    Experiment

    Raises
    ------
    RunError, ExperimentError, KeyError, TypeError, ValueError
        If they are not valid.
    """
    if "points.xy" not in arrays:
        return from_json(settings)
    # Drawn points need no generator that suits them, so that these settings alone may not be valid.
    experiment = from_json({**settings, "data": {**settings["data"], "points": []}})
    xy, target = arrays["points.xy"], arrays["points.target"]
    if not (np.abs(xy).max(initial=0.0) <= LARGEST and np.abs(target).max(initial=0.0) <= LARGEST):
        raise RunError("its points lie too far away")
    data = msgspec.structs.replace(experiment.data, points=Points(xy, target, arrays["points.split"]))
    return validate(msgspec.structs.replace(experiment, data=data))


def _restored(
    content: KeptLanes,
    experiment: Experiment,
    arrays: Mapping[str, AnyArray],
    most_rows: int,
    way: Way,
    place: Placement,
) -> tuple[Lanes, tuple[str, ...]]:
    data = experiment.data
    lanes = Lanes(data, resolve_points(data), most_rows, way, place)
    runs, states, without_history = [], dict[LaneRun, LaneState](), []
    for index, (lane, kept) in enumerate(zip(experiment.lanes, content.lanes, strict=True)):
        own = {
            name.removeprefix(f"{index}."): array
            for name, array in arrays.items()
            if name.startswith(f"{index}.")
        }
        lane = msgspec.structs.replace(lane, own_data=kept.own_data)
        run = _restored_run(lane, data, kept, own, most_rows)
        if kept.batch is None and kept.status == "training":
            run.ahead = content.epoch - run.epoch
        if not _restore_history(run, own, kept.strides):
            without_history.append(lane.name)
        runs.append(run)
        states[run] = _state("now", run, own, kept.updates)
    counts = [content.batch, *(run.batch for run in runs)]
    most = max(lanes.batches.points, *(lanes.sets.training(run.lane) for run in runs))
    if not (0 <= content.epoch <= MOST_COUNTED and all(0 <= count <= most for count in counts)):
        raise RunError("its epochs are no numbers of epochs")
    lanes.go_on(runs, states, content.epoch, content.batch)
    return lanes, tuple(without_history)


def _restored_run(
    lane: Lane, data: DataSettings, kept: KeptLane, arrays: Mapping[str, AnyArray], most_rows: int
) -> LaneRun:
    counts = (kept.epoch, kept.step, kept.updates, kept.edited_at, kept.left_updates or 0, kept.events)
    if not all(0 <= count <= MOST_COUNTED for count in counts) or (kept.stop is None) != (
        kept.status == "training"
    ):
        raise RunError("its counts are no counts")
    run = LaneRun(lane, Layout.of(lane, data), most_rows, kept.epoch, kept.step, kept.status, kept.stop)
    run.way = None if kept.way is None else Way(kept.way)
    run.waits, run.stops, run.batch = kept.waits, list(kept.stops), kept.batch or 0
    run.edited_at(kept.edited_at)
    run.marks = Marks.restored(kept.marks, kept.marks_gone, kept.events)
    best = _row("best", run.layout, arrays) if kept.best is not None else None
    run.progress = Progress(kept.best, kept.first_best, best, kept.stopping, kept.plateau)
    if kept.left_updates is not None:
        run.left = _state("left", run, arrays, kept.left_updates)
    return run


def _restore_history(run: LaneRun, arrays: Mapping[str, AnyArray], strides: tuple[int, int]) -> bool:
    """Give a run the history that was kept of it; False, and none, where that cannot be read."""
    try:
        run.history = History.restored(
            run.layout.layers, run.most_rows, arrays[LOSS_ROWS], arrays[LAYER_ROWS], strides
        )
    except (RunError, KeyError):
        return False
    return True


def _state(name: str, run: LaneRun, arrays: Mapping[str, AnyArray], updates: int) -> LaneState:
    slots = {
        key: _row(f"{name}.slots.{key}", run.layout, arrays)
        for key in OPTIMIZERS[run.lane.training.optimizer.name].slots
        if f"{name}.slots.{key}" in arrays
    }
    row, checkpoint = (_row(f"{name}.{part}", run.layout, arrays) for part in ("row", "checkpoint"))
    return LaneState(row, checkpoint, slots, updates)


def _row(name: str, layout: Layout, arrays: Mapping[str, AnyArray]) -> Tensor:
    array = arrays[name]
    if array.shape != (layout.size,) or array.dtype.name not in PRECISIONS:
        raise RunError("its weights do not go with its settings")
    return torch.from_numpy(array.copy())
