"""The window's messages: sentences in the status bar, and failures in a separate window."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from engine.service import messages as m
from gui_app.session.dialogs import Notice
from gui_app.session.engine_link import EngineLink
from gui_app.session.run_in_file import describe_lanes
from gui_app.window.event_messages import EventMessages
from gui_app.window.run_messages import RunMessages
from gui_app.window.task_messages import TaskMessages

MESSAGE_TIME = 8000
"""Milliseconds for which the status bar shows a message."""


def describe_restart(event: m.EngineRestarted, plays: bool = True, over: bool = False) -> str:
    """Say that the engine was started again, and from where training goes on, or would if it played.

    Of a run that is ``over``, because all its lanes have ended, weights and epochs may differ.
    """
    ended = "" if event.asked else "ended unexpectedly and "
    sentence = f"The training engine {ended}was started again"
    if event.epoch is not None and over and not plays:
        return f"{sentence}; the run is as it ended."
    if event.epoch is not None:
        goes_on = "training goes on" if plays else "Play goes on"
        return f"{sentence}; {goes_on} from epoch {event.epoch:,}."
    reason = f"{event.reason} " if event.reason else ""
    return f"{sentence}. {reason}Training begins anew from the initial weights; the drawing is untouched."


def describe_loaded(event: m.RunLoaded, goes_on: bool = False) -> str:
    """Say that a run was loaded, and what of it was not.

    A run that ``goes_on`` after a restart was spoken of already: "" where there is nothing more to say.
    """
    if lost := event.without_history:
        restored = f"The saved run is back, at epoch {event.epoch:,}, without"
        return f"{restored} the history of {describe_lanes(lost)}, which could not be read."
    return "" if goes_on else f"The saved run is back, at epoch {event.epoch:,}."


class Messages(QObject):
    """Shows messages in the status bar of ``window``: those of ``run``, ``events`` and ``tasks``, and about files and
    failures of the engine.
    """

    def __init__(
        self,
        window: QMainWindow,
        link: EngineLink,
        run: RunMessages,
        events: EventMessages,
        tasks: TaskMessages,
    ) -> None:
        super().__init__(window)
        self._window, self._link = window, link
        self._notice = Notice(window)
        self._goes_on: int | None = None
        """The turn whose run an engine that was started again is about to load; None for none."""
        self._standing = ""
        """What is shown whenever nothing else is."""
        for source in (run, events):
            source.reported.connect(self.show)
            source.withdrawn.connect(self.withdraw)
        tasks.reported.connect(self.show)
        link.event_taken.connect(self._report)

    def show(self, sentence: str) -> None:
        """Show a sentence for a while."""
        self._window.statusBar().showMessage(sentence, MESSAGE_TIME)

    def stand(self, sentence: str) -> None:
        """Show a sentence, and again whenever no other is shown, until another one or "" takes its place."""
        former, self._standing = self._standing, sentence
        bar = self._window.statusBar()
        if sentence and not former:
            bar.messageChanged.connect(self._fill)
        elif former and not sentence:
            bar.messageChanged.disconnect(self._fill)
            self.withdraw(former)
        if sentence:
            bar.showMessage(sentence)

    def _fill(self, shown: str) -> None:
        if not shown and self._standing:
            self._window.statusBar().showMessage(self._standing)

    def withdraw(self, sentence: str) -> None:
        """Remove a sentence from the status bar, if it is still shown."""
        bar = self._window.statusBar()
        if bar.currentMessage() == sentence:
            bar.clearMessage()

    def _report(self, event: m.Event) -> None:
        match event:
            case m.EngineRestarted():
                self._goes_on = None if event.epoch is None else self._link.turn
                lanes = () if self._link.latest is None else self._link.latest.lanes
                over = bool(lanes) and all(lane.stop is not None for lane in lanes)
                self.show(describe_restart(event, self._link.playing, over))
            case m.RunLoaded():
                sentence = describe_loaded(event, event.turn == self._goes_on)
                if sentence:
                    self.show(sentence)
                self._goes_on = None
            case m.RunNotLoaded(sentence):
                self._goes_on = None
                self.show(sentence)
            case m.RunNotKept(sentence):
                self.show(sentence)
            case m.EngineFailed(sentence, details, final=False):
                self._notice.tell(
                    "The training engine met an error and paused; the drawing is untouched.",
                    sentence,
                    details,
                )
