"""The window of a sweep's results, live ones, those of a folder, and those that are still being computed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from engine.catalogue.texts import counted
from engine.observation.sweep_table import SweepTable
from gui_app.sweeps.results.pictures import KeptPictures
from gui_app.sweeps.results.progress_row import ProgressRow
from gui_app.sweeps.results.table_file import save_table
from gui_app.sweeps.results.view import ResultsView
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.elided_label import ElidedLabel

SIZE = QSize(1240, 760)
HEAT = "Heat map"


class ResultsWindow(QDialog):
    """Shows one sweep. ``export_wanted(view)`` asks for a picture as a file, ``closed()`` says that it is gone."""

    export_wanted = Signal(object)
    closed = Signal()

    def __init__(self, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # On Escape as on any other way.
        self.finished.connect(lambda: self.closed.emit())
        self.setWindowTitle(f"Sweep results – {name}")
        self.view, self.running = ResultsView(), ProgressRow()
        self.note = ElidedLabel()
        self.note.setProperty("role", "caption")
        self.problem = ElidedLabel()
        self.problem.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 0)
        self.problem.hide()
        self.export = icon_button("export", "Export", "Save the pictures, or the table of all networks.")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for text, view in ((HEAT, self.view.heat), ("Parallel coordinates", self.view.parallel)):
            menu.addAction(f"{text} …", partial(self.export_wanted.emit, view))
        heat = menu.actions()[0]
        self.view.pictures.toggled.connect(lambda on: heat.setText(f"{'Pictures' if on else HEAT} …"))
        menu.addSeparator()
        menu.addAction("Table (CSV) …", self.save_csv)
        self.export.setMenu(menu)
        self.running.hide()
        head = QHBoxLayout()
        head.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 0)
        head.addWidget(self.note, 1)
        head.addWidget(self.running)
        head.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self.view, 1)
        room = self.screen().availableGeometry().size()
        self.resize(SIZE.boundedTo(room * 0.95))
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        self.view.apply_theme(theme)
        tint(self, theme.text)

    def show_table(self, table: SweepTable, task: str, kept: KeptPictures | None = None) -> None:
        """Show results, with the pictures that were kept."""
        self.view.show_table(table, task, kept)
        failed = int((table.status == "failed").sum())
        waiting = int(((table.status == "waiting") | (table.status == "failed")).sum()) - failed
        diverged = int((table.status == "diverged").sum())
        training = int((table.status == "training").sum())
        done = len(table) - waiting - failed - training
        parts = [counted(len(table), "network")]
        parts += [f"{training:,} in training"] * (0 < training < len(table))
        parts += [f"{done:,} trained"] * (done < len(table) and bool(done))
        parts += [f"{diverged:,} diverged"] * bool(diverged) + [f"{failed:,} failed"] * bool(failed)
        self.note.show_text(" · ".join(parts), parts[0])

    def show_problem(self, text: str) -> None:
        """Say what went wrong; "" takes it away."""
        self.problem.show_text(text)
        self.problem.setToolTip(text)
        self.problem.setVisible(bool(text))

    def save_csv(self) -> None:
        """Ask for a name, and write the table of all networks."""
        if self.view.table is not None:
            save_table(self, self.view.table)
