"""The first rows of a table, with the roles of its columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from engine.data import COLUMNS, Reading
from engine.data.tables import SPLIT

ROWS = 8


class Preview(QTableWidget):
    """Shows fields as they are in the file; columns that are not read are dimmed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("First rows")
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(72)
        self.horizontalHeader().setMaximumSectionSize(220)
        self.horizontalHeader().setStretchLastSection(True)

    def show_rows(self, rows: Sequence[Sequence[str]], names: Sequence[str], reading: Reading) -> None:
        """Replace the rows shown."""
        roles: dict[int | None, str] = {}
        columns = (*reading.columns, reading.split)
        for column, role in zip(columns, (*COLUMNS[reading.task], SPLIT), strict=True):
            roles[column] = f"{roles[column]}, {role}" if column in roles else role
        self.clear()
        self.setRowCount(len(rows))
        self.setColumnCount(len(names))
        for index, name in enumerate(names):
            given = roles.get(index)
            heading = QTableWidgetItem(name if given is None or given == name else f"{name} → {given}")
            self._dim(heading, given is None)
            self.setHorizontalHeaderItem(index, heading)
            for row, fields in enumerate(rows):
                cell = QTableWidgetItem(fields[index] if index < len(fields) else "")
                self._dim(cell, given is None)
                self.setItem(row, index, cell)
        self.resizeColumnsToContents()

    def _dim(self, item: QTableWidgetItem, unread: bool) -> None:
        if unread:
            item.setForeground(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
