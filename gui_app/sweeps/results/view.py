"""Results of a sweep: heat map, the best networks, and parallel coordinates of all, which brush one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSplitter, QVBoxLayout, QWidget

from engine.observation.sweep_measures import SWEEP_MEASURES
from engine.observation.sweep_table import SweepTable
from gui_app.sweeps.results.best import BestTable, ranked
from gui_app.sweeps.results.heat import NO_GRID, NOTHING_YET, HeatView, heat_of, plane_axis, rows_at
from gui_app.sweeps.results.parallel.table_axes import axes_of, compared_by, offered
from gui_app.sweeps.results.parallel.view import ParallelView
from gui_app.sweeps.results.pictures import MOST_ASIDE, KeptPictures, cell_pictures, lone_picture
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import chip, text_button
from gui_app.widgets.elided_label import ElidedLabel

NOTHING = "–"


class ResultsView(QWidget):
    """Shows a table of a sweep. ``promoted(row)`` asks for a lane with the settings of one network, and
    ``row_chosen(row)`` says that a person has chosen it.
    """

    promoted = Signal(int)
    row_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: SweepTable | None = None
        self._kept: KeptPictures | None = None
        self._task = "classification"
        self.measure = _box(
            "Measure",
            "What the heat map shows, networks are ranked by and lines are coloured by. "
            "Measures in which all networks are equal are left out.",
        )
        self._wanted = ""
        """The measure that a person has chosen."""
        self.across = _box("Across", "The setting along the heat map.")
        self.up = _box("Up", "The setting that grows upwards in the heat map.")
        self.pictures = chip(
            "Pictures", "Show what the best network of each cell answers, or the chosen one."
        )
        self.pictures.hide()
        self.heat, self.best, self.parallel = HeatView(), BestTable(), ParallelView()
        self.caption = ElidedLabel()
        self.caption.setProperty("role", "caption")
        self.shown = text_button("Axes", "Choose which settings and results the lines have an axis for.")
        self.shown.setMenu(QMenu(self))
        self.shown.menu().aboutToShow.connect(self._list_axes)
        self._keys: tuple[str, ...] = ()
        self.clear = text_button("Select all", "Remove all brushes (Escape in the lines).")
        self.promote = text_button(
            "Make a lane of it", "Open the settings of the chosen network as a lane of its own (Enter)."
        )
        self._lay_out()
        self.measure.activated.connect(lambda _: self._choose_measure())
        for box in (self.across, self.up):
            box.activated.connect(lambda _: self._show_heat())
        self.pictures.toggled.connect(lambda _: self._show_pictures())
        self.heat.chosen.connect(self._choose_cell)
        self.best.chosen.connect(self._choose)
        self.best.promoted.connect(self._promote)
        self.parallel.chosen.connect(self._choose)
        self.parallel.brushed.connect(self._show_selected)
        self.parallel.coloured.connect(self._colour)
        self.clear.clicked.connect(self.parallel.clear_brushes)
        self.promote.clicked.connect(self._promote)

    @property
    def row(self) -> int | None:
        """The chosen network, as a row of the table."""
        return self.parallel.highlighted

    def show_table(self, table: SweepTable, task: str, kept: KeptPictures | None = None) -> None:
        """Show results, or newer ones of the same sweep, with the pictures that were kept: brushes and choices stay."""
        self.table, self._task, self._kept = table, task, kept
        self.pictures.setVisible(kept is not None)
        measures = [
            (SWEEP_MEASURES[key].label_for(task, table.threshold), key) for key in compared_by(table, task)
        ]
        _fill(self.measure, measures, self._wanted)
        axes = [(axis.label, index) for index, axis in enumerate(table.axes)]
        _fill(self.across, axes, self.across.currentData())
        up = [*axes[1:], *axes[:1]] if len(axes) > 1 else [(NOTHING, None)]
        _fill(self.up, up, self.up.currentData())
        self.up.setEnabled(len(axes) > 1)
        self._refresh()

    def choose(self, row: int) -> None:
        """Choose one network, here and in all views."""
        self.parallel.highlight(row)
        self.best.select(row)
        if self.table is not None:
            x, y = self._plane_axes()
            place = self.table.places[row]
            self.heat.mark((int(place[x]), 0 if y is None else int(place[y])) if place[x] >= 0 else None)
        self.promote.setEnabled(True)
        self._show_pictures()

    def apply_theme(self, theme: Theme) -> None:
        self.heat.apply_theme(theme)
        self.parallel.apply_theme(theme)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(2 * SPACE)
        for box in (self.measure, self.across, self.up):
            label = QLabel(box.accessibleName())
            label.setProperty("role", "caption")
            label.setBuddy(box)
            bar.addWidget(label)
            bar.addWidget(box)
        bar.addWidget(self.pictures)
        bar.addWidget(self.caption, 1)
        bar.addWidget(self.shown)
        bar.addWidget(self.clear)
        bar.addWidget(self.promote)
        self.promote.setEnabled(False)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        upper, whole = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        for splitter, parts in ((upper, (self.heat, self.best)), (whole, (upper, self.parallel))):
            for part in parts:
                splitter.addWidget(part)
            splitter.setChildrenCollapsible(False)
        upper.setSizes([560, 640])
        whole.setSizes([380, 280])
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(bar)
        column.addWidget(whole, 1)

    def _choose_measure(self) -> None:
        self._wanted = str(self.measure.currentData())
        self._refresh()

    @property
    def _waits(self) -> bool:
        """Whether nothing is trained yet."""
        return self.table is None or bool((self.table.status == "waiting").all())

    def _refresh(self) -> None:
        table = self.table
        if table is not None:
            self.parallel.show_axes(axes_of(table, self._task, self._keys), str(self.measure.currentData()))
            self._show_heat()

    def show_axes(self, keys: Collection[str]) -> None:
        """Show lines across these settings and results alone; at least two are shown."""
        if len(keys) > 1:
            self._keys = tuple(keys)
            self._refresh()

    def _list_axes(self) -> None:
        menu = self.shown.menu()
        menu.clear()
        if self.table is None:
            return
        now = [axis.key for axis in self.parallel.axes]
        for key, label in offered(self.table, self._task).items():
            entry = menu.addAction(label)
            entry.setCheckable(True)
            entry.setChecked(key in now)
            entry.toggled.connect(partial(self._toggle, key))

    def _toggle(self, key: str, on: bool) -> None:
        now = [axis.key for axis in self.parallel.axes]
        self.show_axes([*now, key] if on else [one for one in now if one != key])

    def _plane_axes(self) -> tuple[int, int | None]:
        x, y = self.across.currentData(), self.up.currentData()
        if y is None or x == y:
            assert self.table is not None
            y = next((one for one in range(len(self.table.axes)) if one != x), None)
        return int(x or 0), y

    def _show_heat(self) -> None:
        assert self.table is not None
        measure, (x, y) = str(self.measure.currentData()), self._plane_axes()
        with QSignalBlocker(self.up):
            self.up.setCurrentIndex(max(self.up.findData(y), 0))
        label = SWEEP_MEASURES[measure].label_for(self._task, self.table.threshold)
        if self._waits or not self.table.is_grid or not self.table.axes:
            self.heat.show_heat(None, (), label, NOTHING_YET if self._waits else NO_GRID)
            self._show_pictures()
            return
        axes = tuple(plane_axis(self.table.axes[one]) for one in (x, y) if one is not None)
        self.heat.show_heat(heat_of(self.table, self._task, measure, x, y), axes, label)
        if self.row is not None:
            self.choose(self.row)
        else:
            self._show_pictures()

    def _show_pictures(self) -> None:
        """Show the networks of the cells or, where they lie on no plane that has room for them, the chosen one."""
        kept, table, heat = self._kept, self.table, self.heat.heat
        if kept is None or table is None or self._waits or not self.pictures.isChecked():
            self.heat.show_pictures(None)
        elif heat is None or max(heat.median.shape) > MOST_ASIDE:
            if self.row is None and len(table):
                self.choose(int(ranked(table, str(self.measure.currentData()), np.arange(len(table)))[0]))
            elif self.row is not None:
                self.heat.show_pictures(lone_picture(kept, table, self.row))
        else:
            measure = str(self.measure.currentData())
            self.heat.show_pictures(cell_pictures(kept, table, measure, *self._plane_axes(), self.row))

    def _show_selected(self) -> None:
        if self.table is None:
            return
        rows = ranked(self.table, str(self.measure.currentData()), self.parallel.selected)
        self.best.show_rows(self.parallel.axes, self.table.status, rows)
        self.best.select(self.row)
        self.caption.show_text(self.parallel.caption)
        self.clear.setEnabled(bool(self.parallel.brushes))

    def _choose(self, row: int) -> None:
        self.choose(row)
        self.row_chosen.emit(row)

    def _choose_cell(self, column: int, row: int) -> None:
        """Choose the best network of a cell."""
        assert self.table is not None
        rows: NDArray[np.intp] = rows_at(self.table, *self._plane_axes(), (column, row))
        if len(rows):
            self._choose(int(ranked(self.table, str(self.measure.currentData()), rows)[0]))

    def _colour(self, key: str) -> None:
        index = self.measure.findData(key)
        if index >= 0:
            self.measure.setCurrentIndex(index)
            self._wanted = key
            self._show_heat()
            self._show_selected()

    def _promote(self) -> None:
        if self.row is not None:
            self.promoted.emit(self.row)


def _box(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box


def _fill(box: QComboBox, entries: Sequence[tuple[str, object]], wanted: object) -> None:
    """Offer entries, and choose the wanted one; the first one where it is not among them."""
    with QSignalBlocker(box):
        box.clear()
        for text, data in entries:
            box.addItem(text, data)
        box.setCurrentIndex(max(box.findData(wanted), 0) if wanted is not None else 0)
