"""Training, validation and test loss, penalty and cost over epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from engine.catalogue.texts import value_text
from engine.experiment.frame import loss_unit_text
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.plots.drawing.edit_marks import CLOSE, EditMarks, readings_at
from gui_app.plots.drawing.epoch_axis import epoch_axis
from gui_app.plots.drawing.legend import Kind, LegendEntry
from gui_app.plots.drawing.loss_marks import (
    KINDS,
    beyond_axis,
    end_marks,
    loss_curves,
    prefers_top,
    stacked_areas,
)
from gui_app.plots.drawing.loss_model import LossModel
from gui_app.plots.drawing.loss_parts import (
    LABELS,
    STACKED,
    has_unknown,
    is_stacked,
    parts_now,
    parts_of,
    series_at,
)
from gui_app.plots.drawing.loss_series import (
    LEAST,
    LEAST_DECADES,
    NAMES,
    SPLITS,
    chosen_range,
    ends_of,
    prefers_log_axis,
    series_of,
    shown_series,
    stacked,
    whole_range,
)
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions, empty_message_for, empty_picture
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.plots.drawing.series import nearest, thin_long
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.widgets.ticks import count_text

SHORT = {"training": "train", "validation": "val", "l1_penalty": "L1", "l2_penalty": "L2"}
"""Shorter names for narrow plots."""


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
        unit = loss_unit_text(self.current.data, self.current.lane.training.loss.name)
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
            lane.history,
            now.loss,
            now.penalty,
            now.penalty_parts,
            lane.best,
            lane.marks,
            lane.stop,
            stops,
            playing,
            points,
        )

    @staticmethod
    def compose(model: LossModel | None, options: PlotOptions, ranges: Ranges | None = None) -> Picture:
        theme, (width, height) = options.theme, options.size
        if model is None:
            return empty_picture(theme, options.empty_message)
        ranges, history = ranges or Ranges(), model.history
        known = shown_series(history, options.hidden)
        entries = tuple(_entries(model, options))
        if len(history) < 2 and not model.playing:
            return empty_picture(theme, empty_message_for(model.stop, model.points, options), entries)
        x_axis = epoch_axis(model.last_epoch, options, ranges, model.marks)
        rows = x_axis.rows_of(history.epoch)
        series = {
            name: thin_long(history.epoch, values, int(width), x_axis.scale, rows)
            for name, values in (known | (parts_of(history) if is_stacked(history, options) else {})).items()
        }
        stack = stacked(series) if STACKED in options.modes else {}
        # Heights that add up need an axis from 0 on which equal heights are equal values.
        ends_of_all = ends_of(known)
        scale = ValueScale(not stack and options.is_log(prefers_log_axis(ends_of_all)))
        eased = ranges.y_on(scale.log, LEAST_DECADES if scale.log else LEAST)
        chosen = chosen_range(series | stack, scale.log, eased)
        y_range = options.zoom.y or chosen
        picture = Picture(
            entries=entries,
            x_range=x_axis.range,
            y_range=y_range,
            x_ticks=x_axis.ticks,
            y_ticks=scale.ticks(y_range, height),
            x_scale=x_axis.scale,
            limits=x_axis.limits(chosen, whole_range(ends_of_all, scale.log), scale.log),
        )
        drawn = {name: line for name, line in series.items() if not stack or name in SPLITS} | stack
        curves = tuple(loss_curves(drawn, options, scale, y_range[0]))
        mapping = picture.on_screen(options.size)
        at_top = prefers_top(model, scale.log)
        outside = () if options.zoom.y else beyond_axis(drawn, options, scale, y_range, mapping)
        occupied = [mark.box(float(mapping.x(mark.x)), mapping) for mark in outside]
        ends = end_marks(model, options, curves, mapping, at_top, occupied)
        edits_at_top = not (ends[0].from_top if ends else at_top)
        edits = (EditMarks(model.marks, theme, edits_at_top),) if model.marks else ()
        return replace(
            picture, marks=(*edits, *stacked_areas(series, stack, options), *curves, *ends, *outside)
        )

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
        shown, tops = series_at(history, options, row)
        readings = tuple(
            Reading(
                LABELS.get(name, name), value_text(float(values[row])), getattr(options.theme, name), height
            )
            for name, values in shown.items()
            for height in scale.units(np.array([tops.get(name, values[row])]), floor).tolist()
        )
        if "penalty" in series_of(history):
            cost = value_text(float(history.cost[row]))
            readings = (*readings, Reading("cost = training + penalty", cost, options.theme.text))
        edits = readings_at(model.marks, x, mapping, options.theme.muted)
        return Readout(float(epoch), title, (*readings, *edits), options.theme)


def _entries(model: LossModel, options: PlotOptions) -> Iterator[LegendEntry]:
    """Yield an entry for each series that is drawn or has a current value; the first epoch may not have ended yet."""
    now = dict(zip(NAMES, map(float, (*model.loss, model.penalty)), strict=True))
    drawn = series_of(model.history)
    is_now = {name: value > 0.0 if name == "penalty" else not np.isnan(value) for name, value in now.items()}
    known = [name for name in NAMES if name in drawn or is_now[name]]
    stacked = STACKED in options.modes and "penalty" in known
    parts = parts_now(model.history, model.parts, options) if stacked else {}
    now |= parts
    if parts and not has_unknown(model.history):
        known.remove("penalty")
    for name in (*known, *parts):
        value = now[name]
        alarming, colours = not np.isfinite(value), (getattr(options.theme, name),)
        kind: Kind = "bar" if stacked and name not in ("validation", "test") else KINDS[name]
        text, short = value_text(value), SHORT.get(name, "")
        label = LABELS.get(name, name)
        yield LegendEntry(label, kind, colours, text, alarming, short, name, name in options.hidden)
    if "penalty" in known or parts:
        cost = now["training"] + now["penalty"]
        sample: tuple[Kind, tuple[str, ...]] = ("thin", (options.theme.text,)) if stacked else ("note", ())
        yield LegendEntry("cost", *sample, value_text(cost), not np.isfinite(cost))
