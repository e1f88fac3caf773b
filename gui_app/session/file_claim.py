"""The claim of a window on its file, so that another window can say that the file is open already."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QLockFile, QStandardPaths

from engine.data.file_system import make_folder, names_in, resolved
from gui_app.session.lock_files import is_held_elsewhere, lock_at

SUFFIX = ".lock"


def default_folder() -> Path:
    location = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(location), "open files")


class FileClaim:
    """A claim on one file after another. It lies in ``folder``, not beside the file, and ends with the process.

    Who asks whether a file is open elsewhere has it from then on, if it is not: of two windows that open one file at
    the same time, one is told so.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = default_folder() if folder is None else folder
        self._path: Path | None = None
        self._lock: QLockFile | None = None
        self._next: tuple[Path, QLockFile] | None = None
        """The file that was asked about and is about to be opened or written, and its lock."""

    def is_elsewhere(self, path: Path) -> bool:
        """Return whether another window has the file open; False where nobody can say.

        If none has, it is held for this window until it is taken, or ``drop_next`` says that it will not be.
        """
        wanted = resolved(path)
        if (self._lock is not None and wanted == self._path) or (self._next and self._next[0] == wanted):
            return False
        self.drop_next()
        lock = self._lock_of(wanted)
        if lock is None:
            return False
        if lock.isLocked():
            self._next = wanted, lock
        return is_held_elsewhere(lock)

    def drop_next(self) -> None:
        """Let other windows have the file that this one asked about."""
        if self._next is not None:
            self._next[1].unlock()
        self._next = None

    def take(self, path: Path | None) -> None:
        """Give up the former claim, and claim a file if no other window has; with the same file, try again."""
        wanted = None if path is None else resolved(path)
        if wanted != self._path:
            if self._lock is not None:
                self._lock.unlock()
            self._path, self._lock = wanted, None
        if self._next is not None and self._next[0] == wanted:
            self._lock, self._next = self._next[1], None
        if wanted is not None and self._lock is None:
            lock = self._lock_of(wanted)
            if lock is not None and lock.isLocked():
                self._lock = lock

    def _lock_of(self, path: Path) -> QLockFile | None:
        try:
            make_folder(self._folder, 0o700)
        except OSError:
            return None
        name = sha256(str(path).encode(errors="surrogatepass")).hexdigest()[:32]
        return lock_at(self._folder / f"{name}{SUFFIX}")

    def sweep(self) -> None:
        """Remove what windows have left that ended without a word."""
        for path in names_in(self._folder, SUFFIX):
            lock_at(path).unlock()
