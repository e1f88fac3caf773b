"""Import of data: the dialogs that ask for a file, and the messages about what was read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from engine.data import CsvData, CsvError, read_csv
from engine.experiment import ExperimentError
from gui_app import imports
from gui_app.dialogs import CSV, ask, ask_open, reason, warn
from gui_app.document import Document

FIT, KEEP, CANCEL = ANSWERS = ("Scale to fit", "Keep as they are", "Cancel")


class ImportActions(QObject):
    """``said(sentence)`` tells what was read."""

    said = Signal(str)

    def __init__(self, document: Document, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._settings, self._window = document, settings, window

    def choose(self) -> None:
        """Ask for a file and import it."""
        folder = Path(str(self._settings.value("import folder", str(Path.home()))))
        path = ask_open(self._window, "Import data", folder, CSV)
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> bool:
        """Put the points of a CSV file in place of the drawing, as one undo step; False when nothing changed."""
        task = self._document.experiment.data.task
        try:
            data = self._in_sight(read_csv(path, task), task)
            if data is None:
                return False
            self._document.replace(
                imports.with_imported(self._document.experiment, data), f"Import {path.name}"
            )
        except CsvError as error:
            warn(self._window, f"{path.name} cannot be imported", "\n".join(error.problems))
            return False
        except (OSError, ExperimentError) as error:
            warn(self._window, f"{path.name} cannot be imported", reason(error))
            return False
        self._settings.setValue("import folder", str(path.absolute().parent))
        count = len(data.target)
        names = f" (classes: {', '.join(data.class_names)})" if data.class_names else ""
        self.said.emit(f"Imported {count:,} point{'s' * (count != 1)}{names}")
        return True

    def _in_sight(self, data: CsvData, task: str) -> CsvData | None:
        """The points as the person wants them where the sheet does not show them all; None for not at all."""
        hidden = imports.outside(data, task)
        if not hidden:
            return data
        headline = f"{hidden:,} of {len(data.target):,} points lie outside the sheet."
        values = " and values from −1 to 1" if task == "surface" else ""
        detail = f"It shows −6 to 6 on both axes{values}. Scaling moves and stretches them so that all points are seen."
        answer = ask(self._window, headline, detail, ANSWERS)
        return None if answer == CANCEL else imports.fitted(data, task) if answer == FIT else data
