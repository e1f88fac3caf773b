"""What a sweep says at a glance: its best cells, and what each axis does on its own."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted, setting_text
from engine.experiment.sweeps.values import text_of
from engine.observation.sweep_measures import SWEEP_MEASURES, TO_THRESHOLD, SweepMeasure
from engine.observation.sweep_table import SweepTable, TableAxis
from engine.sweep.results import SweepResults
from engine.sweep.trainability import map_dimension

BINS = 5
"""Into so many equal parts a sampled axis is divided, or one with more than ``MOST_LISTED`` values."""
MOST_LISTED = 12
BEST = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and what came of it.

    Attributes
    ----------
    row
        The first of its lanes.
    settings
        Its values by axis.
    value, low, high
        Median and quartiles of the measure over its seeds.
    """

    row: int
    settings: dict[str, Any]
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Marginal:
    """All lanes with one value of an axis, or with values in one part of it.

    Attributes
    ----------
    value
        The value, or the two ends of the part.
    lanes
        How many are known.
    median, low, high
        Median and quartiles of the measure.
    diverged
        Share of them, from 0 to 1.
    """

    value: Any
    lanes: int
    median: float
    low: float
    high: float
    diverged: float


def best_cells(results: SweepResults, measure: SweepMeasure, count: int = BEST) -> list[Cell]:
    """Return the cells with the best median, the best first.

    Parameters
    ----------
    results
        Of a sweep.
    measure
        Any; of one without better values, no cell is the best.
    count
        How many at most.

    Returns
    -------
    list of Cell
        Cells of which a lane diverged or is not known do not count. Empty where all are equally good.
    """
    if measure.better is None:
        return []
    seeds, table = results.plan.seeds, results.table
    values = table.comparable(measure.key).reshape(-1, seeds)
    known = _counts(values, measure).all(axis=1) & ~(table.status == "diverged").reshape(-1, seeds).any(
        axis=1
    )
    cells = np.flatnonzero(known)
    with np.errstate(invalid="ignore"):
        medians = np.median(values[cells], axis=1)
    cells, medians = cells[np.isfinite(medians)], medians[np.isfinite(medians)]
    if len(cells) > 1 and (medians == medians[0]).all():
        return []
    order = np.argsort(-medians if measure.better == "high" else medians, kind="stable")[:count]
    return [_cell(table, int(cells[index]) * seeds, values[cells[index]]) for index in order]


def marginals(results: SweepResults, measure: SweepMeasure, axis: int) -> list[Marginal]:
    """Return what a measure is for each value of an axis, whatever the other axes say.

    Parameters
    ----------
    results
        Of a sweep.
    measure
        Any.
    axis
        Index of the axis.

    Returns
    -------
    list of Marginal
        In the order of the axis; parts of it where it is sampled or has many values.
    """
    table = results.table
    values, known = table.comparable(measure.key), ~np.isin(table.status, ("waiting", "failed"))
    diverged = table.status == "diverged"
    made = []
    for label, chosen in _parts(table, axis):
        low, middle, high = _quartiles(values[chosen & _counts(values, measure)])
        lanes = int((chosen & known).sum())
        share = float(diverged[chosen].sum() / lanes) if lanes else np.nan
        made.append(Marginal(label, lanes, middle, low, high, share))
    return made


def _counts(values: NDArray[np.float64], measure: SweepMeasure) -> NDArray[np.bool_]:
    """Which values count: a threshold that was not reached is infinitely far, any other infinite number is none."""
    return np.isfinite(values) | (np.isposinf(values) & (measure.key == TO_THRESHOLD))


