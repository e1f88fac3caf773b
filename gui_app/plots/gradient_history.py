"""Curves over time of the gradient, or of another quantity, in each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from PySide6.QtCore import QPointF

from engine.observation.snapshot import EditMark, LaneSnapshot, Snapshot
from gui_app.plots.drawing.clipping import stretched
from gui_app.plots.drawing.edit_marks import EditMarks, readings_at
from gui_app.plots.drawing.epoch_axis import EpochAxis, epoch_axis
from gui_app.plots.drawing.epoch_scale import ticks_of
from gui_app.plots.drawing.extremes import has_numbers, highest
from gui_app.plots.drawing.grid import ONE, grid_of
from gui_app.plots.drawing.layer_readings import (
    edits_of,
    measured_epoch,
    newest_of,
    readings_of,
    side_by_side,
)
from gui_app.plots.drawing.layers import colours_of, layer_name, short_name
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.mapping import Mark
from gui_app.plots.drawing.marks import Curve, LevelMark, Rug
from gui_app.plots.drawing.outside import Line, outside_marks
from gui_app.plots.drawing.over_time_model import LaneOverTime, OverTimeModel
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_options import empty_message_for, empty_picture
from gui_app.plots.drawing.probe_plot import ProbeOptions, ProbePlot
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.sections import SectionName
from gui_app.plots.drawing.seeds_note import seeds_notes
from gui_app.plots.drawing.series import Floats, thin
from gui_app.session.snapshot_view import LaneModel, lane_models
from gui_app.widgets.ticks import Ticks, count_text

MOST_POINTS = 9000
"""Limit for all curves together. Very deep networks get coarser curves, so that a frame stays cheap."""
MOST_ENTRIES = 12
TICK, EPOCH_TICK = 60.0, 90.0
"""Pixels that a tick takes in a section, and on an axis that says "epoch"."""


class GradientHistory(ProbePlot[OverTimeModel]):
    """Plot with one curve per layer, coloured from the input side to the output; each lane has a section."""

    topic = "gradient_history"
    export_name = "gradient-over-time"
    title = "over time"
    shows_lanes = True
    over_epochs = True
    hint = "Curves that lie far apart, layer 1 lowest: the gradient vanishes; layer 1 highest: it explodes."

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> OverTimeModel | None:
        if snapshot is None or lane is None:
            return None
        points, started = snapshot.training_points > 0, lane.now.step > 0
        playing = snapshot.playing and points and len(lane.history) < 2
        seeds = len(lane.repeats)
        return OverTimeModel(
            lane.history, lane.stop, lane.clip_norm, lane.marks, started, playing, points, seeds
        )

    def _newest_model(self) -> OverTimeModel | None:
        model = super()._newest_model()
        if model is None or len(self.current.shown) < 2:
            return model
        lanes: tuple[LaneModel[LaneOverTime], ...]
        lanes = lane_models(self.current, self._snapshot, self.model_of)
        return replace(model, lanes=lanes) if len(lanes) > 1 else model

    def takes_click(self, pixel: QPointF) -> bool:
        """Choose the lane of the section, if it is not the current one."""
        model, section = self._model, self.navigation.section
        if model is None or section >= len(model.lanes) or model.lanes[section].is_current:
            return False
        self.current.choose(model.lanes[section].look.number)
        return True

    def _spoken(self) -> str:
        model = self._model
        if model is None:
            return ""
        texts = [newest_of(lane, self.options) for lane in model.shown]
        if not model.lanes:
            return texts[0]
        names = [lane.look.name for lane in model.lanes]
        told = "; ".join(f"{name}: {text}" for name, text in zip(names, texts, strict=True) if text)
        return f"Current lane {self.current.name}. {told}"

    @staticmethod
    def compose(model: OverTimeModel | None, options: ProbeOptions, ranges: Ranges | None = None) -> Picture:
        theme = options.theme
        if model is None:
            return empty_picture(theme, options.empty_message)
        ranges, shown = ranges or Ranges(), model.shown
        grid = grid_of(len(shown), options.size)
        inside = replace(options, size=grid.cell_size(options.size))
        deepest = max(shown, key=lambda lane: lane.layers)
        entries = (*_entries(options, deepest), *seeds_notes((lane.seeds for lane in shown), "medians"))
        messages = [_why_empty(lane, options) for lane in shown]
        if all(messages):
            return empty_picture(theme, messages[model.own_section], entries)
        axis, x_axis = options.axis, epoch_axis(_last_epoch(shown), inside, ranges, model.marks)
        # A lane of which nothing can be drawn has an empty section.
        is_drawn = [
            not message and len(lane.history) > 0 for lane, message in zip(shown, messages, strict=True)
        ]
        layers = sum(lane.layers for lane in shown)
        lines = [
            _thinned(lane, inside, x_axis, layers) if drawn else None
            for lane, drawn in zip(shown, is_drawn, strict=True)
        ]
        span = _union([axis.robust_span(line.of_shown) for line in lines if line is not None])
        clips = [options.clips(lane.clip_norm, span) for lane in shown]
        everything = tuple(clip for some in clips for clip in some)
        chosen = _y_range(options, stretched(span, everything), ranges.y_on(axis.log, axis.smallest))
        whole = _union([axis.whole_span(lane.probe(options)) for lane in compress(shown, is_drawn)])
        picture = Picture(
            entries=entries,
            x_range=x_axis.range,
            y_range=options.zoom.y or chosen,
            x_ticks=_epoch_ticks(x_axis, inside.size[0]) if model.lanes else x_axis.ticks,
            y_ticks=axis.ticks(options.zoom.y or chosen, inside.size[1]),
            x_scale=x_axis.scale,
            limits=x_axis.limits(chosen, whole, axis.log),
            grid=grid,
        )
        sections = tuple(
            tuple(_marks(lane, line, clip, inside, picture))
            for lane, line, clip in zip(shown, lines, clips, strict=True)
        )
        if not model.lanes:
            return replace(picture, marks=sections[0])
        names = [
            SectionName(f"{look.name} ×{lane.seeds}" if lane.seeds else look.name, look, theme, is_current)
            for look, is_current, lane in model.lanes
        ]
        both = zip(names, sections, strict=True)
        return replace(picture, sections=tuple((name, *section) for name, section in both))

    @staticmethod
    def read(
        model: OverTimeModel, options: ProbeOptions, picture: Picture, x: float, y: float
    ) -> Readout | None:
        epoch = measured_epoch(model.shown, x)
        if epoch is None:
            return None
        found = [readings_of(lane, options, epoch, picture.y_range, y) for lane in model.shown]
        title, mapping = f"epoch {count_text(epoch)}", picture.on_screen(options.size)

        def edits_among(marks: Sequence[EditMark]) -> tuple[Reading, ...]:
            return tuple(readings_at(marks, x, mapping, options.theme.muted, options.size[0]))

        edits = edits_among(edits_of(model))
        if not model.lanes:
            return Readout(float(epoch), title, (*found[0], *edits), options.theme)
        names = [lane.look.name for lane in model.lanes]
        return Readout(
            float(epoch),
            f"{title}: {', '.join(names)}",
            (*side_by_side(found), *edits),
            options.theme,
            sections=tuple(
                (*one, *edits_among(lane.marks)) for one, lane in zip(found, model.shown, strict=True)
            ),
            titles=tuple(f"{name}, {title}" for name in names),
            section=model.own_section,
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The curves of a lane: epochs [r], values [r, layers], and the indices of the layers shown."""

    epochs: Floats
    numbers: Floats
    shown: tuple[int, ...]

    @property
    def of_shown(self) -> Floats:
        return self.numbers[:, list(self.shown)]


