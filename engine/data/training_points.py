"""Keep a training point in each class when points are removed or reclassified."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.edits import Rewrite
from engine.data.split import Indices, Splits, classes_of
from engine.experiment.points import TEST, TRAINING, Points


def keep_trained(before: Points, after: Points, task: str) -> Rewrite | None:
    """Return the edit that gives classes their training point back after points were removed or reclassified.

    If the change leaves a class (in regression, the data set) without a training point, one of its test points, or
    else of its validation points, becomes a training point. A class that had none before stays as it is, and so does
    one whose split was edited.

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
    bare = _untrained(classes, after.split)
    if bare:
        bare -= _untrained(classes_of(before.target, task), before.split)
    index = [_spare(np.flatnonzero(classes == number), after.split) for number in sorted(bare)]
    if not index:
        return None
    chosen = np.sort(np.array(index, dtype=np.int64))
    rows = after[chosen]
    return Rewrite(chosen, rows, Points(rows.xy, rows.target, np.full(len(rows), TRAINING, dtype=np.uint8)))


def _untrained(classes: NDArray[np.float64], split: Splits) -> set[int]:
    """Return the classes that have points but no training point."""
    numbers = classes.astype(np.int64)
    there = np.bincount(numbers)
    trained = np.bincount(numbers[split == TRAINING], minlength=len(there))
    return set(np.flatnonzero((there > 0) & (trained == 0)).tolist())


def _spare(members: Indices, split: Splits) -> int:
    """Return the index of the class's first test point, or else of its first point."""
    spare = members[split[members] == TEST]
    return int(spare[0] if len(spare) else members[0])
