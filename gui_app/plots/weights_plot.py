"""Histograms of all weights of the lanes that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF

from engine.observation.observables import WEIGHTS, LayerWeights, Request
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.plots.drawing.grid import grid_of
from gui_app.plots.drawing.histogram import Counts, Histogram, bin_width, counted_weights
from gui_app.plots.drawing.layers import layer_name, short_name
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions, empty_picture
from gui_app.plots.drawing.ranges import Range
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.sections import SectionName
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.plots.drawing.zoom import Limits
from gui_app.session.snapshot_view import LaneModel, lane_models
from gui_app.session.whose import whose_network
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import count_text, linear_ticks, tick_text

SMALLEST = 0.1
"""Length of the shortest axis of weights."""
LEAST_LOG = -0.3
"""Where a logarithmic axis begins, so that a single weight has a bar."""
HEADROOM = 0.14
"""Share of the highest bar that is left free above it, for the share of zeros."""
TICK = 36.0
"""Pixels that a tick of the weights takes."""
MOST_LAYERS = 12
"""Layers that a legend can name one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneWeights:
    """The weights of one lane, or of its first seed where it is ``repeated``."""

    layers: tuple[LayerWeights, ...]
    repeated: bool

    def shown(self, options: PlotOptions) -> tuple[LayerWeights, ...]:
        """Return those of the layers that a person has not hidden."""
        depth = len(self.layers)
        return tuple(
            layer
            for number, layer in enumerate(self.layers, 1)
            if layer_name(number, depth) not in options.hidden
        )


