"""How strong the gradient is in each layer now, or what else is measured of a layer."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QSizeF

from engine.observation.snapshot import LaneSnapshot
from gui_app.plots.bars import Bars, bar_width
from gui_app.plots.clipping import stretched
from gui_app.plots.layers import colours_of, layer_name, layer_ticks
from gui_app.plots.legend import LegendEntry
from gui_app.plots.picture import Picture, Ranges
from gui_app.plots.probe_plot import ProbePlot
from gui_app.plots.ranges import EasedRange, Range
from gui_app.plots.readout import Reading, Readout
from gui_app.plots.series import Floats
from gui_app.plots.ticks import value_text

WEIGHTS, BIASES, CLIPPED = "‖∂C/∂W‖", "‖∂C/∂b‖", "after clipping"


class GradientBars(ProbePlot):
    """One bar a layer. Those of the weights' gradient have a tick for the biases', and show what clipping leaves."""

    export_name = "gradient-per-layer"
    title = "per layer"
    hint = (
        "The tick is the biases' gradient, ‖∂C/∂b_l‖. Bars that shrink towards layer 1: the gradient vanishes; "
        "bars that grow: it explodes."
    )

    def _watched(self, lane: LaneSnapshot) -> tuple[Hashable, ...]:
        return id(lane.now), lane.clip_norm

    def compose(self, lane: LaneSnapshot, size: QSizeF, ranges: Ranges) -> Picture:
        values = lane.now.probe(self.probe.key)
        layers = len(values)
        if not layers:
            return self.empty_picture()
        if _has_no_points(lane):
            return self.empty_picture(words="No training points, no gradient")
        missing = _missing(lane, values)
        if missing.all():
            return self.empty_picture(words=self.nothing_to_show(lane))
        biases, clipped = self._beside(lane)
        span = self.axis.span(np.concatenate([values, biases, clipped]))
        clips = self.clips(lane, span)
        y_range = self._y_range(stretched(span, clips), ranges.y)
        colours = colours_of(self.theme, layers)
        bars = Bars(
            heights=self.axis.places(values, y_range),
            ticks=self.axis.places(biases, y_range),
            colours=colours,
            theme=self.theme,
            base=self.axis.base(y_range),
            after=self.axis.places(clipped, y_range),
            missing=missing,
        )
        return Picture(
            marks=(bars, *clips),
            entries=self._entries(colours, bool(np.isfinite(clipped).any())),
            x_range=(0.0, float(layers)),
            y_range=y_range,
            x_ticks=layer_ticks(layers, size.width()),
            y_ticks=self.axis.ticks(y_range, size.height()),
        )

    def _beside(self, lane: LaneSnapshot) -> tuple[Floats, Floats]:
        """The biases' gradient, and what clipping leaves of the weights' where it takes something away; else NaN."""
        now, nothing = lane.now, np.full(len(lane.now.weight_gradient), np.nan)
        if self.probe.key != "weight_gradient":
            return nothing, nothing
        clipped = now.probe("clipped_gradient")
        cut = clipped < now.weight_gradient * (1.0 - 1e-9)
        return now.bias_gradient, np.where(cut, clipped, np.nan)

    def _y_range(self, span: Range, eased: EasedRange) -> Range:
        """Low enough that the shortest bar can be seen."""
        low, high = span
        if self.probe.log:
            return self.axis.update((low - 0.3, high + 0.05), eased)
        return self.axis.update((low * 1.05, high * 1.05), eased)

    def _entries(self, colours: tuple[str, ...], is_clipped: bool) -> tuple[LegendEntry, ...]:
        some = colours[:: max(1, len(colours) // 4)][:4]
        log = (LegendEntry("log", "note", ()),) if self.probe.log else ()
        if self.probe.key != "weight_gradient":
            return LegendEntry(self.probe.formula, "bar", some), *log
        before = (LegendEntry("unclipped", "dashed", (self.theme.muted,)),) if is_clipped else ()
        weights, biases = LegendEntry(WEIGHTS, "bar", some), LegendEntry(BIASES, "tick", (self.theme.text,))
        return weights, biases, *before, *log

    def read(self, x: float, y: float) -> Readout | None:
        lane = self._lane()
        layers = len(lane.now.weight_gradient) if lane is not None else 0
        if lane is None or not layers or _has_no_points(lane):
            return None
        index = min(max(int(x), 0), layers - 1)
        beside = bar_width(self.surface.mapping().width / layers) / 2 + 8.0
        name = layer_name(index + 1, layers)
        readings = tuple(self._readings(lane, index, colours_of(self.theme, layers)[index]))
        return Readout(index + 0.5, name, readings, self.theme, has_line=False, distance=beside)

    def _readings(self, lane: LaneSnapshot, index: int, colour: str) -> list[Reading]:
        value = value_text(float(lane.now.probe(self.probe.key)[index]))
        if self.probe.key != "weight_gradient":
            return [Reading(self.probe.label, value, colour)]
        biases, clipped = (float(numbers[index]) for numbers in self._beside(lane))
        readings = [Reading(WEIGHTS, value, colour), Reading(BIASES, value_text(biases), self.theme.text)]
        return readings if np.isnan(clipped) else [*readings, Reading(CLIPPED, value_text(clipped), colour)]


def _has_no_points(lane: LaneSnapshot) -> bool:
    """A loss that is not finite ends a lane, which then shows its last finite state: NaN means nothing to measure."""
    return bool(np.isnan(lane.now.loss[0]))


def _missing(lane: LaneSnapshot, values: Floats) -> np.ndarray:
    """Layers that have no such number: NaN, though their gradient is one."""
    return np.isnan(values) & np.isfinite(lane.now.weight_gradient)
