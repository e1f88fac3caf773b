"""How strong the gradient is in each layer now."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QSizeF

from engine.observation.snapshot import LaneSnapshot
from gui_app.plots.bars import Bars, bar_width
from gui_app.plots.clipping import clip_marks, stretched
from gui_app.plots.layers import colours_of, layer_name, layer_ticks
from gui_app.plots.legend import LegendEntry
from gui_app.plots.picture import Picture, Ranges
from gui_app.plots.plot_frame import PlotFrame
from gui_app.plots.readout import Reading, Readout
from gui_app.plots.series import log_span, to_log10
from gui_app.plots.ticks import log_ticks, value_text

WEIGHTS, BIASES = "‖∂C/∂W‖", "‖∂C/∂b‖"


class GradientBars(PlotFrame):
    """One bar a layer for the weights' gradient, with a tick for the biases'."""

    export_name = "gradient-per-layer"
    export_title = "Gradient per layer"
    meaning = (
        "Length of the gradient of the cost with respect to each layer's weights, ‖∂C/∂W_l‖, and biases, "
        "‖∂C/∂b_l‖, over the whole training split. Bars that shrink towards layer 1: the gradient vanishes; "
        "bars that grow: it explodes."
    )

    def _watched(self, lane: LaneSnapshot) -> tuple[Hashable, ...]:
        return id(lane.now), lane.clip_norm

    def compose(self, lane: LaneSnapshot, size: QSizeF, ranges: Ranges) -> Picture:
        weights, biases = lane.now.weight_gradient, lane.now.bias_gradient
        layers = len(weights)
        if not layers:
            return self.empty_picture()
        if _has_no_points(lane):
            return self.empty_picture(words="No training points, no gradient")
        span = log_span(np.concatenate([weights, biases])) or (-3.0, 0.0)
        clips = clip_marks(lane, span, self.theme)
        low, high = stretched(span, clips)
        # Low enough that the shortest bar can be seen.
        y_range = ranges.y.update(low - 0.3, high + 0.05)
        colours = colours_of(self.theme, layers)
        heights, ticks = to_log10(weights, y_range[0]), to_log10(biases, y_range[0])
        return Picture(
            marks=(Bars(heights, ticks, colours, self.theme), *clips),
            entries=self._entries(colours),
            x_range=(0.0, float(layers)),
            y_range=y_range,
            x_ticks=layer_ticks(layers, size.width()),
            y_ticks=log_ticks(*y_range, max(2, int(size.height() // 26))),
        )

    def _entries(self, colours: tuple[str, ...]) -> tuple[LegendEntry, ...]:
        some = colours[:: max(1, len(colours) // 4)][:4]
        return (
            LegendEntry(WEIGHTS, "bar", some),
            LegendEntry(BIASES, "tick", (self.theme.text,)),
            LegendEntry("log", "note", ()),
        )

    def read(self, x: float, y: float) -> Readout | None:
        lane = self._lane()
        layers = len(lane.now.weight_gradient) if lane is not None else 0
        if lane is None or not layers or _has_no_points(lane):
            return None
        index = min(max(int(x), 0), layers - 1)
        weights, biases = float(lane.now.weight_gradient[index]), float(lane.now.bias_gradient[index])
        readings = (
            Reading(WEIGHTS, value_text(weights), colours_of(self.theme, layers)[index]),
            Reading(BIASES, value_text(biases), self.theme.text),
        )
        beside = bar_width(self.surface.mapping().width / layers) / 2 + 8.0
        name = layer_name(index + 1, layers)
        return Readout(index + 0.5, name, readings, self.theme, has_line=False, distance=beside)


def _has_no_points(lane: LaneSnapshot) -> bool:
    """A loss that is not finite ends a lane, which then shows its last finite state: NaN means nothing to measure."""
    return bool(np.isnan(lane.now.loss[0]))
