"""The networks of a sweep as a table: their settings, and what came of each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from engine.experiment.repeats import members
from engine.experiment.settings import Experiment
from engine.experiment.sweeps.cells import cell_settings
from engine.experiment.sweeps.values import is_log
from engine.observation.snapshot import Snapshot
from engine.observation.sweep_measures import (
    SWEEP_MEASURES,
    TO_THRESHOLD,
    Floats,
    LaneResult,
    Threshold,
    measured,
    result_of,
)

AxisKind = Literal["number", "whole", "choice"]
Column = NDArray[Any]
QUARTILES = (0.25, 0.75)
NOT_YET = LaneResult("")
"""What came of a network that has not been trained."""


@dataclass(frozen=True, slots=True)
class TableAxis:
    """One setting that a sweep varies.

    Attributes
    ----------
    key
        Its path below a lane, such as "regularization.l2", or below the experiment, such as "data.generator.noise".
    label
        Its name on screen.
    values
        On a grid, its values in order; of a sampled axis, the two ends of its range, or its choices.
    kind
        Whether values are numbers, whole numbers or names.
    log
        Whether its values grow by factors.
    texts
        How the values are written; nothing where ``text_of`` says it.
    """

    key: str
    label: str
    values: tuple[Any, ...]
    kind: AxisKind = "number"
    log: bool = False
    texts: tuple[str, ...] = ()


class SweepGrid(NamedTuple):
    """A measure on two axes, or on one: then there is one row.

    Attributes
    ----------
    median : float64 [y, x]
        Over the networks of a cell; the mean where the measure says so. NaN where nothing is known.
    low, high : float64 [y, x]
        Lower and upper quartile; NaN in cells with fewer than two networks that count.
    known : int64 [y, x]
        Of how many networks the measure is known.
    """

    median: Floats
    low: Floats
    high: Floats
    known: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SweepTable:
    """One row a network.

    Attributes
    ----------
    axes
        What is varied; of the first two, the first one lies along x and the second one along y.
    places : int64 [rows, axes]
        The index of each network's value on each axis; −1 where values are sampled, not on a grid.
    settings
        By key of an axis [rows]: float64 or int64 for numbers, objects for names.
    seed : int64 [rows]
        Of the weights.
    status : str [rows]
        "training", "trained", "stopped" (early) or "diverged"; "waiting" for those that have not been trained yet, and
        "failed" for those that could not be.
    results
        By key of a measure, float64 [rows]; NaN for what is not known.
    names
        Of the lanes.
    threshold
        What the epochs to it were counted for; None where it is not known.
    """

    axes: tuple[TableAxis, ...]
    places: NDArray[np.int64]
    settings: Mapping[str, Column]
    seed: NDArray[np.int64]
    status: Column
    results: Mapping[str, Floats]
    names: Sequence[str]
    threshold: Threshold | None = None

    def __len__(self) -> int:
        return len(self.seed)

    @property
    def is_grid(self) -> bool:
        """Whether all values lie on a grid."""
        return bool((self.places >= 0).all())

    @property
    def epochs(self) -> tuple[int, int] | None:
        """The fewest and the most epochs of networks that train: they differ where some have begun later, as new cells
        of other axes do. None where none trains, and where epochs are not known.
        """
        trains, known = self.status == "training", self.results.get("epochs")
        if known is None or not trains.any():
            return None
        return int(known[trains].min()), int(known[trains].max())

    @property
    def is_level(self) -> bool:
        """Whether all networks that train have trained as many epochs, so that they can be compared."""
        return self.epochs is None or self.epochs[0] == self.epochs[1]

    def comparable(self, measure: str) -> Floats:
        """Return a measure of all networks as it is put together for several of them.

        Parameters
        ----------
        measure
            A key of ``SWEEP_MEASURES``.

        Returns
        -------
        float64 [rows]
            NaN for what is not known. A threshold that a network has not reached is infinitely far: networks that have
            reached it must not speak for the others.
        """
        values = self.results[measure]
        if measure != TO_THRESHOLD:
            return values
        return np.where(np.isnan(values) & ~np.isin(self.status, ("waiting", "failed")), np.inf, values)

    def grid(
        self, measure: str, x: int = 0, y: int | None = None, fixed: Mapping[int, int] | None = None
    ) -> SweepGrid:
        """Put the networks of each cell together.

        Parameters
        ----------
        measure
            A key of ``SWEEP_MEASURES``.
        x, y
            The indexes of two axes; None for the second one, if there is one.
        fixed
            By the index of a further axis, the index of the only value that counts; axes that are not named count with
            all their values, as seeds do.

        Returns
        -------
        SweepGrid

        Raises
        ------
        KeyError
            If the table has no such measure.
        """
        values, second = self.comparable(measure), self._second(x, y)
        across = len(self.axes[x].values)
        down = 1 if second is None else len(self.axes[second].values)
        counts = (self.places >= 0).all(axis=1)
        for axis, index in (fixed or {}).items():
            counts &= self.places[:, axis] == index
        cell = self.places[:, x] + (0 if second is None else across * self.places[:, second])
        found = _together(values[counts], cell[counts], across * down, SWEEP_MEASURES[measure].share)
        if measure == TO_THRESHOLD:
            found = tuple(np.where(np.isinf(one), np.nan, one) for one in found)
        known = np.bincount(cell[counts & np.isfinite(values)], minlength=across * down)
        median, low, high = (one.reshape(down, across) for one in found)
        return SweepGrid(median, low, high, known.reshape(down, across))

    def rows_of(self, cell: Sequence[int]) -> NDArray[np.int64]:
        """Return the rows of a cell's networks.

        Parameters
        ----------
        cell
            An index for each axis.

        Returns
        -------
        int64 [networks]
        """
        return np.flatnonzero((self.places == np.asarray(cell)).all(axis=1))

    def best(self, measure: str) -> tuple[int, ...] | None:
        """Return the cell with the best value, by the median over its networks.

        Parameters
        ----------
        measure
            A key of ``SWEEP_MEASURES``.

        Returns
        -------
        tuple of int or None
            An index for each of the first two axes. A cell of which a network diverged is never the best; None
            where the measure has no better values, nothing is known, there is one cell, all are equally good, or
            networks that train have come to different epochs.
        """
        better = SWEEP_MEASURES[measure].better
        if better is None or not len(self) or not self.is_level:
            return None
        median = self.grid(measure).median.copy()
        median[self.grid("diverged").median > 0.0] = np.nan
        if median.size == 1 or not np.isfinite(median).any():
            return None
        median[~np.isfinite(median)] = np.nan
        if np.isfinite(median).sum() > 1 and np.nanmin(median) == np.nanmax(median):
            return None
        row, column = divmod(
            int(np.nanargmin(median) if better == "low" else np.nanargmax(median)), median.shape[1]
        )
        return (column,) if len(self.axes) == 1 else (column, row)

    def _second(self, x: int, y: int | None) -> int | None:
        if y is not None:
            return y
        return next((axis for axis in range(len(self.axes)) if axis != x), None)


def of_snapshot(snapshot: Snapshot, experiment: Experiment, threshold: Threshold | None = None) -> SweepTable:
    """Return the table of a live sweep: a row for each cell and seed.

    Parameters
    ----------
    snapshot
        With a lane for each network, or with repeated lanes put together.
    experiment
        The document, with a sweep.
    threshold
        For the epochs to it; None without one.

    Returns
    -------
    SweepTable
        In the order of the document. A network that the snapshot does not have yet is "waiting".
    """
    assert experiment.sweep is not None
    seen = {one.name: one for lane in snapshot.lanes for one in lane.repeats or (lane,)}
    rows = [
        (lane.cell, one, lane)
        for lane, group in zip(experiment.lanes, members(experiment), strict=True)
        if lane.cell is not None
        for one in group
    ]
    results = [
        result_of(seen[one.name], lane, experiment.data, threshold) if one.name in seen else NOT_YET
        for _, one, lane in rows
    ]
    swept, axes = experiment.sweep.axes, table_axes(experiment)
    return SweepTable(
        axes,
        np.array([cell for cell, _, _ in rows], dtype=np.int64).reshape(len(rows), len(axes)),
        {
            axis.setting: column([axis.values[cell[number]] for cell, _, _ in rows])
            for number, axis in enumerate(swept)
        },
        np.array([one.seed for _, one, _ in rows], dtype=np.int64),
        np.array(
            [
                result.status if one.name in seen else "waiting"
                for (_, one, _), result in zip(rows, results, strict=True)
            ]
        ),
        measured(results),
        [one.name for _, one, _ in rows],
        threshold,
    )


def table_axes(experiment: Experiment) -> tuple[TableAxis, ...]:
    """Return the axes of a document's sweep.

    Parameters
    ----------
    experiment
        With a sweep.

    Returns
    -------
    tuple of TableAxis
    """
    assert experiment.sweep is not None
    return tuple(
        TableAxis(
            axis.setting,
            setting.label,
            axis.values,
            setting.kind,
            setting.kind != "choice" and is_log(axis.values),
            tuple(setting.text(value) for value in axis.values),
        )
        for axis, setting in zip(experiment.sweep.axes, cell_settings(experiment), strict=True)
    )


def to_csv(table: SweepTable, file: TextIO) -> None:
    """Write a table as CSV, the same for a live sweep and for one without a window.

    The columns are ``lane`` (from 0), one for each axis, ``seed``, ``status`` and one for each measure; that of the
    epochs to a threshold names it. Numbers are
    written so that reading them gives the same bits; NaN is an empty field.

    Parameters
    ----------
    table
        Rows are written in its order.
    file
        Open for text.
    """
    measures = [key for key in SWEEP_MEASURES if key in table.results]
    axes = [axis.key for axis in table.axes if axis.key != "seed"]
    columns: list[Iterable[str]] = [
        map(str, range(len(table))),
        *(map(_written, table.settings[key].tolist()) for key in axes),
        map(str, table.seed.tolist()),
        table.status.tolist(),
        *(map(_whole if SWEEP_MEASURES[key].whole else _number, table.results[key]) for key in measures),
    ]
    writer = csv.writer(file, lineterminator="\n")
    named = [SWEEP_MEASURES[key].column(table.threshold) for key in measures]
    writer.writerow(["lane", *axes, "seed", "status", *named])
    writer.writerows(zip(*columns, strict=True))


def column(values: Sequence[Any]) -> Column:
    """Arrange the values of a setting.

    Parameters
    ----------
    values
        JSON values, one a network.

    Returns
    -------
    array [networks]
        int64 if all are whole numbers, float64 if all are numbers, else objects.

    Examples
    --------
    >>> column([1, 2]).dtype, column([1, 0.5]).dtype, column(["tanh", "relu"]).dtype
    (dtype('int64'), dtype('float64'), dtype('O'))
    """
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return np.array(values, dtype=np.int64)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return np.array(values, dtype=np.float64)
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects


def _together(values: Floats, cell: NDArray[np.int64], cells: int, share: bool) -> tuple[Floats, ...]:
    """Median (or mean) and quartiles of the values of each cell, with linear interpolation; NaN does not count."""
    known = ~np.isnan(values)
    values, cell = values[known], cell[known]
    order = np.lexsort((values, cell))
    values, cell, counts = values[order], cell[order], np.bincount(cell, minlength=cells)
    starts = np.cumsum(counts) - counts
    filled, several = counts > 0, counts > 1
    middle, low, high = (np.full(cells, np.nan) for _ in range(3))
    if share:
        middle[filled] = np.bincount(cell, weights=values, minlength=cells)[filled] / counts[filled]
    else:
        middle[filled] = _quantile(values, starts[filled], counts[filled], 0.5)
    low[several], high[several] = (
        _quantile(values, starts[several], counts[several], share_below) for share_below in QUARTILES
    )
    return middle, low, high


def _quantile(ordered: Floats, starts: NDArray[np.int64], counts: NDArray[np.int64], share: float) -> Floats:
    """Of each group of ``counts`` ordered values from ``starts`` on."""
    position = share * (counts - 1)
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, counts - 1)
    one, other = ordered[starts + below], ordered[starts + above]
    part = position - below
    with np.errstate(invalid="ignore"):
        between = one + (other - one) * part
    found: Floats = np.where((part == 0.0) | (one == other), one, between)
    return found


def _written(value: Any) -> str:
    if isinstance(value, float):
        return _number(value)
    # A window is painted before what only tables need is loaded.
    from engine.data.tables.formulas import guarded

    return guarded(value) if isinstance(value, str) else str(value)


def _number(value: float) -> str:
    return "" if np.isnan(value) else repr(float(value))


def _whole(value: float) -> str:
    return "" if np.isnan(value) else str(int(value))
