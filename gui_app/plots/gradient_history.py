"""How strong the gradient was in each layer over time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
from PySide6.QtCore import QSizeF

from engine.observation.snapshot import LaneSnapshot
from gui_app.plots.clipping import clip_marks, stretched
from gui_app.plots.layers import colours_of, layer_name
from gui_app.plots.legend import LegendEntry
from gui_app.plots.marks import Curve
from gui_app.plots.picture import Picture, Ranges
from gui_app.plots.plot_frame import PlotFrame, words_for
from gui_app.plots.readout import Reading, Readout
from gui_app.plots.series import Floats, log_span, nearest, thin, to_log10
from gui_app.plots.ticks import count_text, epoch_ticks, log_ticks, value_text

MOST_POINTS = 9000
"""Of all curves together: very deep networks get coarser ones, so that a frame stays cheap."""
MOST_READINGS = 6


class GradientHistory(PlotFrame):
    """One curve a layer, coloured from the input side to the output."""

    export_name = "gradient-over-time"
    export_title = "Gradient over time"
    meaning = (
        "Length of the gradient with respect to each layer's weights, ‖∂C/∂W_l‖, over epochs. "
        "Curves that lie far apart, layer 1 lowest: the gradient vanishes; layer 1 highest: it explodes."
    )

    def _watched(self, lane: LaneSnapshot) -> tuple[Hashable, ...]:
        return id(lane.history), lane.stop, lane.clip_norm, self.is_playing and len(lane.history) < 2

    def compose(self, lane: LaneSnapshot, size: QSizeF, ranges: Ranges) -> Picture:
        history = lane.history
        layers = history.weight_gradient.shape[1]
        colours = colours_of(self.theme, layers)
        entries = self._entries(colours)
        if not layers or (len(history) < 2 and not self.is_playing):
            return self.empty_picture(entries, words_for(lane))
        pixels = min(int(size.width()), MOST_POINTS // (2 * layers))
        epochs, norms = thin(history.epoch, history.weight_gradient, pixels)
        last = int(epochs[-1]) if len(epochs) else 0
        span = log_span(norms) or (-3.0, 0.0)
        clips = clip_marks(lane, span, self.theme)
        low, high = stretched(span, clips)
        x_range = ranges.x.update(0.0, float(max(last, 10)))
        y_range = ranges.y.update(low - 0.05, high + 0.05)
        return Picture(
            marks=(*self._curves(epochs, to_log10(norms, y_range[0]), colours), *clips),
            entries=entries,
            x_range=x_range,
            y_range=y_range,
            x_ticks=epoch_ticks(*x_range, size.width()),
            y_ticks=log_ticks(*y_range, max(2, int(size.height() // 26))),
        )

    def _curves(self, epochs: Floats, places: Floats, colours: tuple[str, ...]) -> Iterator[Curve]:
        width = 1.5 if len(colours) <= 12 else 1.0
        for index, colour in enumerate(colours):
            yield Curve(layer_name(index + 1, len(colours)), epochs, places[:, index], colour, width)

    def _entries(self, colours: tuple[str, ...]) -> tuple[LegendEntry, ...]:
        if len(colours) < 2:
            return tuple(LegendEntry("output", "line", (colour,)) for colour in colours)
        return (
            LegendEntry("layer 1", "note", ()),
            LegendEntry("output", "strip", colours),
            LegendEntry("log", "note", ()),
        )

    def read(self, x: float, y: float) -> Readout | None:
        lane = self._lane()
        if lane is None or not len(lane.history):
            return None
        row = nearest(lane.history.epoch, x)
        values = lane.history.weight_gradient[row]
        places = to_log10(values, self.picture.y_range[0])
        colours = colours_of(self.theme, len(values))
        readings = tuple(
            Reading(
                layer_name(index + 1, len(values)), value_text(float(values[index])), colours[index], place
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
