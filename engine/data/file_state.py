"""What a file was when it was read or written, and whether another program has changed it since."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from pathlib import Path

from engine.data.bounded_reading import read_bounded
from engine.data.file_system import FAILURES, is_gone, status


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
        Size, time of the last change and number of the file; None where nobody can say.
    digest
        A hash of the content.
    """

    path: Path
    stamp: tuple[int, int, int] | None
    digest: bytes

    @classmethod
    def of(cls, path: Path, content: bytes) -> FileState:
        """Return the state of a file that was just read or written.

        Parameters
        ----------
        path
            Where it is.
        content
            What it holds.

        Returns
        -------
        FileState
        """
        return cls(path, stamp(path), _digest(content))

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


def stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what tells two versions of a file apart without reading it.

    Parameters
    ----------
    path
        It need not exist.

    Returns
    -------
    tuple of int or None
        Size, time of the last change and number of the file.
    """
    found = status(path)
    return None if found is None else (found.st_size, found.st_mtime_ns, found.st_ino)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
