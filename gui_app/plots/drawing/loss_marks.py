"""What the loss plot draws: curves, areas, arrows, and marks at the best epoch and at the ends of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QRectF

from gui_app.plots.drawing.area import Area
from gui_app.plots.drawing.legend import Kind
from gui_app.plots.drawing.loss_model import LossModel
from gui_app.plots.drawing.loss_parts import is_stacked, layers_of
from gui_app.plots.drawing.loss_series import Lines
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import Curve, EpochMark, crossed, in_free_rows
from gui_app.plots.drawing.outside import Line, Outside, outside_marks
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.ranges import Range
from gui_app.plots.drawing.traces import DASHES
from gui_app.plots.drawing.value_scale import ValueScale
from gui_app.session.current_lane import LaneLook
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import count_text

KINDS: dict[str, Kind] = {
    "training": "line",
    "validation": "line",
    "test": "thin",
    "penalty": "dashed",
    "cost": "thin",
}
ROWS = 2
"""Number of lines that the labels of endings may take, so that they stay at the edge."""


def loss_curves(
    series: Lines, options: PlotOptions, scale: ValueScale, floor: float, look: LaneLook | None = None
) -> Iterator[Curve]:
    """Yield the curves, training last so that it lies on top.

    ``look`` is that of the lane where several are shown: then its colour says whose curves they are, and their style
    says of what.
    """
    for name, (epochs, values) in reversed(series.items()):
        width = (1.5 if KINDS[name] == "line" else 1.0) * options.theme.line_scale
        heights = scale.units(values, floor)
        if look is None:
            yield Curve(name, epochs, heights, _colour(name, options.theme), width, dashed=name == "penalty")
        else:
            colour, width = options.theme.lanes[look.colour], (width + 0.5) * options.theme.line_scale
            yield Curve(name, epochs, heights, colour, width, dashes=DASHES[name], lane=look.number)


def stacked_areas(series: Lines, stack: Lines, options: PlotOptions) -> Iterator[Area]:
    """Yield the areas of training loss and penalties, if they are stacked."""
    for epochs, cost in stack.values():
        training, theme = series["training"][1], options.theme
        yield Area("training", epochs, np.zeros(len(epochs)), training, theme.training)
        for name, low, high in layers_of(series, cost):
            if name not in options.hidden:
                yield Area(name, epochs, low, high, getattr(theme, name))


def _colour(name: str, theme: Theme) -> str:
    colour: str = theme.text if name == "cost" else getattr(theme, name)
    return colour


def beyond_axis(
    series: Lines,
    options: PlotOptions,
    scale: ValueScale,
    y_range: Range,
    mapping: Mapping,
    look: LaneLook | None = None,
    others: Sequence[Line] = (),
) -> tuple[Outside, ...]:
    """Return arrows at what lies beyond the axis, of these series and of ``others``."""
    theme = options.theme
    lines = [
        Line(
            epochs,
            values,
            scale.units(values, -np.inf),
            theme.lanes[look.colour] if look is not None else _colour(name, theme),
        )
        for name, (epochs, values) in series.items()
    ]
    lines += others
    return outside_marks(lines, y_range, mapping, theme.text, theme.panel)


def prefers_top(model: LossModel, log: bool) -> bool:
    """Return whether labels rather go to the top: after large losses, small ones crowd at the bottom."""
    return not log or any(stop.kind == "divergence" for stop in model.stops)


def end_marks(
    model: LossModel,
    options: PlotOptions,
    curves: Sequence[Curve],
    mapping: Mapping,
    from_top: bool,
    occupied: Sequence[QRectF],
) -> list[EpochMark]:
    """Return the marks of the best epoch and of all ends, oldest first.

    Where labels overlap, those of the newest end and then of the best epoch stay, then of newer ends. All labels
    are at the edge where they cross less of the curves, rather at the top if ``from_top``, and none lies on what is
    ``occupied``.
    """
    here, there = (_placed(model, options, at_top, mapping, occupied) for at_top in (from_top, not from_top))
    return there if crossed(there, curves, mapping) < crossed(here, curves, mapping) / 2 else here


def _placed(
    model: LossModel, options: PlotOptions, from_top: bool, mapping: Mapping, occupied: Sequence[QRectF]
) -> list[EpochMark]:
    """Return the marks with their labels placed at one edge."""
    marks = list(_unplaced(model, options, from_top))
    count, best = len(marks), int(model.best_to_mark is not None)
    newest_first = [*range(count - 1, best - 1, -1)]
    order = [*newest_first[:1], *range(best), *newest_first[1:]]
    in_order = in_free_rows([marks[index] for index in order], ROWS, mapping, occupied)
    placed = dict(zip(order, in_order, strict=True))
    return [placed[index] for index in range(count)]


def _unplaced(model: LossModel, options: PlotOptions, from_top: bool) -> Iterator[EpochMark]:
    theme, best, look = options.theme, model.best_to_mark, model.look
    own = theme.text if look is None or is_stacked(model.history, options) else theme.lanes[look.colour]
    if best is not None:
        text = f"{'best, median' if model.seeds else 'best'}: epoch {count_text(best.epoch)}"
        yield EpochMark(best.epoch, text, own, theme.panel, from_top=from_top)
    # A run that was continued and ended again in the same epoch has one label for both ends.
    labels = {(stop.kind, stop.epoch): stop for stop in model.stops}
    for stop in labels.values():
        diverged = stop.kind == "divergence"
        text = f"{'diverged' if diverged else 'stopped'}: epoch {count_text(stop.epoch)}"
        over = stop != model.stop
        colour = theme.danger if diverged else theme.muted if over else own
        yield EpochMark(stop.epoch, text, colour, theme.panel, from_top=from_top)