@dataclass(frozen=True, slots=True, eq=False)
class WeightsModel(LaneWeights):
    """The weights of the current lane, and those of the lanes that are shown beside it."""

    lanes: tuple[LaneModel[LaneWeights], ...] = ()
    """The lanes that are shown side by side, this one among them; none where it is shown alone."""

    @property
    def shown_lanes(self) -> tuple[LaneWeights, ...]:
        """Those that are drawn."""
        return tuple(lane.model for lane in self.lanes) or (self,)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sections; one without a name if there is only one."""
        named = (f"{look.name}, first seed" if one.repeated else look.name for look, _, one in self.lanes)
        return tuple(named) or ("",)

    def colours(self, theme: Theme) -> tuple[str, ...]:
        """Return the colours of the lanes that are drawn; a lane alone needs none of its own."""
        return tuple(theme.lanes[lane.look.colour] for lane in self.lanes) or (theme.accent,)


class WeightsPlot(PlotFrame[WeightsModel, PlotOptions]):
    """Plot of a histogram of the weights of each lane that is shown, with a bar and a number for exact zeros."""

    topic = "weights_plot"
    export_name = "weights"
    title = "Weights"
    shows_lanes = True
    scale_rule = "Automatic: logarithmic, so that a few large weights are seen beside many small ones."
    meaning = (
        "How many weights have which size, without biases. Weights that are exactly 0 are counted apart, in the narrow "
        "bar at 0: their connections do nothing. Small weights are not 0: L2 makes weights small, L1 makes many "
        "exactly 0 with its proximal update. A click on a layer's name hides the layer."
    )

    @property
    def requests(self) -> tuple[Request, ...]:
        return (WEIGHTS.request(),)

    @property
    def whose(self) -> str:
        """The seed where one lane of several seeds is shown; sections say theirs."""
        return whose_network(self.current) if len(self.current.shown) == 1 else ""

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> WeightsModel | None:
        found = WEIGHTS.of(lane) if lane is not None else None
        return WeightsModel(found.layers, bool(lane.repeats)) if lane is not None and found else None

    def _newest_model(self) -> WeightsModel | None:
        model = super()._newest_model()
        if model is None or len(self.current.shown) < 2:
            return model
        lanes: tuple[LaneModel[LaneWeights], ...]
        lanes = lane_models(self.current, self._snapshot, self.model_of)
        return replace(model, lanes=lanes) if len(lanes) > 1 else model

    def options_for(self, options: PlotOptions) -> PlotOptions:
        return options

    def takes_click(self, pixel: QPointF) -> bool:
        """Choose the lane of the section, if it is not the current one."""
        lanes, section = self._model.lanes if self._model is not None else (), self.navigation.section
        if section >= len(lanes) or lanes[section].is_current:
            return False
        self.current.choose(lanes[section].look.number)
        return True

    def _spoken(self) -> str:
        if self._model is None:
            return ""
        found = _counts(self._model, self.options)
        if not self._model.lanes:
            return found[0].zero_text
        return "; ".join(
            f"{name}: {counts.zero_text}" for name, counts in zip(self._model.names, found, strict=True)
        )

    @staticmethod
    def compose(model: WeightsModel | None, options: PlotOptions, ranges: Ranges | None = None) -> Picture:
        theme = options.theme
        if model is None:
            return empty_picture(theme, options.empty_message)
        ranges, found, colours = ranges or Ranges(), _counts(model, options), model.colours(theme)
        grid, entries = grid_of(len(found), options.size), _entries(model, found, options)
        if not any(counts.weights for counts in found):
            return empty_picture(theme, "All layers are hidden: click on one above", entries)
        width, height = grid.cell_size(options.size)
        largest = max(_largest(counts) for counts in found)
        x_chosen = ranges.x_of(SMALLEST).update(-largest, largest)
        scale = ValueScale(options.is_log(automatic=True))
        chosen = _y_range(found, scale, ranges)
        x_range, y_range = options.zoom.x or x_chosen, options.zoom.y or chosen
        histograms = tuple(
            _histogram(counts, scale, y_range, colour, theme)
            for counts, colour in zip(found, colours, strict=True)
        )
        picture = Picture(
            entries=entries,
            x_range=x_range,
            y_range=y_range,
            x_ticks=linear_ticks(*x_range, max(4, int(width // TICK))),
            y_ticks=scale.ticks(y_range, height),
            limits=Limits(x_chosen, chosen, log=scale.log),
            grid=grid,
        )
        if not model.lanes:
            return replace(picture, marks=histograms)
        names = (
            SectionName(name, lane.look, theme, lane.is_current)
            for name, lane in zip(model.names, model.lanes, strict=True)
        )
        return replace(picture, sections=tuple(zip(names, histograms, strict=True)))

    @staticmethod
    def read(
        model: WeightsModel, options: PlotOptions, picture: Picture, x: float, y: float
    ) -> Readout | None:
        found, theme = _counts(model, options), options.theme
        width = found[0].width
        middle = round(x / width) * width
        title = f"{tick_text(round(middle - width / 2, 9))} … {tick_text(round(middle + width / 2, 9))}"
        readings = [
            _readings(counts, middle, colour, theme)
            for counts, colour in zip(found, model.colours(theme), strict=True)
        ]
        if not model.lanes:
            return Readout(middle, title, readings[0], theme)
        together = tuple(
            replace(reading, label=f"{name}, {reading.label}")
            for name, some in zip(model.names, readings, strict=True)
            for reading in some
        )
        return Readout(
            middle,
            title,
            together,
            theme,
            sections=tuple(readings),
            titles=tuple(f"{name}, {title}" for name in model.names),
            section=next(index for index, lane in enumerate(model.lanes) if lane.is_current),
        )


def _counts(model: WeightsModel, options: PlotOptions) -> list[Counts]:
    """Return the counts of each lane, in bins of one width."""
    shown = [lane.shown(options) for lane in model.shown_lanes]
    sizes = [np.abs(layer.values[np.isfinite(layer.values)]) for layers in shown for layer in layers]
    width = bin_width(max((float(size.max()) for size in sizes if size.size), default=0.0))
    return [counted_weights(layers, width) for layers in shown]


def _largest(counts: Counts) -> float:
    return (len(counts.counts) // 2 + 0.5) * counts.width


def _y_range(found: Sequence[Counts], scale: ValueScale, ranges: Ranges) -> Range:
    highest = max(max(float(counts.counts.max()), float(counts.zeros), 1.0) for counts in found)
    top = float(np.log10(highest)) - LEAST_LOG if scale.log else highest
    low, eased = LEAST_LOG if scale.log else 0.0, ranges.y_on(scale.log, 1.0)
    return low, eased.update(low, low + top * (1.0 + HEADROOM))[1]


def _histogram(counts: Counts, scale: ValueScale, y_range: Range, colour: str, theme: Theme) -> Histogram:
    numbers = np.append(counts.counts, float(counts.zeros))
    heights = scale.units(np.where(numbers > 0.0, numbers, np.nan), y_range[0])
    return Histogram(counts, heights[:-1], float(heights[-1]), colour, theme)


def _entries(model: WeightsModel, found: Sequence[Counts], options: PlotOptions) -> tuple[LegendEntry, ...]:
    theme = options.theme
    # Of several lanes, each section says its own.
    many, none = (count_text(found[0].weights), count_text(found[0].zeros)) if len(found) == 1 else ("", "")
    weights = LegendEntry("weights", "bar", model.colours(theme), many)
    zeros = LegendEntry("exactly 0", "bar", (theme.text,), none)
    depth = max(len(lane.layers) for lane in model.shown_lanes)
    if depth > MOST_LAYERS:
        return weights, zeros
    return weights, zeros, *(_layer_entry(number, depth, options) for number in range(1, depth + 1))


def _layer_entry(number: int, depth: int, options: PlotOptions) -> LegendEntry:
    name = layer_name(number, depth)
    short, hidden = short_name(number, depth), name in options.hidden
    return LegendEntry(name, "block", (options.theme.muted,), short=short, key=name, hidden=hidden)


def _readings(counts: Counts, middle: float, colour: str, theme: Theme) -> tuple[Reading, ...]:
    index = counts.bin_at(middle)
    many = int(counts.counts[index]) if index is not None else 0
    weights = Reading("weights", count_text(many), colour)
    return (weights,) if middle else (weights, Reading("exactly 0", count_text(counts.zeros), theme.text))
