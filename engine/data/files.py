"""Write files atomically, and refuse to read files that are too large."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.catalogue.texts import describe_size
from engine.data.file_system import FAILURES, failure, require_regular
from engine.data.leftovers import temporary_beside
from engine.experiment.bounded_json import MOST_BYTES

MAX_BYTES = MOST_BYTES
"""Size of the largest file that is read."""
UNSUPPORTED = {
    getattr(errno, name) for name in ("EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS") if hasattr(errno, name)
}
"""What a file system answers that cannot do what it is asked for."""


def atomic_write(
    path: str | os.PathLike[str],
    content: bytes | str,
    mode: int | None = None,
    last_look: Callable[[], None] | None = None,
) -> os.stat_result:
    """Replace the file at ``path`` in one step, or leave it unchanged, even if the disk is full.

    Parameters
    ----------
    path : path-like
        A new or an existing file, which keeps its permissions. A symbolic link is followed. Only regular files are
        replaced, never pipes or devices.
    content : bytes or str
        The whole content; text is written as UTF-8.
    mode : int, optional
        Permissions of a new file; the default are those that the process gives to new files.
    last_look : callable, optional
        Called when all is written but nothing replaced yet; what it raises leaves the file as it is.

    Returns
    -------
    os.stat_result
        Of what was written: whatever another program does with the file from then on is no part of it.

    Raises
    ------
    OSError
        With a sentence: the path and the reason.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        target = Path(os.path.realpath(path))
        found = _status(target)
        temporary, old = temporary_beside(target), temporary_beside(target)
        try:
            written = _write_through(temporary, data, mode if found is None else found.st_mode & 0o777)
            if last_look is not None:
                last_look()
            _replace(target, temporary, old)
            return written
        finally:
            for left in (temporary, old):
                with suppress(OSError):
                    left.unlink()
    except FAILURES as error:
        raise failure("write", path, error) from error


def _status(target: Path) -> os.stat_result | None:
    """Return the status of what is to be replaced, None if there is nothing; raise OSError if it may not be."""
    try:
        found = os.stat(target)
    except FileNotFoundError:
        return None
    require_regular(target, found)
    # A new file would take its place all the same.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected")
    return found


def _write_through(path: Path, data: bytes, mode: int | None) -> os.stat_result:
    """Write a new file and wait until its bytes have reached the disk; returns its status."""
    with path.open("xb") as file:
        if mode is not None:
            # Not every file system has permissions.
            with suppress(OSError):
                path.chmod(mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        return os.fstat(file.fileno())


def _replace(target: Path, temporary: Path, old: Path) -> None:
    """Give ``temporary`` the name ``target``, and wait until the folder has reached the disk.

    Meanwhile the replaced file has the name ``old``, so that it can come back.
    """
    # Without hard links, or without an old file, nothing can come back.
    with suppress(OSError):
        os.link(target, old)
    os.replace(temporary, target)
    try:
        sync_folder(target.parent)
    except OSError:
        with suppress(OSError):
            os.replace(old, target)
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder have reached the disk, where the platform can.

    Parameters
    ----------
    folder
        An existing folder.

    Raises
    ------
    OSError
        If they cannot reach it.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        # A folder of Windows, or one whose names this user may not read.
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def require_size(size: int) -> None:
    """Raise ValueError, with a sentence, for a file of more than ``MAX_BYTES``."""
    if size > MAX_BYTES:
        raise ValueError(
            f"the file has {describe_size(size)}, and at most {describe_size(MAX_BYTES)} can be imported; "
            "keep only the rows and columns that you need"
        )
