"""Training, validation and test loss, penalty and cost over epochs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QRectF

from engine.catalogue.losses import LOSSES
from engine.catalogue.texts import value_text
from engine.experiment import DataSettings
from engine.observation.snapshot import Best, EditMark, HistoryView, LaneSnapshot, Snapshot, Stop
from gui_app.plots.drawing.area import Area
from gui_app.plots.drawing.edit_marks import CLOSE, EditMarks, readings_at
from gui_app.plots.drawing.epoch_axis import epoch_axis
from gui_app.plots.drawing.extremes import coarse, highest
from gui_app.plots.drawing.legend import Kind, LegendEntry
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import Curve, EpochMark, crossed, in_free_rows
from gui_app.plots.drawing.outside import Line, Outside, outside_marks
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions, empty_message_for, empty_picture
from gui_app.plots.drawing.ranges import EasedRange, Range
from gui_app.plots.drawing.readout import Reading, Readout
from gui_app.plots.drawing.robust import prefers_log, robust_log_range, robust_range
from gui_app.plots.drawing.series import Floats, log_span, nearest, thin_long, value_span
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import count_text

SPLITS = ("training", "validation", "test")
NAMES = (*SPLITS, "penalty")
KINDS: dict[str, Kind] = {
    "training": "line",
    "validation": "line",
    "test": "thin",
    "penalty": "dashed",
    "cost": "thin",
}
SHORT = {"training": "train", "validation": "val"}
"""Shorter names for narrow plots."""
TELLING = ("validation", "training", "test", "penalty")
"""The series that decides about the automatic scale: the first of these that is shown."""
STACKED = "stacked"
"""The mode in which the training loss and above it the penalty are areas, whose top is the cost."""
LEAST_DECADES = 0.6
ROWS = 2
"""Number of lines that the labels of endings may take, so that they stay at the edge."""
PENALTY_DECADES = 3.0
"""How far below the losses a small penalty may stretch the axis."""


def series_of(history: HistoryView) -> dict[str, Floats]:
    """Return the series to draw: the loss of each split that had points, and the penalty if it was ever above zero."""
    series = {name: history.loss[:, index] for index, name in enumerate(SPLITS)}
    shown = {name: values for name, values in series.items() if _has_numbers(values)}
    if highest(history.penalty) > 0.0 or (history.penalty[-1:] > 0.0).any():
        shown["penalty"] = history.penalty
    return shown


def _has_numbers(values: Floats) -> bool:
    # The first look is enough nearly always.
    return not np.isnan(values[:1]).all() or not np.isnan(values).all()


@dataclass(frozen=True, slots=True, eq=False)
class LossModel:
    """The history of a run and its ends, with the current losses [3] and penalty."""

    history: HistoryView
    loss: Floats
    penalty: float
    best: Best | None
    marks: tuple[EditMark, ...]
    stop: Stop | None
    stops: tuple[Stop, ...]
    """All its ends, oldest first, including those after which it was continued."""
    playing: bool
    """Whether training runs and fewer than two epochs are recorded."""
    points: bool
    """Whether there are training points."""

    @property
    def best_to_mark(self) -> Best | None:
        """The best epoch once the run is clearly past it; an earlier mark would only chase the curve."""
        best, newest = self.best, int(self.history.epoch[-1]) if len(self.history) else 0
        return best if best is not None and newest - best.epoch > 0.02 * newest else None


class LossPlot(PlotFrame[LossModel, PlotOptions]):
    """Plot of loss and penalty, with marks at the best validation epoch and at all ends of the run."""

    topic = "loss_plot"
    export_name = "loss"
    title = "Loss"
    over_epochs = True
    scale_rule = (
        "Automatic: linear while the validation loss has come to a twelfth of the axis or more since its best epoch, "
        "so that overfitting is seen; else logarithmic. Without validation points the training loss decides."
    )
    modes = MappingProxyType({STACKED: "Cost stacked: training loss + penalty"})
    meaning = (
        "Loss of each split after every epoch, measured without dropout; the legend shows the current loss. "
        "The cost that is minimized is the training loss plus the penalty λ₁ Σ|W| + λ₂ ΣW². "
        "In regression both are in the units of the data: multiplied by the targets' scale to the "
        "power of the loss's degree, 2 for squared errors."
    )

    @property
    def export_title(self) -> str:
        unit = loss_unit(self.current.data, self.current.lane.training.loss.name)
        return f"{self.title} ({unit})" if unit else self.title

    def options_for(self, options: PlotOptions) -> PlotOptions:
        return replace(options, heading=self.export_title)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> LossModel | None:
        if snapshot is None or lane is None:
            return None
        now, stops = lane.now, lane.stops or ((lane.stop,) if lane.stop else ())
        points = snapshot.training_points > 0
        playing = snapshot.playing and points and len(lane.history) < 2
        return LossModel(
            lane.history, now.loss, now.penalty, lane.best, lane.marks, lane.stop, stops, playing, points
        )

    @staticmethod
    def compose(model: LossModel | None, options: PlotOptions, ranges: Ranges | None = None) -> Picture:
        theme, (width, height) = options.theme, options.size
        if model is None:
            return empty_picture(theme, options.empty_message)
        ranges, history = ranges or Ranges(), model.history
        known = _shown(history, options)
        entries = tuple(_entries(model, options))
        if len(history) < 2 and not model.playing:
            return empty_picture(theme, empty_message_for(model.stop, model.points, options), entries)
        x_axis = epoch_axis(_last_epoch(model), options, ranges, model.marks)
        rows = x_axis.rows_of(history.epoch)
        series = {
            name: thin_long(history.epoch, values, int(width), x_axis.scale, rows)
            for name, values in known.items()
        }
        stack = _stack(series) if STACKED in options.modes else {}
        # Heights that add up need an axis from 0 on which equal heights are equal values.
        scale = ValueScale(not stack and options.is_log(_prefers_log(known)))
        eased = ranges.y_on(scale.log, LEAST_DECADES if scale.log else 1e-6)
        heights = {name: values for name, (_, values) in (series | stack).items()}
        chosen = _y_range(heights, scale.log, eased)
        y_range = options.zoom.y or chosen
        picture = Picture(
            entries=entries,
            x_range=x_axis.range,
            y_range=y_range,
            x_ticks=x_axis.ticks,
            y_ticks=scale.ticks(y_range, height),
            x_scale=x_axis.scale,
            limits=x_axis.limits(chosen, _everything(known, scale.log), scale.log),
        )
        drawn = {name: line for name, line in series.items() if not stack or name != "penalty"} | stack
        curves = tuple(_curves(drawn, options, scale, y_range[0]))
        mapping = picture.on_screen(options.size)
        prefers_top = _prefers_top(model, scale.log)
        outside = () if options.zoom.y else _outside(drawn, options, scale, y_range, mapping)
        occupied = [mark.box(float(mapping.x(mark.x)), mapping) for mark in outside]
        ends = _ends(model, options, curves, mapping, prefers_top, occupied)
        edits_at_top = not (ends[0].from_top if ends else prefers_top)
        edits = (EditMarks(model.marks, theme, edits_at_top),) if model.marks else ()
        return replace(picture, marks=(*edits, *_areas(series, stack, options), *curves, *ends, *outside))

    @staticmethod
    def read(model: LossModel, options: PlotOptions, picture: Picture, x: float, y: float) -> Readout | None:
        history, scale, floor = model.history, ValueScale(bool(picture.limits.log)), picture.y_range[0]
        if not len(history):
            return None
        best, mapping = model.best_to_mark, picture.on_screen(options.size)
        # The mouse need not hit the best epoch; where nobody points, the epoch is meant exactly.
        near = best is not None and abs(mapping.x(float(best.epoch)) - mapping.x(x)) <= CLOSE
        row = nearest(history.epoch, float(best.epoch) if best is not None and near and np.isfinite(y) else x)
        epoch = int(history.epoch[row])
        title = f"epoch {count_text(epoch)}{', the best' if best is not None and epoch == best.epoch else ''}"
        readings = tuple(
            Reading(name, value_text(float(values[row])), getattr(options.theme, name), height)
            for name, values in _shown(history, options).items()
            for height in scale.units(values[row : row + 1], floor).tolist()
        )
        if "penalty" in series_of(history):
            cost = value_text(float(history.cost[row]))
            readings = (*readings, Reading("cost = training + penalty", cost, options.theme.text))
        edits = readings_at(model.marks, x, mapping, options.theme.muted)
        return Readout(float(epoch), title, (*readings, *edits), options.theme)


def loss_unit(data: DataSettings, loss: str) -> str:
    """Return the unit of a loss of regression: that of the values, to the power of the loss's degree."""
    values = {"curve": data.axes.y, "surface": data.axes.value}.get(data.task)
    degree = LOSSES[loss].degree
    if values is None or not values.unit or degree is None:
        return ""
    power = "" if degree == 1 else "²" if degree == 2 else f"^{degree}"
    return (
        f"{values.unit}{power}"
        if len(values.unit) == 1 or values.unit.isalpha() or not power
        else f"({values.unit}){power}"
    )


