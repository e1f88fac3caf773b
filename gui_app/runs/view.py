"""The dock of runs: a filter, what can be done with the selected runs, and the table."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QStackedLayout, QVBoxLayout, QWidget

from engine.experiment.run_list import data_digest
from gui_app.runs.rows import COLUMNS, VALIDATION, Present, rows_of
from gui_app.runs.table import RunsTable
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.run_list import RunList
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import LIGHT, SPACE, Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.guarded import guarded

EMPTY = (
    "No run has ended yet. Each one appears here that stops early or diverges, that you reset or change into another "
    "shape, or whose lane you remove."
)
SMALLEST = QSize(240, 96)
FILTER_TIP = "Show only runs with all of these words, such as “dropout” or “diverged”."


class RunsView(QWidget):
    """Shows the list of runs of a document while it can be seen."""

    def __init__(self, runs: RunList, document: Document, current: CurrentLane) -> None:
        super().__init__()
        self._runs, self._document, self._current = runs, document, current
        self._theme = LIGHT
        self._column, self._descending = VALIDATION, False
        self._digest: tuple[object, object, str] = (None, None, "")
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        self.table = RunsTable()
        self.filter = QLineEdit()
        self._make_buttons()
        self.room = ElidedLabel()
        self.empty = QLabel(EMPTY)
        self._lay_out()
        self.setMinimumSize(SMALLEST)
        for signal in (runs.changed, document.changed, current.changed):
            signal.connect(self._refresh_soon)
        self._connect()
        self.table.show_order(self._column, self._descending)
        self._show_buttons()

    def _make_buttons(self) -> None:
        self.pin = icon_button(
            "pin", "Pin", "Show the curves of the selected runs faintly in the plot of the loss."
        )
        self.pin.setCheckable(True)
        self.restore = icon_button(
            "duplicate", "Restore as a lane", "Add a lane with the settings and the seed of the run (Enter)."
        )
        self.compare = icon_button("compare", "Compare", "Show two or more selected runs side by side.")
        self.delete = icon_button("clear", "Delete", "Delete the selected runs (Del).")

    def _lay_out(self) -> None:
        self.filter.setPlaceholderText("Filter")
        self.filter.setAccessibleName("Filter runs")
        self.filter.setToolTip(FILTER_TIP)
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(240)
        self.room.setProperty("role", "caption")
        self.room.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.room.setToolTip(
            "How many runs the file holds, and how much room they take. The oldest leave first."
        )
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "caption")
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(SPACE)
        bar.addWidget(self.filter, 1)
        for button in (self.pin, self.restore, self.compare, self.delete):
            bar.addWidget(button)
        bar.addWidget(self.room, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(bar)
        self._stack = QStackedLayout()
        column.addLayout(self._stack, 1)
        # Only now: a stack without a parent would show them as windows.
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self.refresh)
        self.table.chosen.connect(self._show_buttons)
        self.table.sorted_by.connect(self.sort)
        self.table.restored.connect(self._restore)
        self.table.deleted.connect(self._delete)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.pin.clicked.connect(self._pin)
        self.restore.clicked.connect(self._restore)
        self.compare.clicked.connect(self._compare)
        self.delete.clicked.connect(self._delete)

    # -- showing

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        tint(self, theme.text)
        self._refresh_soon()

    def refresh(self) -> None:
        """Show the list as it is now."""
        runs = self._runs.runs
        present = Present(self._current.lane, self._document.experiment.data.task, self._data())
        rows = rows_of(runs, present, self.filter.text(), self._column, self._descending)
        theme = with_class_colours(self._theme, self._document.experiment.data)
        self.table.show_rows(rows, theme)
        self.room.show_text(self._runs.room, self._runs.room.split(",")[0])
        self.empty.setText(EMPTY if not runs else f"No run has “{self.filter.text()}”.")
        self._stack.setCurrentWidget(self.table if rows else self.empty)

    def sort(self, column: int) -> None:
        """Sort by a column, the best first; once more turns that round."""
        same = column == self._column
        self._descending = not self._descending if same else COLUMNS[column].descending
        self._column = column
        self.table.show_order(column, self._descending)
        self.refresh()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _refresh_soon(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _data(self) -> str:
        """The digest of the data, which takes a while for many points."""
        data, points = self._document.experiment.data, self._document.points
        if self._digest[0] is not data or self._digest[1] is not points:
            self._digest = data, points, data_digest(data, points)
        return self._digest[2]

    def _show_buttons(self) -> None:
        chosen = self.table.selected
        for button in (self.pin, self.delete):
            button.setEnabled(bool(chosen))
        self.restore.setEnabled(len(chosen) == 1)
        self.compare.setEnabled(len(chosen) > 1)
        pinned = [one.pinned for one in self._runs.runs if one.number in chosen]
        self.pin.setChecked(bool(pinned) and all(pinned))

    # -- doing

    def _pin(self) -> None:
        self._runs.set_pinned(self.table.selected, self.pin.isChecked())

    def _delete(self) -> None:
        self._runs.delete(self.table.selected)

    def _restore(self) -> None:
        if len(self.table.selected) == 1:
            last = len(self._document.experiment.lanes) - 1
            made = self._runs.restore(self.table.selected[0], last)
            if made is not None:
                self._current.choose(made)

    def _compare(self) -> None:
        from gui_app.runs.compare_dialog import CompareDialog

        by_number = {record.number: record for record in self._runs.runs}
        records = [by_number[number] for number in self.table.selected]
        CompareDialog(records, self.window()).open()

    def _open_menu(self, at: QPoint) -> None:
        """Open the menu of the selected runs; it also sorts, for whoever has no mouse."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self.restore, self.pin, self.compare, self.delete):
            action = menu.addAction(button.accessibleName(), button.click)
            action.setEnabled(button.isEnabled())
            action.setCheckable(button.isCheckable())
            action.setChecked(button.isChecked())
        order, group = menu.addMenu("Sort by"), QActionGroup(menu)
        for column, one in enumerate(COLUMNS):
            entry = QAction(one.title, group, checkable=True, checked=column == self._column)
            entry.triggered.connect(partial(self.sort, column))
            order.addAction(entry)
        menu.popup(self.table.viewport().mapToGlobal(at))
