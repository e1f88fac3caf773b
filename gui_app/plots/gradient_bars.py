"""Bars of the current gradient, or of another quantity, in each layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF

from engine.catalogue.texts import value_text
from engine.observation.snapshot import LaneSnapshot, LayerNumbers, Snapshot
from gui_app.plots.drawing.bars import Bars, bar_width
from gui_app.plots.drawing.clipping import stretched
from gui_app.plots.drawing.layers import colours_of, layer_name, layer_ticks
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.mapping import Mark
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_options import empty_picture, no_gradient_message
from gui_app.plots.drawing.probe_plot import ProbeOptions, ProbePlot
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.sections import LaneSection, headroom, starts_of
from gui_app.plots.drawing.seeds_note import seeds_notes
from gui_app.plots.drawing.series import Floats
from gui_app.plots.drawing.zoom import Limits
from gui_app.session.snapshot_view import LaneModel, lane_models
from gui_app.widgets.ticks import Ticks

WEIGHTS, BIASES, CLIPPED = "‖∂C/∂W‖", "‖∂C/∂b‖", "after clipping"


@dataclass(frozen=True, slots=True, eq=False)
class LayersModel(LayerNumbers):
    """The current probe values of one lane.

    ``layers`` [P, L]: one row per probe. ``measured``: whether the training loss is known. ``started``: whether a step
    has been taken. ``clip_norm``: the threshold of clipping by norm.
    """

    layers: Floats
    measured: bool
    started: bool
    clip_norm: float | None
    clips_cost: bool = True
    """Whether clipping applies to the gradient of the whole cost."""
    points: int = 0
    """The number of training points."""
    seeds: int = 0
    """How many seeds a repeated lane has, whose numbers are medians over them."""

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return int(self.layers.shape[1])

    def beside(self, key: str) -> tuple[Floats, Floats]:
        """Return the biases' gradient [L] and the clipped gradient [L] to draw with the weights' gradient.

        The clipped gradient is NaN where clipping changes nothing. For any other quantity ``key``, both are NaN.
        """
        weights, nothing = self.probe("weight_gradient"), np.full(self.layers.shape[1], np.nan)
        if key != "weight_gradient":
            return nothing, nothing
        clipped = self.probe("clipped_gradient")
        cut = self.clips_cost & (clipped < weights * (1.0 - 1e-9))
        return self.probe("bias_gradient"), np.where(cut, clipped, np.nan)

    def missing(self, key: str) -> np.ndarray:
        """Return a mask [L] of the layers for which ``key`` is undefined: NaN, although their gradient is finite."""
        return np.isnan(self.probe(key)) & np.isfinite(self.probe("weight_gradient"))


@dataclass(frozen=True, slots=True, eq=False)
class BarsModel(LayersModel):
    """The probe values of the current lane, and those of the lanes that are shown beside it."""

    lanes: tuple[LaneModel[LayersModel], ...] = ()
    """The lanes that are shown side by side, this one among them; none where it is shown alone."""


class GradientBars(ProbePlot[BarsModel]):
    """Plot with one bar per layer. For gradients, a tick shows the biases' one, and an outline the share clipped."""

    topic = "gradient_bars"
    export_name = "gradient-per-layer"
    title = "per layer"
    shows_lanes = True
    hint = (
        "The tick is the biases' gradient, ‖∂C/∂b_l‖. Bars that shrink towards layer 1: the gradient vanishes; "
        "bars that grow: it explodes."
    )

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> BarsModel | None:
        if snapshot is None or lane is None:
            return None
        now = lane.now
        # A lane whose loss diverges shows its last finite state, so a NaN loss means that there is nothing to measure.
        return BarsModel(
            now.layers,
            not np.isnan(now.loss[0]),
            now.step > 0,
            lane.clip_norm,
            lane.clips_cost,
            snapshot.training_points,
            len(lane.repeats),
        )

    def _newest_model(self) -> BarsModel | None:
        model = super()._newest_model()
        if model is None or len(self.current.shown) < 2:
            return model
        lanes: tuple[LaneModel[LayersModel], ...]
        lanes = lane_models(self.current, self._snapshot, self.model_of)
        return replace(model, lanes=lanes) if len(lanes) > 1 else model

    def takes_click(self, pixel: QPointF) -> bool:
        """Choose the lane of the section, if it is not the current one."""
        lanes = self._model.lanes if self._model is not None else ()
        if not lanes:
            return False
        starts = starts_of([lane.model.depth for lane in lanes])
        lane = lanes[_section_at(starts, self.plot_area.mapping().x_value(pixel.x()))]
        if lane.is_current:
            return False
        self.current.choose(lane.look.number)
        return True

    @staticmethod
    def compose(model: BarsModel | None, options: ProbeOptions, ranges: Ranges | None = None) -> Picture:
        theme, (width, height) = options.theme, options.size
        if model is not None and model.lanes:
            return _side_by_side(model.lanes, options, ranges or Ranges())
        layers = model.layers.shape[1] if model is not None else 0
        if model is None or not layers:
            return empty_picture(theme, options.empty_message)
        if not model.measured:
            return empty_picture(theme, no_gradient_message(model.points))
        key, axis = options.probe.key, options.axis
        values, missing = model.probe(key), model.missing(key)
        if missing.all():
            return empty_picture(theme, options.nothing_to_show(layers, model.started))
        biases, clipped = model.beside(key)
        span = axis.span(np.concatenate([values, biases, clipped]))
        clips = options.clips(model.clip_norm, span)
        eased = (ranges or Ranges()).y_on(axis.log, axis.smallest)
        chosen = _y_range(options, stretched(span, clips), eased)
        x_range, y_range = options.zoom.x or (0.0, float(layers)), options.zoom.y or chosen
        colours = colours_of(theme, layers)
        bars = Bars(
            heights=axis.axis_values(values, y_range),
            ticks=axis.axis_values(biases, y_range),
            colours=colours,
            theme=theme,
            base=axis.base(y_range),
            after=axis.axis_values(clipped, y_range),
            missing=missing,
        )
        return Picture(
            marks=(bars, *clips),
            entries=(
                *_entries(options, colours, bool(np.isfinite(clipped).any())),
                *seeds_notes([model.seeds], "medians"),
            ),
            x_range=x_range,
            y_range=y_range,
            x_ticks=layer_ticks(layers, width * layers / (x_range[1] - x_range[0])),
            y_ticks=axis.ticks(y_range, height),
            limits=Limits((0.0, float(layers)), chosen, log=axis.log),
        )

    @staticmethod
    def read(model: BarsModel, options: ProbeOptions, picture: Picture, x: float, y: float) -> Readout | None:
        one: LayersModel = model
        whose, start = "", 0.0
        if model.lanes:
            starts = starts_of([lane.model.depth for lane in model.lanes])
            section = _section_at(starts, x)
            look, _, one = model.lanes[section]
            whose, start = f"{look.name}, ", starts[section]
        layers = one.depth
        if not layers or not one.measured or one.missing(options.probe.key).all():
            return None
        index = min(max(int(x - start), 0), layers - 1)
        beside = bar_width(picture.on_screen(options.size).slot) / 2 + 8.0
        name, colour = layer_name(index + 1, layers), colours_of(options.theme, layers)[index]
        readings = tuple(_readings(one, options, index, colour))
        at = start + index + 0.5
        return Readout(at, f"{whose}{name}", readings, options.theme, has_line=False, distance=beside)


