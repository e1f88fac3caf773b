"""The band between the quartiles of a lane that is repeated with several seeds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gui_app.plots.drawing.area import Area
from gui_app.plots.drawing.epoch_axis import EpochAxis
from gui_app.plots.drawing.loss_model import LossModel
from gui_app.plots.drawing.loss_series import SPLITS, Lines
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.series import Floats
from gui_app.plots.drawing.traces import Trace
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.session.current_lane import LaneLook

BANDED = ("validation", "training")
"""The splits that have a band; more of them would cover one another."""
OPACITY = 0.18
LOWER, UPPER = "lower quartile of", "upper quartile of"


def quartile_bands(
    lane: LossModel | Trace,
    options: PlotOptions,
    axis: EpochAxis,
    scale: ValueScale,
    floor: float,
    look: LaneLook | None = None,
) -> Iterator[Area]:
    """Yield the band of each split, from the lower to the upper quartile over the seeds; none for a single network.

    A lane that is shown alone has the colours of the splits; ``look`` is that of one among several.
    """
    if lane.quartiles is None:
        return
    theme, edges = options.theme, band_lines(lane, options, axis)
    for name in BANDED:
        if f"{LOWER} {name}" not in edges:
            continue
        (epochs, low), (_, high) = (edges[f"{which} {name}"] for which in (LOWER, UPPER))
        below, above = scale.units(low, floor), scale.units(high, floor)
        if isinstance(lane, Trace):
            colour = lane.colour
        else:
            colour = theme.lanes[look.colour] if look is not None else getattr(theme, name)
        yield Area(f"quartiles of {name}", epochs, below, above, colour, OPACITY)


def band_lines(lane: LossModel | Trace, options: PlotOptions, axis: EpochAxis) -> Lines:
    """Return the lower and the upper line of each band that is drawn, by name; none for a single network."""
    ends = band_ends(lane, options)
    if lane.quartiles is None or not ends:
        return {}
    epoch = lane.quartiles[0].epoch
    at = _rows(epoch, axis, int(options.size[0]))
    epochs = epoch[at].astype(np.float64)
    return {name: (epochs, values[at]) for name, values in ends.items()}


def band_ends(lane: LossModel | Trace, options: PlotOptions) -> dict[str, Floats]:
    """Return the quartiles [r] of each split whose band is drawn, by name."""
    if lane.quartiles is None:
        return {}
    indices = {name: SPLITS.index(name) for name in BANDED if name not in options.hidden}
    return {
        f"{which} {name}": one.loss[:, index]
        for name, index in indices.items()
        if np.isfinite(lane.quartiles[0].loss[:, index]).any()
        for which, one in zip((LOWER, UPPER), lane.quartiles, strict=True)
    }


def _rows(epoch: NDArray[np.int64], axis: EpochAxis, pixels: int) -> NDArray[np.intp]:
    """Return the rows to draw: those that the axis shows, or one for each pixel where there are more."""
    start, stop, _ = axis.rows_of(epoch).indices(len(epoch))
    if stop - start <= 2 * max(pixels, 1):
        return np.arange(start, stop)
    places = np.asarray(axis.scale.units(epoch[start:stop].astype(np.float64)))
    wanted = np.linspace(places[0], places[-1], max(pixels, 2))
    return start + np.unique(np.searchsorted(places, wanted).clip(max=len(places) - 1))