def _last_epoch(model: LossModel) -> int:
    """Return the newest epoch of the run or of its ends."""
    epochs = model.history.epoch
    return max(int(epochs[-1]) if len(epochs) else 0, *(stop.epoch for stop in model.stops), 0)


def _shown(history: HistoryView, options: PlotOptions) -> dict[str, Floats]:
    """Return the series that are not hidden."""
    return {name: values for name, values in series_of(history).items() if name not in options.hidden}


def _prefers_log(known: dict[str, Floats]) -> bool:
    """Return whether the automatic scale is logarithmic; the loss that tells of overfitting decides."""
    heights = {name: coarse(values)[1] for name, values in known.items()}
    telling = next((heights[name] for name in TELLING if name in heights), None)
    span = robust_range(list(heights.values()))
    return telling is not None and span is not None and prefers_log(telling, span[1])


Lines = dict[str, tuple[Floats, Floats]]
"""Epochs and values by name."""


def _stack(series: Lines) -> Lines:
    """Return the cost, the top of the stack; nothing where training loss or penalty are not shown."""
    if "training" not in series or "penalty" not in series:
        return {}
    epochs, training = series["training"]
    return {"cost": (epochs, training + series["penalty"][1])}


def _areas(series: Lines, stack: Lines, options: PlotOptions) -> Iterator[Area]:
    """Yield the areas of training loss and penalty, if they are stacked."""
    for epochs, cost in stack.values():
        training, theme = series["training"][1], options.theme
        yield Area("training", epochs, np.zeros(len(epochs)), training, theme.training)
        yield Area("penalty", epochs, training, cost, theme.penalty)


