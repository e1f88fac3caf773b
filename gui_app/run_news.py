"""What has become of a run, in a sentence: said once, and taken back when it is no longer so."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.observation.snapshot import Snapshot, Stop
from gui_app.view import SnapshotView

Ends = tuple[tuple[str, Stop | None], ...]


class RunNews(QObject, SnapshotView[Ends, None, str]):
    """``said(sentence)`` tells that a lane has ended, ``taken_back(sentence)`` that what was said last is over."""

    said = Signal(str)
    taken_back = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sentence = ""

    @staticmethod
    def model_of(snapshot: Snapshot | None) -> Ends:
        return tuple((lane.name, lane.stop) for lane in snapshot.lanes) if snapshot else ()

    @property
    def options(self) -> None:
        """There is nothing to choose."""

    @staticmethod
    def compose(model: Ends, options: None) -> str:
        """How the lane ended that ended last; nothing while none has."""
        ended = [(name, stop) for name, stop in model if stop is not None]
        if not ended:
            return ""
        name, stop = max(ended, key=lambda end: end[1].epoch)
        what = "stopped early" if stop.kind == "early_stopping" else "diverged"
        sentence = f"{what} at epoch {stop.epoch:,}: {stop.reason}."
        if len(model) == 1:
            return sentence[0].upper() + sentence[1:]
        others = f" {len(ended)} of {len(model)} lanes have ended." if len(ended) > 1 else ""
        return f"{name} {sentence}{others}"

    def draw(self, shown: str) -> None:
        before, self.sentence = self.sentence, shown
        if before:
            self.taken_back.emit(before)
        if shown:
            self.said.emit(shown)
