"""The first rows of a table, with the columns that are read marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from engine.data import COLUMNS, Reading
from engine.data.tables import SPLIT

ROWS = 8


class Preview(QTableWidget):
    """Shows fields as they stand in the file; those of columns that are not read are faint."""

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
        """Replace what is shown."""
        roles: dict[int | None, str] = {}
        for place, role in zip(
            (*reading.columns, reading.split), (*COLUMNS[reading.task], SPLIT), strict=True
        ):
            roles[place] = f"{roles[place]}, {role}" if place in roles else role
        self.clear()
        self.setRowCount(len(rows))
        self.setColumnCount(len(names))
        for column, name in enumerate(names):
            said = roles.get(column)
            words = name if said is None or said == name else f"{name} → {said}"
            heading = QTableWidgetItem(words)
            self._dim(heading, said is None)
            self.setHorizontalHeaderItem(column, heading)
            for row, fields in enumerate(rows):
                cell = QTableWidgetItem(fields[column] if column < len(fields) else "")
                self._dim(cell, said is None)
                self.setItem(row, column, cell)
        self.resizeColumnsToContents()

    def _dim(self, item: QTableWidgetItem, unread: bool) -> None:
        if unread:
            item.setForeground(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
