"""The table of runs: its columns keep their widths, and its keys act on the selected runs."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui_app.runs.model import SIDE, RunsModel
from gui_app.runs.rows import COLUMNS, DIFFERS, RUN, Row
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import keep_keys

LEAST_WORDS, LEAST_NAME, MOST_WIDE = 120, 120, 220
"""Least widths of the columns of differences and of names, and most of any but the differences, in pixels."""
ARROW = 12
"""Room for the arrow of the column that the rows are sorted by."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RunsTable(QTableView):
    """Shows rows in their order. ``restored()`` and ``deleted()`` ask for what the keys mean, ``chosen()`` follows
    another selection, and ``sorted_by(column)`` a click on the head of a column.
    """

    restored = Signal()
    deleted = Signal()
    chosen = Signal()
    sorted_by = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = RunsModel()
        self._name = 0
        """The width that names have needed so far."""
        self.setModel(self._model)
        self.setAccessibleName("Runs")
        self.setProperty("kind", "small")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(SIDE + SPACE)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setDefaultSectionSize(header.minimumSectionSize())
        # The arrow is part of the title, so that it covers none of it.
        header.setSortIndicatorShown(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionClicked.connect(self.sorted_by)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.doubleClicked.connect(lambda _: self.restored.emit())
        keep_keys(self, (Qt.Key.Key_Delete, *_ENTER))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, from top to bottom."""
        return self._model.rows

    @property
    def selected(self) -> tuple[int, ...]:
        """The numbers of the selected runs, from top to bottom."""
        indices = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.rows[index].number for index in indices)

    def show_rows(self, rows: tuple[Row, ...], theme: Theme) -> None:
        """Replace the rows; the selected runs stay selected, or else, where all have gone, the row in their place."""
        selected, at = self.selected, self.currentIndex().row()
        current = self.rows[at].number if 0 <= at < len(self.rows) else None
        self._model.show(rows, theme, self.devicePixelRatioF())
        numbers = [row.number for row in rows]
        if current in numbers:
            at = numbers.index(current)
        self._select(selected, min(at, len(rows) - 1), numbers)
        self._fit_columns()

    def show_order(self, column: int, descending: bool) -> None:
        """Mark the column that the rows are sorted by."""
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, order)
        self._model.show_order(column, descending)

    def _select(self, selected: Collection[int], current: int, numbers: list[int]) -> None:
        model, last = self._model, len(COLUMNS) - 1
        ranges = QItemSelection()
        there = [index for index, number in enumerate(numbers) if number in selected]
        if selected and not there and current >= 0:
            there = [current]
        for index in there:
            ranges.select(model.index(index, 0), model.index(index, last))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(ranges, flags.ClearAndSelect)
        if current >= 0:
            self.selectionModel().setCurrentIndex(model.index(current, 0), flags.NoUpdate)
        self.chosen.emit()

    def _fit_columns(self) -> None:
        """Make columns as wide as they need, never narrower; names give way to numbers, and the differences get what is
        left.
        """
        header, used = self.horizontalHeader(), 0
        for column in range(len(COLUMNS)):
            if column not in (RUN, DIFFERS):
                width = max(self._needed(column), header.sectionSize(column) if self.rows else 0)
                header.resizeSection(column, width)
                used += width
        self._name = max(self._needed(RUN), self._name if self.rows else 0)
        left = self.viewport().width() - used
        name = min(self._name, max(LEAST_NAME, left - LEAST_WORDS))
        header.resizeSection(RUN, name)
        header.resizeSection(DIFFERS, max(LEAST_WORDS, left - name))

    def _needed(self, column: int) -> int:
        header = self.horizontalHeader()
        needed = max(self.sizeHintForColumn(column), header.sectionSizeHint(column) + ARROW)
        return min(needed, MOST_WIDE)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @guarded
    def event(self, event: QEvent) -> bool:
        # The window has a shortcut for the same key, which selects points.
        is_own = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.SelectAll)
        if is_own and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        elif event.key() in _ENTER:
            self.restored.emit()
        else:
            super().keyPressEvent(event)
