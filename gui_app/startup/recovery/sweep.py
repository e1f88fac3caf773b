"""Sweep up what dead processes of the app have left in its folders and in the folder for temporary files."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from engine.data.leftovers import PATTERN
from engine.data.processes import lives
from gui_app.theme.style_sheet import ICON_FOLDER, is_own_icon_folder

_UNFINISHED = re.compile(rf"{PATTERN.pattern}|\.[0-9a-f]{{16}}\.tmp")
"""The name of a file that was to replace another one in one step, as ``atomic_write`` and earlier versions name it."""
_ICONS = re.compile(re.escape(ICON_FOLDER) + r"(\d+)-\w+")
_OLD = 3600.0
"""Seconds after which nobody still writes such a file."""


def sweep(folders: Iterable[Path], temporary: Path | None = None) -> None:
    """Remove unfinished files in ``folders`` of the app, and icons of dead processes in ``temporary``."""
    for folder in folders:
        _sweep_unfinished(folder)
    _sweep_icons(Path(tempfile.gettempdir()) if temporary is None else temporary)


def _sweep_unfinished(folder: Path) -> None:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                unfinished = _UNFINISHED.fullmatch(entry.name) and stat.S_ISREG(status.st_mode)
                if unfinished and time.time() - status.st_mtime > _OLD:
                    os.unlink(entry.path)


def _sweep_icons(folder: Path) -> None:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _ICONS.fullmatch(entry.name)
            if match is not None and _is_own_folder(entry) and _is_left(entry.path, int(match[1])):
                rmtree(entry.path, ignore_errors=True)


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return False


def _is_left(path: str, pid: int) -> bool:
    """Return whether no living process uses a folder of icons; one with our number may be of a former process."""
    return not is_own_icon_folder(path) if pid == os.getpid() else not lives(pid)
