"""What a file was when it was read or written, and whether another program has changed it since."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from pathlib import Path

from engine.data.bounded_reading import read_bounded
from engine.data.file_system import FAILURES, is_gone, status

Stamp = tuple[int, int, int]
"""Size, time of the last change and number of a file."""


class Fate(Enum):
    """What has become of a file."""

    SAME = "same"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class FileState:
    """A file with its content.

    Attributes
    ----------
    path
        Where it is.
    stamp
        What ``stamp`` returned before it was read, or after it was written; None where nobody can say.
    digest
        A hash of the content.
    """

    path: Path
    stamp: Stamp | None
    digest: bytes

    @classmethod
    def of(cls, path: Path, content: bytes, stamp: Stamp | None) -> FileState:
        """Return the state of a file that was read or written.

        Parameters
        ----------
        path
            Where it is.
        content
            What it held then.
        stamp
            As of before reading, or of what was written: a later one may be that of another version.

        Returns
        -------
        FileState
        """
        return cls(path, stamp, _digest(content))

    def fate(self, thorough: bool = False) -> Fate:
        """Return what has become of the file since.

        Parameters
        ----------
        thorough
            Compare the content even where size, time and number are the same.

        Returns
        -------
        Fate
            ``SAME`` also where nobody can say, because a folder cannot be entered for example: reading or writing it
            will tell. A file that was only touched is the same.
        """
        now = stamp(self.path)
        if now is None:
            return Fate.DELETED if is_gone(self.path) else Fate.SAME
        if now == self.stamp and not thorough:
            return Fate.SAME
        try:
            return Fate.SAME if _digest(read_bounded(self.path)) == self.digest else Fate.CHANGED
        except FAILURES:
            return Fate.SAME if now == self.stamp else Fate.CHANGED


class ChangedMeanwhileError(Exception):
    """A file is not what it was when somebody decided to replace it."""


def require_same(path: Path, seen: Stamp | None) -> None:
    """Raise ChangedMeanwhileError unless a file is still what it was.

    Parameters
    ----------
    path
        It need not exist.
    seen
        What ``stamp`` returned when somebody last looked.
    """
    if stamp(path) != seen:
        raise ChangedMeanwhileError(path)


def stamp(path: Path) -> Stamp | None:
    """Return what tells two versions of a file apart without reading it.

    Parameters
    ----------
    path
        It need not exist.

    Returns
    -------
    Stamp or None
        None if there is none or nobody can say.
    """
    found = status(path)
    return None if found is None else stamp_of(found)


def stamp_of(found: os.stat_result) -> Stamp:
    """Return the stamp of a file with this status.

    Parameters
    ----------
    found
        What the system says of it.

    Returns
    -------
    Stamp
    """
    return found.st_size, found.st_mtime_ns, found.st_ino


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
