"""The table of differences as Qt reads it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from engine.observation.difference_table import Cell, Heading
from gui_app.comparing.lines import BRIEF, Line, Shown
from gui_app.theme.text import small_font
from gui_app.widgets.tips import tip

BEST = "✓ "
_ROLES = Qt.ItemDataRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


class DifferencesModel(QAbstractTableModel):
    """A column for each lane and a row for each line; the names of lines are the vertical header."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Shown | None = None
        self.short = False
        """Whether quartiles are in the tips alone."""
        self.brief = False
        """Whether there is no room for whole notes."""

    def show(self, shown: Shown) -> bool:
        """Show other values; return whether there are other lines or columns than before."""
        before, self.shown = self.shown, shown
        if before is not None and _shape(before) == _shape(shown):
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
            return False
        self.beginResetModel()
        self.endResetModel()
        return True

    def text_of(self, cell: Cell) -> str:
        """Return what stands in a cell."""
        return cell.middle if self.short and cell.middle else cell.text

    def note_of(self, line: Line) -> str:
        """Return what stands in the line of a group."""
        return BRIEF.get(line.note, line.note) if self.brief else line.note

    def title_of(self, heading: Heading) -> str:
        """Return what stands at the head of a column; where there is little room, as on the chip of the lane."""
        return f"{heading.name} ×{heading.seeds}" if self.short and heading.seeds > 1 else heading.text

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if self.shown is None or (parent and parent.isValid()) else len(self.shown.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if self.shown is None or (parent and parent.isValid()) else len(self.shown.table.headings)

    def data(self, index: Index, role: int = _ROLES.DisplayRole) -> Any:
        if self.shown is None or not index.isValid():
            return None
        line, column = self.shown.lines[index.row()], index.column()
        if line.row is None:
            return self._of_group(line, column, role)
        cell, best = line.row.cells[column], column in line.row.best
        match role:
            case _ROLES.DisplayRole:
                return f"{BEST if best else ''}{self.text_of(cell)}"
            case _ROLES.TextAlignmentRole:
                return _RIGHT
            case _ROLES.FontRole:
                return small_font(bold=best)
            case _ROLES.ToolTipRole:
                return tip(f"{line.name}: {cell.text}", cell.note or ("The best value." if best else ""))
            case _ROLES.AccessibleTextRole:
                lane = self.shown.table.headings[column].text
                note = f", {cell.note}" if cell.note else ""
                return f"{line.name} of {lane}: {cell.text}{', the best' if best else ''}{note}"
        return None

    def _of_group(self, line: Line, column: int, role: int) -> Any:
        """Its note stands in the first cell, which spans all columns."""
        assert self.shown is not None
        match role:
            case _ROLES.DisplayRole:
                return self.note_of(line) if column == 0 else ""
            case _ROLES.ToolTipRole if line.note:
                return tip(line.name, line.note)
            case _ROLES.FontRole:
                return small_font()
            case _ROLES.ForegroundRole:
                return QBrush(QColor(self.shown.theme.muted))
            case _ROLES.TextAlignmentRole:
                return _LEFT
            case _ROLES.AccessibleTextRole:
                return f"{line.name}. {line.note}".strip()
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLES.DisplayRole) -> Any:
        if self.shown is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._of_line(self.shown.lines[section], role)
        heading = self.shown.table.headings[section]
        match role:
            case _ROLES.DisplayRole:
                return self.title_of(heading)
            case _ROLES.DecorationRole if heading.colour is not None:
                return QColor(self.shown.theme.lanes[heading.colour])
            case _ROLES.FontRole:
                return small_font(bold=section == self.shown.current)
            case _ROLES.TextAlignmentRole:
                return _RIGHT
            case _ROLES.ToolTipRole:
                current = section == self.shown.current
                return tip(
                    heading.text, "The current lane." if current else "A click makes it the current lane."
                )
        return None

    def _of_line(self, line: Line, role: int) -> Any:
        match role:
            case _ROLES.DisplayRole:
                return line.name
            case _ROLES.ToolTipRole:
                return tip(line.name, line.row.meaning if line.row is not None else "")
            case _ROLES.FontRole:
                return small_font(bold=line.row is None)
            case _ROLES.TextAlignmentRole:
                return _LEFT
        return None


def _shape(shown: Shown) -> tuple[object, ...]:
    return len(shown.table.headings), tuple((line.name, line.row is None) for line in shown.lines)
