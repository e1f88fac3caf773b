"""The lines of a lane's losses, thinned once for as long as neither its history nor the axis changes."""

from __future__ import annotations

import weakref

from engine.observation.snapshot import HistoryView
from gui_app.plots.drawing.epoch_axis import EpochAxis
from gui_app.plots.drawing.loss_series import SPLITS, Lines, series_of
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.series import thin_long


def lane_lines(history: HistoryView, options: PlotOptions, axis: EpochAxis) -> Lines:
    """Return the lines of all series of a history, with at most two rows for each pixel of the plot.

    Those of a history that has not grown since are the same arrays as before. They must not be modified.
    """
    arrays = history.loss, history.penalty
    owners = tuple(one if one.base is None else one.base for one in arrays)
    rows, pixels = axis.rows_of(history.epoch), int(options.size[0])
    start, stop, _ = rows.indices(len(history))
    key = (*(one.__array_interface__["data"][0] for one in arrays), pixels)
    wanted = len(history), start, stop, axis.scale
    known = _known.get(key)
    if known is None or not known[0].are(owners) or known[1] != wanted:
        for old in [old for old, (owned, _, _) in _known.items() if owned.are_gone]:
            del _known[old]
        known = _known[key] = _Owners(owners), wanted, _thinned(history, rows, pixels, axis)
    return known[2]


class _Owners:
    """The arrays that hold the memory of others; it does not keep them alive."""

    def __init__(self, owners: tuple[object, ...]) -> None:
        self._references = tuple(map(weakref.ref, owners))

    def are(self, owners: tuple[object, ...]) -> bool:
        return all(one() is owner for one, owner in zip(self._references, owners, strict=True))

    @property
    def are_gone(self) -> bool:
        return any(one() is None for one in self._references)


def _thinned(history: HistoryView, rows: slice, pixels: int, axis: EpochAxis) -> Lines:
    """Return the lines; those of the splits have their rows in common."""
    epochs, losses = thin_long(history.epoch, history.loss, pixels, axis.scale, rows)
    columns = {name: (epochs, losses[:, index]) for index, name in enumerate(SPLITS)}
    return {
        name: columns[name] if name in columns else thin_long(history.epoch, values, pixels, axis.scale, rows)
        for name, values in series_of(history).items()
    }


_Wanted = tuple[int, int, int, object]
_known: dict[tuple[int, ...], tuple[_Owners, _Wanted, Lines]] = {}
