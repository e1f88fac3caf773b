"""What the loss plot draws beside the current lane: other lanes, and runs that are pinned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.observation.snapshot import Best, HistoryView, Stop
from gui_app.plots.drawing.epoch_axis import EpochAxis
from gui_app.plots.drawing.lane_lines import lane_lines
from gui_app.plots.drawing.loss_model import LossModel
from gui_app.plots.drawing.loss_series import Lines, series_of
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.drawing.outside import Line
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.series import Floats
from gui_app.plots.drawing.value_scale import ValueScale

DASHES: dict[str, tuple[float, ...]] = {
    "training": (),
    "validation": (4.0, 3.0),
    "test": (1.0, 2.5),
    "penalty": (6.0, 2.0, 1.0, 2.0),
}
"""The line styles that tell splits apart where a colour tells lanes apart, in widths of the pen."""
OF_RUNS = ("training", "validation")
"""What is drawn of a pinned run."""
FAINT = "80"
"""Opacity of pinned runs, in hexadecimal digits."""
SPOT = 3.5


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A lane or a pinned run; ``number`` is the index of the lane, None for a run."""

    key: str
    name: str
    colour: str
    history: HistoryView
    number: int | None = None
    best: Best | None = None
    stops: tuple[Stop, ...] = ()
    quartiles: tuple[HistoryView, HistoryView] | None = None
    settled_rows: int | None = None
    """How many of its rows decide about the automatic scale; None: all."""

    @property
    def has_diverged(self) -> bool:
        """Whether it is a lane that diverged at any time."""
        return any(stop.kind == "divergence" for stop in self.stops)

    @property
    def last_epoch(self) -> int:
        """The newest epoch of its rows and ends."""
        rows = self.history.epoch
        return max(int(rows[-1]) if len(rows) else 0, *(stop.epoch for stop in self.stops), 0)

    def series(self, options: PlotOptions) -> dict[str, Floats]:
        """Return what is drawn of it, by name."""
        shown = series_of(self.history)
        return {name: values for name, values in shown.items() if self.shows(name, options)}

    def shows(self, name: str, options: PlotOptions) -> bool:
        """Return whether a series is drawn of it."""
        return name not in options.hidden and (self.number is not None or name in OF_RUNS)


def lane_key(name: str) -> str:
    """Return the key by which a lane's curves are hidden."""
    return f"lane {name}"


def run_key(name: str) -> str:
    """Return the key by which the curves of a pinned run are hidden."""
    return f"run {name}"


def all_traces(model: LossModel, options: PlotOptions) -> tuple[Trace, ...]:
    """Return the lanes beside the current one in their order, then the pinned runs, also those that are hidden."""
    lanes = [
        Trace(
            lane_key(look.name),
            look.name,
            options.theme.lanes[look.colour],
            lane.history,
            look.number,
            lane.best_to_mark,
            lane.stops,
            lane.quartiles,
            lane.settled_rows,
        )
        for look, is_current, lane in model.lanes
        if not is_current
    ]
    faint = f"#{FAINT}{options.theme.muted.removeprefix('#')}"
    runs = [Trace(run_key(name), name, faint, history) for name, history in options.pinned_runs]
    return (*lanes, *runs)


def shown_traces(model: LossModel, options: PlotOptions) -> tuple[Trace, ...]:
    """Return the traces that are not hidden."""
    return tuple(trace for trace in all_traces(model, options) if trace.key not in options.hidden)


def every_trace(model: LossModel, options: PlotOptions) -> tuple[Trace, ...]:
    """Return all lanes that are not hidden, the current one among them, and the pinned runs after them."""
    theme, own = options.theme, []
    if model.look is not None and lane_key(model.look.name) not in options.hidden:
        name, colour = model.look.name, theme.lanes[model.look.colour]
        number, quartiles = model.look.number, model.quartiles
        own = [Trace(lane_key(name), name, colour, model.history, number, quartiles=quartiles)]
    traces = [*own, *shown_traces(model, options)]
    return tuple(sorted(traces, key=lambda trace: np.inf if trace.number is None else trace.number))


