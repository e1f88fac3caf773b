"""Read whole files within bounds: only regular files, never blocking, never more than so many bytes."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from engine.catalogue.texts import describe_size
from engine.data.file_system import kind_of
from engine.data.files import MAX_BYTES

_CHUNK = 2**20


def read_bounded(path: str | os.PathLike[str], most_bytes: int = MAX_BYTES) -> bytes:
    """Read the whole content of a regular file.

    A pipe, a device, a folder and a socket are refused at once. A file that grows while it is read, or whose size is
    unknown, is read up to the bound and then refused.

    Parameters
    ----------
    path : path-like
        A file. A symbolic link is followed.
    most_bytes : int
        The largest size that is read.

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        If the file cannot be read. ``filename`` is the path and ``strerror`` a sentence that goes after it.
    """
    name = os.fspath(path)
    descriptor = _open(name)
    try:
        if os.fstat(descriptor).st_size > most_bytes:
            raise _too_large(name, most_bytes)
        return _read(descriptor, name, most_bytes)
    finally:
        os.close(descriptor)


def read_start(path: str | os.PathLike[str], count: int) -> bytes:
    """Read the first bytes of a regular file, of any size.

    Parameters
    ----------
    path : path-like
        A file. A symbolic link is followed.
    count : int
        How many bytes to read at most.

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        As ``read_bounded`` raises it.
    """
    descriptor = _open(os.fspath(path))
    try:
        return os.read(descriptor, count)
    finally:
        os.close(descriptor)


def _read(descriptor: int, name: str, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := os.read(descriptor, min(_CHUNK, most_bytes + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise _too_large(name, most_bytes)
    return b"".join(parts)


def _open(name: str) -> int:
    """Open a file for reading; OSError, with a sentence, for what is no regular file."""
    if Path(name).is_dir():
        # Some systems cannot open a folder at all, and say so less clearly.
        raise OSError(errno.EISDIR, _wrong_kind("a folder"), name)
    # Without O_NONBLOCK, opening a pipe would wait for somebody who writes into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(name, flags)
    except ValueError:
        # Python refuses a zero character before the system sees it.
        raise OSError(errno.EINVAL, "the path holds a character that no path may hold", name) from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, _wrong_kind(kind_of(found)), name)
    return descriptor


def _wrong_kind(kind: str) -> str:
    return f"this is {kind}, not a file; choose a file"


def _too_large(name: str, most_bytes: int) -> OSError:
    return OSError(
        errno.EFBIG, f"the file has more than {describe_size(most_bytes)}, the most that is read", name
    )
