"""The plan of a sweep: its lanes, the groups that train alike, their order, and how much work that is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import ceil, prod
from typing import Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from engine.catalogue.texts import counted, short_repr
from engine.data.resolve import resolve_points
from engine.experiment.document import dumps, from_json
from engine.experiment.points import TRAINING
from engine.experiment.products import products_of_point
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.experiment.sweeps.swept_settings import SweptSetting, in_order
from engine.experiment.validation import ExperimentError, validate
from engine.sweep.axes import Axis, read_axes
from engine.sweep.batches import Batch, Group, Rows, batches_of
from engine.sweep.checks import require_valid
from engine.sweep.lanes import base_of, data_of, lane_of, shape_of, watches_losses
from engine.sweep.sampling import sampled_shares
from engine.sweep.spec import MOST_CELLS, SweepSpec, spec_hash


class SweepPlan:
    """What a spec asks for. Rows count from 0: cells with the first axis fastest, the seeds of a cell together.

    Parameters
    ----------
    spec
        As ``read_spec`` returns it.

    Raises
    ------
    ExperimentError
        With the path in the spec and the remedy.

    Attributes
    ----------
    base
        The experiment with the base as its only lane.
    axes
        What varies.
    cells
        How many cells there are.
    """

    def __init__(self, spec: SweepSpec) -> None:
        self.spec = spec
        self.base = _base(spec)
        self.axes = read_axes(spec, self.base)
        self._settings = [axis.setting for axis in self.axes]
        self._points_of: dict[tuple[Any, ...], int] = {}
        self.cells = _count(spec, self.axes)
        self.seeds = spec.seeds
        self._drawn: list[list[Any]] | None = None
        if spec.sampling.kind != "grid":
            shares = sampled_shares(spec.sampling, len(self.axes))
            self._drawn = [axis.drawn(column) for axis, column in zip(self.axes, shares.T, strict=True)]
        require_valid(self.base, self.axes, self._drawn)

    @property
    def rows(self) -> int:
        """How many lanes there are."""
        return self.cells * self.seeds

    @cached_property
    def hash(self) -> str:
        """Of the spec."""
        return spec_hash(self.spec)

    @cached_property
    def document(self) -> str:
        """The base as the text of a file."""
        return dumps(self.base)

    # -- values

    @property
    def is_grid(self) -> bool:
        """Whether the cells are all places of a grid."""
        return self._drawn is None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis of a grid has."""
        return tuple(len(axis.values or ()) for axis in self.axes)

    def places(self, cells: Rows) -> NDArray[np.int64]:
        """Return where cells lie on the axes.

        Parameters
        ----------
        cells
            Their numbers.

        Returns
        -------
        array [cells, axes]
            Indices of values; -1 where cells are sampled.
        """
        if self._drawn is not None:
            return np.full((len(cells), len(self.axes)), -1, np.int64)
        found = np.unravel_index(cells, self.shape[::-1])
        return np.stack(found[::-1], axis=1).astype(np.int64)

    def values(self, cells: Rows) -> list[tuple[Any, ...]]:
        """Return the values of some cells.

        Parameters
        ----------
        cells
            Their numbers.

        Returns
        -------
        list of tuple
            One value an axis.
        """
        if self._drawn is not None:
            return [tuple(column[cell] for column in self._drawn) for cell in cells.tolist()]
        columns = [axis.values or () for axis in self.axes]
        return [
            tuple(column[index] for column, index in zip(columns, place, strict=True))
            for place in self.places(cells).tolist()
        ]

    def column(self, axis: int) -> list[Any]:
        """Return the values of all cells on one axis.

        Parameters
        ----------
        axis
            Its index.

        Returns
        -------
        list
        """
        if self._drawn is not None:
            return self._drawn[axis]
        values = self.axes[axis].values or ()
        return [values[index] for index in self.places(np.arange(self.cells))[:, axis].tolist()]

    def experiment_of(self, row: int) -> Experiment:
        """Return the experiment that trains one lane of the sweep alone.

        Parameters
        ----------
        row
            From 0.

        Returns
        -------
        Experiment
            One lane, named by its number, and its data.

        Raises
        ------
        ExperimentError
            If there is no such lane.
        """
        if not 0 <= row < self.rows:
            raise ExperimentError(
                "", f"expected the number of a lane from 0 to {self.rows - 1:,}, not {row:,}"
            )
        cell, offset = divmod(row, self.seeds)
        (values,) = self.values(np.array([cell]))
        lane = lane_of(self.base.lanes[0], self._settings, values, offset)
        data = data_of(self.base.data, self._settings, values)
        return validate(
            structs.replace(self.base, data=data, lanes=(structs.replace(lane, name=f"lane {row}"),))
        )

    def describe(self, row: int) -> dict[str, Any]:
        """Return the settings of a lane by which it differs from others.

        Parameters
        ----------
        row
            From 0.

        Returns
        -------
        dict
            Its number, its values by axis, and its seed.
        """
        cell, offset = divmod(row, self.seeds)
        (values,) = self.values(np.array([cell]))
        named = dict(zip((axis.key for axis in self.axes), values, strict=True))
        seed = named.get("seed", self.base.lanes[0].seed + offset)
        return {"lane": row, **named, "seed": seed}

    # -- work

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Lanes of one shape and data set each, in the order of their first cells."""
        codes, order = self._group_codes(), self._coarse_first()
        codes = codes[order]
        by_group = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[by_group], prepend=-1))
        made = [self._group(order[part]) for part in np.split(by_group, starts[1:]) if len(part)]
        return tuple(sorted(made, key=lambda group: int(group.rows[0])))

    def batches(
        self,
        most: int | None,
        done: NDArray[np.bool_] | None = None,
        device: str = "cpu",
        workers: int = 1,
    ) -> list[Batch]:
        """Return what is to be trained, coarse cells first.

        Parameters
        ----------
        most
            Lanes in one batch; None for a number that goes with the length of the training.
        done
            Rows that are there already [rows].
        device
            "cpu" or "cuda", where they are trained.
        workers
            How many there are: where nobody says ``most``, each gets a batch, if there are lanes enough.

        Returns
        -------
        list of Batch
            Each row that is not done once.
        """
        return batches_of(self.groups, most, done, device, workers)

    def _group(self, cells: Rows) -> Group:
        rows = (cells[:, None] * self.seeds + np.arange(self.seeds)).ravel()
        (values,) = self.values(cells[:1])
        lane = lane_of(self.base.lanes[0], self._settings, values, 0)
        data = data_of(self.base.data, self._settings, values)
        points = self._training_points(data, values)
        products = products_of_point(lane, data)
        batch = min(lane.training.batch_size, max(points, 1))
        steps = self.spec.epochs * ceil(points / batch)
        return Group(rows, steps, products * batch, watches_losses(lane))

    def _training_points(self, data: DataSettings, values: Sequence[Any]) -> int:
        """How many points are trained on; of values that are drawn from a range, one says it for all."""
        known = tuple(
            v
            for v, axis in zip(values, self.axes, strict=True)
            if axis.setting.key == "data.generator.points"
        )
        if known not in self._points_of:
            self._points_of[known] = int((resolve_points(data).split == TRAINING).sum())
        return self._points_of[known]

    def _coarse_first(self) -> Rows:
        """Cells, those on a coarse grid before those between them."""
        cells = np.arange(self.cells)
        if self._drawn is not None or len(self.axes) < 2:
            return cells
        places = self.places(cells)
        steps = (places & -places).astype(np.int64)
        steps[places == 0] = 1 << 40
        return cells[np.argsort(-steps.min(axis=1), kind="stable")]

    def _group_codes(self) -> Rows:
        """A number for each cell that cells of one shape and data set share."""
        total = np.zeros(self.cells, np.int64)
        for index in range(len(self.axes)):
            codes = self._codes(index)
            _, total = np.unique(total * (int(codes.max()) + 1) + codes, return_inverse=True)
        return total.astype(np.int64)

    def _codes(self, index: int) -> Rows:
        """A number for each cell that cells share whose values on an axis change neither shape nor data."""
        axis = self.axes[index]
        if self._drawn is None:
            values: Sequence[Any] = axis.values or ()
            which = self.places(np.arange(self.cells))[:, index]
        else:
            table: dict[Any, int] = {}
            which = np.array([table.setdefault(value, len(table)) for value in self._drawn[index]])
            values = list(table)
        return _classes(self._samples(index), axis.setting, values)[which]

    def _samples(self, index: int) -> list[Lane]:
        """Lanes with first and last values on the other axes: what an axis changes may depend on these."""
        found = [self.base.lanes[0]]
        for at in (0, -1):
            lane = self.base.lanes[0]
            chosen = {
                axis.setting.key: (axis.setting, self.column_values(number)[at])
                for number, axis in enumerate(self.axes)
                if number != index and not axis.setting.of_data
            }
            for key in in_order(lane, chosen):
                setting, value = chosen[key]
                lane = setting.set(lane, value)
            found.append(lane)
        return found

    def column_values(self, axis: int) -> Sequence[Any]:
        """Return the values on an axis: those of a grid, or those that were drawn for each cell.

        Parameters
        ----------
        axis
            Its index.

        Returns
        -------
        sequence
        """
        return self._drawn[axis] if self._drawn is not None else self.axes[axis].values or ()


def _base(spec: SweepSpec) -> Experiment:
    experiment = from_json(spec.experiment)
    names = [lane.name for lane in experiment.lanes]
    if spec.lane is not None and spec.lane not in names:
        listed = ", ".join(map(short_repr, names[:8]))
        raise ExperimentError("lane", f"there is no lane {short_repr(spec.lane)}; there are: {listed}")
    base = base_of(experiment, names.index(spec.lane) if spec.lane is not None else 0)
    if not (resolve_points(base.data).split == TRAINING).any():
        raise ExperimentError(
            "experiment.data", "there are no training points; add points, or lower the other shares"
        )
    return base


def _count(spec: SweepSpec, axes: Sequence[Axis]) -> int:
    if spec.sampling.kind != "grid":
        if spec.sampling.count is None:
            raise ExperimentError("sampling.count", "is missing: how many cells are sampled")
        return spec.sampling.count
    if spec.sampling.count is not None:
        raise ExperimentError("sampling.count", "a grid has all cells of its axes; leave count out")
    cells = prod(len(axis.values or ()) for axis in axes)
    if cells * spec.seeds > MOST_CELLS:
        raise ExperimentError(
            "axes",
            f"{counted(cells * spec.seeds, 'lane')} are too many; use fewer values or sample at most {MOST_CELLS:,}",
        )
    return cells


def _classes(lanes: Sequence[Lane], setting: SweptSetting, values: Sequence[Any]) -> Rows:
    """For each value a number that values share between which shape and data do not change, in any of the lanes."""
    if setting.of_data:
        return np.arange(len(values))
    known: dict[Any, int] = {}

    def code(value: Any) -> int:
        shapes = tuple(shape_of(setting.set(lane, value)) for lane in lanes)
        return known.setdefault(shapes, len(known))

    others = [value for value in values if value]
    if setting.kind == "number" and len(others) > 2 and code(others[0]) == code(others[-1]):
        # Of such a number, only whether there is any belongs to the shape.
        none = code(values[0] * 0.0)
        return np.array([code(others[0]) if value else none for value in values])
    return np.array([code(value) for value in values])
