"""Training, validation and test loss and the penalty over epochs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QWidget

from engine.observation.snapshot import HistoryView, LaneSnapshot, Stop
from gui_app.plots.legend import Kind, LegendEntry
from gui_app.plots.mapping import Mark
from gui_app.plots.marks import Curve, EpochMark
from gui_app.plots.picture import Picture, Ranges
from gui_app.plots.plot_frame import PlotFrame, words_for
from gui_app.plots.ranges import EasedRange, Range
from gui_app.plots.readout import Reading, Readout
from gui_app.plots.series import Floats, log_span, nearest, thin, to_log10, value_span
from gui_app.plots.text import small_font
from gui_app.plots.ticks import Ticks, count_text, epoch_ticks, linear_ticks, log_ticks, value_text
from gui_app.theme import LIGHT, Theme

SPLITS = ("training", "validation", "test")
NAMES = (*SPLITS, "penalty")
KINDS: dict[str, Kind] = {"training": "line", "validation": "line", "test": "thin", "penalty": "dashed"}
LEAST_DECADES = 0.6
MOST_ROWS = 5
"""Labels of ends stand in so many lines."""
PENALTY_DECADES = 3.0
"""How far below the losses a small penalty may stretch the axis."""


def series_of(history: HistoryView) -> dict[str, Floats]:
    """What there is to draw: splits with points, and the penalty while it is or was above zero."""
    series = {name: history.loss[:, index] for index, name in enumerate(SPLITS)}
    shown = {name: values for name, values in series.items() if not np.isnan(values).all()}
    if (history.penalty > 0.0).any():
        shown["penalty"] = history.penalty
    return shown


def best_epoch_to_mark(lane: LaneSnapshot) -> int | None:
    """The best epoch once the run has clearly left it behind; until then a mark would only chase the curve."""
    best, epoch = lane.best_epoch, lane.now.epoch
    return best if best is not None and epoch - best > 0.02 * epoch else None


def ends_of(lane: LaneSnapshot) -> tuple[Stop, ...]:
    """All its ends, oldest first, those included from which it was continued."""
    return lane.stops or ((lane.stop,) if lane.stop else ())


def _x_range(lane: LaneSnapshot, eased: EasedRange) -> Range:
    epochs = lane.history.epoch
    last = max(int(epochs[-1]) if len(epochs) else 0, *(stop.epoch for stop in ends_of(lane)), 0)
    return eased.update(0.0, float(max(last, 10)))


class LossPlot(PlotFrame):
    """Loss and penalty, with the best validation epoch and all ends of the run marked."""

    export_name = "loss"
    title = "Loss"
    meaning = (
        "Loss of each split, measured without dropout. "
        "The cost that is minimized is the training loss plus the penalty λ₁ Σ|W| + λ₂ ΣW²."
    )

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.log_box = QCheckBox("log")
        self.log_box.setChecked(True)
        self.log_box.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.log_box.setFont(small_font())
        self.log_box.setMouseTracking(True)
        self.log_box.setAccessibleName("Logarithmic loss axis")
        self.log_box.setToolTip(
            "Logarithmic axis: equal steps are equal factors, so small losses stay visible."
        )
        self._colour_log_box()
        self.log_box.toggled.connect(self._on_log_toggled)
        self.top_row.addWidget(self.log_box)
        self.top_row.addSpacing(12)

    def _colour_log_box(self) -> None:
        palette = self.log_box.palette()
        for role, colour in (
            (QPalette.ColorRole.WindowText, self.theme.muted),
            (QPalette.ColorRole.Base, self.theme.panel),
            (QPalette.ColorRole.Text, self.theme.text),
            (QPalette.ColorRole.Window, self.theme.border),
        ):
            palette.setColor(role, QColor(colour))
        self.log_box.setPalette(palette)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._colour_log_box()

    @property
    def log_axis(self) -> bool:
        """Whether the loss axis is logarithmic."""
        return self.log_box.isChecked()

    @log_axis.setter
    def log_axis(self, log: bool) -> None:
        self.log_box.setChecked(log)

    def _on_log_toggled(self) -> None:
        self._ranges = self.new_ranges()
        self.redraw()

    def new_ranges(self) -> Ranges:
        return Ranges(y=EasedRange(LEAST_DECADES if self.log_axis else 1e-6))

    def _watched(self, lane: LaneSnapshot) -> tuple[Hashable, ...]:
        return (
            id(lane.history),
            lane.best_epoch,
            lane.stop,
            lane.stops,
            self.is_playing and len(lane.history) < 2,
        )

    def compose(self, lane: LaneSnapshot, size: QSizeF, ranges: Ranges) -> Picture:
        history = lane.history
        entries = tuple(self._entries(lane))
        if len(history) < 2 and not self.is_playing:
            return self.empty_picture(entries, words_for(lane))
        series = {
            name: thin(history.epoch, values, int(size.width()))
            for name, values in series_of(history).items()
        }
        x_range = _x_range(lane, ranges.x)
        y_range = self._y_range({name: values for name, (_, values) in series.items()}, ranges.y)
        return Picture(
            marks=(*self._curves(series, y_range[0]), *self._marks(lane)),
            entries=entries,
            x_range=x_range,
            y_range=y_range,
            x_ticks=epoch_ticks(*x_range, size.width()),
            y_ticks=self._y_ticks(y_range, size.height()),
        )

    def _y_range(self, series: dict[str, Floats], eased: EasedRange) -> Range:
        losses = [values for name, values in series.items() if name != "penalty"]
        everything = np.concatenate([*losses, series.get("penalty", np.empty(0)), np.empty(0)])
        if not self.log_axis:
            span = value_span(everything)
            return eased.update(0.0, max(span[1], 1e-6) if span else 1.0)
        span = log_span(everything) or (-1.0, 0.0)
        of_losses = log_span(np.concatenate([*losses, np.empty(0)])) or span
        return eased.update(max(span[0], of_losses[0] - PENALTY_DECADES) - 0.04, span[1] + 0.04)

    def _y_ticks(self, y_range: Range, height: float) -> Ticks:
        ticks = log_ticks if self.log_axis else linear_ticks
        return ticks(*y_range, max(2, int(height // 26)))

    def _axis_values(self, values: Floats, floor: float) -> Floats:
        return to_log10(values, floor) if self.log_axis else np.where(np.isfinite(values), values, np.nan)

    def _curves(self, series: dict[str, tuple[Floats, Floats]], floor: float) -> Iterator[Curve]:
        """The curves, training on top."""
        for name, (epochs, values) in reversed(series.items()):
            places = self._axis_values(values, floor)
            width = 1.5 if KINDS[name] == "line" else 1.0
            yield Curve(name, epochs, places, getattr(self.theme, name), width, dashed=name == "penalty")

    def _marks(self, lane: LaneSnapshot) -> Iterator[Mark]:
        """Labels keep out of the curves' way: small losses crowd at the bottom when large ones set the axis."""
        theme, best = self.theme, best_epoch_to_mark(lane)
        ends = ends_of(lane)
        from_top = not self.log_axis or any(stop.kind == "divergence" for stop in ends)
        if best is not None:
            yield EpochMark(best, f"best: epoch {count_text(best)}", theme.text, theme.panel, 0, from_top)
        for row, stop in enumerate(ends, start=int(best is not None)):
            diverged = stop.kind == "divergence"
            text = f"{'diverged' if diverged else 'stopped'}: epoch {count_text(stop.epoch)}"
            over = stop != lane.stop
            colour = theme.danger if diverged else theme.muted if over else theme.text
            yield EpochMark(stop.epoch, text, colour, theme.panel, row % MOST_ROWS, from_top)

    def _entries(self, lane: LaneSnapshot) -> Iterator[LegendEntry]:
        now = dict(zip(NAMES, (*lane.now.loss, lane.now.penalty), strict=True))
        for name in series_of(lane.history):
            value = float(now[name])
            text = value_text(value)
            yield LegendEntry(name, KINDS[name], (getattr(self.theme, name),), text, not np.isfinite(value))

    def read(self, x: float, y: float) -> Readout | None:
        lane = self._lane()
        if lane is None or not len(lane.history):
            return None
        row = nearest(lane.history.epoch, x)
        epoch = int(lane.history.epoch[row])
        floor = self.picture.y_range[0]
        readings = tuple(
            Reading(name, value_text(float(values[row])), getattr(self.theme, name), place)
            for name, values in series_of(lane.history).items()
            for place in self._axis_values(values[row : row + 1], floor).tolist()
        )
        return Readout(float(epoch), f"epoch {count_text(epoch)}", readings, self.theme)
