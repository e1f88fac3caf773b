"""A recovery copy as bytes: an experiment, its file and its unsaved state, with a checksum.

Points are raw numbers and not text: the text of 100,000 points would hold up the window for half a second.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np

from engine.data.file_state import FileState
from engine.experiment import (
    Experiment,
    ExperimentError,
    Points,
    all_points,
    dumps,
    loads,
    validate,
    with_all_points,
)
from engine.experiment.document import loads_sketch
from engine.experiment.run_list import Runs

MAGIC = b"neural-sketchbook-copy/1"
_NUMBERS = np.dtype([("xy", "<f8", 2), ("target", "<f8"), ("split", "u1")])


class CopyError(ValueError):
    """A copy cannot be read; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What a window held at one moment.

    ``path`` is the file of the document, None if it has none, and ``file`` what that was when it was read or written,
    None if that is not known. ``when`` counts seconds since 1970, as the clock showed
    them. ``number`` counts the copies of one window, so that the newest is known whatever the clock does.
    ``turn`` is that of the run which belongs to it (see ``engine.service.messages``); a run of another turn in the same
    entry is another document's, or is from before a reset. ``runs`` are those that have ended, and
    ``last_run`` the highest number that one has had. ``lesson`` is the title of the lesson that it is of, "" for none,
    and ``aside`` says that it was laid aside while one was open.
    """

    experiment: Experiment
    path: Path | None
    modified: bool
    when: float
    number: int
    version: str = ""
    file: FileState | None = None
    turn: int = 0
    runs: Runs = ()
    last_run: int = 0
    lesson: str = ""
    aside: bool = False


def encode(copy: Copy) -> bytes:
    """Return a copy as bytes, which ``decode`` reads."""
    sets = all_points(copy.experiment)
    bare = with_all_points(copy.experiment, (None,) * len(sets))
    text = dumps(bare, runs=copy.runs, last_run=copy.last_run).encode()
    points = b"".join(_pack(own) for own in sets if own is not None)
    counts = [None if own is None else len(own) for own in sets]
    facts = {
        "path": None if copy.path is None else str(copy.path),
        "file": None if copy.file is None else {"stamp": copy.file.stamp, "digest": copy.file.digest.hex()},
        "modified": copy.modified,
        "when": copy.when,
        "number": copy.number,
        "version": copy.version,
        "turn": copy.turn,
        "lesson": copy.lesson,
        "aside": copy.aside,
        "text": len(text),
        "points": counts[0],
        "drawings": counts[1:],
    }
    body = json.dumps(facts).encode() + b"\n" + text + points
    return b"%s %s\n%s" % (MAGIC, sha256(body).hexdigest().encode(), body)


def decode(content: bytes) -> Copy:
    """Read a copy. Raises CopyError."""
    head, _, body = content.partition(b"\n")
    magic, _, checksum = head.partition(b" ")
    if magic != MAGIC:
        return _plain(content)
    if sha256(body).hexdigest().encode() != checksum:
        raise CopyError("The file is damaged.")
    try:
        facts, _, rest = body.partition(b"\n")
        return _filled(json.loads(facts), rest)
    except (ExperimentError, ValueError, KeyError, TypeError) as error:
        raise CopyError(f"It was written by another version of the app: {error}.") from None


@cache
def app_version() -> str:
    """Return the version of this app; "" if it is not installed."""
    # Loaded where it is needed: it takes 20 ms, and the window is up before that.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("neural-sketchbook")
    except PackageNotFoundError:
        return ""


def _filled(facts: dict[str, object], rest: bytes) -> Copy:
    """Put the points into the settings, and both into a copy."""
    said = msgspec.convert(facts, _Facts)
    sketch = loads_sketch(rest[: said.text])
    points, read = [], rest[said.text :]
    for count in (said.points, *said.drawings):
        points.append(None if count is None else _unpack(read, count))
        read = read[(count or 0) * _NUMBERS.itemsize :]
    experiment = validate(with_all_points(sketch.experiment, points))
    path = None if said.path is None else Path(said.path)
    file = None if path is None or said.file is None else said.file.of(path)
    return Copy(
        experiment,
        path,
        said.modified,
        said.when,
        said.number,
        said.version,
        file,
        said.turn,
        sketch.runs,
        sketch.last_run,
        said.lesson,
        said.aside,
    )


class _File(msgspec.Struct, frozen=True):
    stamp: tuple[int, int, int] | None
    digest: str

    def of(self, path: Path) -> FileState:
        return FileState(path, self.stamp, bytes.fromhex(self.digest))


class _Facts(msgspec.Struct, frozen=True):
    path: str | None
    modified: bool
    when: float
    number: int
    version: str
    text: int
    points: int | None
    # Earlier versions kept no drawings of other tasks.
    drawings: tuple[int | None, ...] = ()
    file: _File | None = None
    # Earlier versions did not count turns, and kept every run as that of turn 0.
    turn: int = 0
    # Earlier versions had no lessons.
    lesson: str = ""
    aside: bool = False


def _plain(content: bytes) -> Copy:
    """Read a copy of an earlier version: a document and nothing else."""
    try:
        return Copy(loads(content), None, True, 0.0, 0)
    except ExperimentError:
        raise CopyError("The file is damaged.") from None


def _pack(points: Points) -> bytes:
    records = np.empty(len(points), _NUMBERS)
    records["xy"], records["target"], records["split"] = points.xy, points.target, points.split
    return records.tobytes()


def _unpack(data: bytes, count: int) -> Points:
    records = np.frombuffer(data, _NUMBERS, count)
    return Points(records["xy"], records["target"], records["split"])
