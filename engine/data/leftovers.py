"""Files that were to replace others, and were left by a process that was killed meanwhile."""

from __future__ import annotations

import os
import re
import secrets
import stat
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from engine.data.file_system import FAILURES
from engine.data.processes import lives

PATTERN = re.compile(r"\.nsk-([0-9a-f]{16})-(\d{1,10})-[0-9a-f]{16}\.tmp")
"""Their names: a hash of the name of the file that each belongs to, and the process that made it."""
OLD = 60.0
"""Seconds after which such a file is not just being written by a process of another machine."""


def temporary_beside(target: Path) -> Path:
    """Return a new name beside a file, by which ``remove_leftovers`` knows it.

    Parameters
    ----------
    target
        The file.

    Returns
    -------
    Path
    """
    return target.with_name(f".nsk-{_mark(target)}-{os.getpid()}-{secrets.token_hex(8)}.tmp")


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove what dead processes have left beside a file that they were replacing, and nothing else.

    Parameters
    ----------
    path : path-like
        The file; a symbolic link is followed. What cannot be removed stays.
    """
    with suppress(*FAILURES):
        target = Path(os.path.realpath(path))
        mark = _mark(target)
        with os.scandir(target.parent) as entries:
            for entry in entries:
                match = PATTERN.fullmatch(entry.name)
                if match is not None and match[1] == mark and _is_over(int(match[2])) and _is_old_file(entry):
                    with suppress(OSError):
                        os.unlink(entry.path)


def _is_over(process: int) -> bool:
    """Return whether a process has ended. In a container, one with our own number may be a former one: what we write
    ourselves is not old.
    """
    return process == os.getpid() or not lives(process)


def _is_old_file(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        # A hard link to the replaced file has the time of its last change, so that what counts is when it was linked.
        return stat.S_ISREG(status.st_mode) and abs(time.time() - status.st_ctime) >= OLD
    return False


def _mark(target: Path) -> str:
    return sha256(target.name.encode(errors="surrogatepass")).hexdigest()[:16]
