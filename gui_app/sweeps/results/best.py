"""The best networks of a sweep as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from engine.observation.sweep_measures import SWEEP_MEASURES
from engine.observation.sweep_table import SweepTable
from gui_app.sweeps.results.parallel.axes import Axis
from gui_app.widgets.guarded import guarded

MOST = 200
"""Networks in the table: more would be read by nobody, and the brushes choose among all."""
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


def ranked(table: SweepTable, measure: str, rows: NDArray[np.intp], most: int = MOST) -> NDArray[np.intp]:
    """Return the best of these rows by a measure, the best first; those without a number come last."""
    values = table.results[measure][rows]
    order = np.argsort(-values if SWEEP_MEASURES[measure].better == "high" else values, kind="stable")
    return rows[order[:most]]


class _Model(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self.axes: tuple[Axis, ...] = ()
        self.status: NDArray[Any] = np.zeros(0, dtype=object)

    def show(self, axes: tuple[Axis, ...], status: NDArray[Any], rows: NDArray[np.intp]) -> None:
        self.beginResetModel()
        self.axes, self.status, self.rows = axes, status, rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.axes) + 1

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return self.axes[section].label if section < len(self.axes) else "Status"

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not (index.isValid() and index.row() < len(self.rows)):
            return None
        row, column = int(self.rows[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.axes[column].text(row) if column < len(self.axes) else str(self.status[row])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            names = column >= len(self.axes) or bool(self.axes[column].names)
            side = Qt.AlignmentFlag.AlignLeft if names else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class BestTable(QTableView):
    """Shows networks in their order; ``chosen(row)`` follows the selection, ``promoted()`` Enter and double clicks."""

    chosen = Signal(int)
    promoted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model()
        self.setModel(self._model)
        self.setAccessibleName("Best networks")
        self.setProperty("kind", "small")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.selectionModel().currentRowChanged.connect(self._choose)
        self.activated.connect(lambda _: self.promoted.emit())

    @property
    def rows(self) -> NDArray[np.intp]:
        """The networks from top to bottom, as rows of the sweep's table."""
        return self._model.rows

    def show_rows(self, axes: tuple[Axis, ...], status: NDArray[Any], rows: NDArray[np.intp]) -> None:
        """Replace the networks; the chosen one stays chosen where it is still among them."""
        before = self.row
        with_signals = self.selectionModel().blockSignals(True)
        self._model.show(axes, status, rows)
        self.selectionModel().blockSignals(with_signals)
        self.select(before)

    @property
    def row(self) -> int | None:
        """The chosen network."""
        at = self.currentIndex().row()
        return int(self.rows[at]) if 0 <= at < len(self.rows) else None

    def select(self, row: int | None) -> None:
        """Choose a network without a signal; one that is not among the best chooses none."""
        found = np.flatnonzero(self.rows == (-1 if row is None else row))
        was = self.selectionModel().blockSignals(True)
        self.clearSelection()
        if len(found):
            self.selectRow(int(found[0]))
        self.selectionModel().blockSignals(was)
        self.viewport().update()

    def _choose(self, *_: object) -> None:
        if self.row is not None:
            self.chosen.emit(self.row)
