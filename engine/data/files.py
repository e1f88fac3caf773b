"""Write files atomically, and refuse to read files that are too large."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

MAX_BYTES = 64 * 2**20
"""Size of the largest file that is read."""


def atomic_write(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Replace the file at ``path`` in one step, or leave it unchanged, even if the disk is full.

    Parameters
    ----------
    path : path-like
        A new or an existing file. A symbolic link is followed.
    content : bytes or str
        The whole content; text is written as UTF-8.

    Raises
    ------
    OSError
        With a sentence: the path and the reason.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        _write_through(temporary, data)
        _copy_mode(target, temporary)
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise _readable(path, error) from error
        raise


def _write_through(path: Path, data: bytes) -> None:
    """Write a new file and wait until its bytes have reached the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _copy_mode(source: Path, destination: Path) -> None:
    """Give ``destination`` the permissions of ``source``, if that exists and the file system has permissions."""
    with suppress(OSError):
        destination.chmod(source.stat().st_mode & 0o777)


def _readable(path: str | os.PathLike[str], error: OSError) -> OSError:
    reason = error.strerror or str(error) or type(error).__name__
    failure = type(error)(f"could not write {os.fspath(path)}: {reason}")
    failure.errno = error.errno
    return failure


def require_size(size: int) -> None:
    """Raise ValueError, with a sentence, for a file of more than ``MAX_BYTES``."""
    if size > MAX_BYTES:
        raise ValueError(
            f"the file has {size / 2**20:,.0f} MB, and at most {MAX_BYTES // 2**20} MB can be imported; "
            "keep only the rows and columns that you need"
        )
