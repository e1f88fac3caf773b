"""What a driven app has done, line by line in a file beside it, so that a kill takes nothing of it."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import msgspec

from engine.experiment import Experiment, dumps


class Line(msgspec.Struct, frozen=True):
    """One thing that happened, at a ``time`` of the machine's monotonic clock, which all processes share.

    ``what`` is one of: start, ready, edit, saved, epoch, kill engine, restarted.
    """

    time: float
    what: str
    digest: str = ""
    """Of the document after an edit, or as saved."""
    run: int = 0
    epoch: int = 0
    """The newest epoch that the window has seen, in a run of this number."""


class Journal:
    """Appends lines to a file. A line is one write to the system, which a killed process cannot take back."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, what: str, **values: object) -> None:
        line = {"time": time.monotonic(), "what": what, **values}
        os.write(self._file, json.dumps(line).encode() + b"\n")


def read(path: Path) -> list[Line]:
    """Return the whole lines of a journal."""
    whole, _, _ = path.read_bytes().rpartition(b"\n") if path.exists() else (b"", b"", b"")
    return [msgspec.json.decode(line, type=Line) for line in whole.splitlines()]


def digest_of(experiment: Experiment) -> str:
    return hashlib.sha256(dumps(experiment).encode()).hexdigest()[:16]
