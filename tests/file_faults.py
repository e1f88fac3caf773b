"""Faults of a disk while a file is written: at each stage, with each error number."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


class Faults:
    """Makes one stage of writing fail with an error number; ``happened`` counts how often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stage: str, number: int) -> None:
        self.error = OSError(number, os.strerror(number))
        self.happened = 0
        self._stage = stage
        self._real_open, self._real_fsync = Path.open, os.fsync
        if stage == "rename":
            monkeypatch.setattr(os, "replace", self._fail_once(os.replace))
        elif stage in ("fsync", "folder's fsync"):
            monkeypatch.setattr(os, "fsync", self._fsync)
        else:
            monkeypatch.setattr(Path, "open", lambda path, *arguments: self._open(path, *arguments))

    def _fail(self, *_: object) -> Any:
        self.happened += 1
        raise self.error

    def _fail_once(self, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: real(*arguments) if self.happened else self._fail()

    def _fsync(self, descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        if folder == (self._stage == "folder's fsync"):
            self._fail()
        self._real_fsync(descriptor)

    def _open(self, path: Path, *arguments: Any) -> Any:
        if self._stage == "open":
            self._fail()
        file = self._real_open(path, *arguments)
        return FaultyFile(file, self._stage, self._fail)


class FaultyFile:
    """A file that writes half of what it is given, then fails."""

    def __init__(self, file: Any, stage: str, fail: Callable[..., Any]) -> None:
        self._file, self._stage, self._fail = file, stage, fail

    def __enter__(self) -> FaultyFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> None:
        self._file.write(data[: len(data) // 2] if self._stage == "write" else data)
        if self._stage == "write":
            self._fail()

    def flush(self) -> None:
        if self._stage == "flush":
            self._fail()
        self._file.flush()


NUMBERS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EDQUOT]
STAGES = ["open", "write", "flush", "fsync", "rename", "folder's fsync"]