def thinned(traces: Sequence[Trace], options: PlotOptions, axis: EpochAxis) -> list[Lines]:
    """Return the lines of each trace, with at most two rows for each pixel."""
    return [
        {
            name: line
            for name, line in lane_lines(trace.history, options, axis).items()
            if trace.shows(name, options)
        }
        for trace in traces
    ]


def together(lines: Sequence[Lines]) -> Lines:
    """Return the lines of several traces under different names, each of which ends with the series' name."""
    return {f"{index} {name}": line for index, one in enumerate(lines) for name, line in one.items()}


def trace_curves(
    traces: Sequence[Trace], lines: Sequence[Lines], options: PlotOptions, scale: ValueScale, floor: float
) -> Iterator[Curve]:
    """Yield the curves, runs first so that lanes lie on top."""
    for trace, one in reversed(list(zip(traces, lines, strict=True))):
        for name, (epochs, values) in reversed(one.items()):
            yield Curve(
                name,
                epochs,
                scale.units(values, floor),
                trace.colour,
                options.theme.line_scale,
                dashes=DASHES[name],
                lane=trace.number,
            )


def trace_ends(traces: Sequence[Trace], lines: Sequence[Lines], scale: ValueScale) -> list[Line]:
    """Return the lines whose values may lie beyond the axis."""
    return [
        Line(epochs, values, scale.units(values, -np.inf), trace.colour)
        for trace, one in zip(traces, lines, strict=True)
        for epochs, values in one.values()
    ]


@dataclass(frozen=True, slots=True)
class Spot:
    """A small mark on a curve: a ring at the best epoch, a square where a run stopped, a cross where it diverged."""

    x: float
    y: float
    colour: str
    backdrop: str
    kind: str

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw it; nothing where it is out of view."""
        middle = QPointF(float(mapping.x(self.x)), float(mapping.y(self.y)))
        if not mapping.bounds.contains(middle):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.colour), 1.5))
        painter.setBrush(QColor(self.backdrop if self.kind == "best" else self.colour))
        x, y = middle.x(), middle.y()
        if self.kind == "best":
            painter.drawEllipse(middle, SPOT, SPOT)
        elif self.kind == "divergence":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawLine(QPointF(x - SPOT, y - SPOT), QPointF(x + SPOT, y + SPOT))
            painter.drawLine(QPointF(x - SPOT, y + SPOT), QPointF(x + SPOT, y - SPOT))
        else:
            painter.drawRect(round(x - SPOT + 0.5), round(y - SPOT + 0.5), 6, 6)


def spots(traces: Sequence[Trace], options: PlotOptions, scale: ValueScale, floor: float) -> Iterator[Spot]:
    """Yield the marks at the best epoch and at the ends of each trace, on its validation curve if that is shown."""
    for trace in traces:
        marked = [(trace.best.epoch, "best")] if trace.best is not None else []
        marked += [(stop.epoch, stop.kind) for stop in trace.stops]
        series = trace.series(options)
        values = next((series[name] for name in ("validation", "training", "test") if name in series), None)
        for epoch, kind in marked if values is not None else ():
            found = _last_finite(trace.history, values, epoch)
            if found is not None:
                height = float(scale.units(np.array([found]), floor)[0])
                yield Spot(float(epoch), height, trace.colour, options.theme.panel, kind)


def _last_finite(history: HistoryView, values: Floats | None, epoch: int) -> float | None:
    """Return the newest finite value up to an epoch."""
    end = int(np.searchsorted(history.epoch, epoch, side="right"))
    rows = np.empty(0) if values is None else values[:end]
    finite = np.flatnonzero(np.isfinite(rows))
    return float(rows[finite[-1]]) if len(finite) else None
