"""A folder is written by one command at a time. The lock goes with the process, however that ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from engine.data.file_system import FAILURES, failure

NAME = ".lock"


class FolderInUse(Exception):
    """Another process holds the lock.

    Parameters
    ----------
    owner
        What is known of it; "" for nothing.
    """

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


class FolderLock:
    """The lock of a folder, from ``FolderLock(folder)`` until ``release`` or the end of the process.

    Parameters
    ----------
    folder
        An existing folder.

    Raises
    ------
    FolderInUse
        If another process has it.
    OSError
        With a sentence, if the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except FAILURES as error:
            raise failure("write", path, error) from error
        if not _take(self._file):
            with suppress(OSError):
                owner = os.pread(self._file, 100, 1) if hasattr(os, "pread") else b""
            os.close(self._file)
            raise FolderInUse(owner.decode("ascii", "replace").strip())
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            os.write(self._file, f"\nprocess {os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others have the folder. The file stays: who waits for it must not get another one."""
        with suppress(OSError):
            os.close(self._file)


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import errno
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Some file systems have no locks: better without one than not at all.
            return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
        return True
