"""What the plot of layers over time shows of a run."""

from __future__ import annotations

from dataclasses import dataclass

from engine.observation.snapshot import EditMark, HistoryView, Stop
from gui_app.plots.drawing.probe_plot import ProbeOptions
from gui_app.plots.drawing.series import Floats
from gui_app.session.snapshot_view import LaneModel


@dataclass(frozen=True, slots=True, eq=False)
class LaneOverTime:
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
    seeds: int = 0
    """How many seeds a repeated lane has, whose history is the median over them."""

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


@dataclass(frozen=True, slots=True, eq=False)
class OverTimeModel(LaneOverTime):
    """What is shown of the current lane, and of the lanes in sections beside it."""

    lanes: tuple[LaneModel[LaneOverTime], ...] = ()
    """The lanes that are shown side by side, this one among them; none where it is shown alone."""

    @property
    def shown(self) -> tuple[LaneOverTime, ...]:
        """The lanes in the order of their sections."""
        return tuple(lane.model for lane in self.lanes) or (self,)

    @property
    def own_section(self) -> int:
        """The index of this lane's section."""
        return next((index for index, lane in enumerate(self.lanes) if lane.is_current), 0)