def _thinned(lane: LaneOverTime, options: ProbeOptions, axis: EpochAxis, layers: int) -> _Lines:
    """Return the lines of a lane, of ``layers`` in all sections, with no more points than can be seen."""
    values, epochs = lane.probe(options), lane.history.layer_epoch
    rows = axis.rows_of(epochs)
    pixels = min(int(options.size[0]), MOST_POINTS // (2 * max(layers, 1)))
    shown = tuple(index for index in range(values.shape[1]) if not options.hides(index, lane.layers))
    return _Lines(*thin(epochs[rows], values[rows], pixels, axis.scale), shown)


def _marks(
    lane: LaneOverTime,
    lines: _Lines | None,
    clips: tuple[LevelMark, ...],
    options: ProbeOptions,
    picture: Picture,
) -> Iterator[Mark]:
    """Yield the marks of a lane's section; ``options`` have the size of a section."""
    theme, axis, colours = options.theme, options.axis, colours_of(options.theme, lane.layers)
    if lane.marks:
        yield EditMarks(lane.marks, theme)
    if lines is None:
        return
    if lane.sparse:
        yield Rug(lane.history.layer_epoch, theme.border)
    heights = axis.axis_values(lines.numbers, picture.y_range)
    yield from _curves(lines.epochs, heights, colours, lines.shown, theme.line_scale)
    yield from clips
    if options.zoom.y or options.probe.share:
        return
    units = axis.axis_values(lines.numbers, (-np.inf, np.inf))
    beyond = [Line(lines.epochs, lines.numbers[:, at], units[:, at], colours[at]) for at in lines.shown]
    mapping = replace(picture, grid=ONE).on_screen(options.size)
    yield from outside_marks(beyond, picture.y_range, mapping, theme.text, theme.panel)


def _epoch_ticks(axis: EpochAxis, width: float) -> Ticks:
    """Return the ticks of a section: more than an axis would have that says "epoch", as only the first one does."""
    ticks = ticks_of(axis.scale, *axis.range, width)
    return (
        ticks
        if len(ticks) > 2
        else ticks_of(axis.scale, *axis.range, max(2, int(width // TICK)) * EPOCH_TICK)
    )


def _last_epoch(lanes: Sequence[LaneOverTime]) -> int:
    return max((int(lane.history.epoch[-1]) for lane in lanes if len(lane.history)), default=0)


def _union(spans: Sequence[Range]) -> Range:
    return min((low for low, _ in spans), default=0.0), max((high for _, high in spans), default=1.0)


def _why_empty(lane: LaneOverTime, options: ProbeOptions) -> str:
    """Return the message shown instead of curves; empty if there are curves."""
    history, values = lane.history, lane.probe(options)
    layers = values.shape[1]
    if not layers and lane.layers:
        return options.nothing_to_show(lane.layers, lane.started)
    if not layers or (len(history) < 2 and not lane.playing):
        return empty_message_for(lane.stop, lane.points, options)
    if len(values) > 1 and not has_numbers(values) and not np.isnan(highest(history.weight_gradient)):
        return options.nothing_to_show(lane.layers, lane.started)
    return ""


def _y_range(options: ProbeOptions, span: Range, eased: EasedRange) -> Range:
    margin = 0.05 if options.axis.log else 0.02 * (span[1] - span[0])
    return options.axis.update((span[0] - margin, span[1] + margin), eased)


def _curves(
    epochs: Floats, heights: Floats, colours: tuple[str, ...], shown: Sequence[int], thicker: float
) -> Iterator[Curve]:
    width = (1.5 if len(colours) <= 12 else 1.0) * thicker
    for index in shown:
        yield Curve(layer_name(index + 1, len(colours)), epochs, heights[:, index], colours[index], width)


def _entries(options: ProbeOptions, lane: LaneOverTime) -> Iterator[LegendEntry]:
    """Yield an entry for each layer of a lane, or for very many layers one with all their colours."""
    colours, layers = colours_of(options.theme, lane.layers), lane.probe(options).shape[1]
    if layers > MOST_ENTRIES:
        yield LegendEntry("layer 1", "note", ())
        yield LegendEntry(
            "output" if layers == len(colours) else f"layer {layers}", "strip", colours[:layers]
        )
        return
    for index in range(layers):
        name = layer_name(index + 1, len(colours))
        hidden = options.hides(index, len(colours))
        yield LegendEntry(
            name,
            "block",
            (colours[index],),
            short=short_name(index + 1, len(colours)),
            key=name,
            hidden=hidden,
        )
