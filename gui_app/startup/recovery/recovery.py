"""Recovery of a window: it keeps copies while the window lives, and offers at the start what dead windows have left."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication

from engine.catalogue.texts import shortened
from engine.experiment.kept_run import RunError, facts, state_digest
from engine.service import messages as m
from engine.service.kept import DAMAGED
from gui_app.session.dialogs import IN_BAR, KEEP_OPEN, ask
from gui_app.session.origin import RESTORED
from gui_app.startup.recovery.aside import AsideEntry
from gui_app.startup.recovery.entries import Entry, Left, default_folder, left
from gui_app.startup.recovery.keeper import LAST_WAIT, SLOW, Keeper
from gui_app.startup.recovery.left_off import LeftOff
from gui_app.startup.recovery.mark import Mark
from gui_app.startup.recovery.patience import begin, ends
from gui_app.startup.recovery.put_away import put_away
from gui_app.startup.recovery.putting import Putting
from gui_app.startup.recovery.words import describe_put_away, name_of
from gui_app.widgets.window_order import when_nothing_is_asked

if TYPE_CHECKING:
    from gui_app.startup.recovery.dialog import RecoveryDialog
    from gui_app.window.main_window import MainWindow

LOOK = 100
"""Milliseconds between two looks whether the engine has kept a restored run."""
PATIENCE = 2.0
"""Seconds for which the end waits for a folder that is still read."""
MOMENT = 0.5
"""Seconds for which a window that takes another document waits until the engine has kept what it trained last."""
LAST_MOMENT = 1.0
"""Seconds for each of these where the app is told to end: it has some five in all until it is killed."""
LATER = 300
"""Milliseconds after which the engine has said what it cannot do for another document."""
LOSE = "Close and lose it"
AGAIN = "It is kept, and offered again at the next start."

_log = logging.getLogger(__name__)


class Recovery(QObject):
    """Recovery of ``window`` with copies in ``folder``. ``offered()`` is emitted once all that was left is listed."""

    offered = Signal()
    _settled = Signal()
    _found = Signal(object)

    def __init__(self, window: MainWindow, folder: Path | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._folder = default_folder() if folder is None else folder
        self.keeper = Keeper(window.document, self._folder, self, lambda: window.link.turn)
        # A copy that names the turn before does not go with the run that comes.
        window.link.turn_changed.connect(self.keeper.keep_later)
        self.keeper.reported.connect(window.show_message)
        self.mark = Mark(window.statusBar())
        self.keeper.problem_changed.connect(self.mark.show_copies)
        self.keeper.claimed.connect(self._keep_run)
        self.left_off = LeftOff(window.file_menu, self._folder, self._restore)
        self.dialog: RecoveryDialog | None = None
        self._moving: Entry | None = None
        """An entry whose run is on its way into that of this window."""
        self._loaded = False
        """Whether the engine has loaded that run."""
        self._aside = AsideEntry(self._folder)
        self._came_back = False
        """Whether that entry is of the drawing that was laid aside here, and superfluous once this has become of it
        what the person wants."""
        self._look_again = QTimer(self, interval=LOOK)
        self._look_again.timeout.connect(self._drop_moved)
        self._puttings: list[Putting] = []
        """Runs that are still being put away."""
        self._tell_late = QTimer(self, interval=LOOK)
        self._tell_late.timeout.connect(self._tell_of_late)
        self._scan: Thread | None = None
        self._ended = False
        self._found.connect(self._show)
        window.asked_before_closing.append(self.may_close)
        window.laid_aside.keep = self._keep_aside
        window.laid_aside.ended.connect(self._take_back)
        window.link.event_taken.connect(self._note_run)
        window.document.leaving.connect(self._leave_document)
        # The run of another document comes in place of one that is on its way.
        window.document.replaced.connect(self._leave_moving)

    def begin(self) -> None:
        """Keep the first copy, and list what dead windows have left; for a window that is painted."""
        self.keeper.keep_soon()
        self.offer()

    def keep_now(self) -> bool:
        """Write a copy before this returns; returns whether it worked. For faults and signals that end the app."""
        return self.keeper.keep_now()

    def follow_session(self, ends: SignalInstance) -> None:
        """Write a copy when the session of the desktop ``ends``, before the system goes on to end the app."""
        ends.connect(lambda *_: self.keep_now(), Qt.ConnectionType.DirectConnection)

    def offer(self) -> None:
        """List what dead windows have left, in the background, then show it; sweep up the rest."""
        self._scan = begin(self._look)

    def leave(self, signal: int) -> None:
        """End the app without a question, because it is told to. The next start offers what was not saved."""
        self.keeper.keep_now(2 * LAST_MOMENT)
        self.end(keep=True, patience=LAST_MOMENT)
        self._window.link.close(LAST_MOMENT)
        QApplication.exit(128 + signal)

    def end(self, keep: bool = False, patience: float = PATIENCE) -> None:
        """End with the window. Its copies go, because it is saved or discarded, unless told to ``keep`` them.

        A disk that does not answer is waited for ``patience`` seconds.
        """
        if self._ended:
            return
        if not ends(self._scan, patience):
            _log.warning("%s What windows have left there is not known.", SLOW)
        self._ended = True
        if self.dialog is not None:
            self.dialog.close()
        self._look_again.stop()
        if self._loaded and not keep and self._is_elsewhere():
            self._remove_moved()
        own = self._take_own()
        self._leave_moving()
        keep = not self._put_away(patience, keep) or keep
        _settle_own(own, keep)
        self.keeper.end(keep, min(patience, LAST_WAIT))

    def may_close(self) -> bool:
        """Return whether the window may close: nothing of former documents waits to be kept, or the person gives it up.

        What is damaged of the run is kept anew while there is an engine.
        """
        if self._ended:
            return True
        if not self._window.document.edited:
            ends(begin(self._mend), PATIENCE)
        end = time.monotonic() + PATIENCE
        for one in self._puttings:
            one.try_again(at_once=True)
            one.ends(max(0.0, end - time.monotonic()))
        self._tell_of_late()
        if not self._puttings:
            return True
        names = " and ".join(f"“{one.name}”" for one in self._puttings)
        reasons = " ".join(dict.fromkeys(one.told or SLOW for one in self._puttings))
        headline = f"What {names} {'has' if len(self._puttings) == 1 else 'have'} trained is not kept yet."
        detail = f"{reasons} That is tried again every few seconds. Closing the window now loses it for good."
        answers = (LOSE, KEEP_OPEN)
        return ask(self._window, headline, detail, answers, careful=True, until=self._settled) == LOSE

    # -- inside

    def _mend(self) -> None:
        """Let the engine keep anew what is damaged, in a thread."""
        # What prevents that is told when the run is put away.
        with suppress(Exception):
            self._window.link.kept_run(patience=MOMENT)

    def _is_elsewhere(self) -> bool:
        """Whether the restored run is kept by the engine or in a file, or was discarded with its drawing."""
        document = self._window.document
        return document.edited or bool(document.run_in_file) or self._window.link.has_kept_run

    def _put_away(self, patience: float, keep: bool) -> bool:
        """Put away what the window has trained and no file holds, at its end; returns whether nothing is left of it.

        What it is told to ``keep`` for the next start is not put away as well.
        """
        end = time.monotonic() + patience
        self._tell_late.stop()
        former, newest = self._puttings, None if keep else self._begin_to_put_away()
        if newest is not None and not newest.ends(max(0.0, end - time.monotonic())):
            newest.give_up()
            newest.problem = SLOW
        for one in former:
            one.try_again(at_once=True)
            if not one.ends(max(0.0, end - time.monotonic())):
                _log.warning("%s What “%s” has trained may be lost.", SLOW, one.name)
            elif one.problem:
                _log_not_put_away(one.problem)
        # What could not be put away stays where it is: the next start offers it like the work of a dead window.
        if newest is not None and newest.problem:
            _log_not_put_away(newest.problem)
        return newest is None or not newest.problem

    def _begin_to_put_away(self) -> Putting | None:
        """Begin to put away what the window has trained. What was edited here was saved or discarded."""
        document, link = self._window.document, self._window.link
        if document.edited or (document.lesson and document.path is None):
            return None
        copy, in_file, opened = self.keeper.copy(), document.run_in_file, document.opened_run
        was_kept = link.has_kept_run
        return Putting(
            name_of(document.path),
            link.unkept_part,
            lambda: self._run_to_put_away(copy.turn, was_kept, in_file, opened),
            lambda run, is_wanted: put_away(self._folder, copy, run, is_wanted),
        )

    def _run_to_put_away(self, turn: int, was_kept: bool, in_file: str, opened: bytes | None) -> bytes | None:
        """Return the run of a turn, in a thread; None where it is not begun or the file holds it as it is.

        As long as the engine has kept nothing of it, that is the run which was ``opened``.
        """
        link = self._window.link
        kept = link.kept_run(turn, MOMENT)
        if kept is None and was_kept:
            # It may have taken so long that the run of another document was kept.
            raise RunError(DAMAGED if link.turn == turn else "another run has taken its place")
        run = kept or opened
        return None if run is None or not facts(run).worth or state_digest(run) == in_file else run

    def _leave_document(self) -> None:
        """Put away what the window has trained before it takes another document."""
        if self._ended:
            return
        own, document = self._take_own(), self._window.document
        if document.edited or document.goes_aside:
            _settle_own(own, keep=False)
            return
        self._window.link.rest(MOMENT)
        putting = self._begin_to_put_away()
        if putting is None:
            _settle_own(own, keep=False)
            return
        ended = putting.ends(PATIENCE)
        if ended:
            self._tell_of(putting)
        else:
            self._show_later(
                f"What “{shortened(putting.name, IN_BAR)}” has trained is not kept yet. {SLOW}", 0
            )
        _settle_own(own, keep=not ended or bool(putting.problem))
        if putting.waits or not ended:
            self._puttings.append(putting)
            self._tell_late.start()
            self._mark_former()

    def _tell_of(self, putting: Putting) -> None:
        """Say what has come of a run that was to be put away."""
        name, problem, done = shortened(putting.name, IN_BAR), putting.problem, putting.done
        if problem:
            putting.told = problem
            _log_not_put_away(problem)
            waits = f"is not kept yet. {problem} It is tried again."
            self._show_later(
                f"What “{name}” has trained {waits if putting.waits else f'could not be kept. {problem}'}"
            )
        elif done is not None and not putting.gap:
            self._window.show_message(describe_put_away(name, done))
        elif done is not None:
            self._show_later(describe_put_away(name, done, putting.gap))
        elif putting.gap:
            self._show_later(f"Not all of “{name}” is kept: {putting.gap}.")

    def _tell_of_late(self) -> None:
        """Say it of those that took long, and try those again that failed."""
        for putting in self._puttings[:]:
            if not putting.ends(0):
                continue
            if not putting.waits:
                self._puttings.remove(putting)
                self._tell_of(putting)
                if not (putting.done or putting.problem or putting.gap):
                    self._window.show_message(f"“{shortened(putting.name, IN_BAR)}” has nothing to keep.")
            elif putting.problem != putting.told:
                self._tell_of(putting)
            putting.try_again()
        self._mark_former()
        if not self._puttings:
            self._tell_late.stop()
            self._settled.emit()

    def _mark_former(self) -> None:
        """Let the mark show what waits to be put away."""
        waits = next((one for one in self._puttings if one.told), None)
        self.mark.show_former("" if waits is None else f"“{waits.name}”: {waits.told}")

    def _show_later(self, sentence: str, after: int = LATER) -> None:
        """Show a sentence after what is said of the other document, by the engine as well."""
        QTimer.singleShot(after, self, lambda: self._window.show_message(sentence))

    def _keep_run(self, entry: Entry) -> None:
        """Let the engine keep its run beside the copies."""
        self._window.link.keep_run(entry.run)

    def _look(self) -> None:
        """Find what was left, in a thread: reading many copies takes a while."""
        found = left(self._folder)
        # The window may have been closed meanwhile.
        with suppress(RuntimeError):
            self._found.emit(found)
        from gui_app.startup.recovery.sweep import sweep

        sweep([self._folder, self._folder.parent / "data sets"])

    def _show(self, lefts: list[Left]) -> None:
        if self._ended:
            _unlock(lefts)
            return
        if lefts:
            when_nothing_is_asked(self._window, lambda: self._list(lefts))
        else:
            self.offered.emit()

    def _list(self, lefts: list[Left]) -> None:
        """Open the list, which covers no question about the file that the app was started with."""
        if self._ended:
            _unlock(lefts)
            return
        from gui_app.startup.recovery.dialog import RecoveryDialog

        self.dialog = RecoveryDialog(lefts, self._window.appearance.theme, self._restore, self._window)
        self.dialog.decided.connect(self._decide)
        self.dialog.show()
        self.offered.emit()

    def _decide(self, discarded: list[Left], later: list[Left]) -> None:
        for one in discarded:
            _remove(one.entry)
        _unlock(later)
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _restore(self, one: Left) -> bool:
        """Put what was left in place of the open document, unless the person wants to keep that."""
        if one.copy is None or not self._window.files.may_leave():
            return False
        document, run = self._window.document, one.read_run() if one.epoch is not None else None
        copy = one.copy
        document.reset(
            copy.experiment,
            copy.path,
            run,
            copy.file,
            source=RESTORED,
            runs=copy.runs,
            last_run=copy.last_run,
        )
        document.mark_unsaved()
        # What is restored needs its own copy before the old one may go, and its run as well.
        if not self.keeper.keep_now():
            one.entry.lock.unlock()
        elif run is not None:
            self._moving, self._loaded = one.entry, False
        elif one.epoch is not None or one.damaged:
            one.entry.lock.unlock()
            self._window.show_message(f"The run of this drawing is damaged. {AGAIN}")
        else:
            _remove(one.entry)
        return True

    def _keep_aside(self, run: bytes | None) -> str:
        """Keep the drawing that is about to be laid aside; returns why that cannot be done, or ""."""
        if run is None and not self._window.document.modified:
            return ""
        return self._aside.keep(self.keeper.copy(), run)

    def _take_back(self) -> None:
        """Keep the drawing as that of the window again; its entry may go once that holds all of it."""
        entry = self._aside.take()
        if entry is None or self._ended:
            return
        if not self.keeper.keep_now():
            entry.lock.unlock()
        elif self._window.document.opened_run is not None:
            self._moving, self._loaded, self._came_back = entry, False, True
        else:
            _remove(entry)

    def _take_own(self) -> Entry | None:
        """Return the entry of the drawing that was laid aside and is back, if its run is still on its way."""
        if not self._came_back or self._moving is None:
            return None
        self._look_again.stop()
        return self._forget_moving()

    def _forget_moving(self) -> Entry | None:
        entry, self._moving = self._moving, None
        self._loaded = self._came_back = False
        return entry

    def _note_run(self, event: m.Event) -> None:
        """Follow whether the run is kept, and what becomes of one that is on its way."""
        match event:
            case m.RunNotKept(sentence):
                self.mark.show_run(sentence)
            case m.RunKept() | m.EngineRestarted():
                self.mark.show_run("")
        if self._moving is None:
            return
        match event:
            case m.RunLoaded():
                self._loaded = True
                self._look_again.start()
            case m.RunNotLoaded(sentence):
                self._leave_moving()
                self._window.show_message(f"{sentence.rstrip('.')}. {AGAIN}")
            case m.EngineRestarted(None):
                self._leave_moving()

    def _leave_moving(self) -> None:
        """Leave the run that is on its way where it was, and offer it again another time."""
        self._look_again.stop()
        entry = self._forget_moving()
        if entry is not None:
            entry.lock.unlock()

    def _drop_moved(self) -> None:
        """Remove the restored entry once the engine has kept what it loaded from it."""
        link = self._window.link
        if link.settled and link.has_kept_run:
            self._look_again.stop()
            self._remove_moved()

    def _remove_moved(self) -> None:
        entry = self._forget_moving()
        if entry is not None:
            _remove(entry)


def _log_not_put_away(problem: str) -> None:
    _log.warning("What was trained and is in no file could not be put away: %s", problem)


def _remove(entry: Entry) -> None:
    if not ends(begin(entry.remove), PATIENCE):
        _log.warning("%s %s stays.", SLOW, entry.name)


def _settle_own(entry: Entry | None, keep: bool) -> None:
    """Remove the entry of a drawing that was laid aside, or leave it to the next start."""
    if entry is not None and keep:
        entry.lock.unlock()
    elif entry is not None:
        _remove(entry)


def _unlock(lefts: list[Left]) -> None:
    for one in lefts:
        one.entry.lock.unlock()
