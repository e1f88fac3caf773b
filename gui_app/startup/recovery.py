"""Recovery of unsaved changes after a crash: a copy in the app's folder, offered at the next start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.data import atomic_write
from engine.experiment import Experiment, ExperimentError, dumps, loads
from gui_app.session.dialogs import ask, reason
from gui_app.session.document import SUFFIX, Document
from gui_app.session.origin import RESTORED
from gui_app.window.main_window import MainWindow

INTERVAL = 20_000
"""Milliseconds between two copies."""
RESTORE, DISCARD, LATER = ANSWERS = ("Restore", "Discard", "Later")


class Recovery(QObject):
    """Keeps a copy of ``document`` in ``folder`` while it has unsaved changes.

    The process of a window holds a lock on its copy, so that other windows leave it alone. ``reported(sentence)`` says
    that no copy can be written.
    """

    reported = Signal(str)

    def __init__(self, document: Document, window: QWidget, folder: Path | None = None) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._folder = default_folder() if folder is None else folder
        self._copy: tuple[Path, QLockFile] | None = None
        self._kept: Experiment | None = None
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self.keep)
        self._timer.start()
        document.file_changed.connect(self._drop_when_saved)

    def keep(self) -> bool:
        """Write a copy if there are new unsaved changes. Returns False if that failed."""
        experiment = self._document.experiment
        if not self._document.modified or experiment is self._kept:
            return True
        try:
            self._copy = self._copy or _claim(self._folder)
            atomic_write(self._copy[0], dumps(experiment))
        except OSError as error:
            self.reported.emit(f"No recovery copy can be kept. {reason(error)}")
            return False
        self._kept = experiment
        return True

    def offer(self) -> None:
        """Offer the newest copy that a crash has left; after ``Later``, the next start offers it again."""
        for path, lock in _left(self._folder):
            try:
                experiment = loads(path.read_bytes())
            except (OSError, ExperimentError):
                continue
            when = datetime.fromtimestamp(-_age(path))
            detail = (
                f"The app did not close properly. This is the unsaved drawing as of {when:%H:%M on %d %B %Y}."
            )
            answer = ask(self._window, "Restore the last drawing?", detail, ANSWERS)
            if answer == RESTORE:
                self._document.replace(experiment, "Restore", source=RESTORED)
            # Restored changes need their own copy before the old one may go.
            if answer == DISCARD or (answer == RESTORE and self.keep()):
                with suppress(OSError):
                    path.unlink()
            lock.unlock()
            return

    def end(self) -> None:
        """Delete the copy because the changes are saved or discarded."""
        self._timer.stop()
        self._drop()

    def _drop_when_saved(self) -> None:
        if not self._document.modified:
            self._drop()

    def _drop(self) -> None:
        if self._copy is not None:
            path, lock = self._copy
            with suppress(OSError):
                path.unlink()
            lock.unlock()
        self._copy = self._kept = None


def recover(window: MainWindow, folder: Path | None = None, offer: bool = True) -> Recovery:
    """Keep copies of the window's document until it closes; with ``offer``, first offer the copy of a crash."""
    recovery = Recovery(window.document, window, folder)
    recovery.reported.connect(window.show_message)
    window.closed.connect(recovery.end)
    if offer:
        window.first_painted.connect(recovery.offer, Qt.ConnectionType.QueuedConnection)
    return recovery


def default_folder() -> Path:
    location = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(location), "recovery")


def _claim(folder: Path) -> tuple[Path, QLockFile]:
    """Return a file name that no other window uses, with its lock. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in count():
        path = folder / f"{os.getpid()}-{number}{SUFFIX}"
        lock = _lock_of(path)
        if not path.exists() and lock.tryLock(0):
            return path, lock
        if lock.error() not in (QLockFile.LockError.NoError, QLockFile.LockError.LockFailedError):
            raise OSError(f"could not make a file in {folder}")
    raise AssertionError("numbers never end")


def _left(folder: Path) -> Iterator[tuple[Path, QLockFile]]:
    """Yield the copies of dead processes, newest first, each locked so that no other window offers it."""
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=_age):
        lock = _lock_of(path)
        if lock.tryLock(0):
            yield path, lock
            lock.unlock()


def _age(path: Path) -> float:
    """Return minus the time of the last change, a sort key for newest first; 0.0 if the file has disappeared."""
    with suppress(OSError):
        return -path.stat().st_mtime
    return 0.0


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    # A lock never expires while its process lives.
    lock.setStaleLockTime(0)
    return lock
