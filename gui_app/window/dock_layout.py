"""The contents of the docks: panels, plots and the diagnosis line, built after the first painting."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow

from engine.data import Library
from engine.observation.ended_runs import history_of
from gui_app.canvas.panes.titles import PaneFinding
from gui_app.canvas.tools import TOOLS
from gui_app.plots import PLOTS
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.loading import load
from gui_app.session.current_lane import CurrentLane
from gui_app.session.deferred import Job
from gui_app.session.document import Document
from gui_app.session.run_list import RunList
from gui_app.session.snapshot_dispatcher import SnapshotDispatcher, ThrottledView
from gui_app.session.sweep import Sweep
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme.tokens import Theme
from gui_app.widgets.topics import set_topic
from gui_app.window.differences_dock import DifferencesDock
from gui_app.window.layout.column import Column
from gui_app.window.layout.dock_arrangement import LEFT_WIDTH, RIGHT_WIDTH, DockArrangement
from gui_app.window.layout.plot_room import PlotRoom

if TYPE_CHECKING:
    from engine.observation.diagnosis import Cure
    from gui_app.classes.actions import ClassActions
    from gui_app.comparing.table import DifferencesView
    from gui_app.diagnosis.line import DiagnosisLine
    from gui_app.panels.data.data_panel import DataPanel
    from gui_app.panels.lane_title import LaneTitle
    from gui_app.panels.panel import Panel
    from gui_app.plots.drawing.plot_frame import PlotFrame
    from gui_app.runs.view import RunsView
    from gui_app.sweeps.dock import SweepDock

DOCK_TOPICS = {
    "Lesson": "lessons",
    "Data": "data_sets",
    "Model": "network",
    "Differences": "differences",
    "Runs": "runs",
    "Sweep": "sweeps",
}
"""What explains a dock, besides what is in it."""
READABLE = 250
"""Milliseconds between two updates of a table of numbers."""


class DockLayout(QObject):
    """Creates empty docks at once; its ``jobs`` fill them later.

    ``continue_requested`` asks to continue training after an early stop, ``best_requested`` to restore the best
    weights; ``cured(sentence)`` reports that a cure was applied, ``found`` that the diagnosis has another finding,
    ``lane_findings(marks)`` the mark of each lane's most pressing one by the lane's name, for the canvas, and
    ``reported(sentence)`` anything else. ``sweep_setup_wanted`` asks for the dialog of a sweep's axes,
    ``restart_wanted`` to train all lanes from the beginning, and ``export_wanted(view)`` for a picture of a sweep as a
    file.
    """

    continue_requested = Signal()
    best_requested = Signal()
    cured = Signal(str)
    found = Signal()
    reported = Signal(str)
    lane_findings = Signal(object)
    sweep_setup_wanted = Signal()
    restart_wanted = Signal()
    export_wanted = Signal(object)
    data_panel: DataPanel

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        tools: ToolSettings,
        dispatcher: SnapshotDispatcher,
        theme: Theme,
        window: QMainWindow,
        library: Library | None = None,
        settings: QSettings | None = None,
        runs: RunList | None = None,
        sweep: Sweep | None = None,
    ) -> None:
        super().__init__(window)
        self._library, self._current, self._settings = library, current, settings
        self._document, self._tools, self._dispatcher, self._window = document, tools, dispatcher, window
        self._theme, self._runs = theme, runs or RunList(document, self)
        self._sweep = sweep or Sweep(document, current, parent=self)
        self._left, self._right = Column(LEFT_WIDTH), Column(RIGHT_WIDTH)
        self.panels: list[Panel] = []
        self.classes: ClassActions | None = None
        self.lane_title: LaneTitle | None = None
        self.diagnosis_line: DiagnosisLine | None = None
        self.plots: tuple[PlotFrame[Any, Any], ...] = ()
        self.differences: DifferencesView | None = None
        self.runs_view: RunsView | None = None
        self.sweep_dock: SweepDock | None = None
        self._plot_session = PlotSession(settings, self)
        self._runs.changed.connect(self._show_pinned_runs)
        document.changed.connect(self._show_pinned_runs)
        self._playing = False
        self.arrangement = DockArrangement(window, self._left, self._right)
        for dock in (*self.arrangement.all_docks, self.arrangement.lesson):
            set_topic(dock, DOCK_TOPICS.get(dock.windowTitle(), "plots"))
        self.plot_room = PlotRoom(window, self.arrangement)
        for column in (self._left, self._right):
            column.least_changed.connect(self.plot_room.fit_soon)
        self.differences_dock = DifferencesDock(
            self.arrangement.tables["Differences"], current, settings, self._has_room, self
        )
        self.arrangement.open_tables = self._open_tables

    @property
    def docks(self) -> list[QDockWidget]:
        """The docks of a new window, in the order of the menu."""
        return self.arrangement.docks

    def _has_room(self) -> bool:
        """Whether a table has room among the plots: where a person has hidden these, the canvas has all of it."""
        return self.plot_room.beside is None and bool(self.arrangement.plots_below)

    def _open_tables(self) -> Collection[str]:
        return ("Differences",) if self.differences_dock.by_default else ()

    def arrange(self) -> None:
        """Restore the default positions and sizes of all docks."""
        self.plot_room.arrange()

    def jobs(self) -> dict[str, Job]:
        """Return the jobs that fill the docks, by name; those that a person needs first come first."""
        return {
            "data": self._add_data,
            "training": self._add_training,
            "network": self._add_network,
            "regularization": self._add_regularization,
            "pyqtgraph": load,
            **{title: partial(self._add_plot, title) for title in PLOTS},
            "diagnosis": self._add_diagnosis,
            "differences": self._add_differences,
            "runs": self._add_runs,
            "sweep": self._add_sweep,
        }

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme to all parts, also to those that are built later."""
        self._theme = theme
        # Text of another size needs other columns.
        self.plot_room.fit_soon()
        for panel in self.panels:
            panel.apply_theme(theme)
        if self.lane_title is not None:
            self.lane_title.apply_theme(theme)
        if self.classes is not None:
            self.classes.apply_theme(theme)
        for plot in self.plots:
            plot.apply_theme(theme)
        if self.diagnosis_line is not None:
            self.diagnosis_line.apply_theme(theme)
            self._mark_lanes()
        if self.differences is not None:
            self.differences.apply_theme(theme)
        if self.runs_view is not None:
            self.runs_view.apply_theme(theme)
        if self.sweep_dock is not None:
            self.sweep_dock.apply_theme(theme)

    def show_playing(self, playing: bool) -> None:
        """Tell all plots whether training runs, also those that are built later."""
        self._playing = playing
        for plot in self.plots:
            plot.show_playing(playing)

    def _show_pinned_runs(self, *_: object) -> None:
        """Give the plots the curves of the pinned runs whose losses are those of the present task."""
        task = self._document.experiment.data.task
        pinned = tuple(
            (f"run {run.number} · {run.name}", history_of(run))
            for run in self._runs.pinned
            if run.task == task and run.curves
        )
        shown = self._plot_session.pinned_runs
        if [(name, id(curves)) for name, curves in pinned] != [(name, id(curves)) for name, curves in shown]:
            self._plot_session.pinned_runs = pinned

    # -- the jobs

    def _add_data(self) -> Iterator[None]:
        from gui_app.classes.actions import ClassActions
        from gui_app.panels.data.data_panel import DataPanel

        yield
        panel = self.data_panel = DataPanel(
            self._document, self._tools, TOOLS, self._library, self._left.inside
        )
        self.classes = ClassActions(self._document, panel.attempt, panel)
        panel.class_edit_requested.connect(self.classes.edit)
        panel.class_removal_requested.connect(self.classes.remove)
        yield
        self._add_panel(self._left, panel)
        self.classes.apply_theme(self._theme)
        yield
        self._left.reveal()

    def _add_network(self) -> Iterator[None]:
        from gui_app.panels.network.network_panel import NetworkPanel

        yield
        self._add_panel(self._right, NetworkPanel(self._document, self._current, self._right.inside))

    def _add_regularization(self) -> Iterator[None]:
        from gui_app.panels.regularization.regularization_panel import RegularizationPanel

        yield
        panel = RegularizationPanel(self._document, self._current, self._right.inside, at_once=False)
        yield from panel.furnish()
        panel.continue_requested.connect(self.continue_requested)
        panel.best_requested.connect(self.best_requested)
        self._add_panel(self._right, panel)
        self._dispatcher.add(panel)
        yield
        self._right.reveal()

    def _add_training(self) -> Iterator[None]:
        from gui_app.panels.lane_title import LaneTitle
        from gui_app.panels.training.training_panel import TrainingPanel

        yield
        title = self.lane_title = LaneTitle(self._current, self._right)
        title.apply_theme(self._theme)
        self._right.set_header(title)
        self._add_panel(self._right, TrainingPanel(self._document, self._current, self._right.inside))

    def _add_diagnosis(self) -> Iterator[None]:
        from gui_app.diagnosis.diagnosis import Diagnosis
        from gui_app.diagnosis.line import DiagnosisLine

        yield
        diagnosis, bar = Diagnosis(self._document, self._current, self), self._window.statusBar()
        line = self.diagnosis_line = DiagnosisLine(diagnosis)
        # A message is shown only for a while, so a new finding appears at once.
        line.appeared.connect(bar.clearMessage)
        line.appeared.connect(self.found)
        diagnosis.by_lane_changed.connect(self._mark_lanes)
        diagnosis.remedies.cured.connect(self.cured)
        diagnosis.remedies.reported.connect(self.reported)
        diagnosis.remedies.applied.connect(self._show_changed)
        line.apply_theme(self._theme)
        bar.addWidget(line, 1)
        self._dispatcher.add(diagnosis)

    def _add_runs(self) -> Iterator[None]:
        from gui_app.runs.view import RunsView

        yield
        view = self.runs_view = RunsView(self._runs, self._document, self._current)
        view.apply_theme(self._theme)
        self.arrangement.put("Runs", view)

    def _add_sweep(self) -> Iterator[None]:
        from gui_app.sweeps.dock import SweepDock

        yield
        view = self.sweep_dock = SweepDock(self._document, self._current, self._sweep, self._theme)
        view.apply_theme(self._theme)
        view.reported.connect(self.reported)
        view.setup_wanted.connect(self.sweep_setup_wanted)
        view.restart_wanted.connect(self.restart_wanted)
        view.export_wanted.connect(self.export_wanted)
        self._dispatcher.add(view)
        self.arrangement.put("Sweep", view)

    def _add_differences(self) -> Iterator[None]:
        from gui_app.comparing.table import DifferencesView

        yield
        view = self.differences = DifferencesView(self._document, self._current, self._theme)
        view.reported.connect(self.reported)
        self._dispatcher.add(ThrottledView(view, READABLE, self))
        self.arrangement.put("Differences", view)
        table = self.arrangement.tables["Differences"]
        self.plot_room.wanted = lambda dock: view.wanted_width if dock is table else 0

    def _mark_lanes(self) -> None:
        from gui_app.diagnosis.finding_parts import ICONS, severity_colour

        assert self.diagnosis_line is not None
        found = self.diagnosis_line.diagnosis.by_lane
        self.lane_findings.emit(
            {
                name: PaneFinding(ICONS[one.severity], severity_colour(one.severity, self._theme), one.title)
                for name, one in found.items()
            }
        )

    def _show_changed(self, cure: Cure) -> None:
        """Scroll to the controls of what a cure has changed, and outline them once."""
        model = self.arrangement.model
        if model.isHidden():
            return
        model.raise_()
        # The last one stays in view.
        for path in reversed(list(cure.changes)):
            any(panel.reveal(path) for panel in self.panels)

    def _add_panel(self, column: Column, panel: Panel) -> None:
        panel.apply_theme(self._theme)
        if self._settings is not None:
            panel.remember(self._settings)
        column.add(panel)
        self.panels.append(panel)

    def _add_plot(self, title: str) -> None:
        plot = PLOTS[title].plot_class()(self._current, session=self._plot_session)
        plot.apply_theme(self._theme)
        plot.show_playing(self._playing)
        self._dispatcher.add(plot)
        self.arrangement.put(title, plot)
        self.plots += (plot,)
