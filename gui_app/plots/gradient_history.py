"""Curves over time of the gradient, or of another quantity, in each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.catalogue.texts import value_text
from engine.observation.snapshot import EditMark, HistoryView, LaneSnapshot, Snapshot, Stop
from gui_app.plots.drawing.clipping import stretched
from gui_app.plots.drawing.edit_marks import EditMarks, readings_at
from gui_app.plots.drawing.epoch_axis import epoch_axis
from gui_app.plots.drawing.extremes import has_numbers, highest
from gui_app.plots.drawing.layers import colours_of, layer_name, short_name
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.marks import Curve, Rug
from gui_app.plots.drawing.outside import Line, outside_marks
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_options import empty_message_for, empty_picture
from gui_app.plots.drawing.probe_plot import ProbeOptions, ProbePlot
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.series import Floats, nearest, thin
from gui_app.widgets.ticks import count_text

MOST_POINTS = 9000
"""Limit for all curves together. Very deep networks get coarser curves, so that a frame stays cheap."""
MOST_READINGS = 6
MOST_ENTRIES = 12


@dataclass(frozen=True, slots=True, eq=False)
class OverTimeModel:
    """The history of a run, and the facts that explain an empty plot."""

    history: HistoryView
    stop: Stop | None
    clip_norm: float | None
    marks: tuple[EditMark, ...]
    started: bool
    playing: bool
    """Whether training runs and fewer than two epochs are recorded."""
    points: bool
    """Whether there are training points."""

    @property
    def layers(self) -> int:
        return int(self.history.layers.shape[2])

    def probe(self, options: ProbeOptions) -> Floats:
        """Return the values [measured epochs, layers]; a quantity of hidden layers omits the output layer."""
        values = self.history.probe(options.probe.key)
        return values[:, :-1] if options.probe.hidden else values

    @property
    def sparse(self) -> bool:
        """Whether layers were not measured in every epoch."""
        return len(self.history.layer_epoch) < len(self.history)


class GradientHistory(ProbePlot[OverTimeModel]):
    """Plot with one curve per layer, coloured from the input side to the output."""

    topic = "gradient_history"
    export_name = "gradient-over-time"
    title = "over time"
    over_epochs = True
    hint = "Curves that lie far apart, layer 1 lowest: the gradient vanishes; layer 1 highest: it explodes."

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> OverTimeModel | None:
        if snapshot is None or lane is None:
            return None
        points, started = snapshot.training_points > 0, lane.now.step > 0
        playing = snapshot.playing and points and len(lane.history) < 2
        return OverTimeModel(lane.history, lane.stop, lane.clip_norm, lane.marks, started, playing, points)

    @staticmethod
    def compose(model: OverTimeModel | None, options: ProbeOptions, ranges: Ranges | None = None) -> Picture:
        theme, (width, height) = options.theme, options.size
        if model is None:
            return empty_picture(theme, options.empty_message)
        ranges = ranges or Ranges()
        history, values, axis = model.history, model.probe(options), options.axis
        layers, colours = values.shape[1], colours_of(theme, model.layers)
        entries = tuple(_entries(options, colours, layers))
        if message := _why_empty(model, options, values):
            return empty_picture(theme, message, entries)
        x_axis = epoch_axis(int(history.epoch[-1]), options, ranges, model.marks)
        pixels, rows = min(int(width), MOST_POINTS // (2 * layers)), x_axis.rows_of(history.layer_epoch)
        epochs, numbers = thin(history.layer_epoch[rows], values[rows], pixels, x_axis.scale)
        shown = [index for index in range(layers) if not options.hides(index, len(colours))]
        span = axis.robust_span(numbers[:, shown])
        clips = options.clips(model.clip_norm, span)
        chosen = _y_range(options, stretched(span, clips), ranges.y_on(axis.log, axis.smallest))
        y_range = options.zoom.y or chosen
        curves = tuple(
            _curves(epochs, axis.axis_values(numbers, y_range), colours, shown, options.theme.line_scale)
        )
        picture = Picture(
            marks=(
                *((EditMarks(model.marks, theme),) if model.marks else ()),
                *((Rug(history.layer_epoch, theme.border),) if model.sparse else ()),
                *curves,
                *clips,
            ),
            entries=entries,
            x_range=x_axis.range,
            y_range=y_range,
            x_ticks=x_axis.ticks,
            y_ticks=axis.ticks(y_range, height),
            x_scale=x_axis.scale,
            limits=x_axis.limits(chosen, axis.whole_span(values), axis.log),
        )
        if options.zoom.y or options.probe.share:
            return picture
        units = axis.axis_values(numbers, (-np.inf, np.inf))
        lines = [Line(epochs, numbers[:, index], units[:, index], colours[index]) for index in shown]
        outside = outside_marks(lines, y_range, picture.on_screen(options.size), theme.text, theme.panel)
        return replace(picture, marks=(*picture.marks, *outside))

    @staticmethod
    def read(
        model: OverTimeModel, options: ProbeOptions, picture: Picture, x: float, y: float
    ) -> Readout | None:
        measured = model.history.layer_epoch
        if not len(measured):
            return None
        row = nearest(measured, x)
        values = model.probe(options)[row]
        heights = options.axis.axis_values(values, picture.y_range)
        colours = colours_of(options.theme, model.layers)
        readings = tuple(
            Reading(
                layer_name(index + 1, len(colours)),
                value_text(float(values[index])),
                colours[index],
                float(heights[index]),
                short_name(index + 1, len(colours)),
            )
            for index in _layers_to_read(heights, y)
            if not options.hides(index, len(colours))
        )
        epoch = int(measured[row])
        edits = readings_at(model.marks, x, picture.on_screen(options.size), options.theme.muted)
        return Readout(float(epoch), f"epoch {count_text(epoch)}", (*readings, *edits), options.theme)


def _why_empty(model: OverTimeModel, options: ProbeOptions, values: Floats) -> str:
    """Return the message shown instead of curves; empty if there are curves."""
    history, layers = model.history, values.shape[1]
    if not layers and model.layers:
        return options.nothing_to_show(model.layers, model.started)
    if not layers or (len(history) < 2 and not model.playing):
        return empty_message_for(model.stop, model.points, options)
    if len(values) > 1 and not has_numbers(values) and not np.isnan(highest(history.weight_gradient)):
        return options.nothing_to_show(model.layers, model.started)
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


def _entries(options: ProbeOptions, colours: tuple[str, ...], layers: int) -> Iterator[LegendEntry]:
    """Yield an entry for each layer, or for very many layers one with all their colours."""
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


def _layers_to_read(heights: Floats, y: float) -> list[int]:
    """Return the indices of the layers to read out, in the order of the legend.

    Of many layers: the output, the one nearest to the mouse and the first.
    """
    last = len(heights) - 1
    if last < MOST_READINGS:
        return list(range(last + 1))
    distances = np.where(np.isfinite(heights), np.abs(heights - y), np.inf)
    return sorted({0, int(distances.argmin()), last})