def _quartiles(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile; infinite where one lies among infinite values, NaN without values."""
    if not len(values):
        return nan, nan, nan
    # Interpolation would make NaN of infinite values.
    found = np.quantile(np.minimum(values, _FAR), (0.25, 0.5, 0.75))
    low, middle, high = np.where(found > _FAR / 100, inf, found).tolist()
    return low, middle, high


_FAR = 1e300


def summary_json(results: SweepResults, measure: SweepMeasure) -> dict[str, Any]:
    """Return the summary as plain JSON values.

    Parameters
    ----------
    results, measure
        As for ``summary_text``.

    Returns
    -------
    dict
    """
    found = map_dimension(results.table)
    return {
        "lanes": len(results.table.seed),
        "done": results.done,
        "measure": measure.key,
        "best": [
            {
                "lane": c.row,
                "settings": c.settings,
                "median": c.value,
                "low": _or_none(c.low),
                "high": _or_none(c.high),
            }
            for c in best_cells(results, measure)
        ],
        "boundary_dimension": None if found is None else _or_none(found.slope),
        "axes": {
            axis.key: [
                {
                    "value": list(m.value) if isinstance(m.value, tuple) else m.value,
                    "lanes": m.lanes,
                    "median": _or_none(m.median),
                    "low": _or_none(m.low),
                    "high": _or_none(m.high),
                    "diverged": _or_none(m.diverged),
                }
                for m in marginals(results, measure, index)
            ]
            for index, axis in enumerate(results.table.axes)
        },
    }


def summary_text(results: SweepResults, measure: SweepMeasure) -> str:
    """Write the summary.

    Parameters
    ----------
    results
        Of a sweep, whole or not.
    measure
        By which cells are compared.

    Returns
    -------
    str
        Lines for a terminal.
    """
    table, task = results.table, results.plan.base.data.task
    lanes, label = len(table.seed), measure.label_for(task, table.threshold)
    statuses = [
        (word, int((table.status == word).sum())) for word in ("diverged", "stopped", "failed", "waiting")
    ]
    said = ", ".join(f"{count:,} {word}" for word, count in statuses if count)
    lines = [f"{counted(lanes, 'lane')}{': ' + said if said else ''}.", ""]
    best = best_cells(results, measure)
    seeds = f" (median of {counted(results.plan.seeds, 'seed')})" if results.plan.seeds > 1 else ""
    lines.append(f"Best by {label.lower()}{seeds}:" if best else _why_none(table, measure, label))
    for cell in best:
        settings = ", ".join(f"{key} {_text(value)}" for key, value in cell.settings.items())
        spread = f" ({_number(cell.low)} to {_number(cell.high)})" if results.plan.seeds > 1 else ""
        lines.append(f"  {_number(cell.value)}{spread}  {settings}  (lane {cell.row})")
    for index, axis in enumerate(table.axes):
        lines += ["", f"{axis.label} ({axis.key}), {label.lower()} over all else:"]
        rows = [
            (
                _text(m.value),
                _number(m.median),
                f"{_number(m.low)} to {_number(m.high)}",
                f"{m.diverged:.0%}",
                f"{m.lanes:,}",
            )
            for m in marginals(results, measure, index)
            if m.lanes
        ]
        lines += _aligned([("value", "median", "quartiles", "diverged", "lanes"), *rows])
    found = map_dimension(table)
    if found is not None and not isnan(found.slope):
        sizes = f"boxes with sides from 1 to {found.sizes[-1]}, in cells"
        lines += [
            "",
            f"Boundary of convergence: box-counting dimension {found.slope:.3f} ({sizes}).",
            _sides(table),
        ]
    return "\n".join(lines) + "\n"


def usual_measure(table: SweepTable) -> SweepMeasure:
    """Return the measure of a summary where nobody names one.

    Parameters
    ----------
    table
        Of the sweep.

    Returns
    -------
    SweepMeasure
        The validation loss, or the training loss of a sweep without validation points.
    """
    has_validation = np.isfinite(table.results["validation_loss"]).any()
    waits = np.isin(table.status, ("waiting", "failed")).all()
    return SWEEP_MEASURES["validation_loss" if has_validation or waits else "training_loss"]


def _sides(table: SweepTable) -> str:
    """How many networks lie on either side of the boundary, in a sentence."""
    convergence = table.results["convergence"]
    not_there = convergence > 0.0
    ended = int((not_there & (table.status == "diverged")).sum())
    return (
        f"{counted(int((convergence < 0.0).sum()), 'network')} converged: the last losses are below the first one. "
        f"{int(not_there.sum()):,} did not; of these {ended:,} diverged: a loss or a weight was not finite."
    )


def _why_none(table: SweepTable, measure: SweepMeasure, label: str) -> str:
    """Why no cell is the best, in a sentence."""
    if not np.isfinite(table.results[measure.key]).any():
        return f"No lane has a {label.lower()}{' yet' if (table.status == 'waiting').any() else ''}."
    if measure.better is None:
        return f"No value of {label.lower()} is better than another one."
    return f"No cell is best by {label.lower()}."


def _parts(table: SweepTable, axis: int) -> list[tuple[Any, NDArray[np.bool_]]]:
    described: TableAxis = table.axes[axis]
    column = table.settings[described.key]
    if described.kind == "choice" or (table.is_grid and len(described.values) <= MOST_LISTED):
        listed = list(dict.fromkeys(described.values if table.is_grid else column.tolist()))
        return [(value, column == value) for value in listed]
    distinct = np.unique(column)
    if len(distinct) <= MOST_LISTED:
        return [(value, column == value) for value in distinct.tolist()]
    edges = np.quantile(column.astype(np.float64), np.linspace(0.0, 1.0, BINS + 1))
    number = np.clip(np.searchsorted(edges, column, side="right") - 1, 0, BINS - 1)
    parts = [number == part for part in range(BINS)]
    return [((float(column[one].min()), float(column[one].max())), one) for one in parts if one.any()]


def _cell(table: SweepTable, row: int, values: NDArray[np.float64]) -> Cell:
    low, middle, high = _quartiles(values)
    settings = {axis.key: _plain(table.settings[axis.key][row]) for axis in table.axes}
    return Cell(row, settings, middle, low, high)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " to ".join(map(_text, value))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return setting_text(value) if is_number else text_of(value)


def _number(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "–"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