def _section_at(starts: Sequence[float], x: float) -> int:
    """Return the index of the section at ``x`` on the axis."""
    return max(int(np.searchsorted(starts, x, side="right")) - 1, 0)


def _side_by_side(lanes: Sequence[LaneModel[LayersModel]], options: ProbeOptions, ranges: Ranges) -> Picture:
    """Return the bars of several lanes, each in a section of its own, on one scale."""
    theme, (width, height), key, axis = options.theme, options.size, options.probe.key, options.axis
    models = [lane.model for lane in lanes]
    starts = starts_of([model.depth for model in models])
    total = starts[-1] + models[-1].depth
    seen = [model for model in models if model.measured and not model.missing(key).all()]
    if not seen or not total:
        measured = any(model.measured for model in models)
        layers, started = max(model.depth for model in models), any(model.started for model in models)
        why = options.nothing_to_show(layers, started) if measured else no_gradient_message(models[0].points)
        return empty_picture(theme, why)
    span = axis.span(np.concatenate([part for one in seen for part in (one.probe(key), *one.beside(key))]))
    clips = next((found for one in seen if (found := options.clips(one.clip_norm, span))), ())
    low, high = _y_range(options, stretched(span, clips), ranges.y_on(axis.log, axis.smallest))
    chosen = low, high + headroom(height) * (high - low)
    x_range, y_range = options.zoom.x or (0.0, total), options.zoom.y or chosen
    marks: list[Mark] = []
    ticks: Ticks = ()
    for lane, start in zip(lanes, starts, strict=True):
        model, depth = lane.model, lane.model.depth
        if model in seen:
            biases, clipped = model.beside(key)
            marks.append(
                Bars(
                    heights=axis.axis_values(model.probe(key), y_range),
                    ticks=axis.axis_values(biases, y_range),
                    colours=colours_of(theme, depth),
                    theme=theme,
                    base=axis.base(y_range),
                    after=axis.axis_values(clipped, y_range),
                    missing=model.missing(key),
                    start=start,
                )
            )
        marks.append(LaneSection(lane.look, start, depth, theme, lane.is_current))
        room = width * depth / (x_range[1] - x_range[0])
        ticks = (*ticks, *((start + at, text) for at, text in layer_ticks(depth, room)))
    deepest = max(models, key=lambda model: model.depth)
    is_clipped = any(np.isfinite(one.beside(key)[1]).any() for one in seen)
    return Picture(
        marks=(*marks, *clips),
        entries=(
            *_entries(options, colours_of(theme, deepest.depth), is_clipped),
            *seeds_notes((model.seeds for model in models), "medians"),
        ),
        x_range=x_range,
        y_range=y_range,
        x_ticks=ticks,
        y_ticks=axis.ticks(y_range, height),
        limits=Limits((0.0, total), chosen, log=axis.log),
    )


