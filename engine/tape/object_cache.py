"""Compiled object code on disk, so that a second start compiles nothing.

What is read here is executed. So a file counts only if it is whole (its header holds a checksum over key and code),
and only if nobody else can have written it: folder and file belong to the user and are writable by nobody else. In
any doubt there is no file, and the program is compiled again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
import struct
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

FOLDER_VARIABLE = "NEURAL_SKETCHBOOK_CACHE"
"""Environment variable that names the folder; an empty value means that nothing is kept."""

_WINDOWS = os.name == "nt"
_MAGIC = b"NSKETCH\n"
_VERSION = 1
_HEADER = struct.Struct("<8sIQ32s")
"""Magic, version of the format, length of the code, SHA-256 of key and code."""

_FILE = re.compile(r"[0-9a-f]+\.object")
_UNFINISHED = re.compile(r"[0-9a-f]+-\w+\.part")
_STALE = 3600.0
"""Seconds after which an unfinished file is one whose writer was killed."""

_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))
"""Flags for opening: no translated line ends (Windows), no link to elsewhere, no waiting for a pipe's writer."""


class _Refused(Exception):
    """Why object code is not read or written; the message continues "compiled steps are not kept on disk: …".

    It names no single file, so that the same reason is logged once for all files.
    """


class ObjectCache:
    """Keeps object code by key in a folder of bounded size. No mishap with files ever raises: each is logged once.

    Parameters
    ----------
    folder
        Made when first needed. None: the user's cache folder.
    most_bytes
        Size of all files together; those used longest ago are removed first.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = ObjectCache(Path(folder))
    ...     cache.put("c0ffee", b"object code")
    ...     cache.get("c0ffee"), cache.get("beef")
    (b'object code', None)
    """

    def __init__(self, folder: Path | None = None, most_bytes: int = 64 * 2**20) -> None:
        self._folder = user_cache_folder() if folder is None else folder.absolute()
        self._most_bytes = most_bytes
        self._said: set[str] = set()
        self._room = 0
        """Bytes that may be written until the sizes of all files are asked for again: of thousands, that takes long."""

    def get(self, key: str) -> bytes | None:
        """Return the code of a key, a hexadecimal digest; None where there is none that can be trusted."""
        path = self._path(key)
        if path is None:
            return None
        try:
            _check_folder(path.parent)
            content = self._read(path)
        except FileNotFoundError:
            return None
        except (OSError, _Refused) as reason:
            self._say(reason)
            return None
        code = _unpack(key, content)
        with suppress(OSError):
            if code is None:
                log.warning("%s is damaged; its step is compiled again", path)
                path.unlink()
            else:
                os.utime(path)
        return code

    def put(self, key: str, code: bytes) -> None:
        """Keep the code of a key, in place of what was there."""
        path = self._path(key)
        if path is None or _HEADER.size + len(code) > self._most_bytes:
            return
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_folder(path.parent)
            _write(path, key, code)
            self._room -= _HEADER.size + len(code)
            self._tidy(path)
        except (OSError, _Refused) as reason:
            self._say(reason)

    def _path(self, key: str) -> Path | None:
        if not re.fullmatch("[0-9a-f]+", key):
            raise ValueError(f"not a hexadecimal digest: {key!r}")
        return None if self._folder is None else self._folder / f"{key}.object"

    def _read(self, path: Path) -> bytes:
        descriptor = os.open(path, _READ)
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise _Refused("what has the name of a file is none")
            _check_owner("a file", status)
            return file.read() if status.st_size <= self._most_bytes else b""

    def _tidy(self, new: Path) -> None:
        """Remove what killed writers left, then the files used longest ago until the others fit."""
        may_be_full = self._room < 0
        files: list[tuple[float, str, int]] = []
        with os.scandir(new.parent) as entries:
            for entry in entries:
                with suppress(OSError):
                    if may_be_full and _FILE.fullmatch(entry.name):
                        status = entry.stat(follow_symlinks=False)
                        files.append((status.st_mtime, entry.path, status.st_size))
                    elif _UNFINISHED.fullmatch(entry.name) and _is_stale(entry):
                        os.unlink(entry.path)
        if not may_be_full:
            return
        excess = sum(size for _, _, size in files) - self._most_bytes
        for _, path, size in sorted(files):
            if excess <= 0:
                break
            if path != str(new):
                with suppress(OSError):
                    os.unlink(path)
                    excess -= size
        # Half of what is free, because other processes write as well.
        self._room = max(0, -excess) // 2

    def _say(self, reason: Exception) -> None:
        """Log each reason once; those of the operating system without the names of files, which differ."""
        words = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
        if words not in self._said:
            self._said.add(words)
            log.warning("compiled steps are not kept on disk: %s (%s)", words, self._folder)


def user_cache_folder() -> Path | None:
    """Return the folder for this application's cache files by the convention of the platform.

    Returns
    -------
    Path or None
        Not necessarily there yet. None if ``NEURAL_SKETCHBOOK_CACHE`` is empty, or if the user has no home folder.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named is not None and not named.strip():
        return None
    try:
        if named is not None:
            return Path(named).expanduser().absolute()
        return _platform_folder() / "neural-sketchbook"
    except RuntimeError as reason:
        log.warning("compiled steps are not kept on disk: %s", reason)
        return None


def _platform_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    variable, otherwise = (
        ("LOCALAPPDATA", ("AppData", "Local")) if _WINDOWS else ("XDG_CACHE_HOME", (".cache",))
    )
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home().joinpath(*otherwise)


def _is_stale(entry: os.DirEntry[str]) -> bool:
    return abs(time.time() - entry.stat(follow_symlinks=False).st_mtime) > _STALE


def _check_folder(folder: Path) -> None:
    status = folder.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise _Refused("the folder is a file")
    _check_owner("the folder", status)


def _check_owner(what: str, status: os.stat_result) -> None:
    """Refuse what another user may have written. On Windows the place of the folder keeps others out."""
    if _WINDOWS:
        return
    if status.st_uid != os.getuid():
        raise _Refused(f"{what} belongs to another user")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _Refused(f"other users may write into {what}, which `chmod go-w` mends")


def _write(path: Path, key: str, code: bytes) -> None:
    """Write a whole file or none: what others read is moved there when it is complete."""
    descriptor, unfinished = tempfile.mkstemp(".part", f"{key}-", path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(_HEADER.pack(_MAGIC, _VERSION, len(code), _digest(key, code)) + code)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def _unpack(key: str, content: bytes) -> bytes | None:
    """Return the code in a file's content; None unless every byte is as it was written."""
    if len(content) < _HEADER.size:
        return None
    magic, version, length, digest = _HEADER.unpack_from(content)
    code = content[_HEADER.size :]
    whole = (magic, version, length) == (_MAGIC, _VERSION, len(code)) and digest == _digest(key, code)
    return code if whole else None


def _digest(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + code).digest()
