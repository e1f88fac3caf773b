"""The axes that a table of a sweep has: what it varies, and those of its measures that say something."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from engine.observation.sweep_measures import SWEEP_MEASURES
from engine.observation.sweep_table import SweepTable, TableAxis
from gui_app.sweeps.results.parallel.axes import Axis, axis_of

SEED = "seed"
_FACTOR = 30.0
"""How much larger the largest value of a list is than the smallest, from which on its axis is logarithmic."""
SHOWN = ("validation_loss", "training_loss", "validation_score", "gap", "epochs_to_threshold")
"""The measures that are shown until a person chooses others."""

HOW_IT_ENDED = ("diverged", "epochs")
"""The measures that say something of networks that diverged even where all are equal."""


def offered(table: SweepTable, task: str) -> dict[str, str]:
    """Return the labels of all axes that the runs differ on, by key: settings, seed, measures."""
    labels = {axis.key: axis.label for axis in table.axes}
    if SEED not in labels and len(table) and bool((table.seed != table.seed[0]).any()):
        labels[SEED] = "Seed"
    for key, measure in SWEEP_MEASURES.items():
        if key in table.results and _differ(table.results[key]):
            labels[key] = measure.label_for(task, table.threshold)
    return labels


def compared_by(table: SweepTable, task: str) -> list[str]:
    """Return the measures that networks can be compared by, the first one to begin with: those that they differ on and,
    where some diverged, how training ended. Where all did, that comes first.
    """
    keys, labels = [key for key in SWEEP_MEASURES if key in table.results], offered(table, task)
    diverged = table.status == "diverged"
    found = [key for key in keys if key in labels or (key in HOW_IT_ENDED and bool(diverged.any()))]
    if len(table) and bool(diverged.all()):
        found.sort(key=lambda key: HOW_IT_ENDED.index(key) if key in HOW_IT_ENDED else len(HOW_IT_ENDED))
    return found or ["validation_loss"]


def axes_of(table: SweepTable, task: str, keys: Collection[str] = ()) -> tuple[Axis, ...]:
    """Return the axes of a table: all settings, and the measures of ``keys``, or else the usual ones."""
    labels = offered(table, task)
    settings = [axis.key for axis in table.axes] + [SEED] * (SEED in labels)
    usual = [key for key in labels if key in (*settings, *SHOWN)]
    wanted = [key for key in labels if key in keys] if keys else usual
    return tuple(_axis(table, key, labels[key]) for key in dict.fromkeys(wanted))


def _axis(table: SweepTable, key: str, label: str) -> Axis:
    for axis in table.axes:
        if axis.key == key:
            return axis_of(
                key,
                label,
                table.settings[key],
                axis.log or _grows(axis),
                axis.values if table.is_grid else (),
            )
    if key == SEED:
        return axis_of(key, label, table.seed)
    return axis_of(key, label, table.results[key], SWEEP_MEASURES[key].log)


def _grows(axis: TableAxis) -> bool:
    """Whether listed numbers grow by factors rather than by steps."""
    if axis.kind == "choice":
        return False
    above = sorted(value for value in axis.values if value > 0)
    return len(above) > 1 and min(axis.values) >= 0 and above[-1] / above[0] >= _FACTOR


def _differ(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size) and bool((finite != finite[0]).any() or finite.size < values.size)
