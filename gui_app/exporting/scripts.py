"""The current lane as a script for another library: written to a file, or copied."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.catalogue.texts import as_sentence
from engine.data import atomic_write
from engine.data.file_system import home
from engine.experiment import ExperimentError
from engine.export.code import TARGETS, code, files_beside, others_there
from gui_app.exporting.everything import describe_failures, write_each
from gui_app.exporting.files import Writers
from gui_app.session.current_lane import CurrentLane
from gui_app.session.dialogs import ask_save, may_replace, warn
from gui_app.session.document import Document

NO_CODE = "There is nothing to write as code"
_WITH_WEIGHTS = "code with first weights"


class ScriptActions(QObject):
    """Commands on the current lane of ``document``; ``reported(sentence)`` says what was written or copied."""

    reported = Signal(str)

    def __init__(
        self, document: Document, current: CurrentLane, settings: QSettings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._document, self._current, self._settings, self._window = document, current, settings, window

    @property
    def with_weights(self) -> bool:
        """Whether scripts begin with the lane's first weights, and take its batches."""
        return bool(self._settings.value(_WITH_WEIGHTS, False, type=bool))

    def choose_weights(self, wanted: bool) -> None:
        self._settings.setValue(_WITH_WEIGHTS, wanted)

    def export(self, target: str) -> None:
        """Ask for a name; write the script, and beside it the files that it reads."""
        text = self._text(target)
        if text is None:
            return
        one = TARGETS[target]
        proposal = self._folder() / f"experiment-{target}{one.suffix}"
        path = ask_save(self._window, f"Export code for {one.label}", proposal, {one.suffix: one.label})
        if path is None:
            return
        beside = {path.with_name(name): content for name, content in self._beside().items()}
        contents: dict[Path, bytes | str] = {path: text, **beside}
        # The dialog has asked about the chosen name.
        others = others_there(beside)
        if not others or may_replace(self._window, others):
            self._write({file: partial(_write, file, content) for file, content in contents.items()})

    def copy(self, target: str) -> None:
        """Copy the script to the clipboard."""
        text = self._text(target)
        if text is None:
            return
        QGuiApplication.clipboard().setText(text)
        files = _listed(list(self._beside()))
        self.reported.emit(
            f"Copied lane {self._current.lane.name} as code for {TARGETS[target].label}. It reads {files}: "
            "File → Export → Code writes them together"
        )

    def _text(self, target: str) -> str | None:
        """The script; None after a message where there is none."""
        experiment, lane = self._document.experiment, self._current.lane.name
        try:
            return code(experiment, target, lane, with_weights=self.with_weights)
        except ExperimentError as error:
            clause = str(error).removeprefix(f"{error.path}: ")
            warn(self._window, NO_CODE, as_sentence(clause))
            return None

    def _beside(self) -> dict[str, bytes]:
        return files_beside(self._document.experiment, self._current.lane.name, self.with_weights)

    def _write(self, writers: Writers) -> None:
        failures = write_each(writers)
        if failures:
            warn(self._window, *describe_failures(failures))
            return
        self._settings.setValue("export folder", str(next(iter(writers)).parent))
        self.reported.emit(f"Exported {_listed([path.name for path in writers])}")

    def _folder(self) -> Path:
        return Path(str(self._settings.value("export folder", str(home()))))


def _write(path: Path, content: bytes | str) -> None:
    atomic_write(path, content)


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