def _y_range(series: dict[str, Floats], log: bool, eased: EasedRange) -> Range:
    losses = [values for name, values in series.items() if name != "penalty"]
    if not log:
        span = robust_range(list(series.values()))
        return eased.update(0.0, max(span[1], 1e-6) if span else 1.0)
    span = robust_log_range(list(series.values())) or (-1.0, 0.0)
    of_losses = robust_log_range(losses) or span
    return eased.update(max(span[0], of_losses[0] - PENALTY_DECADES) - 0.04, span[1] + 0.04)


def _everything(known: dict[str, Floats], log: bool) -> Range:
    """Return the range of all values, whether in view or not, in axis units."""
    ends = [ends for values in known.values() for ends in coarse(values)]
    extremes = np.concatenate([*ends, np.empty(0)])
    found = log_span(extremes) if log else value_span(np.append(extremes, 0.0))
    return found or (0.0, 0.0)


def _curves(series: Lines, options: PlotOptions, scale: ValueScale, floor: float) -> Iterator[Curve]:
    """Yield the curves, training last so that it lies on top."""
    for name, (epochs, values) in reversed(series.items()):
        width = 1.5 if KINDS[name] == "line" else 1.0
        heights = scale.units(values, floor)
        yield Curve(name, epochs, heights, _colour(name, options.theme), width, dashed=name == "penalty")


def _colour(name: str, theme: Theme) -> str:
    colour: str = theme.text if name == "cost" else getattr(theme, name)
    return colour


