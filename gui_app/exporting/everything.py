"""The export of everything: what the window writes and what the engine adds, reported when all of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.data.file_state import stamp
from engine.data.file_system import exists, make_folder
from engine.export import writing
from engine.export.names import left_files_sentence
from engine.service import messages as m
from gui_app.exporting.files import Writers
from gui_app.session.dialogs import reason
from gui_app.widgets.guarded import hand_over

MOST_NAMED = 5
"""File names that a message lists."""
Failures = dict[Path, str]
"""For each file that could not be written, why."""


def write_each(writers: Writers) -> Failures:
    """Write all files; one that fails keeps no other from being written. What no disk is to blame for is reported."""

    def with_folder(path: Path, write: Callable[[], None]) -> None:
        make_folder(path.parent)
        write()

    failures = writing.write_each(
        {path: partial(with_folder, path, write) for path, write in writers.items()}
    )
    for error in failures.values():
        if not isinstance(error, OSError | ValueError):
            hand_over(error)
    return {path: _why(path, error) for path, error in failures.items()}


def _why(path: Path, error: Exception) -> str:
    """Return the reason without the file, which the headline names: on a full disk it is the same for all."""
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.strerror and f" {path}: " in str(error):
        return reason(cause)
    return reason(error)


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
        if event.folder not in ("", str(self._folder)):
            return None
        if isinstance(event, m.RunNotSaved):
            return Outcome(missing=self._not_written(event.failed), why=event.sentence)
        written = dict.fromkeys((*self._before, *map(Path, event.paths)))
        gone = [path for path in written if not exists(path)]
        if gone:
            return Outcome(
                missing=self._absent(gone), why="The engine has written them, but they are not there."
            )
        models = "the model" if event.lanes == 1 else f"{event.lanes} models"
        what = "everything" if self._whole else "the other files"
        text = f"Exported {what} into {self._folder}, with {models}"
        return Outcome(f"{text}. {left_files_sentence(event.left)}" if event.left else text)

    def _not_written(self, failed: Sequence[str] | None) -> str:
        """Name what the engine says has ``failed``; without its word, what is not there or as it was before."""
        if failed is not None:
            return f"{list_names(failed)} could not be written into {self._folder}."
        now = {path: stamp(path) for path in self._before}
        absent = [path for path, found in now.items() if found is None]
        old = [path for path, found in now.items() if found is not None and found == self._before[path]]
        sentences = []
        if absent:
            sentences.append(self._absent(absent))
        if old:
            sentences.append(f"{list_names(old)} {_are(old)} as before the export.")
        return " ".join(sentences) or f"The models in {self._folder} may be incomplete."

    def _absent(self, paths: Sequence[Path]) -> str:
        return f"{list_names(paths)} {_are(paths)} missing in {self._folder}."


def _are(paths: Sequence[Path]) -> str:
    return "is" if len(paths) == 1 else "are"
