"""The results of the sweep that trains in the document, in a window of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from engine.observation.sweep_table import of_snapshot

if TYPE_CHECKING:
    from gui_app.sweeps.results.window import ResultsWindow
    from gui_app.window.main_window import MainWindow

PERIOD = 400
"""Milliseconds between two looks at the newest snapshot: lines that change faster are read by nobody."""


class LiveResults(QObject):
    """Opens the window, and shows the newest snapshot in it while it is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.shown: ResultsWindow | None = None
        self._timer = QTimer(self, interval=PERIOD)
        self._timer.timeout.connect(self.refresh)
        self._seen: tuple[object, ...] = ()
        window.appearance.changed.connect(self._apply_theme)
        window.sweep.ended.connect(self.refresh)

    def open(self) -> None:
        """Show the results of all cells."""
        from gui_app.sweeps.results.window import ResultsWindow

        if not self._window.sweep.is_on:
            self._window.show_message("There is no sweep: start one with Sweep → Sweep …")
            return
        if self.shown is None:
            shown = self.shown = ResultsWindow("live", self._window.appearance.theme, self._window)
            shown.view.promoted.connect(self._promote)
            shown.view.row_chosen.connect(self._choose)
            shown.export_wanted.connect(lambda view: self._window.exports.picture(view))
            shown.closed.connect(self._forget)
        self._seen = ()
        self.refresh()
        self._timer.start()
        self.shown.show()
        self.shown.raise_()
        self.shown.activateWindow()

    def refresh(self) -> None:
        """Show the newest results, if there are newer ones; the sweep's end closes the window."""
        experiment, snapshot = self._window.document.experiment, self._window.link.latest
        if self.shown is None:
            return
        if experiment.sweep is None:
            self.shown.close()
            return
        threshold = self._window.sweep.threshold
        seen = snapshot, experiment.sweep, threshold
        if snapshot is None or snapshot.task != experiment.data.task or seen == self._seen:
            return
        self._seen = seen
        self.shown.show_table(of_snapshot(snapshot, experiment, threshold), experiment.data.task)

    def _lane_of(self, row: int) -> int | None:
        """The index of the lane that a row of the table is of: each has a row for each of its seeds."""
        for index, lane in enumerate(self._window.document.experiment.lanes):
            if lane.cell is not None:
                if row < lane.repeats:
                    return index
                row -= lane.repeats
        return None

    def _choose(self, row: int) -> None:
        index = self._lane_of(row)
        if index is not None:
            cell = self._window.document.experiment.lanes[index].cell
            assert cell is not None
            self._window.sweep.choose(cell)

    def _promote(self, row: int) -> None:
        index = self._lane_of(row)
        if index is not None:
            self._window.sweep.promote(index)

    def _apply_theme(self) -> None:
        if self.shown is not None:
            self.shown.apply_theme(self._window.appearance.theme)

    def _forget(self) -> None:
        self.shown = None
        self._timer.stop()
