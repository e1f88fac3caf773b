"""Some runs side by side: the settings in which they differ, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.experiment.run_list import RunRecord
from engine.observation.difference_table import (
    Column,
    DifferenceTable,
    Row,
    difference_table,
    to_csv,
    to_markdown,
)
from engine.observation.results import results_of_run
from gui_app.theme.tokens import SPACE

BEST = "✓ "
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SIZE = 640, 480


def table_of(records: Sequence[RunRecord]) -> DifferenceTable:
    """Return runs side by side."""
    return difference_table(
        [Column(f"Run {one.number} {one.name}", None, one.lane, results_of_run(one)) for one in records]
    )


class CompareDialog(QDialog):
    """Shows runs side by side; the best value of a row is bold and has a tick."""

    def __init__(self, records: Sequence[RunRecord], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare runs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        table = table_of(records)
        self.table = QTableWidget(len(table.rows), len(table.headings))
        self.table.setAccessibleName("Runs side by side")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setHorizontalHeaderLabels([heading.text for heading in table.headings])
        self.table.setVerticalHeaderLabels([row.name for row in table.rows])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(_RIGHT)
        self.table.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        for index, row in enumerate(table.rows):
            self._fill(index, row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for kind, write in (("CSV", to_csv), ("Markdown", to_markdown)):
            button = buttons.addButton(f"Copy as {kind}", QDialogButtonBox.ButtonRole.ActionRole)
            button.clicked.connect(partial(_copy, write, table))
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        column.addWidget(self.table, 1)
        if table.note:
            note = QLabel(table.note)
            note.setProperty("role", "caption")
            note.setWordWrap(True)
            column.addWidget(note)
        column.addWidget(buttons)
        self.resize(*SIZE)

    def _fill(self, index: int, row: Row) -> None:
        for column, cell in enumerate(row.cells):
            best = column in row.best
            item = QTableWidgetItem(f"{BEST if best else ''}{cell.text}")
            item.setTextAlignment(_RIGHT)
            item.setToolTip(cell.note)
            said = f"{row.name}: {cell.text}{', the best' if best else ''}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            if best:
                font = QFont(self.table.font())
                font.setBold(True)
                item.setFont(font)
            self.table.setItem(index, column, item)


def _copy(write: Callable[[DifferenceTable], str], table: DifferenceTable, *_: object) -> None:
    QGuiApplication.clipboard().setText(write(table))
