"""Keep a training point in each class when points are removed or reclassified."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.edits import Rewrite
from engine.data.split import Indices, Splits, classes_of
from engine.experiment.points import TEST, TRAINING, Points


def keep_trained(before: Points, after: Points, task: str) -> Rewrite | None:
    """Make the edit that restores a training point to each class that lost its last one.

    If removing or reclassifying points leaves a class (in regression, the data set) without a training point, one of
    its test points becomes one, or else one of its validation points. Classes without a training point before the
    change are not edited, and neither are any if only splits changed.

    Parameters
    ----------
    before, after : Points
        The points before and after an edit.
    task : str
        Whether targets are classes.

    Returns
    -------
    Rewrite or None
        An edit of ``after``; None if no class needs it.
    """
    if len(after) > len(before) or (
        len(after) == len(before) and np.array_equal(before.target, after.target)
    ):
        return None
    classes = classes_of(after.target, task)
    untrained = _untrained(classes, after.split)
    if untrained:
        untrained -= _untrained(classes_of(before.target, task), before.split)
    index = [_candidate(np.flatnonzero(classes == number), after.split) for number in sorted(untrained)]
    if not index:
        return None
    chosen = np.sort(np.array(index, dtype=np.int64))
    rows = after[chosen]
    return Rewrite(chosen, rows, Points(rows.xy, rows.target, np.full(len(rows), TRAINING, dtype=np.uint8)))


def _untrained(classes: NDArray[np.float64], split: Splits) -> set[int]:
    """Return the classes that have points but no training point."""
    numbers = classes.astype(np.int64)
    counts = np.bincount(numbers)
    trained = np.bincount(numbers[split == TRAINING], minlength=len(counts))
    return set(np.flatnonzero((counts > 0) & (trained == 0)).tolist())


def _candidate(members: Indices, split: Splits) -> int:
    """Return the index of the class's first test point, or else of its first point."""
    test_points = members[split[members] == TEST]
    return int(test_points[0] if len(test_points) else members[0])
