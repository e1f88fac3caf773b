"""Commands for files: new, open, save and recent, with their dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from engine.catalogue.texts import as_sentence, shortened
from engine.data.file_state import ChangedMeanwhileError, Stamp, require_same, stamp
from engine.data.file_system import FAILURES, absolute, exists, home, resolved
from engine.experiment import Experiment, ExperimentError
from gui_app.session import disk_questions as disk
from gui_app.session.dialogs import IN_BAR, SKETCHES, ask, ask_open, ask_save, may_replace, reason, warn
from gui_app.session.disk_questions import DiskQuestions
from gui_app.session.document import Document
from gui_app.session.file_claim import FileClaim
from gui_app.session.run_in_file import RunInFile, describe_saved
from gui_app.session.starter import starter_experiment
from gui_app.widgets.guarded import guarded

MOST_RECENT = 8
SAVE, DISCARD, CANCEL = ANSWERS = ("Save", "Discard", "Cancel")
GO_ON = "Go on without them"
OPEN_TWICE = "Before it saves, each window asks whether to write over what the other one has saved."


class FileActions(QObject):
    """Commands for the files of ``document``; ``reported(sentence)`` names each opened or saved file.

    ``kept_run()`` returns the newest run, which files keep, ``gap(epoch)`` what it lacks, and ``has_run()`` whether
    there is one, even if it cannot be read (see ``RunInFile``). ``unkept()`` says in a clause why the newest epochs are
    not kept; "" where they are.
    """

    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        settings: QSettings,
        window: QWidget,
        kept_run: Callable[[], bytes | None] = lambda: None,
        gap: Callable[[int | None], str] = lambda _: "",
        has_run: Callable[[], bool] = lambda: False,
        unkept: Callable[[], str] = lambda: "",
    ) -> None:
        super().__init__(window)
        self._unkept = unkept
        self._document, self._settings, self._window = document, settings, window
        self.run = RunInFile(document, settings, kept_run, gap, has_run)
        self._disk = DiskQuestions(document, window)
        self.asked_first: list[Callable[[], str]] = []
        """Whoever has a say before any other document takes the place of the open one: ``CANCEL`` keeps that, and any
        other of ``ANSWERS`` is what the person has answered about the changes of what is open then; "" without a
        question.
        """
        self._claim = FileClaim()
        self._claim.sweep()
        document.file_changed.connect(self._claim_file)
        window.installEventFilter(self)

    def new(self) -> None:
        self.start_from(starter_experiment())

    def start_from(self, experiment: Experiment) -> bool:
        """Start a new document with an experiment; return False if the person keeps the open one."""
        leaves = self.may_leave()
        if leaves:
            self._document.reset(experiment)
        return leaves

    def open(self) -> None:
        # Whoever thinks better of it still has the lesson.
        of_lesson = bool(self._document.lesson)
        if of_lesson or self.may_leave():
            path = ask_open(self._window, "Open", self._folder(), SKETCHES)
            if path is not None and (not of_lesson or self.may_leave()):
                self.load(path)

    def open_recent(self, path: Path) -> None:
        if self.may_leave():
            self.load(path)

    def load(self, path: Path) -> bool:
        """Open ``path`` without asking about the open document.

        If the file cannot be read, keep the open document and show a warning.
        """
        if not self._may_share(path, "Open"):
            return False
        try:
            sketch = self._document.open(absolute(path))
        except (*FAILURES, ExperimentError) as error:
            self._claim.drop_next()
            self._store([other for other in self.recent() if other != resolved(path)])
            warn(self._window, f"{path.name} cannot be opened", reason(error))
            return False
        self._remember(path)
        left_out = f" without its run: {sketch.run_problem}" if sketch.run_problem else ""
        damaged = f". {sketch.runs_problem}" if sketch.runs_problem else ""
        self.reported.emit(f"Opened {shortened(path.name, IN_BAR)}{left_out}{damaged}")
        return True

    def save(self) -> bool:
        """Save to the document's file, or ask for one if it has none; return False if nothing was saved."""
        path = self._document.path
        if path is None:
            return self.save_as()
        # First: where it cannot be read, the one in the file must not go unasked.
        run = self.run.take()
        answer = self._disk.before_saving(self.run.lost)
        return self._replace(path, self._disk.seen, run) if not answer else self._settle(answer)

    def save_as(self) -> bool:
        proposal = self._document.path or self._folder() / self._document.title
        path = ask_save(self._window, "Save as", proposal, SKETCHES)
        if path is None or not self._may_share(path, "Save"):
            return False
        saved = self._write(path)
        self._claim.drop_next()
        return saved

    def may_leave(self) -> bool:
        """Return whether the document may be closed: it is unchanged, or the person saves or discards the changes."""
        answers = ""
        for ask_first in self.asked_first:
            answer = ask_first()
            if answer == CANCEL:
                return False
            answers = answer or answers
        return self.may_leave_open(answers)

    def ask_about_changes(self, title: str) -> str:
        """Ask what is to become of the changes of a document; return one of ``ANSWERS``."""
        return ask(self._window, f"{title} has unsaved changes.", "Save them?", ANSWERS)

    def may_leave_open(self, answered: str = "") -> bool:
        """The same for what is open now, without asking others first; changes may have been ``answered`` for."""
        if not self._document.modified:
            answer = self._disk.before_leaving()
            return (answer in ("", disk.CLOSE) or self._settle(answer)) and self.may_lose_newest()
        answer = answered or self.ask_about_changes(self._document.title)
        return (self.save() and self.may_lose_newest()) if answer == SAVE else answer == DISCARD

    def may_lose_newest(self, why: str = "") -> bool:
        """Return whether the newest epochs may go, which cannot be kept or for another reason are not; ask if so."""
        why = self._unkept() or why
        if not why or self._document.forgotten:
            return True
        headline = f"The newest epochs of {self._document.title} are not kept."
        detail = (
            f"{as_sentence(why)} That is tried again every few seconds. Going on now loses them for good."
        )
        return ask(self._window, headline, detail, (GO_ON, CANCEL), careful=True) == GO_ON

    def recent(self) -> list[Path]:
        """Return recently opened or saved files that still exist, the latest first."""
        stored = self._settings.value("recent", [])
        # Some settings formats return a list with one entry as that entry.
        names = stored if isinstance(stored, list) else [stored]
        return [Path(name) for name in names if isinstance(name, str) and name and exists(name)]

    def let_go(self) -> None:
        """Let other windows have the file, because this one closes."""
        self._claim.take(None)
        self._claim.drop_next()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            # A dialog that opened now would hold up the activation.
            QTimer.singleShot(0, self, self._look_at_disk)
        return super().eventFilter(watched, event)

    def _look_at_disk(self) -> None:
        """Ask about a file that another program has changed, unless another question is open."""
        if not self._window.isVisible():
            return
        # The window that had claimed the file may be closed.
        self._claim_file()
        if QApplication.activeModalWidget() is not None:
            return
        answer = self._disk.on_return()
        if answer == disk.CLOSE:
            if self._disk.may_close():
                self._document.reset(starter_experiment())
        elif answer:
            self._settle(answer)

    def _settle(self, answer: str) -> bool:
        """Do what was answered about a file that is not what it was; return whether the document was saved."""
        path = self._document.path
        if answer == disk.SAVE_AS:
            return self.save_as()
        if answer in (disk.KEEP_MINE, disk.SAVE_AGAIN, disk.WITHOUT_RUN) and path is not None:
            return self._replace(path, self._disk.seen)
        if answer == disk.TAKE_THEIRS and path is not None and self._disk.may_take_theirs():
            self.load(path)
        return False

    def _may_share(self, path: Path, verb: str) -> bool:
        """Ask before a file is opened or written that another window has open."""
        if not self._claim.is_elsewhere(path):
            return True
        return (
            ask(self._window, f"{path.name} is open in another window.", OPEN_TWICE, (verb, CANCEL)) == verb
        )

    def _write(self, path: Path) -> bool:
        """Save to a file that the person has just chosen."""
        return self._replace(path, stamp(path))

    def _replace(self, path: Path, seen: Stamp | None, run: bytes | None = None) -> bool:
        """Save to a file, unless that is no longer what it was when the person decided so: then ask again.

        Without a ``run`` that was just taken, it takes the newest one.
        """
        run = run or self.run.take()
        try:
            saved = self._document.save(path, run, lambda: require_same(path, seen))
        except ChangedMeanwhileError:
            if path == self._document.path:
                return self.save()
            return (not exists(path) or may_replace(self._window, [path])) and self._write(path)
        except FAILURES as error:
            warn(self._window, f"{path.name} cannot be saved", reason(error))
            return False
        self._remember(path)
        self.reported.emit(describe_saved(shortened(path.name, IN_BAR), saved, run, self.run.problem))
        return True

    def _claim_file(self) -> None:
        self._claim.take(self._document.path)

    def _remember(self, path: Path) -> None:
        latest = resolved(path)
        self._store([latest, *(other for other in self.recent() if other != latest)][:MOST_RECENT])

    def _store(self, paths: list[Path]) -> None:
        self._settings.setValue("recent", [str(path) for path in paths])

    def _folder(self) -> Path:
        """Return the folder in which file dialogs open."""
        if self._document.path is not None:
            return self._document.path.parent
        return next((path.parent for path in self.recent()), home())
