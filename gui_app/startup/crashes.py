"""Crashes of the process itself: Python's fault handler writes to a file a process, and the next start reads it."""

from __future__ import annotations

import faulthandler
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from engine.data.bounded_reading import read_start
from engine.data.processes import lives
from engine.service.child_faults import set_aside

VARIABLE = "NEURAL_SKETCHBOOK_FAULTS"
"""The environment variable with the folder, for the engine's process."""
KEPT = 5
_LONGEST = 100_000
_OPEN = re.compile(r"(?P<part>window|engine)-(?P<pid>\d+|former-\d+)\.txt")
_open_files: dict[Path, TextIO] = {}
"""The fault handler writes to them as long as the process lives."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A process that died: which ``part`` of the app, the ``reason`` in words, and what the fault handler wrote."""

    part: str
    reason: str
    text: str

    @property
    def sentence(self) -> str:
        subject = "The training engine" if self.part == "engine" else "The app"
        return f"{subject} crashed last time ({self.reason})."


def watch_process(folder: Path, part: str = "window") -> None:
    """Let the fault handler of this process write to a file in ``folder``, and those of its children too.

    A file that cannot be made is none: the fault handler then writes to the terminal.
    """
    os.environ[VARIABLE] = str(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        path = folder / f"{part}-{os.getpid()}.txt"
        set_aside(path)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        file = os.fdopen(number, "w", encoding="utf-8")
    except OSError:
        with suppress(Exception):
            faulthandler.enable()
        return
    _open_files[path] = file
    faulthandler.enable(file, all_threads=True)


def take_crashes(folder: Path) -> list[Crash]:
    """Return what dead processes have left, oldest first, each once; sweep their empty files and old crashes."""
    found = []
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:
        return []
    for path in paths:
        name = _OPEN.fullmatch(path.name)
        if name is None or _is_in_use(path, name["pid"]):
            continue
        with suppress(OSError):
            text = read_start(path, _LONGEST).decode("utf-8", "replace")
            if text.strip():
                # Renamed before it is told, so that it is told once.
                path.rename(folder / f"crash-{path.stat().st_mtime_ns}-{name['part']}.txt")
                found.append(Crash(name["part"], _reason(text), text))
            else:
                path.unlink()
    _sweep(folder)
    return found


def _reason(text: str) -> str:
    first = re.search(r"(?:Fatal Python error|Windows fatal exception): (.+)", text)
    return first[1].strip().lower() if first else "unknown reason"


def _sweep(folder: Path) -> None:
    for path in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
        with suppress(OSError):
            path.unlink()


def _is_in_use(path: Path, pid: str) -> bool:
    """Return whether a living process may write to a file; a number like ours is that of a former process."""
    if not pid.isdecimal():
        return False
    return path in _open_files if int(pid) == os.getpid() else lives(int(pid))