def _outside(
    series: Lines,
    options: PlotOptions,
    scale: ValueScale,
    y_range: Range,
    mapping: Mapping,
) -> tuple[Outside, ...]:
    theme = options.theme
    lines = [
        Line(epochs, values, scale.units(values, -np.inf), _colour(name, theme))
        for name, (epochs, values) in series.items()
    ]
    return outside_marks(lines, y_range, mapping, theme.text, theme.panel)


def _prefers_top(model: LossModel, log: bool) -> bool:
    """Return whether labels rather go to the top: after large losses, small ones crowd at the bottom."""
    return not log or any(stop.kind == "divergence" for stop in model.stops)


def _ends(
    model: LossModel,
    options: PlotOptions,
    curves: Sequence[Curve],
    mapping: Mapping,
    prefers_top: bool,
    occupied: Sequence[QRectF],
) -> list[EpochMark]:
    """Return the marks of the best epoch and of all ends, oldest first.

    Where labels overlap, those of the newest end and then of the best epoch stay, then of newer ends. All labels
    are at the edge where they cross less of the curves, and none lies on what is ``occupied``.
    """
    here, there = (
        _placed(model, options, from_top, mapping, occupied) for from_top in (prefers_top, not prefers_top)
    )
    return there if crossed(there, curves, mapping) < crossed(here, curves, mapping) / 2 else here


def _placed(
    model: LossModel, options: PlotOptions, from_top: bool, mapping: Mapping, occupied: Sequence[QRectF]
) -> list[EpochMark]:
    """Return the marks with their labels placed at one edge."""
    marks = list(_end_marks(model, options, from_top))
    count, best = len(marks), int(model.best_to_mark is not None)
    newest_first = [*range(count - 1, best - 1, -1)]
    order = [*newest_first[:1], *range(best), *newest_first[1:]]
    in_order = in_free_rows([marks[index] for index in order], ROWS, mapping, occupied)
    placed = dict(zip(order, in_order, strict=True))
    return [placed[index] for index in range(count)]


def _end_marks(model: LossModel, options: PlotOptions, from_top: bool) -> Iterator[EpochMark]:
    theme, best = options.theme, model.best_to_mark
    if best is not None:
        text = f"best: epoch {count_text(best.epoch)}"
        yield EpochMark(best.epoch, text, theme.text, theme.panel, from_top=from_top)
    # A run that was continued and ended again in the same epoch has one label for both ends.
    labels = {(stop.kind, stop.epoch): stop for stop in model.stops}
    for stop in labels.values():
        diverged = stop.kind == "divergence"
        text = f"{'diverged' if diverged else 'stopped'}: epoch {count_text(stop.epoch)}"
        over = stop != model.stop
        colour = theme.danger if diverged else theme.muted if over else theme.text
        yield EpochMark(stop.epoch, text, colour, theme.panel, from_top=from_top)


def _entries(model: LossModel, options: PlotOptions) -> Iterator[LegendEntry]:
    """Yield an entry for each series that is drawn or has a current value; the first epoch may not have ended yet."""
    now = dict(zip(NAMES, map(float, (*model.loss, model.penalty)), strict=True))
    drawn = series_of(model.history)
    is_now = {name: value > 0.0 if name == "penalty" else not np.isnan(value) for name, value in now.items()}
    known = [name for name in NAMES if name in drawn or is_now[name]]
    stacked = STACKED in options.modes and "penalty" in known
    for name in known:
        value = now[name]
        alarming, colours = not np.isfinite(value), (getattr(options.theme, name),)
        kind: Kind = "bar" if stacked and name in ("training", "penalty") else KINDS[name]
        text, short = value_text(value), SHORT.get(name, "")
        yield LegendEntry(name, kind, colours, text, alarming, short, name, name in options.hidden)
    if "penalty" in known:
        cost = now["training"] + now["penalty"]
        sample: tuple[Kind, tuple[str, ...]] = ("thin", (options.theme.text,)) if stacked else ("note", ())
        yield LegendEntry("cost", *sample, value_text(cost), not np.isfinite(cost))
