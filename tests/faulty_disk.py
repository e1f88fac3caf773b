"""A disk that fails below one folder, whoever writes there and however: at a stage of writing, with an error number."""

from __future__ import annotations

import builtins
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.file_faults import NUMBERS, STAGES, FaultyFile

__all__ = ["NUMBERS", "STAGES", "FaultyDisk", "content_of"]

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class FaultyDisk:
    """Makes ``stage`` fail once for files below ``folder`` until ``mend``; ``happened`` counts how often it has.

    A stage that a writer leaves out never happens. Everything above Python's own ``open`` and ``os`` goes through it:
    a writer that is not written yet, too.
    """

    def __init__(self, folder: Path, stage: str, number: int) -> None:
        self.happened = 0
        self._folder, self._stage, self._number = os.path.realpath(folder), stage, number
        self._patch = pytest.MonkeyPatch()
        self._real_open, self._real_os_open = io.open, os.open
        self._real_fsync = os.fsync
        for module in (io, builtins):
            self._patch.setattr(module, "open", self._open)
        self._patch.setattr(os, "open", self._os_open)
        self._patch.setattr(os, "fsync", self._fsync)
        for name in ("replace", "rename"):
            self._patch.setattr(os, name, self._renaming(getattr(os, name)))

    def __enter__(self) -> FaultyDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self.mend()

    def mend(self) -> None:
        self._patch.undo()

    def _fail(self, *_: object) -> Any:
        self.happened += 1
        raise OSError(self._number, os.strerror(self._number))

    def _below(self, file: object) -> bool:
        path = f"/proc/self/fd/{file}" if isinstance(file, int) else os.fspath(file)  # type: ignore[call-overload]
        return os.path.realpath(path).startswith(self._folder + os.sep)

    def _open(self, file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if not set(mode) & set("wxa+") or self.happened or not self._below(file):
            return self._real_open(file, mode, *arguments, **options)
        if self._stage == "open":
            self._fail()
        return FaultyFile(self._real_open(file, mode, *arguments, **options), self._stage, self._fail)

    def _os_open(self, path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if self._stage == "open" and flags & WRITING and not self.happened and self._below(path):
            self._fail()
        return self._real_os_open(path, flags, *arguments, **options)

    def _fsync(self, descriptor: int) -> None:
        here = os.path.realpath(f"/proc/self/fd/{descriptor}")
        if (here + os.sep).startswith(self._folder + os.sep) and not self.happened:
            folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            if self._stage == ("folder's fsync" if folder else "fsync"):
                self._fail()
        self._real_fsync(descriptor)

    def _renaming(self, real: Callable[..., None]) -> Callable[..., None]:
        def rename(source: Any, target: Any, **options: Any) -> None:
            if self._stage == "rename" and not self.happened and self._below(target):
                self._fail()
            real(source, target, **options)

        return rename


def content_of(folder: Path) -> dict[str, bytes]:
    """Return what all files below a folder hold."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
