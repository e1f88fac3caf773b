"""Commands that import data from files and the clipboard, with their dialogs and messages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from engine.catalogue.texts import counted
from engine.data import (
    CsvData,
    CsvError,
    importing,
    misfit_for,
    points_to_text,
    read_table,
    read_text,
    with_fitting_inputs,
)
from engine.data.file_system import absolute, home
from engine.data.opening import open_data
from engine.data.tables import Dialect, Text, first_rows
from engine.experiment import DataSettings, Experiment, ExperimentError, class_labels, file_labels
from gui_app.importing.dialog import ImportDialog
from gui_app.session.dialogs import DATA, ask_open, reason, warn
from gui_app.session.document import Document
from gui_app.session.origin import IMPORTED, PASTED
from gui_app.widgets.window_order import front_of

CLIPBOARD = "the clipboard"
STANDARDIZED = "They are standardized for the network, because they {misfit} (Network, Scaling)"


class ImportActions(QObject):
    """Imports points into ``document``; ``reported(sentence)`` says what was imported."""

    reported = Signal(str)

    def __init__(self, document: Document, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._settings, self._window = document, settings, window

    def choose(self) -> None:
        """Ask for a file and import it."""
        folder = Path(str(self._settings.value("import folder", str(home()))))
        path = ask_open(self._window, "Import data", folder, DATA)
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> bool:
        """Show the table in a file and import the person's choice of it, as one undo step; return False if nothing
        changed.
        """
        try:
            text = read_table(path)
        except (CsvError, OSError) as error:
            return self._refuse(path.name, error)
        if not self._import_text(text, path.name):
            return False
        self._settings.setValue("import folder", str(absolute(path).parent))
        return True

    def start_with(self, path: Path) -> bool:
        """Import a file named on the command line, without asking if its format is certain."""
        try:
            opened = open_data(path)
        except (CsvError, OSError):
            return self.read(path)
        if not opened.certain:
            return self.read(path)
        try:
            imported = opened.to_experiment(self._document.experiment)
        except (ExperimentError, ValueError) as error:
            return self._refuse(path.name, error)
        self._show(imported, path.name, opened.data)
        return True

    def paste(self) -> bool:
        """Import the text or the file in the clipboard, as ``read`` does."""
        content = QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
        if files:
            return self.read(files[0])
        try:
            return self._import_text(read_text(content.text()), CLIPBOARD)
        except CsvError as error:
            return self._refuse(CLIPBOARD, error)

    def copy(self) -> None:
        """Copy all points to the clipboard, as the lines of a CSV file."""
        data, points = self._document.experiment.data, self._document.points
        QGuiApplication.clipboard().setText(points_to_text(points, data.task, file_labels(data)))
        self.reported.emit(f"Copied {counted(len(points), 'point')} as text")

    def _import_text(self, text: Text, name: str) -> bool:
        self._document.finish_gesture("Draw")
        if not first_rows(text, Dialect(), 1):
            return self._refuse(name, CsvError("it is empty: each point needs a row of numbers"))
        data, has_points = self._document.experiment.data, bool(len(self._document.points))
        dialog = ImportDialog(text, name, data, front_of(self._window), has_points)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return agreed and self._import_chosen(dialog, name)

    def _import_chosen(self, dialog: ImportDialog, name: str) -> bool:
        document, data = self._document, dialog.data
        existing = document.points if dialog.add else None
        try:
            imported = importing.with_imported(document.experiment, data, dialog.task, existing, dialog.frame)
            self._show(imported, name, data, added=dialog.add, left_out=dialog.left_out)
        except (ExperimentError, ValueError) as error:
            return self._refuse(name, error)
        return True

    def _show(
        self, imported: Experiment, name: str, data: CsvData, added: bool = False, left_out: int = 0
    ) -> None:
        """Show the imported points as one undo step, and report them."""
        after = with_fitting_inputs(imported)
        alone = not added or not len(self._document.points)
        source = PASTED if name == CLIPBOARD else IMPORTED
        self._document.replace(after, f"Import {name}", other_data=not added, source=source if alone else "")
        count = len(data.target)
        names = _classes(data, after.data) if data.class_names else ""
        problem = misfit_for("none", after.data, self._document.points)
        scaled = f". {STANDARDIZED.format(misfit=problem)}" if after is not imported else ""
        outside = importing.outside_text(data, after.data.extent)
        outside = f", {outside}" if outside else ""
        left = f", {counted(left_out, 'row')} left out" if left_out else ""
        self.reported.emit(f"{source} {counted(count, 'point')}{names}{outside}{left}{scaled}")

    def _refuse(self, name: str, error: Exception) -> bool:
        shown = "The clipboard" if name == CLIPBOARD else name
        warn(self._window, f"{shown} cannot be imported", reason(error))
        return False


def _classes(read: CsvData, after: DataSettings) -> str:
    """Say in brackets which classes the points that were read have."""
    labels, points = class_labels(after), after.points
    assert points is not None
    own = [labels[int(index)] for index in np.unique(points.target[-len(read.target) :])]
    counted_from = (
        ", counted from 0 in the table" if read.class_names[0] == "0" and not after.class_names else ""
    )
    return f" (classes: {', '.join(own)}{counted_from})"
