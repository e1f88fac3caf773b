"""The model of the table of runs."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap

from gui_app.runs.picture import run_picture
from gui_app.runs.rows import COLUMNS, RUN, Row
from gui_app.theme.icons import icon
from gui_app.theme.painting import painting
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded

SIDE = 28
"""Width of a picture in pixels."""
UP, DOWN = "↑", "↓"
"""Marks of the column that the rows are sorted by: the lowest or the highest first."""
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class RunsModel(QAbstractTableModel):
    """Holds rows that are sorted and filtered already."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self._order = -1, False
        self._theme, self._ratio = LIGHT, 1.0
        self._pictures: dict[tuple[object, ...], QIcon] = {}

    def show(self, rows: tuple[Row, ...], theme: Theme, ratio: float) -> None:
        """Replace the rows."""
        if (theme, ratio) != (self._theme, self._ratio):
            self._pictures.clear()
        self.beginResetModel()
        self.rows, self._theme, self._ratio = rows, theme, ratio
        self.endResetModel()

    def show_order(self, column: int, descending: bool) -> None:
        """Mark the title of the column that the rows are sorted by."""
        self._order = column, descending
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            by, descending = self._order
            return f"{DOWN if descending else UP} {column.title}" if section == by else column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.meaning
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not (index.isValid() and index.row() < len(self.rows)):
            return None
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.ToolTipRole:
                return f"{row.texts[RUN]}\n{row.tip}" if column == RUN else row.tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.AccessibleTextRole:
                pinned = ", pinned" if column == RUN and row.record.pinned else ""
                return f"{COLUMNS[column].title}: {row.texts[column]}{pinned}"
            case Qt.ItemDataRole.DecorationRole if column == RUN:
                return self._picture(row)
        return None

    def _picture(self, row: Row) -> QIcon:
        """The picture, with a pin where the run is pinned."""
        record = row.record
        key = (record.task, record.picture, record.pinned)
        if key not in self._pictures:
            picture = run_picture(record, self._theme, SIDE, self._ratio)
            self._pictures[key] = _untinted(_with_pin(picture, self._theme, record.pinned))
        return self._pictures[key]


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[column].number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _with_pin(picture: QPixmap, theme: Theme, pinned: bool) -> QPixmap:
    """The picture with a pin in its corner where the run is ``pinned``."""
    if pinned:
        with painting(picture) as painter:
            painter.fillRect(QRect(SIDE - 14, 0, 14, 14), QColor(theme.panel))
            icon("pin", theme.text).paint(painter, QRect(SIDE - 13, 1, 12, 12))
    return picture


def _untinted(picture: QPixmap) -> QIcon:
    """An icon that is the same picture in a selected row."""
    drawn = QIcon(picture)
    drawn.addPixmap(picture, QIcon.Mode.Selected)
    return drawn
