"""The open document: an experiment under edit, and its file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.data import atomic_write
from engine.experiment import Experiment, dumps, loads
from gui_app.session.experiment_editor import ExperimentEditor

SUFFIX = ".sketch.json"


class Document(ExperimentEditor):
    """The open document. ``file_changed()`` reports that the path or the unsaved state changed; ``replaced()`` reports
    that another document was opened or started.
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
        """Start over with another experiment and its file; the undo history ends here."""
        self.path = path
        super().reset(experiment)
        self.file_changed.emit()
        self.replaced.emit()

    def open(self, path: Path) -> None:
        """Open a file. Raises OSError or ExperimentError and keeps what was open when it cannot be read."""
        self.reset(loads(path.read_bytes()), path)

    def save(self, path: Path) -> None:
        """Write the experiment, whole or not at all. Raises OSError."""
        # A stroke cancelled after saving would make the document differ from its file without being marked unsaved.
        self.finish_gesture("Draw")
        atomic_write(path, dumps(self.experiment))
        self.path = path
        self.stack.setClean()
        self.file_changed.emit()
