"""The export of everything: what the window writes and what the engine adds, reported when all of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.data.file_state import stamp
from engine.data.file_system import exists, make_folder
from engine.export.names import left_files_sentence
from engine.service import messages as m
from gui_app.exporting.files import Writers
from gui_app.session.dialogs import reason

MOST_NAMED = 5
"""File names that a message lists."""
Failures = dict[Path, str]
"""For each file that could not be written, why."""


def write_each(writers: Writers) -> Failures:
    """Write all files; one that fails keeps no other from being written."""
    failures: Failures = {}
    for path, write in writers.items():
        try:
            make_folder(path.parent)
            write()
        except (OSError, ValueError) as error:
            failures[path] = reason(error)
    return failures


def list_names(paths: Iterable[Path | str]) -> str:
    """Return the names of files in one phrase.

    >>> list_names(["a/x.csv"]), list_names(f"{n}.csv" for n in range(12))
    ('x.csv', '0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 7 more')
    """
    names = [Path(path).name for path in paths]
    if len(names) > MOST_NAMED + 1:
        names[MOST_NAMED:] = [f"{len(names) - MOST_NAMED} more"]
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def describe_failures(failures: Failures) -> tuple[str, str]:
    """Return a headline that names the files, and the reasons, each once."""
    return f"{list_names(failures)} cannot be written", " ".join(dict.fromkeys(failures.values()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said at the end: ``sentence`` in the status bar, and what is ``missing`` with its ``why``."""

    sentence: str = ""
    missing: str = ""
    why: str = ""


class PendingExport:
    """An export into ``folder`` that waits for the engine, which writes ``engine_files`` and models of best epochs."""

    def __init__(self, folder: Path, engine_files: Sequence[Path], whole: bool) -> None:
        self._folder, self._whole = folder, whole
        self._before = {path: stamp(path) for path in engine_files}

    def outcome(self, event: m.RunSaved | m.RunNotSaved) -> Outcome | None:
        """Return what an answer of the engine means; None if it answers another export."""
        if getattr(event, "folder", "") not in ("", str(self._folder)):
            return None
        if isinstance(event, m.RunNotSaved):
            return self._incomplete(lambda path: stamp(path) in (None, self._before[path]), event.sentence)
        gone = [path for path in (*self._before, *map(Path, event.paths)) if not exists(path)]
        if gone:
            return self._incomplete(
                lambda path: path in gone, "The engine has written them, but they are not there."
            )
        models = "the model" if event.lanes == 1 else f"{event.lanes} models"
        what = "everything" if self._whole else "the other files"
        text = f"Exported {what} into {self._folder}, with {models}"
        return Outcome(f"{text}. {left_files_sentence(event.left)}" if event.left else text)

    def _incomplete(self, is_missing: Callable[[Path], bool], why: str) -> Outcome:
        missing = [path for path in self._before if is_missing(path)] or list(self._before)
        verb = "is" if len(missing) == 1 else "are"
        return Outcome(missing=f"{list_names(missing)} {verb} missing in {self._folder}.", why=why)
