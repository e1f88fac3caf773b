"""What was trained and is in no file is put away when its window closes or takes another document, to go on with it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.data.file_state import stamp
from engine.data.kept_run import RunFolder
from engine.experiment.kept_run import unpack
from gui_app.session.lock_files import is_held_elsewhere
from gui_app.startup.recovery.copies import Copy, app_version
from gui_app.startup.recovery.entries import GENERATIONS, LOCK, Entry, Left, lock_of, not_made, read

MOST = 3
"""How many runs are kept so; the oldest makes room for a new one."""
_NAME = re.compile(r"(last(?:-[0-9]{1,9})?)\.([01]\.copy|run|lock|unfinished)")
"""Earlier versions kept one, without a number."""


def put_away(folder: Path, copy: Copy, run: bytes, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Put a drawing and its run away, and remove the oldest if there are too many. Raises OSError and RunError.

    Once it is not wanted any more, because it took too long, nothing comes of it.

    Until this returns they must stay where they were: an entry that is not whole is not offered.
    """
    entry = _next(folder)
    copy = replace(copy, version=app_version(), turn=0)
    try:
        RunFolder(entry.run).write(unpack(run), {})
        if not is_wanted():
            raise OSError("it took too long")
        # Last: an entry without a copy is none.
        entry.write(copy)
    except BaseException:
        entry.remove()
        raise
    entry.lock.unlock()
    _remove_oldest(folder)


def find(folder: Path) -> list[Left]:
    """Return what was put away, the newest first, each locked so that no other window goes on with it.

    For a menu that is about to show, it is read ``briefly``.
    """
    found = (find_one(folder, name, briefly=True) for name in _names(folder))
    return [one for one in found if one is not None]


def find_one(folder: Path, name: str, briefly: bool = False) -> Left | None:
    """Return what was put away under a name, locked; None where there is no drawing or another window has it."""
    entry = Entry(folder, name, lock_of(folder, name))
    if not entry.lock.isLocked():
        return None
    one = read(entry, briefly)
    if one is not None and one.copy is not None and (one.epoch is not None or (one.damaged and not briefly)):
        return one
    entry.lock.unlock()
    return None


def stamps(folder: Path) -> object:
    """Return what changes when something is put away, taken or left again."""
    # A lock has a file while a window goes on with what it locks.
    suffixes = (*GENERATIONS, LOCK)
    return [(name, [stamp(folder / (name + suffix)) for suffix in suffixes]) for name in _names(folder)]


def _next(folder: Path) -> Entry:
    """Make an entry that is newer than all others. Raises OSError."""
    folder.mkdir(0o700, parents=True, exist_ok=True)
    newest = max(map(_number, _names(folder)), default=-1)
    for number in range(newest + 1, newest + 100):
        name = f"last-{number}"
        lock = lock_of(folder, name)
        if lock.isLocked():
            return Entry(folder, name, lock)
        if not is_held_elsewhere(lock):
            break
    raise not_made(folder)


def _remove_oldest(folder: Path) -> None:
    """Remove all but the newest, and what is left of those that were not finished."""
    whole = 0
    for name in _names(folder):
        entry = Entry(folder, name, lock_of(folder, name))
        if not entry.lock.isLocked():
            continue
        whole += bool(entry.copies())
        if whole <= MOST and entry.copies():
            entry.lock.unlock()
        else:
            entry.remove()


def _names(folder: Path) -> list[str]:
    """The names of the entries, the newest first."""
    names = set()
    with suppress(OSError):
        names = {match[1] for name in os.listdir(folder) if (match := _NAME.fullmatch(name)) is not None}
    return sorted(names, key=_number, reverse=True)


def _number(name: str) -> int:
    return int(name.partition("-")[2] or -1)
