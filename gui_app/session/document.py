"""The open document: an experiment under edit, and its file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.catalogue.texts import counted
from engine.data import atomic_write
from engine.data.bounded_reading import read_bounded
from engine.data.file_state import Fate, FileState, stamp, stamp_of
from engine.data.file_system import FAILURES
from engine.data.files import MAX_BYTES
from engine.data.leftovers import remove_leftovers
from engine.experiment import Experiment, ExperimentError, dumps
from engine.experiment.document import Sketch, loads_sketch
from engine.experiment.kept_run import facts, state_digest
from engine.experiment.run_list import Runs, last_number
from gui_app.session.experiment_editor import Edited, ExperimentEditor

SUFFIX = ".sketch.json"
UNTITLED = "Untitled"


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that was written: its size in bytes, and whether it holds the run, and those that have ended."""

    size: int
    with_run: bool
    with_ended: bool = True


@dataclass(frozen=True, slots=True)
class Aside:
    """A document that is laid aside, with its file and its undo history, while a lesson is open."""

    edited: Edited
    path: Path | None
    file: FileState | None
    runs: Runs
    last_run: int
    run_in_file: str
    lacks_run: bool
    before_loss: tuple[str, bool] | None
    was_in_file: Experiment | None


class Document(ExperimentEditor):
    """The open document.

    ``file_changed()`` is emitted when the path or the unsaved state changes, ``leaving()`` before another document is
    opened or started, and ``replaced()`` after that. ``runs_changed()`` follows when other runs are remembered.
    """

    file_changed = Signal()
    runs_changed = Signal()
    leaving = Signal()
    replaced = Signal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(experiment, parent)
        self.path: Path | None = None
        self.runs: Runs = ()
        """The runs that have ended; no part of the experiment, so that no edit of settings touches them."""
        self.last_run = 0
        """The highest number that one of them has had, deleted ones too."""
        self.opened_run: bytes | None = None
        """The run that the opened file holds; None without one."""
        self.file: FileState | None = None
        """What the file was when it was read or written; None if that is not known."""
        self.run_in_file = ""
        """The state of the run that is open here which the file holds, as ``state_digest`` tells it; "" for none."""
        self.lacks_run = False
        """Whether the file may hold a run that is not open here, because it was not restored or could not be opened."""
        self.forgotten = False
        """Whether it may go without a question."""
        self.lesson = ""
        """The title of the lesson that it belongs to; "" for a person's own document."""
        self.goes_aside = False
        """Whether it is about to be laid aside, so that nothing of it is left behind."""
        self._before_loss: tuple[str, bool] | None = None
        """``run_in_file`` and ``lacks_run`` of before the run was lost; None where it is not, or cannot come back."""
        self._was_in_file: Experiment | None = None
        """The experiment that was in the file until that was changed or deleted; None while that is not known."""
        self.modified_changed.connect(self.file_changed)

    @property
    def title(self) -> str:
        return self.path.name if self.path else self.name + SUFFIX

    @staticmethod
    def title_aside(laid: Aside) -> str:
        """Return the title that a document has again once it is back."""
        return laid.path.name if laid.path else UNTITLED + SUFFIX

    @property
    def name(self) -> str:
        """What it is called, as the name of a file on any system, without the suffix."""
        if self.path is not None:
            return self.path.name.removesuffix(SUFFIX)
        return file_name(self.lesson) or UNTITLED

    @property
    def edited(self) -> bool:
        """Whether there are changes made here that no file holds.

        Where nothing but its file has changed, a document is ``modified`` without being edited.
        """
        return self.modified and (self._gesture is not None or self.experiment != self._was_in_file)

    def reset(
        self,
        experiment: Experiment,
        path: Path | None = None,
        run: bytes | None = None,
        file: FileState | None = None,
        *,
        source: str = "",
        run_in_file: str = "",
        runs: Runs = (),
        last_run: int = 0,
        lesson: str = "",
    ) -> None:
        """Start over with another experiment, its file and its run; this clears the undo history.

        ``file`` is what the file was when it was read or written, ``source`` where its points come from, if
        they do not say that themselves, and ``run_in_file`` the ``state_digest`` of the run
        if the file holds it. ``runs`` are those that have ended, and
        ``last_run`` the highest number that one has had. ``lesson`` is the title of the lesson that it is of.
        """
        self.leaving.emit()
        self.lesson = lesson
        self.path, self.opened_run, self.file = path, run, file
        self.run_in_file, self.lacks_run = run_in_file, path is not None and run is None
        self._was_in_file = self._before_loss = None
        self.forgotten = False
        self.runs, self.last_run = runs, last_number(runs, last_run)
        super().reset(experiment, source=source)
        # An empty stack, when it is cleared, stays as unsaved as it was.
        self.stack.setClean()
        self._announce()

    def lay_aside(self, experiment: Experiment, lesson: str) -> Aside:
        """Lay the document aside and begin that of a lesson; returns what ``take_back`` needs."""
        self.finish_gesture("Draw")
        self.goes_aside = True
        try:
            laid = Aside(
                self.put_aside(),
                self.path,
                self.file,
                self.runs,
                self.last_run,
                self.run_in_file,
                self.lacks_run,
                self._before_loss,
                self._was_in_file,
            )
            self.reset(experiment, lesson=lesson)
        finally:
            self.goes_aside = False
        return laid

    def take_back(self, laid: Aside, run: bytes | None = None) -> None:
        """Put what was laid aside in place of the lesson's document, with its undo history and its ``run``."""
        self.leaving.emit()
        self.lesson, self.forgotten = "", False
        self.path, self.file, self.opened_run = laid.path, laid.file, run
        self.runs, self.last_run = laid.runs, laid.last_run
        self.run_in_file, self.lacks_run = laid.run_in_file, laid.lacks_run
        self._before_loss, self._was_in_file = laid.before_loss, laid.was_in_file
        self.take_up(laid.edited)
        self._announce()

    def remember(self, runs: Runs) -> None:
        """Set the runs that have ended, without an undo step; its file holds them when it is saved next."""
        if runs != self.runs:
            self.runs, self.last_run = runs, last_number(runs, self.last_run)
            self.runs_changed.emit()

    def open(self, path: Path) -> Sketch:
        """Open a file. If it cannot be read, raise OSError or ExperimentError and keep the open document."""
        remove_leftovers(path)
        # Of before: what another program writes from now on is a change.
        found = stamp(path)
        content = read_bounded(path)
        sketch = loads_sketch(content)
        file = FileState.of(path, content, found)
        state = _state(sketch.run)
        self.reset(
            sketch.experiment,
            path,
            sketch.run,
            file,
            run_in_file=state,
            runs=sketch.runs,
            last_run=sketch.last_run,
        )
        self.lacks_run = bool(sketch.run_problem)
        return sketch

    def save(
        self, path: Path, run: bytes | None = None, last_look: Callable[[], None] | None = None
    ) -> SavedFile:
        """Write the experiment, and its runs with it, to a file, completely or not at all. Raises OSError.

        The ``run`` is left out where the file would be too large to be read again, and where that is not enough, so are
        those that have ended. ``last_look`` is called just before the
        file is replaced; what it raises leaves file and document as they are.
        """
        # A stroke cancelled after saving would make the document differ from its file without being marked unsaved.
        self.finish_gesture("Draw")
        kept = self.runs
        content = dumps(self.experiment, run, kept, self.last_run).encode()
        for runs in (self.runs, ()):
            if len(content) > MAX_BYTES:
                run, kept = None, runs
                content = dumps(self.experiment, None, kept, self.last_run).encode()
        written = atomic_write(path, content, last_look=last_look)
        remove_leftovers(path)
        self.file = FileState.of(path, content, stamp_of(written))
        self.path, self.run_in_file, self.lacks_run = path, _state(run), False
        self._was_in_file = self._before_loss = None
        self.stack.setClean()
        self.file_changed.emit()
        return SavedFile(len(content), run is not None, kept == self.runs)

    def file_fate(self, thorough: bool = False) -> Fate:
        """Return what has become of the file since it was read or written; ``thorough`` reads it again."""
        file = self.file
        return Fate.SAME if file is None or file.path != self.path else file.fate(thorough)

    def run_only_in_file(self, lost: bool = False) -> str:
        """Return in a phrase what run the file holds that is not open here, or is ``lost``; "" if there is none."""
        if not (self.lacks_run or lost) or self.path is None:
            return ""
        try:
            sketch = loads_sketch(read_bounded(self.path))
        except (*FAILURES, ExperimentError):
            return ""
        held = None if sketch.run is None else facts(sketch.run)
        if held is not None and held.epoch:
            return f"a run of {counted(held.epoch, 'epoch')} that is not open here"
        if held is not None and held.edited:
            return "weights set by hand that are not open here"
        return "a run that could not be opened here" if sketch.run_problem else ""

    def note_lost_run(self, waits: bool = False) -> None:
        """Note that the run which was open here is gone, without the person having wanted that.

        One that ``waits`` for memory may be found again.
        """
        self._before_loss = (self._before_loss or (self.run_in_file, self.lacks_run)) if waits else None
        self.run_in_file, self.lacks_run = "", self.path is not None
        self.file_changed.emit()

    def note_found_run(self) -> None:
        """Note that a run which has waited is open here; nothing where none has."""
        if self._before_loss is not None:
            (self.run_in_file, self.lacks_run), self._before_loss = self._before_loss, None
            self.file_changed.emit()

    def leave_run(self) -> None:
        """Note that another run has begun here, because the person wanted that."""
        self.opened_run, self.run_in_file, self._before_loss = None, "", None

    def _announce(self) -> None:
        """Say that another document is open."""
        self.file_changed.emit()
        self.replaced.emit()
        self.runs_changed.emit()

    def forget_changes(self) -> None:
        """Let the document go without a question, whatever it and its file hold."""
        self.file, self.forgotten = None, True
        self.stack.setClean()

    def mark_unsaved(self) -> None:
        """Note that no file holds the document."""
        self.stack.resetClean()

    def note_file_differs(self) -> None:
        """Note that the file, which was changed or deleted, holds neither the document nor its run any more."""
        if not self.modified:
            self._was_in_file = self.experiment
        self.run_in_file = ""
        self.mark_unsaved()


def file_name(title: str) -> str:
    """Return a title as the name of a file on any system, "" where nothing is left of it.

    >>> file_name("AI/ML and ../../etc")
    'AI_ML and .._.._etc'
    """
    return re.sub(r"[^\w .,()+-]+", "_", title).strip(" .")


def _state(run: bytes | None) -> str:
    return "" if run is None else state_digest(run)
