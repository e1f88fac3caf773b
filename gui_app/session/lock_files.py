"""Lock files: each belongs to a process that lives, and one that does not say to which belongs to nobody.

A number does not tell whether that process lives: in a container the app has the same one at each start. The process
that made a lock file holds the system's own lock on it as long as it lives, and that is what counts.
"""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QByteArray, QLockFile, QSysInfo

from engine.data.bounded_reading import read_start
from engine.data.file_system import status

TORN_AFTER = 5000
"""Milliseconds after which a lock that does not say whose it is was torn by a power loss, and is not being written."""

_LONGEST = 10_000
"""Bytes that are read of a lock file."""


def lock_at(path: Path) -> QLockFile:
    """Return the lock at a path, locked unless another window holds it or no file can be made.

    A lock never expires while its process lives. What is no regular file is left alone: reading a pipe would wait for
    ever.
    """
    lock = QLockFile(str(path))
    lock.setStaleLockTime(0)
    if not _may_lock(path):
        return lock
    # Qt refuses to remove a file that a process holds.
    if not lock.tryLock(0) and _is_of_this_machine(path) and lock.removeStaleLockFile():
        lock.tryLock(0)
    if is_held_elsewhere(lock) and _is_nameless(lock):
        lock.setStaleLockTime(TORN_AFTER)
        lock.tryLock(0)
        lock.setStaleLockTime(0)
    if lock.isLocked():
        with suppress(OSError):
            path.chmod(0o600)
    return lock


def is_held_elsewhere(lock: QLockFile) -> bool:
    """Return whether a lock could not be locked because another window holds it."""
    return not lock.isLocked() and lock.error() == QLockFile.LockError.LockFailedError


def _may_lock(path: Path) -> bool:
    found = status(path)
    return found is None or stat.S_ISREG(found.st_mode)


def _is_of_this_machine(path: Path) -> bool:
    """Return whether a complete lock file was made on this machine, perhaps in a container with a name of its own."""
    here = {
        QSysInfo.machineHostName().encode(),
        _text(QSysInfo.machineUniqueId()),
        _text(QSysInfo.bootUniqueId()),
    }
    with suppress(OSError):
        return bool((here - {b""}) & set(read_start(path, _LONGEST).splitlines()[2:]))
    return False


def _text(value: QByteArray) -> bytes:
    return bytes(value.data())


def _is_nameless(lock: QLockFile) -> bool:
    return is_held_elsewhere(lock) and not any(lock.getLockInfo())
