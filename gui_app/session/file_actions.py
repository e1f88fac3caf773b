"""Commands for files: new, open, save and recent, with their dialogs."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment, ExperimentError
from gui_app.session.dialogs import SKETCHES, ask, ask_open, ask_save, reason, warn
from gui_app.session.document import Document
from gui_app.session.starter import starter_experiment

MOST_RECENT = 8
SAVE, DISCARD, CANCEL = ANSWERS = ("Save", "Discard", "Cancel")


class FileActions(QObject):
    """Commands for the files of ``document``; ``reported(sentence)`` names each opened or saved file."""

    reported = Signal(str)

    def __init__(self, document: Document, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._settings, self._window = document, settings, window

    def new(self) -> None:
        self.start_from(starter_experiment())

    def start_from(self, experiment: Experiment) -> bool:
        """Start a new document with an experiment; return False if the person keeps the open one."""
        leaves = self.may_leave()
        if leaves:
            self._document.reset(experiment)
        return leaves

    def open(self) -> None:
        if self.may_leave():
            path = ask_open(self._window, "Open", self._folder(), SKETCHES)
            if path is not None:
                self.load(path)

    def open_recent(self, path: Path) -> None:
        if self.may_leave():
            self.load(path)

    def load(self, path: Path) -> bool:
        """Open ``path`` without asking; if it cannot be read, keep the open document and show a warning."""
        try:
            self._document.open(path.absolute())
        except (OSError, ExperimentError) as error:
            self._store([other for other in self.recent() if other != path.resolve()])
            warn(self._window, f"{path.name} cannot be opened", reason(error))
            return False
        self._remember(path)
        self.reported.emit(f"Opened {path.name}")
        return True

    def save(self) -> bool:
        """Save to the document's file, or ask for one if it has none; return False if nothing was saved."""
        return self.save_as() if self._document.path is None else self._write(self._document.path)

    def save_as(self) -> bool:
        proposal = self._document.path or self._folder() / self._document.title
        path = ask_save(self._window, "Save as", proposal, SKETCHES)
        return path is not None and self._write(path)

    def may_leave(self) -> bool:
        """Return whether the document may be closed: it is unchanged, or the person saves or discards the changes."""
        if not self._document.modified:
            return True
        headline = f"{self._document.title} has unsaved changes."
        answer = ask(self._window, headline, "Save them?", ANSWERS)
        return self.save() if answer == SAVE else answer == DISCARD

    def recent(self) -> list[Path]:
        """Return recently opened or saved files that still exist, the latest first."""
        stored = self._settings.value("recent", [])
        # Some settings formats return a list with one entry as that entry.
        names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [Path(name) for name in names if os.path.exists(name)]

    def _write(self, path: Path) -> bool:
        try:
            self._document.save(path)
        except OSError as error:
            warn(self._window, f"{path.name} cannot be saved", reason(error))
            return False
        self._remember(path)
        self.reported.emit(f"Saved {path.name}")
        return True

    def _remember(self, path: Path) -> None:
        latest = path.resolve()
        self._store([latest, *(other for other in self.recent() if other != latest)][:MOST_RECENT])

    def _store(self, paths: list[Path]) -> None:
        self._settings.setValue("recent", [str(path) for path in paths])

    def _folder(self) -> Path:
        """Return the folder in which file dialogs open."""
        if self._document.path is not None:
            return self._document.path.parent
        return next((path.parent for path in self.recent()), Path.home())
