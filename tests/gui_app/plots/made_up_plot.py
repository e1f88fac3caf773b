"""The least that is a plot: one that counts steps."""

from __future__ import annotations

from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.plots.drawing.marks import Sentence
from gui_app.plots.drawing.picture import Picture, Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions


class MadeUpPlot(PlotFrame[int, PlotOptions]):
    """Writes the number of the step."""

    export_name = "made-up"
    title = "Made up"
    meaning = "The number of steps."

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> int | None:
        return lane.now.step if lane is not None else None

    def options_for(self, options: PlotOptions) -> PlotOptions:
        return options

    @staticmethod
    def compose(model: int | None, options: PlotOptions, ranges: Ranges | None = None) -> Picture:
        return Picture(marks=(Sentence(f"step {model}", options.theme.muted),))
