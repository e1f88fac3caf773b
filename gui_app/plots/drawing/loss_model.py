"""What the loss plot shows of a run."""

from __future__ import annotations

from dataclasses import dataclass

from engine.observation.snapshot import Best, EditMark, HistoryView, Stop
from gui_app.plots.drawing.series import Floats
from gui_app.session.current_lane import LaneLook
from gui_app.session.snapshot_view import LaneModel


@dataclass(frozen=True, slots=True, eq=False)
class LaneLoss:
    """The history of a run and its ends, with the current losses [3] and penalty and its parts [2]."""

    history: HistoryView
    loss: Floats
    penalty: float
    parts: Floats
    best: Best | None
    marks: tuple[EditMark, ...]
    stop: Stop | None
    stops: tuple[Stop, ...]
    """All its ends, oldest first, including those after which it was continued."""
    playing: bool
    """Whether training runs and fewer than two epochs are recorded."""
    points: bool
    """Whether there are training points."""
    quartiles: tuple[HistoryView, HistoryView] | None = None
    """Of a repeated lane, whose history is the median over its seeds."""
    seeds: int = 0
    """How many seeds a repeated lane has."""

    @property
    def last_epoch(self) -> int:
        """The newest epoch of the run or of its ends."""
        epochs = self.history.epoch
        return max(int(epochs[-1]) if len(epochs) else 0, *(stop.epoch for stop in self.stops), 0)

    @property
    def best_to_mark(self) -> Best | None:
        """The best epoch once the run is clearly past it; an earlier mark would only chase the curve."""
        best, newest = self.best, int(self.history.epoch[-1]) if len(self.history) else 0
        return best if best is not None and newest - best.epoch > 0.02 * newest else None


@dataclass(frozen=True, slots=True, eq=False)
class LossModel(LaneLoss):
    """What is shown of the current lane, and the lanes beside it."""

    lanes: tuple[LaneModel[LaneLoss], ...] = ()
    """The lanes that are shown side by side, this one among them; none where it is shown alone."""

    @property
    def look(self) -> LaneLook | None:
        """How this lane is told from others that are shown; None where it is shown alone."""
        return next((lane.look for lane in self.lanes if lane.is_current), None)
