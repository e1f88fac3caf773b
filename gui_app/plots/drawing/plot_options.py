"""What a plot's picture depends on beside its model, and the messages of empty plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from engine.observation.snapshot import HistoryView, Stop
from gui_app.plots.drawing.epoch_scale import EpochChoice
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.marks import Sentence
from gui_app.plots.drawing.picture import Picture
from gui_app.plots.drawing.value_scale import ScaleChoice
from gui_app.plots.drawing.zoom import WHOLE, Zoom
from gui_app.theme.tokens import Theme

EMPTY = "Press play (Space) to train"
BEGINS = "Training begins"
NO_POINTS = "No training points: nothing to train"


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """Everything but the model that a plot's picture depends on.

    ``size``: width and height of the plotting area in pixels. ``playing``: whether training is meant to run, which is
    known before a snapshot shows it.
    """

    theme: Theme
    size: tuple[float, float]
    spoken: bool
    """Whether a screen reader is active."""
    playing: bool
    epochs: EpochChoice = field(default="automatic", kw_only=True)
    """The scale of the axis, in a plot over epochs."""
    scale: ScaleChoice = field(default="automatic", kw_only=True)
    """The scale of the values, in a plot that has a choice."""
    hidden: frozenset[str] = field(default=frozenset(), kw_only=True)
    """Names of the curves that are hidden."""
    heading: str = field(default="", kw_only=True)
    """The title with the unit of the values, where it depends on the data."""
    modes: frozenset[str] = field(default=frozenset(), kw_only=True)
    """Keys of the plot's own ``modes`` that are on."""
    zoom: Zoom = field(default=WHOLE, kw_only=True)
    """The part that is seen."""
    pinned_runs: tuple[tuple[str, HistoryView], ...] = field(default=(), kw_only=True)
    """Names and histories of runs that are drawn as faint curves."""

    @property
    def empty_message(self) -> str:
        """The message before anything has been trained."""
        return BEGINS if self.playing else EMPTY

    def is_log(self, automatic: bool) -> bool:
        """Return whether the values are on a logarithmic axis; ``automatic`` is what the plot would choose."""
        if self.zoom.y is not None and self.zoom.log is not None:
            return self.zoom.log
        return automatic if self.scale == "automatic" else self.scale == "logarithmic"

    @property
    def shared(self) -> dict[str, Any]:
        """The fields that all plots have, by name: what a subclass adds its own to."""
        return {part.name: getattr(self, part.name) for part in fields(PlotOptions)}


def empty_message_for(stop: Stop | None, points: bool, options: PlotOptions) -> str:
    """Return the message of an empty plot over time; ``points`` says whether there are training points."""
    if stop is None:
        return options.empty_message if points else NO_POINTS
    how = "Diverged in" if stop.kind == "divergence" else "Stopped at"
    return f"{how} epoch {stop.epoch:,}: nothing to draw yet"


def no_gradient_message(points: int) -> str:
    """Return why there is no gradient: no training points, or values that are not finite."""
    return "The gradient is not finite" if points else "No training points: no gradient"


def empty_picture(theme: Theme, message: str, entries: Sequence[LegendEntry] = ()) -> Picture:
    """Return a picture with a message instead of curves."""
    return Picture(marks=(Sentence(message, theme.muted),), entries=entries)
