"""How strong the gradient was in each layer over time, or what else is measured of a layer."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
from PySide6.QtCore import QSizeF

from engine.observation.snapshot import LaneSnapshot
from gui_app.plots.clipping import stretched
from gui_app.plots.layers import colours_of, layer_name
from gui_app.plots.legend import LegendEntry
from gui_app.plots.marks import Curve
from gui_app.plots.picture import Picture, Ranges
from gui_app.plots.plot_frame import words_for
from gui_app.plots.probe_plot import ProbePlot
from gui_app.plots.ranges import EasedRange, Range
from gui_app.plots.readout import Reading, Readout
from gui_app.plots.series import Floats, nearest, thin
from gui_app.plots.ticks import count_text, epoch_ticks, value_text

MOST_POINTS = 9000
"""Of all curves together: very deep networks get coarser ones, so that a frame stays cheap."""
MOST_READINGS = 6


class GradientHistory(ProbePlot):
    """One curve a layer, coloured from the input side to the output."""

    export_name = "gradient-over-time"
    title = "over time"
    hint = "Curves that lie far apart, layer 1 lowest: the gradient vanishes; layer 1 highest: it explodes."

    def _watched(self, lane: LaneSnapshot) -> tuple[Hashable, ...]:
        return id(lane.history), lane.stop, lane.clip_norm, self.is_playing and len(lane.history) < 2

    def compose(self, lane: LaneSnapshot, size: QSizeF, ranges: Ranges) -> Picture:
        history, values = lane.history, self._values(lane)
        layers = values.shape[1]
        colours = colours_of(self.theme, history.layers.shape[2])
        entries = self._entries(colours)
        if not layers and colours:
            return self.empty_picture(entries, self.nothing_to_show(lane))
        if not layers or (len(history) < 2 and not self.is_playing):
            return self.empty_picture(entries, words_for(lane))
        if len(history) > 1 and np.isnan(values).all() and np.isfinite(history.weight_gradient).any():
            return self.empty_picture(entries, self.nothing_to_show(lane))
        pixels = min(int(size.width()), MOST_POINTS // (2 * layers))
        epochs, numbers = thin(history.epoch, values, pixels)
        last = int(epochs[-1]) if len(epochs) else 0
        span = self.axis.span(numbers)
        clips = self.clips(lane, span)
        x_range = ranges.x.update(0.0, float(max(last, 10)))
        y_range = self._y_range(stretched(span, clips), ranges.y)
        return Picture(
            marks=(*self._curves(epochs, self.axis.places(numbers, y_range), colours), *clips),
            entries=entries,
            x_range=x_range,
            y_range=y_range,
            x_ticks=epoch_ticks(*x_range, size.width()),
            y_ticks=self.axis.ticks(y_range, size.height()),
        )

    def _values(self, lane: LaneSnapshot) -> Floats:
        """[r, layers that have such a number]"""
        values = lane.history.probe(self.probe.key)
        return values[:, :-1] if self.probe.hidden else values

    def _y_range(self, span: Range, eased: EasedRange) -> Range:
        margin = 0.05 if self.probe.log else 0.02 * (span[1] - span[0])
        return self.axis.update((span[0] - margin, span[1] + margin), eased)

    def _curves(self, epochs: Floats, places: Floats, colours: tuple[str, ...]) -> Iterator[Curve]:
        width = 1.5 if len(colours) <= 12 else 1.0
        for index in range(places.shape[1]):
            name = layer_name(index + 1, len(colours))
            yield Curve(name, epochs, places[:, index], colours[index], width)

    def _entries(self, colours: tuple[str, ...]) -> tuple[LegendEntry, ...]:
        if len(colours) < 2:
            return tuple(LegendEntry("output", "line", (colour,)) for colour in colours)
        log = (LegendEntry("log", "note", ()),) if self.probe.log else ()
        return LegendEntry("layer 1", "note", ()), LegendEntry("output", "strip", colours), *log

    def read(self, x: float, y: float) -> Readout | None:
        lane = self._lane()
        if lane is None or not len(lane.history):
            return None
        row = nearest(lane.history.epoch, x)
        values = self._values(lane)[row]
        places = self.axis.places(values, self.picture.y_range)
        colours = colours_of(self.theme, lane.history.layers.shape[2])
        readings = tuple(
            Reading(
                layer_name(index + 1, len(colours)), value_text(float(values[index])), colours[index], place
            )
            for index in _layers_to_read(places, y)
            for place in [float(places[index])]
        )
        epoch = int(lane.history.epoch[row])
        return Readout(float(epoch), f"epoch {count_text(epoch)}", readings, self.theme)


def _layers_to_read(places: Floats, y: float) -> list[int]:
    """All layers, output first as it lies on top; of many, the first, the one nearest to the mouse and the output."""
    last = len(places) - 1
    if last < MOST_READINGS:
        return list(range(last, -1, -1))
    distances = np.where(np.isfinite(places), np.abs(places - y), np.inf)
    return sorted({0, int(distances.argmin()), last}, reverse=True)
