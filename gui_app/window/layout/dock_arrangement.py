"""The docks around the canvas (data, model, plots and tables) and their default positions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from gui_app.plots import PLOTS
from gui_app.plots.drawing.sizes import SMALLEST
from gui_app.window.layout.column import Column
from gui_app.window.layout.dock_title import FloatingInFront
from gui_app.window.layout.docks import make_dock

LEFT_WIDTH, RIGHT_WIDTH = 232, 300
LESSON = "Lesson"
"""Title of the dock that is shown while a lesson is open, in place of the data."""
LEAST_CENTRE = 400
"""Pixels between two columns; where there are fewer, one column is a tab of the other."""
SWEEP = "Sweep"
"""Title of the dock with the grid and the heat map of a sweep."""
TABLES = ("Differences", "Runs", SWEEP)
"""Titles of docks that are hidden until somebody or something opens them: tabs beside the last plot."""
SLACK = 40
"""Pixels more that undo it, so that it does not come and go."""


def plot_groups(beside: int) -> list[list[str]]:
    """Return the titles of the plots, divided into at most ``beside`` groups; those of a group are tabs of one another.

    A plot that finds no position of its own becomes a tab of the last group.
    """
    groups: list[list[str]] = []
    for title, plot in PLOTS.items():
        front = next((group for group in groups if plot.tab_of in group), None)
        if front is not None:
            front.append(title)
        elif len(groups) < beside:
            groups.append([title])
        else:
            groups[-1].append(title)
    return groups


class DockArrangement:
    """The docks of ``window``: a column of panels on each side, from top to bottom, and between them, below the
    canvas, an empty dock for each plot and each table.
    """

    def __init__(self, window: QMainWindow, left: Column, right: Column) -> None:
        self._window = window
        self.data, self.model = make_dock("Data", left), make_dock("Model", right)
        self.plots = {title: make_dock(title, _placeholder()) for title in PLOTS}
        self.tables = {title: make_dock(title, _placeholder()) for title in TABLES}
        self.lesson = make_dock(LESSON, _placeholder())
        # The lesson itself says how it is closed.
        self.lesson.setFeatures(self.lesson.features() & ~QDockWidget.DockWidgetFeature.DockWidgetClosable)
        # Even a hidden dock would have its share of the left column.
        self.lesson.setParent(window)
        self.lesson.hide()
        for dock in self.tables.values():
            dock.toggleViewAction().triggered.connect(partial(_raise, dock))
        for column, dock in ((left, self.data), (right, self.model)):
            column.widened.connect(partial(self._widen, dock))
        self.open_tables: Callable[[], Collection[str]] = tuple
        """Which tables are open in the default arrangement."""
        self._is_stacked = False
        """Whether there was no room for both columns, so that one is a tab of the other."""
        self.lesson_width: Callable[[], int] = lambda: 0
        """Returns the width that the lesson asks for, in pixels."""
        FloatingInFront(window)
        corners, areas = Qt.Corner, Qt.DockWidgetArea
        window.setCorner(corners.BottomLeftCorner, areas.LeftDockWidgetArea)
        window.setCorner(corners.BottomRightCorner, areas.RightDockWidgetArea)

    @property
    def docks(self) -> list[QDockWidget]:
        """The docks of a new window, in the order of the menu."""
        return [self.data, self.model, *self.plots.values()]

    @property
    def all_docks(self) -> list[QDockWidget]:
        """All docks, in the order of the menu: the tables are last."""
        return [*self.docks, *self.tables.values()]

    @property
    def plots_below(self) -> list[QDockWidget]:
        """The docks of plots and tables that share the row below the canvas now, those behind other tabs included."""
        bottom, window = Qt.DockWidgetArea.BottomDockWidgetArea, self._window
        return [
            dock
            for dock in (*self.plots.values(), *self.tables.values())
            if not (dock.isHidden() or dock.isFloating()) and window.dockWidgetArea(dock) == bottom
        ]

    def put(self, title: str, content: QWidget) -> None:
        """Put a plot, a table or the lesson into its empty dock."""
        dock = {**self.plots, **self.tables, LESSON: self.lesson}[title]
        dock.widget().deleteLater()
        dock.setWidget(content)

    def arrange(self, beside: int) -> None:
        """Restore the default positions of all docks, with as many plots ``beside`` one another."""
        areas, window = Qt.DockWidgetArea, self._window
        window.setTabPosition(areas.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.addDockWidget(areas.LeftDockWidgetArea, self.data)
        window.addDockWidget(areas.RightDockWidgetArea, self.model)
        for dock in self.all_docks:
            dock.setFloating(False)
        for dock in self.tables.values():
            window.addDockWidget(areas.BottomDockWidgetArea, dock)
        self.place_plots(beside)
        for dock in self.docks:
            dock.show()
        for title, dock in self.tables.items():
            dock.setVisible(title in self.open_tables())
        if self._lesson_is_left:
            # Before one of the columns may be hidden: the lesson keeps its side.
            self.fit_columns()
        columns = [self.data, self.model]
        widths = [column.widget().minimumWidth() for column in columns]
        window.resizeDocks(columns, widths, Qt.Orientation.Horizontal)

    def show_lesson(self, width: int) -> None:
        """Show the dock of the lesson at the left, over the whole height; the data become a tab of the model."""
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        self._window.addDockWidget(left, self.lesson)
        self.lesson.setFloating(False)
        self.lesson.show()
        self.fit_columns()
        self._window.addDockWidget(left, self.lesson)
        self._window.resizeDocks([self.lesson], [width], Qt.Orientation.Horizontal)

    def hide_lesson(self) -> None:
        """Take the dock of the lesson out of the window."""
        self._window.removeDockWidget(self.lesson)

    @property
    def _lesson_is_left(self) -> bool:
        area = self._window.dockWidgetArea(self.lesson)
        hidden = self.lesson.isHidden() or self.lesson.isFloating()
        return not hidden and area == Qt.DockWidgetArea.LeftDockWidgetArea

    def fit_columns(self) -> None:
        """Make the data a tab of the model where there is no room for both beside the canvas, because text is large or
        a lesson stands there, and undo that.
        """
        window, both = self._window, (self.data, self.model)
        if any(dock.isHidden() or dock.isFloating() for dock in both):
            return
        needed = sum(dock.widget().minimumWidth() for dock in both) + LEAST_CENTRE
        stacked, lesson = self.data in window.tabifiedDockWidgets(self.model), self._lesson_is_left
        narrow = lesson or window.width() < needed
        if narrow and not stacked and self._stand_beside():
            window.tabifyDockWidget(self.model, self.data)
            self.model.raise_()
        elif stacked and self._is_stacked and not lesson and window.width() >= needed + SLACK:
            window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.data)
            window.resizeDocks(
                list(both), [dock.widget().minimumWidth() for dock in both], Qt.Orientation.Horizontal
            )
        self._is_stacked = narrow and self.data in window.tabifiedDockWidgets(self.model)

    def fit_lesson(self) -> None:
        """Make the columns tabs of the lesson where there is no room for both beside the canvas, because text is large,
        and undo that.
        """
        window, right = self._window, Qt.DockWidgetArea.RightDockWidgetArea
        columns = [dock for dock in (self.model, self.data) if not (dock.isHidden() or dock.isFloating())]
        if not columns or not self._lesson_is_left:
            return
        needed = self.lesson.widget().minimumSizeHint().width() + LEAST_CENTRE
        needed += max(dock.widget().minimumWidth() for dock in columns)
        tabs = [dock for dock in columns if dock in window.tabifiedDockWidgets(self.lesson)]
        beside = [dock for dock in columns if window.dockWidgetArea(dock) == right]
        if beside and window.width() < needed:
            for dock in beside:
                window.tabifyDockWidget(self.lesson, dock)
            self.lesson.raise_()
            window.resizeDocks([self.lesson], [self._least_left()], Qt.Orientation.Horizontal)
        elif tabs and window.width() >= needed + SLACK:
            window.addDockWidget(right, tabs[0])
            for dock in tabs[1:]:
                window.tabifyDockWidget(tabs[0], dock)
            tabs[0].raise_()
            # Columns that have just left the lesson have their room after this, and their smallest width before.
            later = partial(QTimer.singleShot, 0, window, self.narrow_columns)
            QTimer.singleShot(0, window, later)

    def narrow_columns(self) -> None:
        """Give lesson and columns no more than they ask for with the present size of text."""
        window = self._window
        shown = [dock for dock in (self.data, self.model) if not dock.visibleRegion().isEmpty()]
        widths = [dock.widget().minimumWidth() for dock in shown]
        window.resizeDocks(shown, widths, Qt.Orientation.Horizontal)
        if self._lesson_is_left and not window.tabifiedDockWidgets(self.lesson):
            # Qt gives room that becomes free to any dock; one that must have it gets it.
            self.lesson.setMinimumWidth(self.lesson_width())
            window.resizeDocks([self.lesson], [self.lesson_width()], Qt.Orientation.Horizontal)
            QTimer.singleShot(0, self.lesson, self._release_lesson)

    def _release_lesson(self) -> None:
        """Let a lesson that had to have its width be made narrower, and keep that width meanwhile."""
        self.lesson.setMinimumWidth(0)
        if self._lesson_is_left and not self._window.tabifiedDockWidgets(self.lesson):
            # Without a minimum Qt may take a pixel away, which it has gained by rounding elsewhere.
            self._window.resizeDocks([self.lesson], [self.lesson_width()], Qt.Orientation.Horizontal)

    def _least_left(self) -> int:
        """Return the width of the lesson with columns as its tabs."""
        return max(dock.widget().minimumSizeHint().width() for dock in (self.lesson, self.model, self.data))

    def widen_lesson(self, factor: float) -> None:
        """Give the lesson the width that text of another size needs."""
        if self._lesson_is_left and not self._window.tabifiedDockWidgets(self.lesson):
            width = max(round(self.lesson.width() * factor), self.lesson_width())
            self._window.resizeDocks([self.lesson], [width], Qt.Orientation.Horizontal)

    def _stand_beside(self) -> bool:
        areas, area_of = Qt.DockWidgetArea, self._window.dockWidgetArea
        return (area_of(self.data), area_of(self.model)) == (
            areas.LeftDockWidgetArea,
            areas.RightDockWidgetArea,
        )

    def _widen(self, dock: QDockWidget, factor: float) -> None:
        """Give a column the width that text of another size needs."""
        if not dock.isFloating():
            width = round(dock.width() * factor)
            self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)

    def keep_only(self, columns: Sequence[str], plots: Sequence[Sequence[str]]) -> None:
        """Hide all other columns, plots and tables; put these below the canvas, in groups from left to right."""
        known = {**self.plots, **self.tables}
        named = [
            group for group in ([title for title in group if title in known] for group in plots) if group
        ]
        shown = {title for group in named for title in group}
        for dock in (self.data, self.model):
            dock.setVisible(dock.windowTitle() in columns)
        for title, dock in known.items():
            dock.setVisible(title in shown)
        if len(shown) > 1:
            self._place([[known[title] for title in group] for group in named], seen=())

    def keep_beside(self, titles: Sequence[str]) -> list[QDockWidget]:
        """Hide all docks but the plots and tables of these titles, which go to the right of the canvas, one below the
        other; return them.
        """
        known = {**self.plots, **self.tables}
        shown = [known[title] for title in titles if title in known]
        for dock in self.all_docks:
            dock.setVisible(dock in shown)
        for dock in shown:
            dock.setFloating(False)
            self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock, Qt.Orientation.Vertical)
            dock.show()
        return shown

    def place_plots(self, beside: int) -> None:
        """Put the plots below the canvas, at most so many ``beside`` one another, the others as tabs."""
        docks = (*self.plots.values(), *self.tables.values())
        seen = [dock for dock in docks if not dock.visibleRegion().isEmpty()]
        groups = [[self.plots[title] for title in group] for group in plot_groups(beside)]
        bottom, area_of = Qt.DockWidgetArea.BottomDockWidgetArea, self._window.dockWidgetArea
        groups[-1] += [
            dock for dock in self.tables.values() if area_of(dock) == bottom and not dock.isFloating()
        ]
        self._place(groups, seen)

    def _place(self, groups: Sequence[Sequence[QDockWidget]], seen: Sequence[QDockWidget]) -> None:
        """Put groups of plots below the canvas, from left to right; what was ``seen`` stays in front."""
        window = self._window
        leading = [group[0] for group in groups]
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, leading[0])
        for left, right in pairwise(leading):
            window.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        for group in groups:
            for before, dock in pairwise(group):
                window.tabifyDockWidget(before, dock)
            in_front = [dock for dock in group if dock in seen]
            (in_front[0] if len(in_front) == 1 else group[0]).raise_()
        widths = [5, *[4] * (len(leading) - 1)] if len(leading) > 2 else [1] * len(leading)
        window.resizeDocks(leading, widths, Qt.Orientation.Horizontal)

    def has_placed(self, beside: int) -> bool:
        """Whether the plots stand as ``place_plots`` puts them; hidden ones may be anywhere."""
        window, bottom = self._window, Qt.DockWidgetArea.BottomDockWidgetArea
        shown = [dock for dock in self.plots.values() if not dock.isHidden()]
        groups = [[self.plots[title] for title in group] for group in plot_groups(beside)]
        expected = {dock: {one for one in group if one in shown} for group in groups for dock in group}
        return all(
            window.dockWidgetArea(dock) == bottom
            and not dock.isFloating()
            and {dock, *window.tabifiedDockWidgets(dock)} - {*self.tables.values()} == expected[dock]
            for dock in shown
        )


def _raise(dock: QDockWidget) -> None:
    """Bring a dock to the front that somebody has opened."""
    if not dock.isHidden():
        dock.raise_()


def _placeholder() -> QWidget:
    empty = QWidget()
    empty.setMinimumSize(SMALLEST)
    return empty
