"""What a snapshot has of a document's sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.catalogue.texts import counted
from engine.experiment import Experiment, Points
from engine.experiment.sweeps.cells import cell_settings, cells
from engine.experiment.sweeps.values import texts_of
from engine.observation.observables import THUMBNAIL
from engine.observation.snapshot import STATUS_WORDS, LaneSnapshot, Snapshot
from engine.observation.sweep_table import SweepGrid, SweepTable
from gui_app.sweeps.drawing.plane import Place, PlaneAxis
from gui_app.sweeps.model import CellSeen, SweepModel


def sweep_model(
    snapshot: Snapshot | None,
    experiment: Experiment,
    points: Points,
    table: SweepTable | None,
    measure: str,
    own: Mapping[str, Points] | None = None,
) -> SweepModel | None:
    """Return what is shown of a document's sweep; None without a sweep.

    ``table`` has the axes and the results of the cells, None before there is a snapshot of them. ``own`` are points
    that cells have of their own, by name.
    """
    if experiment.sweep is None:
        return None
    found = {lane.name: lane for lane in snapshot.lanes} if snapshot is not None else {}
    seen = tuple(
        _cell(place, index, experiment, found.get(experiment.lanes[index].name))
        for place, index in cells(experiment).items()
    )
    if own:
        seen = tuple(replace(cell, points=own.get(cell.name)) for cell in seen)
    axes = axes_of(experiment)
    shape = (len(axes[1].texts) if len(axes) > 1 else 1, len(axes[0].texts))
    unknown = np.full(shape, np.nan)
    nothing = SweepGrid(unknown, unknown, unknown, np.zeros(shape, dtype=np.int64))
    median, low, high, known = nothing if table is None else table.grid(measure)
    epochs = _epochs(seen)
    # Before the first step all are the same.
    begun = snapshot is not None and snapshot.step > 0
    best = table.best(measure) if table is not None and begun and epochs[0] == epochs[1] else None
    extent = experiment.data.extent
    return SweepModel(
        experiment.data.task,
        axes,
        seen,
        measure,
        median,
        low,
        high,
        None if best is None else _place(best),
        points,
        (*extent.x, *extent.y),
        extent.value,
        epochs,
        table is not None,
        None if table is None else table.threshold,
        known,
    )


def axes_of(experiment: Experiment) -> tuple[PlaneAxis, ...]:
    """Return the axes of a document's sweep as they are written at a picture."""
    assert experiment.sweep is not None
    return tuple(
        PlaneAxis(
            setting.label,
            tuple(map(setting.text, axis.values)) if setting.choices else tuple(texts_of(axis.values)),
        )
        for axis, setting in zip(experiment.sweep.axes, cell_settings(experiment), strict=True)
    )


def _epochs(cells: Sequence[CellSeen]) -> tuple[int, int]:
    """The fewest and the most epochs of networks that train; what has ended is not waited for."""
    training = [cell.epochs for cell in cells if cell.status == "training"]
    most = max(high for _, high in training or [cell.epochs for cell in cells])
    return min((low for low, _ in training), default=most), most


def _place(cell: tuple[int, ...]) -> Place:
    return cell[0], cell[1] if len(cell) > 1 else 0


def _cell(cell: tuple[int, ...], index: int, experiment: Experiment, seen: LaneSnapshot | None) -> CellSeen:
    lane = experiment.lanes[index]
    if seen is None:
        return CellSeen(_place(cell), index, lane.name, seeds=lane.repeats)
    networks = seen.repeats or (seen,)
    return CellSeen(
        _place(cell),
        index,
        lane.name,
        seen.status,
        _ended(seen),
        THUMBNAIL.of(seen),
        lane.repeats,
        sum(one.status == "diverged" for one in networks),
        (seen.now.epoch, seen.now.epoch if seen.reached is None else seen.reached),
    )


def _ended(seen: LaneSnapshot) -> str:
    """How a cell has ended, in a clause."""
    networks = seen.repeats
    ends = {status: sum(one.status == status for one in networks) for status in ("diverged", "stopped")}
    if networks:
        clauses = [
            f"{ends[status]} of {counted(len(networks), 'seed')} {STATUS_WORDS[status]}"
            for status in ("diverged", "stopped")
            if ends[status]
        ]
        return ", ".join(clauses)
    if seen.status == "training" or seen.stop is None:
        return ""
    return f"{STATUS_WORDS[seen.status]} in epoch {seen.stop.epoch:,}"
