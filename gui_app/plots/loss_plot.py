"""Training, validation and test loss, penalty and cost over epochs."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QPointF

from engine.catalogue.texts import value_text
from engine.experiment.frame import loss_unit_text
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.plots.drawing.edit_marks import CLOSE, EditMarks, readings_at
from gui_app.plots.drawing.epoch_axis import epoch_axis
from gui_app.plots.drawing.lane_lines import lane_lines
from gui_app.plots.drawing.loss_legend import SHORT, loss_entries
from gui_app.plots.drawing.loss_marks import (
    beyond_axis,
    end_marks,
    loss_curves,
    prefers_top,
    stacked_areas,
)
from gui_app.plots.drawing.loss_model import LaneLoss, LossModel, SeedCost
from gui_app.plots.drawing.loss_parts import (
    STACKED,
    is_stacked,
    parts_of,
)
from gui_app.plots.drawing.loss_readings import (
    has_row,
    own_readings,
    read_names,
    readings_of,
    shared_epoch,
)
from gui_app.plots.drawing.loss_series import (
    LEAST,
    LEAST_DECADES,
    SPLITS,
    chosen_range,
    ends_of,
    ends_until,
    prefer_log_axis,
    shown_series,
    stacked,
    whole_range,
    without_far_values,
)
from gui_app.plots.drawing.loss_series import (
    NAMES as NAMES,
)
from gui_app.plots.drawing.marks import Curve, distance
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions, empty_message_for, empty_picture
from gui_app.plots.drawing.quartile_bands import band_ends, band_lines, quartile_bands
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.series import thin_long
from gui_app.plots.drawing.traces import (
    Trace,
    every_trace,
    lane_key,
    shown_traces,
    spots,
    thinned,
    together,
    trace_curves,
    trace_ends,
)
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.session.best_weights import bests_of, median_of
from gui_app.session.snapshot_view import LaneModel, lane_models
from gui_app.widgets.ticks import count_text

NEAR = 6.0
"""Pixels within which a click is on a curve."""


class LossPlot(PlotFrame[LossModel, PlotOptions]):
    """Plot of loss and penalty, with marks at the best validation epoch and at all ends of the run."""

    topic = "loss_plot"
    export_name = "loss"
    title = "Loss"
    shows_lanes = True
    over_epochs = True
    scale_rule = (
        "Automatic: linear while the validation loss has come to a twelfth of the axis or more since its best epoch, "
        "so that overfitting is seen; else logarithmic. Without validation points the training loss decides. "
        "A run that is edited after 1,000 epochs keeps the scale that it has. "
        "A lane that diverged does not count beside others."
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
        # Areas of several lanes would cover one another: the stack is that of the current lane.
        one = STACKED in self.controls.fields["modes"] and len(self.current.shown) > 1
        title = f"{self.title} of {self.current.name}" if one else self.title
        return f"{title} ({unit})" if unit else title

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
            # Each seed goes back to its own best epoch: the mark is where the button says.
            median_of(bests) if lane.repeats and (bests := bests_of(lane)) else lane.best,
            lane.marks,
            lane.stop,
            stops,
            playing,
            points,
            lane.quartiles,
            tuple(SeedCost(one.history, one.now.cost, one.status != "training") for one in lane.repeats),
        )

    def _newest_model(self) -> LossModel | None:
        model = super()._newest_model()
        if model is None or len(self.current.shown) < 2:
            return model
        lanes: tuple[LaneModel[LaneLoss], ...]
        lanes = lane_models(self.current, self._snapshot, self.model_of)
        return replace(model, lanes=lanes, lanes_in_all=len(self.current.looks))

    def takes_click(self, pixel: QPointF) -> bool:
        """Choose the lane of another curve than the current lane's, if one is there."""
        mapping = self.plot_area.mapping()
        curves = [mark for mark in self.picture.marks if isinstance(mark, Curve) and mark.lane is not None]
        gaps = {index: distance(curve, pixel, mapping) for index, curve in enumerate(curves)}
        nearest_one = min(gaps, key=lambda index: gaps[index], default=None)
        if nearest_one is None or gaps[nearest_one] > NEAR:
            return False
        lane = curves[nearest_one].lane
        if lane is None or lane == self.current.index:
            return False
        self.current.choose(lane)
        return True

    def _spoken(self) -> str:
        model = self._model
        if model is None or not model.lanes:
            return super()._spoken()
        texts = []
        for look, _, lane in model.lanes:
            now = zip(SPLITS, lane.loss.tolist(), strict=True)
            values = ", ".join(f"{name} {value_text(value)}" for name, value in now if not np.isnan(value))
            texts.append(f"{look.name}: {values}")
        return f"Current lane {self.current.name}. {'; '.join(texts)}"

    @staticmethod
    def compose(model: LossModel | None, options: PlotOptions, ranges: Ranges | None = None) -> Picture:
        theme, (width, height) = options.theme, options.size
        if model is None:
            return empty_picture(theme, options.empty_message)
        ranges, history = ranges or Ranges(), model.history
        traces = () if STACKED in options.modes else shown_traces(model, options)
        look = None if STACKED in options.modes else model.look
        is_hidden = look is not None and lane_key(look.name) in options.hidden
        known = {} if is_hidden else shown_series(history, options.hidden)
        entries = tuple(loss_entries(model, options))
        longest = max([len(history), *(len(trace.history) for trace in traces)])
        if longest < 2 and not model.playing:
            return empty_picture(theme, empty_message_for(model.stop, model.points, options), entries)
        last = max([model.last_epoch, *(trace.last_epoch for trace in traces)])
        x_axis = epoch_axis(last, options, ranges, model.marks)
        rows = x_axis.rows_of(history.epoch)
        parts = parts_of(history) if is_stacked(history, options) else {}
        series = {
            name: line for name, line in lane_lines(history, options, x_axis).items() if name in known
        } | {
            name: thin_long(history.epoch, values, int(width), x_axis.scale, rows)
            for name, values in parts.items()
        }
        others = thinned(traces, options, x_axis)
        stack = stacked(series) if STACKED in options.modes else {}
        if stack and model.networks:
            # The median of sums is not the sum of medians.
            costs = thin_long(history.epoch, model.costs, int(width), x_axis.scale, rows)
            stack = {"cost": costs}
        # Heights that add up need an axis from 0 on which equal heights are equal values.
        everyone = [known, *(trace.series(options) for trace in traces)]
        ends = [ends_of(one) for one in everyone]
        settled = [model.settled_rows, *(trace.settled_rows for trace in traces)]
        deciding = list(map(ends_until, everyone, ends, settled))
        diverged = [model.has_diverged, *(trace.has_diverged for trace in traces)]
        scale = ValueScale(not stack and options.is_log(prefer_log_axis(deciding, diverged)))
        eased = ranges.y_on(scale.log, LEAST_DECADES if scale.log else LEAST)
        banded: list[LossModel | Trace] = [*(() if is_hidden or stack else (model,)), *traces]
        edges = [band_lines(lane, options, x_axis) for lane in banded]
        wild = [*diverged, *(one.has_diverged for one in banded)]
        in_range = without_far_values([series | stack, *others, *edges], wild)
        chosen = chosen_range(together(in_range), scale.log, eased)
        y_range = options.zoom.y or chosen
        ends += [ends_of(band_ends(lane, options)) for lane in banded]
        everything = {f"{index} {name}": both for index, one in enumerate(ends) for name, both in one.items()}
        picture = Picture(
            entries=entries,
            x_range=x_axis.range,
            y_range=y_range,
            x_ticks=x_axis.ticks,
            y_ticks=scale.ticks(y_range, height),
            x_scale=x_axis.scale,
            limits=x_axis.limits(chosen, whole_range(everything, scale.log), scale.log),
        )
        drawn = {name: line for name, line in series.items() if not stack or name in SPLITS} | stack
        curves = tuple(loss_curves(drawn, options, scale, y_range[0], look))
        beside = tuple(trace_curves(traces, others, options, scale, y_range[0]))
        mapping = picture.on_screen(options.size)
        at_top = prefers_top(model, scale.log)
        lines = trace_ends(traces, others, scale)
        outside = () if options.zoom.y else beyond_axis(drawn, options, scale, y_range, mapping, look, lines)
        occupied = [mark.box(float(mapping.x(mark.x)), mapping) for mark in outside]
        marked = [] if is_hidden else end_marks(model, options, curves, mapping, at_top, occupied)
        edits_at_top = not (marked[0].from_top if marked else at_top)
        edits = (EditMarks(model.marks, theme, edits_at_top),) if model.marks else ()
        own = () if is_hidden or stack else quartile_bands(model, options, x_axis, scale, y_range[0], look)
        bands = (
            *own,
            *(band for one in traces for band in quartile_bands(one, options, x_axis, scale, y_range[0])),
        )
        areas = (*bands, *stacked_areas(series, stack, options))
        small = spots(traces, options, scale, y_range[0])
        return replace(picture, marks=(*edits, *areas, *beside, *curves, *small, *marked, *outside))

    @staticmethod
    def read(model: LossModel, options: PlotOptions, picture: Picture, x: float, y: float) -> Readout | None:
        history, scale, floor = model.history, ValueScale(bool(picture.limits.log)), picture.y_range[0]
        traces = () if STACKED in options.modes else shown_traces(model, options)
        best, mapping = model.best_to_mark, picture.on_screen(options.size)
        # The mouse need not hit the best epoch; where nobody points, the epoch is meant exactly.
        near = best is not None and abs(mapping.x(float(best.epoch)) - mapping.x(x)) <= CLOSE
        pointed = float(best.epoch) if best is not None and near and np.isfinite(y) else x
        epoch = shared_epoch(history, traces, pointed)
        if epoch is None:
            return None
        title = f"epoch {count_text(epoch)}{', the best' if best is not None and epoch == best.epoch else ''}"
        if model.lanes and STACKED not in options.modes:
            every = every_trace(model, options)
            title = f"{title}: {', '.join(SHORT.get(name, name) for name in read_names(every, options))}"
            readings = tuple(readings_of(every, options, epoch, scale, floor))
        else:
            own = own_readings(model, options, epoch, scale, floor) if has_row(history, epoch) else ()
            readings = (*own, *readings_of(traces, options, epoch, scale, floor))
        edits = readings_at(model.marks, x, mapping, options.theme.muted)
        return Readout(float(epoch), title, (*readings, *edits), options.theme)
