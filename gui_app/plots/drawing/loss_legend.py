"""The legend of the loss plot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.catalogue.texts import value_text
from gui_app.plots.drawing.legend import Kind, LegendEntry
from gui_app.plots.drawing.loss_marks import KINDS
from gui_app.plots.drawing.loss_model import LossModel
from gui_app.plots.drawing.loss_parts import LABELS, STACKED, has_unknown, parts_now
from gui_app.plots.drawing.loss_series import NAMES, series_of
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.seeds_note import seeds_notes
from gui_app.plots.drawing.traces import all_traces, lane_key

SHORT = {"training": "train", "validation": "val", "l1_penalty": "L1", "l2_penalty": "L2"}
"""Shorter names for narrow plots."""
STYLES: dict[str, Kind] = {
    "training": "line",
    "validation": "dashed",
    "test": "dotted",
    "penalty": "dash-dotted",
}
"""The samples of line styles, where a colour says which lane it is."""
LONGEST = 8
"""Letters of a lane's name in a narrow plot."""


def loss_entries(model: LossModel, options: PlotOptions) -> Iterator[LegendEntry]:
    """Yield the entries: the lanes shown side by side, the series with their current values, the pinned runs."""
    stacked = STACKED in options.modes
    if model.lanes and not stacked:
        for look, _, _ in model.lanes:
            yield _of_trace(lane_key(look.name), look.name, options.theme.lanes[look.colour], options)
        if len(model.lanes) < model.lanes_in_all:
            yield LegendEntry("shown", "note", (), f"{len(model.lanes)} of {model.lanes_in_all}")
        if model.look is not None:
            # Whose numbers follow.
            name, colour = model.look.name, options.theme.lanes[model.look.colour]
            yield LegendEntry(f"{name}:", "note", (colour,), short=f"{_short(name) or name}:")
    yield from _of_series(model, options)
    if not stacked:
        counts = [one.seeds for one in (model, *(lane.model for lane in model.lanes))]
        yield from seeds_notes(counts, "medians and quartiles")
        for trace in all_traces(model, options):
            if trace.number is None:
                yield _of_trace(trace.key, trace.name, trace.colour, options)


def _of_trace(key: str, name: str, colour: str, options: PlotOptions) -> LegendEntry:
    return LegendEntry(name, "line", (colour,), short=_short(name), key=key, hidden=key in options.hidden)


def _short(name: str) -> str:
    return f"{name[: LONGEST - 1]}…" if len(name) > LONGEST else ""


def _of_series(model: LossModel, options: PlotOptions) -> Iterator[LegendEntry]:
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
    overlaid = bool(model.lanes) and STACKED not in options.modes
    for name in (*known, *parts):
        value = now[name]
        colours = (options.theme.muted if overlaid else getattr(options.theme, name),)
        kind: Kind = "bar" if stacked and name not in ("validation", "test") else KINDS[name]
        if overlaid:
            kind = STYLES[name]
        text, short = value_text(value), SHORT.get(name, "")
        label, alarming = LABELS.get(name, name), not np.isfinite(value)
        yield LegendEntry(label, kind, colours, text, alarming, short, name, name in options.hidden)
    if "penalty" in known or parts:
        cost = model.cost
        sample: tuple[Kind, tuple[str, ...]] = ("thin", (options.theme.text,)) if stacked else ("note", ())
        yield LegendEntry("cost", *sample, value_text(cost), not np.isfinite(cost))
