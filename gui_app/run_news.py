"""What has become of a run, in a sentence: said once, and taken back when it is no longer so."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.observation.snapshot import Best, EditMark, LaneSnapshot, Snapshot, Stop
from gui_app.best_weights import best_words, goes_on_words, return_of
from gui_app.view import SnapshotView


@dataclass(frozen=True, slots=True)
class News:
    """How a lane ended, if it has; its best epoch; and the mark of its return to the best weights, if it has made no
    step since.
    """

    name: str
    stop: Stop | None
    best: Best | None
    back: EditMark | None
    goes_on_from: int | None = None


class RunNews(QObject, SnapshotView[tuple[News, ...], None, str]):
    """``said(sentence)`` tells that a lane has ended, ``taken_back(sentence)`` that what was said last is over."""

    said = Signal(str)
    taken_back = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sentence = ""

    @staticmethod
    def model_of(snapshot: Snapshot | None) -> tuple[News, ...]:
        return tuple(map(_news_of, snapshot.lanes)) if snapshot else ()

    @property
    def options(self) -> None:
        """There is nothing to choose."""

    @staticmethod
    def compose(model: tuple[News, ...], options: None) -> str:
        """How the lane ended that ended last, or that it has gone back; nothing while neither has happened."""
        for news in model:
            if news.back is not None:
                words = news.back.words
                return f"{words[0].upper()}{words[1:]}. Epochs go on counting; Reset begins anew."
        ended = [(news, news.stop) for news in model if news.stop is not None]
        if not ended:
            return ""
        news, stop = max(ended, key=lambda end: end[1].epoch)
        what = "stopped early at" if stop.kind == "early_stopping" else "diverged in"
        sentence = f"{what} epoch {stop.epoch:,}: {stop.reason}."
        best = f" {best_words(news.best)}" if news.best is not None else ""
        if news.best is not None and stop.best_epoch == news.best.epoch:
            best += " Its weights are back"
            best += f"; {goes_on_words(news.goes_on_from)}." if news.goes_on_from is not None else "."
        if len(model) == 1:
            return f"{sentence[0].upper()}{sentence[1:]}{best}"
        others = f" {len(ended)} of {len(model)} lanes have ended." if len(ended) > 1 else ""
        return f"{news.name} {sentence}{best}{others}"

    def draw(self, shown: str) -> None:
        before, self.sentence = self.sentence, shown
        if before:
            self.taken_back.emit(before)
        if shown:
            self.said.emit(shown)


def _news_of(lane: LaneSnapshot) -> News:
    return News(lane.name, lane.stop, lane.best, return_of(lane), lane.goes_on_from)
