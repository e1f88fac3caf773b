"""Merge the edits of one gesture into as few as possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from engine.data.edits import Append, Edit, Gesture, Remove, Replace, Rewrite
from engine.experiment.points import Points


def merge(first: Edit, second: Edit) -> Edit | None:
    """Join two edits.

    Parameters
    ----------
    first, second
        Two consecutive edits.

    Returns
    -------
    Edit or None
        A single edit with the effect of both; None if there is none.
    """
    match first, second:
        case Append(), Append():
            return Append(Points.concatenate([first.block, second.block]))
        case Remove(), Remove():
            return _merge_removals(first, second)
        case Replace(), Replace():
            return Replace(first.before, second.after)
        case Rewrite(), Rewrite():
            return _merge_rewrites([first, second])
    return None


def gather(edits: Iterable[Edit]) -> Edit:
    """Join all edits of a gesture.

    Parameters
    ----------
    edits
        In order.

    Returns
    -------
    Edit
        An edit with the effect of all; a ``Gesture`` if some cannot be joined.

    Examples
    --------
    >>> one, two = (Append(Points([[x, 0.0]], [0.0])) for x in (1.0, 2.0))
    >>> gather([one, two]).block.xy.tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    joined: list[Edit] = []
    for kind, neighbours in groupby(edits, key=type):
        run = list(neighbours)
        if kind is Append:
            blocks = [edit.block for edit in run if isinstance(edit, Append)]
            joined.append(Append(Points.concatenate(blocks)))
        elif kind is Rewrite:
            joined.append(_merge_rewrites([edit for edit in run if isinstance(edit, Rewrite)]))
        else:
            joined.extend(_merge_neighbours(run))
    return joined[0] if len(joined) == 1 else Gesture(tuple(joined))


def _merge_neighbours(edits: Iterable[Edit]) -> list[Edit]:
    merged: list[Edit] = []
    for edit in edits:
        both = merge(merged[-1], edit) if merged else None
        merged[-1:] = [both] if both is not None else [*merged[-1:], edit]
    return merged


def _merge_removals(first: Remove, second: Remove) -> Remove:
    # The second edit's indices do not count the points that the first one removed: add these back.
    gaps = first.index - np.arange(len(first.index))
    index = np.concatenate([first.index, second.index + np.searchsorted(gaps, second.index, side="right")])
    order = np.argsort(index)
    return Remove(index[order], Points.concatenate([first.rows, second.rows])[order])


def _merge_rewrites(run: Sequence[Rewrite]) -> Rewrite:
    """Return one edit from each point's state before its first rewrite to its state after the last."""
    index = np.concatenate([edit.index for edit in run])
    before = Points.concatenate([edit.before for edit in run])
    after = Points.concatenate([edit.after for edit in run])
    rewritten, first = np.unique(index, return_index=True)
    last = len(index) - 1 - np.unique(index[::-1], return_index=True)[1]
    return Rewrite(rewritten, before[first], after[last])
