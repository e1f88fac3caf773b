"""The open document: an experiment under edit, and its file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.data import atomic_write
from engine.experiment import Experiment, dumps, loads
from gui_app.session.experiment_editor import ExperimentEditor

SUFFIX = ".sketch.json"


class Document(ExperimentEditor):
    """The open document.

    ``file_changed()`` is emitted when the path or the unsaved state changes, ``replaced()`` when another document was
    opened or started.
    """

    file_changed = Signal()
    replaced = Signal()

    def __init__(self, experiment: Experiment | None = None, parent: QObject | None = None) -> None:
        super().__init__(experiment, parent)
        self.path: Path | None = None
        self.modified_changed.connect(self.file_changed)

    @property
    def title(self) -> str:
        return self.path.name if self.path else "Untitled" + SUFFIX

    def reset(self, experiment: Experiment, path: Path | None = None) -> None:
        """Start over with another experiment and its file; this clears the undo history."""
        self.path = path
        super().reset(experiment)
        self.file_changed.emit()
        self.replaced.emit()

    def open(self, path: Path) -> None:
        """Open a file. If it cannot be read, raise OSError or ExperimentError and keep the open document."""
        self.reset(loads(path.read_bytes()), path)

    def save(self, path: Path) -> None:
        """Write the experiment to a file, completely or not at all. Raises OSError."""
        # A stroke cancelled after saving would make the document differ from its file without being marked unsaved.
        self.finish_gesture("Draw")
        atomic_write(path, dumps(self.experiment))
        self.path = path
        self.stack.setClean()
        self.file_changed.emit()
