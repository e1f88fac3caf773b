"""A person's own document while a lesson is open: laid aside, and brought back as it was."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment
from engine.experiment.kept_run import RunError, facts
from gui_app.session.dialogs import ask
from gui_app.session.document import Aside, Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.file_actions import FileActions

MOMENT = 0.5
"""Seconds for which the engine may take to keep what it has trained last."""
PATIENCE = 2.0
"""Seconds for which it is waited, at most, until what is shown of the run is kept."""
LOOK = 0.05
"""Seconds after which it is looked again whether that is kept."""
OPEN, CANCEL = "Open the lesson", "Cancel"


class LaidAside(QObject):
    """Lays ``document`` aside for a lesson and brings it back with file, undo history, run, run list and view.

    Any other document than the next lesson brings it back first. What becomes of its changes is asked before that, so
    that whoever cancels still has the lesson. ``keep(run)`` keeps the document and its run on the disk until it is
    back, and returns why that cannot be done; "" otherwise. ``changed()`` follows both ways, ``ended()`` when the own
    document is back.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, document: Document, link: EngineLink, files: FileActions, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._link, self._files, self._window = document, link, files, window
        self._own: Aside | None = None
        self._run: bytes | None = None
        self._put_back: list[Callable[[], object]] = []
        self.views: list[Callable[[], Callable[[], object]]] = []
        """Each returns what puts back how the document is shown now."""
        self.keep: Callable[[bytes | None], str] = lambda run: ""
        files.asked_first.append(self._end_first)

    @property
    def is_away(self) -> bool:
        """Whether a person's own document is laid aside."""
        return self._own is not None

    def lay_aside(self, experiment: Experiment, title: str) -> bool:
        """Give the lesson of a title a document of its own; return False if the person keeps what is open."""
        if self._own is not None:
            if not self._may_leave_lesson():
                return False
            self._document.reset(experiment, lesson=title)
            return True
        self._document.finish_gesture("Draw")
        plays, shown = self._link.playing, self._shown_epoch
        self._link.rest(MOMENT)
        run, why = self._newest_run(shown)
        if not self._files.may_lose_newest(why) or not self._may_go_on(self.keep(run)):
            if plays:
                self._link.set_playing(True)
            return False
        self._run, self._put_back = run, [take() for take in self.views]
        self._own = self._document.lay_aside(experiment, title)
        self.changed.emit()
        return True

    def bring_back(self) -> bool:
        """Bring the own document back; return False if none is laid aside, or the person keeps the lesson's file."""
        if self._own is None or not self._may_leave_lesson():
            return False
        forgotten = self._document.forgotten
        own, run, put_back = self._own, self._run, self._put_back
        self._own, self._run, self._put_back = None, None, []
        self._document.take_back(own, run)
        for step in put_back:
            step()
        if forgotten:
            self._document.forget_changes()
        self.ended.emit()
        self.changed.emit()
        return True

    def _end_first(self) -> str:
        """Bring the own document back; return what was answered about its changes, or that the lesson stays."""
        if self._own is None:
            return ""
        changed = not self._own.edited.stack.isClean() and not self._document.forgotten
        answer = self._files.ask_about_changes(Document.title_aside(self._own)) if changed else ""
        return answer if answer != CANCEL and self.bring_back() else CANCEL

    @property
    def _shown_epoch(self) -> int:
        """The epoch in which the run is seen; 0 while that may be one of before a reset."""
        latest = self._link.latest
        return 0 if latest is None or not self._link.settled else latest.epoch

    def _newest_run(self, shown: int) -> tuple[bytes | None, str]:
        """Return the run, None where nothing is trained, and in a clause why it ends before the epoch that is shown."""
        end = time.monotonic() + PATIENCE
        while True:
            run = self._kept_run()
            if (0 if run is None else facts(run).epoch) >= shown:
                return run, ""
            if self._link.run_folder is None or time.monotonic() >= end:
                return run, "the engine has not kept them yet"
            time.sleep(LOOK)

    def _kept_run(self) -> bytes | None:
        run = self._link.kept_run(patience=MOMENT) or self._document.opened_run
        try:
            return run if run is not None and facts(run).worth else None
        except RunError:
            return None

    def _may_go_on(self, problem: str) -> bool:
        """Return whether the lesson may open although a crash would cost the own document; ask if so."""
        if not problem:
            return True
        headline = f"No recovery copy of {self._document.title} can be kept."
        detail = f"{problem} It stays open, and is back when you leave the lesson, but a crash would cost it."
        return ask(self._window, headline, detail, (OPEN, CANCEL), careful=True) == OPEN

    def _may_leave_lesson(self) -> bool:
        """Return whether the lesson's document may go: it is asked about only where it was saved to a file."""
        return self._document.path is None or self._document.forgotten or self._files.may_leave_open()
