"""Lock files: each belongs to a process that lives, and one that does not say to which belongs to nobody."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile

TORN_AFTER = 5000
"""Milliseconds after which a lock that does not say whose it is was torn by a power loss, and is not being written."""


def lock_at(path: Path) -> QLockFile:
    """Return the lock at a path, locked unless another window holds it or no file can be made.

    A lock never expires while its process lives.
    """
    lock = QLockFile(str(path))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0) and _is_nameless(lock):
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


def _is_nameless(lock: QLockFile) -> bool:
    return is_held_elsewhere(lock) and not any(lock.getLockInfo())
