"""Keep recovery copies of a document: soon after each edit, off the GUI thread, and at once where the app may end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from gui_app.session.dialogs import reason
from gui_app.session.document import Document
from gui_app.startup.recovery.copies import Copy, app_version
from gui_app.startup.recovery.entries import Entry, claim
from gui_app.startup.recovery.patience import begin, ends

DELAY, LATEST = 400, 1200
"""Milliseconds from the last edit to a copy, and at most from the first one."""
RETRY = 5000
"""Milliseconds from a copy that could not be written to the next one, if no edit comes before."""
WAIT = 5.0
"""Seconds that a copy at once may take, with the one before it that is still being written."""
LAST_WAIT = 2.0
"""Seconds for which the end waits for a copy that is being written, and then for what is removed."""
NONE = "No recovery copy can be kept."
SLOW = "The disk does not answer."

_log = logging.getLogger(__name__)


class Keeper(QObject):
    """Keeps copies of ``document`` in an entry of ``folder``.

    ``kept()`` follows each copy. ``reported(sentence)`` says that none can be written: once, and again for another
    reason or after it has worked meanwhile. ``problem_changed(sentence)`` says so, too, and is "" when it works again.
    ``claimed(entry)`` is emitted once, when the window has an entry.
    ``turn`` returns that of the run which belongs to the document.
    """

    kept = Signal()
    reported = Signal(str)
    problem_changed = Signal(str)
    claimed = Signal(object)
    _written = Signal(str)

    def __init__(
        self,
        document: Document,
        folder: Path,
        parent: QObject | None = None,
        turn: Callable[[], int] = lambda: 0,
    ) -> None:
        super().__init__(parent)
        self._turn = turn
        self._document, self._folder = document, folder
        self.entry: Entry | None = None
        self._announced = self._ended = self._removed = False
        self._problem = ""
        self._made = 0
        self._file = document.file
        self._leaving = False
        """Whether another document is about to take the place of the one before."""
        self._newest: Copy | None = None
        self._writing = Lock()
        self._thread: Thread | None = None
        self._busy = self._again = False
        self._since = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.keep_soon)
        self._written.connect(self._finish)
        document.changed.connect(self.keep_later)
        document.runs_changed.connect(self.keep_later)
        document.file_changed.connect(self._note_file)
        document.leaving.connect(self._note_leaving)
        # The run of another document must not meet the copy of the one before.
        document.replaced.connect(self._note_replaced)

    def keep_soon(self) -> None:
        """Write a copy in the background."""
        if self._ended:
            return
        if self._busy:
            self._again = True
            return
        copy = self.copy()
        self._busy = True
        self._thread = begin(lambda: self._write_behind(copy))

    def keep_later(self, *_: object) -> None:
        """Plan a copy: a moment after the last edit, but not much after the first one."""
        if self._ended:
            return
        if not self._since.isValid():
            self._since.start()
        self._timer.start(max(0, min(DELAY, LATEST - self._since.elapsed())))

    def keep_now(self, patience: float = WAIT) -> bool:
        """Write a copy before this returns, for moments after which the app may be gone. Returns whether it worked.

        A disk that takes longer than ``patience`` seconds does not keep the window from going on.
        """
        if self._ended:
            return True
        copy, problems = self.copy(), list[str]()
        is_done = ends(begin(lambda: problems.append(self._try_to_write(copy))), patience)
        problem = problems[0] if is_done and problems else SLOW
        self._tell(problem)
        return not problem

    def end(self, keep: bool = False, patience: float = LAST_WAIT) -> None:
        """Write no more. Remove copies and run, because they are saved or discarded, unless told to ``keep`` them.

        What a disk that does not answer within ``patience`` seconds holds stays.
        """
        if self._ended:
            return
        self._ended = True
        self._timer.stop()
        if not ends(self._thread, patience):
            _log.warning("%s The recovery copies stay, and the newest may be missing.", SLOW)
        elif not keep and not ends(begin(self._remove), patience):
            _log.warning("%s The recovery copies stay.", SLOW)

    def _remove(self) -> None:
        """Remove copies and run, after a copy that is being written."""
        with self._writing:
            self._removed = True
            if self.entry is not None:
                self.entry.remove()

    def _note_file(self) -> None:
        """Keep at once that the document is saved: a copy of before is no longer what its file holds."""
        file, self._file = self._file, self._document.file
        if self._file is file or self._leaving:
            self.keep_later()
        else:
            self.keep_soon()

    def _note_leaving(self) -> None:
        self._leaving = True

    def _note_replaced(self) -> None:
        self._leaving = False
        self.keep_soon()

    def copy(self) -> Copy:
        """Return what is to be kept now; nothing waits to be kept after that."""
        self._timer.stop()
        self._since.invalidate()
        self._again = False
        self._made += 1
        document = self._document
        return Copy(
            document.experiment,
            document.path,
            document.modified,
            time.time(),
            self._made,
            file=document.file,
            turn=self._turn(),
            runs=document.runs,
            last_run=document.last_run,
            lesson=document.lesson,
        )

    def _write_behind(self, copy: Copy) -> None:
        problem = self._try_to_write(copy)
        # The window may have been closed meanwhile.
        with suppress(RuntimeError):
            self._written.emit(problem)

    def _try_to_write(self, copy: Copy) -> str:
        """Write a copy, in any thread. Returns why that fails, whatever the reason; "" if it does not."""
        if not self._writing.acquire(timeout=WAIT):
            return SLOW
        try:
            self._write(copy)
        except OSError as error:
            return reason(error)
        except Exception as error:
            _log.exception("A recovery copy could not be made")
            return reason(error)
        finally:
            self._writing.release()
        return ""

    def _write(self, copy: Copy) -> None:
        if self._removed:
            # A copy that has waited for the disk would bring back what is saved or discarded.
            return
        newest = self._newest
        is_there = self.entry is not None and self.entry.copies()
        if newest is not None and (newest.number > copy.number or (is_there and _same(newest, copy))):
            return
        if self.entry is None:
            self.entry = claim(self._folder)
        self.entry.write(replace(copy, version=app_version()))
        self._newest = copy

    def _finish(self, problem: str) -> None:
        """Go on after a copy in the background, with what has changed meanwhile."""
        self._busy = False
        self._tell(problem)
        if self._again:
            self.keep_soon()

    def _tell(self, problem: str) -> None:
        if self._ended:
            return
        if self.entry is not None and not self._announced:
            self._announced = True
            self.claimed.emit(self.entry)
        if problem != self._problem:
            self._problem = problem
            sentence = f"{NONE} {problem}" if problem else ""
            if problem:
                _log.warning("%s", sentence)
                self.reported.emit(sentence)
            self.problem_changed.emit(sentence)
        if not problem:
            self.kept.emit()
        elif not self._timer.isActive():
            self._timer.start(RETRY)


def _same(one: Copy, other: Copy) -> bool:
    """Return whether two copies differ in nothing but their time."""
    same_file = (one.path, one.file, one.modified) == (other.path, other.file, other.modified)
    same_runs = one.turn == other.turn and one.runs is other.runs
    return one.experiment is other.experiment and same_file and same_runs
