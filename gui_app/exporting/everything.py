"""The export of everything: what the window writes and what the engine adds, reported when all of it is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.catalogue.texts import counted
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
    return f"{list_names(failures)} cannot be written", _each_once(failures.values())


def describe_nothing_written(folder: Path, failures: Failures) -> tuple[str, str]:
    """Return a headline and the reasons where no file could be written into ``folder``, and the engine is not asked."""
    return f"Nothing can be exported into {folder}", _each_once(failures.values())


def _each_once(reasons: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(reasons))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said at the end: ``sentence`` in the status bar, and what is ``missing`` with its ``why``."""

    sentence: str
    missing: str = ""
    why: str = ""


NOT_EVERYTHING = "Not everything was exported"


class PendingExport:
    """An export into ``folder`` that waits for the engine, and the ``failures`` of what the window has written.

    The engine writes ``engine_files``, and ``best_files`` unless a lane loses its best epoch before.
    """

    def __init__(
        self, folder: Path, engine_files: Sequence[Path], best_files: Sequence[Path], failures: Failures
    ) -> None:
        self.folder, self._failures = folder, failures
        self._certain = engine_files
        self._before = {path: stamp(path) for path in (*engine_files, *best_files)}

    def missing(self) -> list[Path]:
        """Return the files that the engine has not written yet."""
        return [
            path for path, before in self._before.items() if (now := stamp(path)) is None or now == before
        ]

    def outcome(self, event: m.RunSaved | m.RunNotSaved) -> Outcome | None:
        """Return what an answer of the engine means; None if it answers another export."""
        if event.folder not in ("", str(self.folder)):
            return None
        if isinstance(event, m.RunNotSaved):
            why = _reason_of(event)
            if event.failed is not None:
                return self._not_written([*self._failures, *map(Path, event.failed)], why)
            return self._not_written([*self._failures], why, self._state_of_files())
        gone = [path for path in dict.fromkeys((*self._certain, *map(Path, event.paths))) if not exists(path)]
        if gone:
            why = "The engine has written them, but they are not there."
            return self._not_written([*self._failures], why, self._absent(gone))
        models = "the model" if event.lanes == 1 else counted(event.lanes, "model")
        what = "the other files" if self._failures else "everything"
        text = f"Exported {what} into {self.folder}, with {models}"
        text = f"{text}. {left_files_sentence(event.left)}" if event.left else text
        return self._not_written([*self._failures], sentence=text) if self._failures else Outcome(text)

    def _not_written(
        self, failed: Sequence[Path], why: str = "", missing: str = "", sentence: str = NOT_EVERYTHING
    ) -> Outcome:
        """Name what could not be written, and what is missing besides, with all reasons."""
        named = f"{list_names(failed)} could not be written into {self.folder}." if failed else ""
        reasons = [*self._failures.values(), *filter(None, (why,))]
        return Outcome(sentence, " ".join(filter(None, (named, missing))), _each_once(reasons))

    def _state_of_files(self) -> str:
        """Name what is not there or as it was before, where nobody knows what the engine has written."""
        left = self.missing()
        absent = [path for path in left if not exists(path)]
        old = [path for path in left if path not in absent]
        sentences = []
        if absent:
            sentences.append(self._absent(absent))
        if old:
            sentences.append(f"{list_names(old)} {_are(old)} as before the export.")
        return (
            " ".join(sentences) or f"All files are in {self.folder}, but the engine did not come to say so."
        )

    def _absent(self, paths: Sequence[Path]) -> str:
        return f"{list_names(paths)} {_are(paths)} missing in {self.folder}."


def _reason_of(event: m.RunNotSaved) -> str:
    """Return the engine's reason in a sentence, without the files and the folder, which the headline names."""
    text = event.sentence
    if event.failed:
        _, found, rest = text.partition(f" {event.failed[0]}: ")
        text = _MORE.sub("", rest) if found else text
    _, found, rest = text.partition(f" {event.folder}. ")
    text = rest if found else text
    return reason(ValueError(text)) if text else ""


_MORE = re.compile(r" \(and \d+ more\)$")


def _are(paths: Sequence[Path]) -> str:
    return "is" if len(paths) == 1 else "are"