def _y_range(options: ProbeOptions, span: Range, eased: EasedRange) -> Range:
    """Return a range that starts low enough to show the shortest bar."""
    low, high = span
    if options.axis.log:
        return options.axis.update((low - 0.3, high + 0.05), eased)
    return options.axis.update((low * 1.05, high * 1.05), eased)


def _entries(options: ProbeOptions, colours: tuple[str, ...], is_clipped: bool) -> tuple[LegendEntry, ...]:
    theme, some = options.theme, colours[:: max(1, len(colours) // 4)][:4]
    if not options.of_weights:
        return (LegendEntry(options.probe.formula, "bar", some),)
    before = (LegendEntry("unclipped", "dashed", (theme.muted,)),) if is_clipped else ()
    weights, biases = LegendEntry(WEIGHTS, "bar", some), LegendEntry(BIASES, "tick", (theme.text,))
    return weights, biases, *before


def _readings(model: LayersModel, options: ProbeOptions, index: int, colour: str) -> list[Reading]:
    value = value_text(float(model.probe(options.probe.key)[index]))
    if not options.of_weights:
        return [Reading(options.probe.label, value, colour)]
    biases, clipped = (float(numbers[index]) for numbers in model.beside(options.probe.key))
    readings = [Reading(WEIGHTS, value, colour), Reading(BIASES, value_text(biases), options.theme.text)]
    return readings if np.isnan(clipped) else [*readings, Reading(CLIPPED, value_text(clipped), colour)]
