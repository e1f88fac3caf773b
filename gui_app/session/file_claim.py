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
    """A claim on one file after another. It lies in ``folder``, not beside the file, and ends with the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = default_folder() if folder is None else folder
        self._path: Path | None = None
        self._lock: QLockFile | None = None

    def is_elsewhere(self, path: Path) -> bool:
        """Return whether another window has the file open; False where nobody can say."""
        wanted = resolved(path)
        if self._lock is not None and wanted == self._path:
            return False
        lock = self._lock_of(wanted)
        return lock is not None and is_held_elsewhere(lock)

    def take(self, path: Path | None) -> None:
        """Give up the former claim, and claim a file if no other window has; with the same file, try again."""
        wanted = None if path is None else resolved(path)
        if wanted == self._path and self._lock is not None:
            return
        if self._lock is not None:
            self._lock.unlock()
        self._path, self._lock = wanted, None
        if wanted is not None:
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
