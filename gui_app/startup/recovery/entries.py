"""The folder of recovery copies: one entry a window, in two generations, with a lock and the folder of its run."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile

from PySide6.QtCore import QLockFile, QStandardPaths

from engine.data import kept_run
from engine.data.bounded_reading import read_bounded
from engine.data.file_system import kind_of, status
from engine.data.files import sync_folder
from engine.experiment.document import loads_sketch
from engine.experiment.kept_run import state_digest
from gui_app.session.dialogs import reason
from gui_app.session.lock_files import is_held_elsewhere, lock_at
from gui_app.startup.recovery.copies import Copy, CopyError, decode, encode

GENERATIONS = (".0.copy", ".1.copy")
LOCK, RUN, UNFINISHED = ".lock", ".run", ".unfinished"
EARLIER = ".sketch.json"
"""The suffix of the single copy that earlier versions kept."""
MOST_BYTES = 1 << 30
_FORMER: list[QLockFile] = []
"""Locks whose files somebody has deleted, each held until this process ends."""
_log = logging.getLogger(__name__)
_NAME = re.compile(r"(\d+-\d+)(\.0\.copy|\.1\.copy|\.sketch\.json|\.run|\.lock|\.unfinished)")


def default_folder() -> Path:
    location = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(location), "recovery")


@dataclass(slots=True)
class Entry:
    """The files of one window, whose lock this process holds."""

    folder: Path
    name: str
    lock: QLockFile
    written: int = 0

    @property
    def run(self) -> Path:
        """The folder in which the engine keeps the run."""
        return self.folder / (self.name + RUN)

    def write(self, copy: Copy) -> None:
        """Write the next generation; the last one stays whole whatever happens. Raises OSError."""
        self._claim_again()
        self._replace(GENERATIONS[self.written % 2], encode(copy))
        # A copy that failed is no generation: the next one goes to the same place.
        self.written += 1

    def copies(self) -> list[Path]:
        suffixes = (*GENERATIONS, EARLIER)
        paths = (self.folder / (self.name + suffix) for suffix in suffixes)
        return [path for path in paths if os.path.lexists(path)]

    def remove(self) -> None:
        """Remove all files of the entry and give up its lock."""
        self._empty()
        self.lock.unlock()

    def _claim_again(self) -> None:
        """Lock the entry again if somebody has deleted its lock, or another window would offer it as a dead one's."""
        path = self.folder / (self.name + LOCK)
        if self.lock.isLocked() and os.path.lexists(path):
            return
        self.folder.mkdir(0o700, parents=True, exist_ok=True)
        former, self.lock = self.lock, lock_of(self.folder, self.name)
        if former.isLocked():
            # Given up, it would remove the file of the new one, and there must be one at each moment.
            _FORMER.append(former)

    def _empty(self) -> None:
        rmtree(self.run, ignore_errors=True)
        for path in (*self.copies(), self.folder / (self.name + UNFINISHED)):
            with suppress(OSError):
                path.unlink()

    def _replace(self, suffix: str, content: bytes) -> None:
        unfinished, target = self.folder / (self.name + UNFINISHED), self.folder / (self.name + suffix)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        # A pipe is refused, and not waited for.
        flags |= getattr(os, "O_NONBLOCK", 0)
        with open(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
        # The content has reached the disk.
        with suppress(OSError):
            sync_folder(self.folder)


def claim(folder: Path) -> Entry:
    """Return an entry that no other window uses. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        folder.chmod(0o700)
    taken = set(_names(folder))
    for number in count():
        name = f"{os.getpid()}-{number}"
        if name in taken:
            continue
        lock = lock_of(folder, name)
        if lock.isLocked():
            return Entry(folder, name, lock)
        if not is_held_elsewhere(lock):
            raise not_made(folder)
    raise AssertionError("numbers never end")


@dataclass(frozen=True, slots=True)
class Left:
    """What a dead window has left: its newest whole copy, or the ``problem`` with it.

    ``epoch`` is that of the kept run, 0 where a weight was set by hand before any; None without one that is more than
    what its seeds give, or if ``damaged`` says that it cannot be read.
    """

    entry: Entry
    copy: Copy | None
    problem: str = ""
    epoch: int | None = None
    damaged: bool = False

    @property
    def worth(self) -> bool:
        """Whether there is something to lose."""
        return self.copy is None or self.copy.modified or self.epoch is not None or self.damaged

    @property
    def when(self) -> float:
        """When it was last drawn or trained, in seconds since 1970."""
        known = 0.0 if self.copy is None else self.copy.when
        files = [] if known else self.entry.copies()
        if self.epoch is not None and self.copy is not None:
            files.append(kept_run.state_file(self.entry.run, self.copy.turn))
        found = [status(file) for file in files]
        return max(known, *(each.st_mtime for each in found if each is not None), 0.0)

    def read_run(self) -> bytes | None:
        return None if self.copy is None else kept_run.read_kept(self.entry.run, self.copy.turn)


def left(folder: Path) -> list[Left]:
    """Return what dead windows have left, the newest first, each locked so that no other window offers it.

    Leftovers in which there is nothing to lose are removed.
    """
    found = []
    for name in sorted(set(_names(folder))):
        lock = lock_of(folder, name)
        if not lock.isLocked():
            continue
        one = read(Entry(folder, name, lock))
        if one is not None and one.worth and not _is_in_file(one):
            found.append(one)
        else:
            (one.entry if one else Entry(folder, name, lock)).remove()
    return sorted(found, key=lambda one: -one.when)


def read(entry: Entry, briefly: bool = False) -> Left | None:
    """Read the newest whole copy of an entry; None if it has no copy. One that fails oddly hides no other one.

    ``briefly`` reads no more of its run than the epoch: whether it is ``damaged`` is not known then.
    """
    try:
        return _read(entry, kept_run.read_facts if briefly else _facts)
    except Exception as error:
        _log.exception("A recovery copy could not be read")
        return Left(entry, None, reason(error))


def _read(entry: Entry, facts_of: Callable[[Path, int], kept_run.RunFacts | None]) -> Left | None:
    paths = entry.copies()
    if not paths:
        return None
    copies, problems = [], []
    for path in paths:
        try:
            copies.append(decode(read_bounded(path, MOST_BYTES)))
        except OSError as error:
            found = status(path)
            is_odd = found is not None and not stat.S_ISREG(found.st_mode)
            problems.append(f"This is {kind_of(found)}, not a copy." if found and is_odd else reason(error))
        except CopyError as error:
            problems.append(str(error))
    if not copies:
        return Left(entry, None, problems[0])
    newest = max(copies, key=lambda copy: copy.number)
    facts = facts_of(entry.run, newest.turn)
    epoch = facts.epoch if facts is not None and facts.worth else None
    damaged = facts is None and os.path.lexists(kept_run.state_file(entry.run, newest.turn))
    return Left(entry, newest, epoch=epoch, damaged=damaged)


def _facts(folder: Path, turn: int) -> kept_run.RunFacts | None:
    run = kept_run.read_kept(folder, turn)
    if run is None:
        return None
    with suppress(kept_run.RunError):
        return kept_run.facts(run)
    return None


def _is_in_file(one: Left) -> bool:
    """Whether the file of a drawing holds it just as it was left, also its run."""
    copy = one.copy
    if copy is None or copy.path is None or one.damaged:
        return False
    try:
        sketch = loads_sketch(read_bounded(copy.path))
        if sketch.experiment != copy.experiment:
            return False
        run = one.read_run() if one.epoch is not None else None
        return run is None or (sketch.run is not None and state_digest(run) == state_digest(sketch.run))
    except Exception:
        # Whatever it is: nobody can say that the file holds it.
        return False


def not_made(folder: Path) -> OSError:
    """Return why no lock can be made in a folder, which Qt does not say."""
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(b"?")
    except OSError as error:
        return OSError(error.errno, error.strerror)
    return OSError(f"could not make a file in {folder}")


def _names(folder: Path) -> Iterator[str]:
    with suppress(OSError):
        for path in os.listdir(folder):
            if (match := _NAME.fullmatch(path)) is not None:
                yield match[1]


def lock_of(folder: Path, name: str) -> QLockFile:
    """Return the lock of an entry, locked unless another window holds it."""
    return lock_at(folder / (name + LOCK))
