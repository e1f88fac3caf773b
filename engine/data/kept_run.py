"""A run kept in a folder while it trains: what changes is written whole, and histories grow by their new rows.

The folder is written by one process, and read by others at any moment, also after that process was killed. Its file of
state bears the number of the turn (see ``engine.service.messages``) to which the run belongs. It is replaced in one
step and names the files of rows with how many rows of each count, so that what is appended meanwhile does no harm. A
machine that loses power may leave it damaged, which the checksums tell: waiting for the disk every other second would
slow training down.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.bounded_reading import read_bounded, read_start
from engine.data.file_system import status
from engine.experiment.kept_run import (
    MOST_BYTES,
    AnyArray,
    Kept,
    RunError,
    RunFacts,
    facts,
    pack,
    peek,
    rows_type,
    unpack,
)

__all__ = ["Growing", "RunError", "RunFacts", "RunFolder", "facts", "read_facts", "read_kept", "state_file"]

STATE = "state"
"""The file of turn 0, as versions that did not count turns named it always; those of others add their numbers."""
_TRIES = 5
"""How often a folder is read that changes meanwhile."""


@dataclass(frozen=True, slots=True)
class Growing:
    """Rows that are only appended to, for as long as ``identity`` stays the same.

    Attributes
    ----------
    identity
        Equal only to that of the rows which these begin with.
    when : int64 [n, 2]
        Epochs and steps.
    numbers : float64 [n, width]
        Numbers.
    """

    identity: Hashable
    when: AnyArray
    numbers: AnyArray

    def records(self, first: int = 0) -> AnyArray:
        """Return rows as they are kept.

        Parameters
        ----------
        first
            Index of the first of them.

        Returns
        -------
        array
            Of ``rows_type``: all rows from there on.
        """
        when, numbers = self.when[first:], self.numbers[first:]
        records = np.empty(len(when), rows_type(numbers.shape[1]))
        records["when"], records["numbers"] = when, numbers
        return records


@dataclass(slots=True)
class _Grown:
    """What a file holds of growing rows."""

    identity: Hashable
    file: Path
    rows: int = 0
    checksum: int = 0


class RunFolder:
    """Keeps the newest state of a run in a folder.

    Parameters
    ----------
    folder
        It is made, readable for its owner alone. Files of an earlier run in it are removed with the first ``write``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rows = Growing(1, np.array([[0, 0], [1, 25]]), np.array([[0.7], [0.6]]))
    >>> with TemporaryDirectory() as folder:
    ...     RunFolder(Path(folder, "run")).write(Kept(1, 1, {}, {}), {"losses": rows})
    ...     facts(read_kept(Path(folder, "run"))).epoch
    1
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._grown: dict[str, _Grown] = {}
        self._files = 0
        self._needed: set[str] = set()
        self._spared: dict[str, float] = {}
        """When the files of earlier turns may go."""

    def spare(self, seconds: float) -> None:
        """Let what is kept now stay for a while when a run of another turn takes its place.

        Parameters
        ----------
        seconds
            For how long at least.
        """
        self._spared |= dict.fromkeys(self._needed, time.monotonic() + seconds)

    def write(self, kept: Kept, growing: Mapping[str, Growing], turn: int = 0) -> None:
        """Replace what the folder holds.

        Parameters
        ----------
        kept
            The run without its growing rows.
        growing
            Its growing rows, by name.
        turn
            The turn to which it belongs.

        Raises
        ------
        OSError
            If a file cannot be written; the folder then still holds what it held.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._grown = {name: self._follow(self._grown.get(name), rows) for name, rows in growing.items()}
        named = {
            name: {
                "file": one.file.name,
                "rows": one.rows,
                "width": rows.numbers.shape[1],
                "crc": one.checksum,
            }
            for (name, rows), one in zip(growing.items(), self._grown.values(), strict=True)
        }
        state = pack(replace(kept, content={"content": kept.content, "growing": named}))
        file = state_file(self.folder, turn)
        new = file.with_name(f"{file.name}.tmp")
        _write(new, state, os.O_TRUNC)
        os.replace(new, file)
        self._needed = {file.name, *(one.file.name for one in self._grown.values())}
        now = time.monotonic()
        self._spared = {name: until for name, until in self._spared.items() if now < until}
        self._sweep(self._needed | self._spared.keys())

    def remove(self) -> None:
        """Remove the folder and what it holds, as far as that is possible."""
        self._grown = {}
        self._sweep(set())
        with suppress(OSError):
            self.folder.rmdir()

    def _follow(self, grown: _Grown | None, rows: Growing) -> _Grown:
        """Append the new rows to the file that holds the former ones, or write all into a new one."""
        if grown is None or not _is_begun(grown, rows):
            grown = _Grown(rows.identity, self._new_file())
        if grown.rows == len(rows.when) and grown.rows:
            return grown
        records = rows.records(grown.rows)
        # A write that failed may have left a part of its rows.
        _write(grown.file, records.tobytes(), 0, at=grown.rows * records.dtype.itemsize)
        return replace(grown, rows=len(rows.when), checksum=zlib.crc32(records.tobytes(), grown.checksum))

    def _new_file(self) -> Path:
        """A file that is not there: one that is may be named by the state of another writer."""
        while True:
            self._files += 1
            file = self.folder / f"rows-{os.getpid()}-{self._files}"
            if not os.path.lexists(file):
                return file

    def _sweep(self, needed: set[str]) -> None:
        """Remove all files of runs but the needed ones."""
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                if entry.name not in needed and entry.name.startswith(("rows-", STATE)):
                    with suppress(OSError):
                        os.unlink(entry.path)


def _is_begun(grown: _Grown, rows: Growing) -> bool:
    """Whether a file holds the first of these rows, and nobody has removed or cut it."""
    if grown.identity != rows.identity or grown.rows > len(rows.when):
        return False
    found = status(grown.file)
    return found is not None and found.st_size >= grown.rows * rows_type(rows.numbers.shape[1]).itemsize


def state_file(folder: Path, turn: int) -> Path:
    """Return the file of state of a turn.

    Parameters
    ----------
    folder
        Where the run is kept.
    turn
        Its number.

    Returns
    -------
    Path
        It is there if anything of this turn is kept.

    Examples
    --------
    >>> state_file(Path("run"), 0).name, state_file(Path("run"), 7).name
    ('state', 'state-7')
    """
    return folder / (f"{STATE}-{turn}" if turn else STATE)


def read_kept(folder: Path, turn: int = 0) -> bytes | None:
    """Read the run that a folder holds.

    Parameters
    ----------
    folder
        What a ``RunFolder`` writes, perhaps at this moment.
    turn
        The turn whose run is wanted.

    Returns
    -------
    bytes or None
        A whole run (see ``engine.experiment.kept_run``), but for rows that are damaged: these cost the history that
        they belong to, not the weights. None where there is none of this turn, or where it is damaged.
    """
    file = state_file(folder, turn)
    for _ in range(_TRIES):
        with suppress(OSError):
            state = read_bounded(file, MOST_BYTES)
            run: bytes | None = None
            is_whole = False
            with suppress(RunError):
                kept, is_whole = _with_rows(folder, unpack(state))
                run = pack(kept)
            # Another state may have come meanwhile, and taken the files that the former one named.
            if is_whole or state == read_bounded(file, MOST_BYTES):
                return run
    return None


def read_facts(folder: Path, turn: int = 0) -> RunFacts | None:
    """Read what the run is that a folder holds, and no more of it than its header.

    Parameters
    ----------
    folder
        What a ``RunFolder`` writes, perhaps at this moment.
    turn
        The turn whose run is wanted.

    Returns
    -------
    RunFacts or None
        None where there is none of this turn, or where its header is damaged; the rest may be damaged nevertheless.
    """
    file = state_file(folder, turn)
    with suppress(OSError, RunError):
        return peek(lambda count: read_start(file, count))
    return None


def _with_rows(folder: Path, state: Kept) -> tuple[Kept, bool]:
    """The run with its growing rows, without those that are damaged; and whether none are."""
    try:
        content, growing = state.content["content"], dict(state.content["growing"])
    except (KeyError, TypeError, ValueError):
        raise RunError("its content is damaged") from None
    rows = {}
    for name, entry in growing.items():
        with suppress(TypeError, ValueError, OverflowError, OSError):
            rows[name] = _read_rows(folder, **entry)
    return Kept(state.epoch, state.lanes, content, {**state.arrays, **rows}), len(rows) == len(growing)


def _read_rows(folder: Path, file: str, rows: int, width: int, crc: int) -> AnyArray:
    kind: np.dtype[Any] = rows_type(width)
    if not 0 <= rows * kind.itemsize <= MOST_BYTES:
        raise RunError("its rows are damaged")
    # More may have been appended meanwhile.
    data = read_start(folder / Path(file).name, rows * kind.itemsize)
    if zlib.crc32(data) != crc:
        raise RunError("its rows are damaged")
    return np.frombuffer(data, dtype=kind, count=rows)


def _write(path: Path, data: bytes, flags: int, at: int = 0) -> None:
    """Write into a file that only its owner may read, from a position on; what it held after that goes."""
    # A pipe is refused, and not waited for.
    flags |= os.O_WRONLY | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags, 0o600)
    with open(descriptor, "wb") as file:
        file.seek(at)
        file.write(data)
        file.truncate()
