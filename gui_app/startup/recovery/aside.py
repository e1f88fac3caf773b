"""The entry of the drawing that is laid aside while a lesson is open: the next start offers it after a crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.data.kept_run import RunFolder
from engine.experiment.kept_run import unpack
from gui_app.session.dialogs import reason
from gui_app.startup.recovery.copies import Copy, app_version
from gui_app.startup.recovery.entries import Entry, claim
from gui_app.startup.recovery.keeper import SLOW
from gui_app.startup.recovery.patience import begin, ends

PATIENCE = 2.0
"""Seconds for which a disk that does not answer is waited for."""


class AsideEntry:
    """Keeps one drawing with its run in an entry of ``folder`` of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.entry: Entry | None = None

    def keep(self, copy: Copy, run: bytes | None) -> str:
        """Write both before this returns; returns why that cannot be done, "" otherwise."""
        found: list[Entry | str] = []
        wanted = [True]
        copy = replace(copy, version=app_version(), turn=0, aside=True)

        def write() -> None:
            try:
                found.append(_written(self._folder, copy, run, lambda: wanted[0]))
            except Exception as error:
                found.append(reason(error))

        if not ends(begin(write), PATIENCE):
            wanted[0] = False
            return SLOW
        result = found[0]
        if isinstance(result, str):
            return result
        self.entry = result
        return ""

    def take(self) -> Entry | None:
        """Return the entry, which is the caller's from now on; None if there is none."""
        entry, self.entry = self.entry, None
        return entry


def _written(folder: Path, copy: Copy, run: bytes | None, is_wanted: Callable[[], bool]) -> Entry:
    entry = claim(folder)
    try:
        if run is not None:
            RunFolder(entry.run).write(unpack(run), {})
        if not is_wanted():
            raise OSError("it took too long")
        # Last: an entry without a copy is none.
        entry.write(copy)
    except BaseException:
        entry.remove()
        raise
    return entry
