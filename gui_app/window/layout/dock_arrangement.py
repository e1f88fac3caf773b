"""The docks around the canvas (data, model and plots) and their default positions."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from gui_app.plots import PLOTS
from gui_app.plots.drawing.sizes import SMALLEST
from gui_app.window.layout.docks import make_dock

LEFT_WIDTH, RIGHT_WIDTH, PLOT_HEIGHT = 232, 300, 192


class DockArrangement:
    """The docks of ``window``: a column of panels on each side, and below them an empty dock for each plot."""

    def __init__(self, window: QMainWindow, left: QWidget, right: QWidget) -> None:
        self._window = window
        self.data, self.model = make_dock("Data", left), make_dock("Model", right)
        self.plots = {title: make_dock(title, _placeholder()) for title in PLOTS}
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)

    @property
    def docks(self) -> list[QDockWidget]:
        """All docks, in the order of the menu."""
        return [self.data, self.model, *self.plots.values()]

    def put_plot(self, title: str, plot: QWidget) -> None:
        """Put a plot into its empty dock."""
        dock = self.plots[title]
        dock.widget().deleteLater()
        dock.setWidget(plot)

    def arrange(self) -> None:
        """Restore the default positions and sizes of all docks."""
        areas, window = Qt.DockWidgetArea, self._window
        window.setTabPosition(areas.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.addDockWidget(areas.LeftDockWidgetArea, self.data)
        window.addDockWidget(areas.RightDockWidgetArea, self.model)
        in_front = self._place_plots()
        for dock in self.docks:
            dock.setFloating(False)
            dock.show()
        for plot in PLOTS.values():
            if plot.tab_of:
                self.plots[plot.tab_of].raise_()
        window.resizeDocks([self.data, self.model], [LEFT_WIDTH, RIGHT_WIDTH], Qt.Orientation.Horizontal)
        window.resizeDocks(in_front, [PLOT_HEIGHT] * len(in_front), Qt.Orientation.Vertical)
        window.resizeDocks(in_front, [5, *[4] * (len(in_front) - 1)], Qt.Orientation.Horizontal)

    def _place_plots(self) -> list[QDockWidget]:
        """Put the plots side by side below the canvas, some as tabs of others; return the docks in front."""
        window = self._window
        in_front = [self.plots[title] for title, plot in PLOTS.items() if not plot.tab_of]
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, in_front[0])
        for left, right in pairwise(in_front):
            window.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        for title, plot in PLOTS.items():
            if plot.tab_of:
                window.tabifyDockWidget(self.plots[plot.tab_of], self.plots[title])
        return in_front


def _placeholder() -> QWidget:
    empty = QWidget()
    empty.setMinimumSize(SMALLEST)
    return empty
