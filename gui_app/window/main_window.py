"""The main window: assembles the rooms, and has no logic of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QToolBar

from engine.data import Library
from engine.experiment import ExperimentError, edit_many
from engine.service.interface import Engine
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.input.keys import press_choice
from gui_app.importing.drops import Drops, is_table
from gui_app.panels.training.transport import TransportBar
from gui_app.plots import PLOTS
from gui_app.session.current_lane import CurrentLane
from gui_app.session.deferred import Deferred
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink, Requests
from gui_app.session.faults import Faults
from gui_app.session.file_actions import FileActions
from gui_app.session.laid_aside import LaidAside
from gui_app.session.looked_at import LookedAtNeuron
from gui_app.session.operations import Operations
from gui_app.session.pause_at import PauseEpoch
from gui_app.session.refusal import refusal
from gui_app.session.run_list import RunList
from gui_app.session.seeds import new_seed
from gui_app.session.snapshot_dispatcher import SnapshotDispatcher, ThrottledView
from gui_app.session.sweep import Sweep
from gui_app.session.tool_settings import ToolSettings
from gui_app.session.training_speed import TrainingSpeed
from gui_app.session.weight_edits import WeightEdits
from gui_app.theme.appearance import Appearance
from gui_app.theme.tokens import Theme
from gui_app.widgets.focus_ring import FocusRing
from gui_app.widgets.guarded import attempt, guarded
from gui_app.widgets.keyboard import KeyboardHome, ends_typing, in_menu
from gui_app.window import menus
from gui_app.window.dock_layout import DockLayout
from gui_app.window.engine_notice import EngineNotice
from gui_app.window.event_messages import EventMessages
from gui_app.window.examples import Examples
from gui_app.window.fault_messages import FaultMessages
from gui_app.window.file_name import FileName
from gui_app.window.front_door import FrontDoor
from gui_app.window.handout_room import HandoutRoom
from gui_app.window.help_windows import HelpWindows
from gui_app.window.lane_room import LaneRoom
from gui_app.window.layout.central_area import CentralArea
from gui_app.window.layout.central_plan import CANVAS
from gui_app.window.layout.perspectives import Perspectives
from gui_app.window.layout.present import Present
from gui_app.window.layout.remembered_layout import restore_layout, save_layout
from gui_app.window.layout.screen_fit import keep_on_screen, place_first
from gui_app.window.layout.whole_layout import WholeLayout
from gui_app.window.lesson_presentation import LessonPresentation
from gui_app.window.lesson_room import LessonRoom
from gui_app.window.live_results import LiveResults
from gui_app.window.map_room import MapRoom
from gui_app.window.messages import Messages
from gui_app.window.own_lessons import OwnLessons
from gui_app.window.run_messages import RunMessages
from gui_app.window.sections import Sections
from gui_app.window.status_bar import StatusBar
from gui_app.window.sweep_folders import SweepFolders
from gui_app.window.sweep_layout import SweepLayout
from gui_app.window.sweep_room import SweepRoom
from gui_app.window.task_messages import TaskMessages

if TYPE_CHECKING:
    from gui_app.axes.actions import AxesActions
    from gui_app.diagram.diagram import NetworkDiagram
    from gui_app.exporting.actions import ExportActions
    from gui_app.exporting.pictures import Exportable
    from gui_app.exporting.scripts import ScriptActions
    from gui_app.importing.actions import ImportActions
    from gui_app.window.layout.present_bar import PresentBar

SIZE = QSize(1440, 900)
SMALLEST = QSize(1080, 640)


class MainWindow(QMainWindow):
    """The main window. ``first_painted`` is emitted once, after the first paint event; then the jobs in ``later`` run.

    ``closed`` is emitted when the window closes, after unsaved changes were saved or discarded.
    """

    first_painted = Signal()
    closed = Signal()

    def __init__(
        self,
        document: Document,
        engine: Engine,
        appearance: Appearance,
        settings: QSettings,
        library: Library | None = None,
    ) -> None:
        super().__init__()
        self.document, self.appearance, self._settings = document, appearance, settings
        self._painted = False
        # Created first, so that it is up to date when other slots of the document's signals read it.
        self.current_lane = current = CurrentLane(document, self)
        self.runs = RunList(document, self)
        self.link = EngineLink(document, current, engine, self)
        self.runs.follow(self.link)
        self.tools = ToolSettings(self)
        self.speed = TrainingSpeed(settings, self)
        self.pause_epoch = PauseEpoch(document, self.link, self)
        self.transport = TransportBar(document, current, speed=self.speed, pause=self.pause_epoch)
        self.looked_at = LookedAtNeuron(document, current, self)
        self.canvas = Canvas(document, current, self.tools, looked_at=self.looked_at)
        self.canvas.switches.remember(settings)
        self.weight_edits = WeightEdits(current, self.link, self)
        self.diagram: NetworkDiagram | None = None
        link = self.link
        self.files = FileActions(
            document,
            settings,
            self,
            link.kept_run,
            link.run_gap,
            lambda: link.has_kept_run,
            lambda: link.why_newest_unkept,
        )
        self.laid_aside = LaidAside(document, link, self.files, self)
        self.operations = Operations(document, self.canvas, lambda: self.canvas.camera.axes, previews=True)
        self.central_area = CentralArea(self.canvas)
        self.central_area.canvas_ratio = lambda: self.canvas.ideal_ratio
        self.lanes = LaneRoom(document, current, link, self.canvas, settings, lambda: appearance.theme, self)
        self.central_area.set_strip(self.lanes.strip)
        self.sweep = Sweep(document, current, link.copy_lane, self)
        self.sweeps = SweepRoom(document, current, self.sweep, self)
        self.live_results = LiveResults(self)
        self.sweep_folders = SweepFolders(self, settings)
        self.map = MapRoom(self)
        self.sweeps.start_background = self.sweep_folders.start
        self.examples = Examples(document, self.files, self.central_area, self._restart_training)
        self._drops = Drops(
            self, self.files, lambda: self.imports, lambda folder: self.own_lessons.open(folder)
        )
        self.run_messages = RunMessages(document, current, self)
        events = EventMessages(document, self.link, self)
        tasks = TaskMessages(document, self.link, self)
        self._messages = Messages(self, self.link, self.run_messages, events, tasks)
        self.faults = Faults(self)
        self.fault_messages = FaultMessages(self, self.faults, document, appearance)
        self.engine_notice = EngineNotice(self, self.link)
        self.dispatcher = SnapshotDispatcher(
            [
                self.canvas,
                ThrottledView(self.canvas.titles, parent=self),
                ThrottledView(self.lanes.strip, parent=self),
                ThrottledView(self.transport, parent=self),
                self.run_messages,
            ],
            self,
        )
        self.dock_layout = DockLayout(
            document,
            current,
            self.tools,
            self.dispatcher,
            appearance.theme,
            self,
            library,
            settings,
            self.runs,
            self.sweep,
        )
        self.whole_layout = WholeLayout(
            self, self.dock_layout.arrangement, self.dock_layout.plot_room, self.central_area
        )
        self.lessons = LessonRoom(self, settings)
        self.handouts = HandoutRoom(self, settings)
        self.own_lessons = OwnLessons(self, self.lessons, settings)
        self.front_door = FrontDoor(self, settings, self.own_lessons.open_built_in)
        self.perspectives = Perspectives(self.whole_layout, settings, self)
        self.sweep_layout = SweepLayout(self.sweep, self.whole_layout, self.dock_layout.arrangement, self)
        self.sweep_layout.has_guest = lambda: (
            self.lessons.layout_before is not None or self.present.before is not None
        )
        self.keyboard = KeyboardHome(
            self,
            self.canvas,
            lambda event: press_choice(event, self.document, self.tools),
        )
        self.sections = Sections(self)
        self.help_windows = HelpWindows(self, lambda: appearance.theme, self.show_message)
        self._focus_ring = FocusRing(self)
        self.asked_before_closing: list[Callable[[], bool]] = []
        """Whoever of the start may keep the window open."""
        self.later = Deferred(self)
        self._lay_out()
        self._make_menus()
        self._connect()
        self._apply_theme(appearance.theme)
        self._file_name.refresh()
        self.laid_aside.views += [self._take_view]
        self._restore()
        self._plan()

    # -- construction

    def _lay_out(self) -> None:
        place_first(self, SIZE, SMALLEST)
        self.setCentralWidget(self.central_area)
        bar = self._bar = QToolBar("Training")
        bar.setObjectName("bar Training")
        bar.setMovable(False)
        bar.toggleViewAction().setEnabled(False)
        bar.addWidget(self.transport)
        self.addToolBar(bar)
        self._file_name = FileName(self.document, self)
        self.transport.add_left(self._file_name)
        self.setStatusBar(StatusBar(self))

    def _plan(self) -> None:
        """Plan the jobs after the first paint event: start the engine, then fill the centre and the docks."""
        self.later.add("engine", self.link.start)
        # Before the parts that it covers.
        self.later.add("start page", self.front_door.begin)
        self.later.add("diagram", self._add_diagram)
        for name, job in self.dock_layout.jobs().items():
            self.later.add(name, job)
        self.later.add("offer", self.front_door.offer)
        self.first_painted.connect(self.later.start, Qt.ConnectionType.QueuedConnection)

    def _add_diagram(self) -> None:
        from gui_app.diagram.diagram import NetworkDiagram

        diagram = self.diagram = NetworkDiagram(
            self.document, self.current_lane, self.looked_at, self.weight_edits, lambda: self.canvas.extent
        )
        diagram.refused.connect(self.show_message)
        diagram.apply_theme(self.appearance.theme)
        self.central_area.set_diagram(diagram)
        # Where the diagram is the canvas's tab, the function would be drawn out of sight.
        self.looked_at.kept.connect(lambda: self.central_area.bring_to_front(CANVAS))
        self.whole_layout.follow(diagram.header.choice)
        self.dispatcher.add(diagram)

    @cached_property
    def present(self) -> Present:
        """The presentation for a projector."""
        present = Present(self.whole_layout, self.appearance, self._bar, self._make_present_bar)
        LessonPresentation(self, present)
        return present

    def _make_present_bar(self) -> PresentBar:
        from gui_app.panels.training.chosen_controls import ChosenControls
        from gui_app.window.layout.present_bar import PresentBar

        controls = ChosenControls(self.document, self.current_lane)
        return PresentBar(self.link, controls, [*PLOTS, "Network", "Differences"])

    def complete(self) -> None:
        """Run now all jobs that would run after the first paint event."""
        self.later.finish()

    @cached_property
    def imports(self) -> ImportActions:
        from gui_app.importing.actions import ImportActions

        imports = ImportActions(self.document, self._settings, self)
        imports.reported.connect(self.show_message)
        return imports

    @cached_property
    def axes(self) -> AxesActions:
        from gui_app.axes.actions import AxesActions

        return AxesActions(self.document, self.canvas)

    @cached_property
    def exports(self) -> ExportActions:
        """Commands that export pictures and data. Builds all views first, because their pictures can be exported."""
        from gui_app.exporting.actions import ExportActions

        self.complete()
        assert self.diagram is not None
        views: list[Exportable] = [self.canvas, self.diagram, *self.dock_layout.plots]
        exports = ExportActions(self.document, self.link, views, self._settings, self)
        exports.reported.connect(self.show_message)
        exports.waiting.connect(self._messages.stand)
        return exports

    @cached_property
    def scripts(self) -> ScriptActions:
        from gui_app.exporting.scripts import ScriptActions

        scripts = ScriptActions(self.document, self.current_lane, self._settings, self)
        scripts.reported.connect(self.show_message)
        return scripts

    def _make_menus(self) -> None:
        self.file_menu = menus.add_file_menu(
            self,
            self.files,
            self.own_lessons,
            self.sweep_folders,
            lambda: self.imports,
            lambda: self.exports,
            lambda: self.scripts,
        )
        menus.add_edit_menu(self, self.document, self.canvas, lambda: self.imports, lambda: self.scripts)
        menus.add_data_menu(self, self.operations, lambda: self.axes)
        menus.add_examples_menu(self, self.examples)
        link = self.link
        menus.add_train_menu(
            self,
            {
                "&Play or pause": (lambda: link.set_playing(not link.playing), "Space"),
                "&Step one batch": (link.step_batch, "."),
                "Step one &epoch": (link.step_epoch, "Shift+."),
                "Go &back to the best weights": (link.restore_best, "Ctrl+B"),
                "&Reset to the initial weights": (link.restart, "Ctrl+R"),
                "&New seed": (self._new_seed, "Ctrl+Shift+R"),
                "Restart the en&gine": (link.restart_engine, None),
            },
            self.speed,
            self.pause_epoch,
        )
        self.menuBar().addMenu(self.lanes.menu)
        self.sweep_menu = menus.add_sweep_menu(self, self.sweeps, self.live_results.open, self.map.open)
        menus.add_view_menu(
            self,
            self.dock_layout.arrangement.all_docks,
            self.appearance,
            self.whole_layout,
            self.perspectives,
            lambda: self.present.toggle(),
            self.canvas,
        )
        self.lessons_menu = menus.add_lessons_menu(self, self.lessons)
        menus.add_handout_entries(self.lessons_menu, self.handouts)
        self.own_lessons_menu = menus.add_own_lessons(
            self.lessons_menu, self.own_lessons, self.front_door.show_page
        )
        menus.add_help_menu(
            self, self.help_windows, self.front_door.show_page, self.fault_messages.copy_report
        )
        self.transport.add_menu(
            "Export",
            menus.export_menu(self, lambda: self.exports, lambda: self.scripts),
            "Save pictures, settings, data, history, code",
        )

    def _connect(self) -> None:
        transport, link = self.transport, self.link
        transport.play_toggled.connect(link.set_playing)
        transport.step_requested.connect(link.step_batch)
        transport.epoch_requested.connect(link.step_epoch)
        transport.reset_requested.connect(link.restart)
        transport.new_seed_requested.connect(self._new_seed)
        self.dock_layout.continue_requested.connect(lambda: link.set_playing(True))
        self.dock_layout.best_requested.connect(link.restore_best)
        self.dock_layout.cured.connect(self._try_cure)
        self.dock_layout.reported.connect(self.show_message)
        self.dock_layout.lane_findings.connect(self.canvas.show_findings)
        self.dock_layout.sweep_setup_wanted.connect(lambda: self.sweeps.open_setup())
        self.dock_layout.restart_wanted.connect(link.restart)
        self.dock_layout.export_wanted.connect(lambda view: self.exports.picture(view))
        transport.best_requested.connect(link.restore_best)
        transport.reported.connect(self.show_message)
        link.playing_changed.connect(transport.set_playing)
        link.health.changed.connect(lambda: transport.show_obeying(link.health.obeys))
        link.playing_changed.connect(self.dock_layout.show_playing)
        link.snapshot_taken.connect(self.dispatcher.show)
        self.appearance.changed.connect(self._apply_theme)
        self.files.reported.connect(self.show_message)
        self.canvas.reported.connect(self.show_message)
        self.canvas.panes_changed.connect(self.central_area.arrange)
        self.lanes.strip.shown_changed.connect(self.central_area.arrange)
        self.lanes.reported.connect(self.show_message)
        self.canvas.sweep_wanted.connect(self.sweeps.open_setup)
        self.lanes.strip.sweep_wanted.connect(self.sweeps.open_setup)
        self.sweeps.reported.connect(self.show_message)
        self.sweep_folders.reported.connect(self.show_message)
        self.canvas.pointer.axis_opened.connect(lambda axis, point: self.axes.edit(axis, point))
        self.operations.reported.connect(self.show_message)
        self.runs.reported.connect(self.show_message)
        self.perspectives.reported.connect(self.show_message)
        self.lessons.reported.connect(self.show_message)
        self.handouts.reported.connect(self.show_message)
        self.own_lessons.reported.connect(self.show_message)
        self.fault_messages.reported.connect(self.show_message)
        self._drops.reported.connect(self.show_message)
        link.watch(self._requests)
        self.speed.changed.connect(self._send_speed)
        self._send_speed()

    def open_file(self, path: Path) -> None:
        """Open a sketch, or import a table as soon as the event loop runs."""
        if is_table(path):
            QTimer.singleShot(0, self, lambda: self.imports.start_with(path))
        else:
            self.files.load(path)

    # -- showing

    def show_message(self, sentence: str) -> None:
        """Show a sentence in the status bar for a while."""
        self._messages.show(sentence)

    def _take_view(self) -> Callable[[], object]:
        """Return what shows the document again as it is shown now."""
        current, camera, pause = self.current_lane, self.canvas.camera, self.pause_epoch
        index, selected, view, axes, epoch = (
            current.index,
            current.selected,
            camera.view,
            camera.axes,
            pause.epoch,
        )

        def put_back() -> None:
            current.choose(index)
            current.select(selected)
            camera.look_at(view, axes)
            pause.choose(epoch)

        return put_back

    def _apply_theme(self, theme: Theme) -> None:
        self.transport.apply_theme(theme)
        self.canvas.apply_theme(theme)
        self.lanes.apply_theme(theme)
        self.examples.apply_theme(theme)
        self.dock_layout.apply_theme(theme)
        self.lessons.apply_theme(theme)
        self.own_lessons.apply_theme(theme)
        self.front_door.apply_theme(theme)
        if self.diagram is not None:
            self.diagram.apply_theme(theme)

    def _requests(self) -> Requests:
        """Return the observables that views need; none if the window is minimized."""
        views = self.dispatcher
        if self.isMinimized():
            return Requests()
        return Requests(views.requests, views.lanes_requests, views.cells_requests)

    def _send_speed(self) -> None:
        self.link.set_speed(self.speed.command)

    def _restart_training(self) -> None:
        self.link.restart()
        self.link.set_playing(True)

    def _try_cure(self, sentence: str) -> None:
        """Start training, so that the effect of the cure is visible."""
        self.link.set_playing(True)
        self.show_message(sentence)

    def _new_seed(self) -> None:
        current, lanes = self.current_lane, self.document.experiment.lanes
        seed = new_seed(current.lane.seed)
        changes = current.edits({"seed": seed})
        if len({lane.seed for lane in lanes}) == 1:
            # Lanes that share their seed stay comparable.
            changes = {f"lanes.{index}.seed": seed for index in range(len(lanes))}
        try:
            self.document.replace(edit_many(self.document.experiment, changes), "New seed")
        except ExperimentError as error:
            # The seed may be on an axis of a sweep.
            self.show_message(refusal(error))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose class, tool or radius by key, wherever the focus is, unless a field uses the key."""
        if ends_typing(event, self.focusWidget()):
            self.keyboard.take()
        elif in_menu() or not press_choice(event, self.document, self.tools):
            super().keyPressEvent(event)

    @guarded
    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move the focus in reading order: Qt's own order is the one in which controls were made."""
        return self.sections.step(forward)

    # -- opening and closing

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.dock_layout.plot_room.fit()

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        # Qt takes an exception on the way for consent.
        event.ignore()
        exports = vars(self).get("exports")
        if not self.files.may_leave() or not (exports is None or exports.may_close()):
            return
        if not all(may_close() for may_close in self.asked_before_closing):
            return
        # The work is saved: what fails from here on is reported, and keeps the window from closing no more.
        for step in (
            lambda: save_layout(
                self.whole_layout,
                self._settings,
                self.sweep_layout.without_sweep(self.lessons.layout_before or self.present.before),
            ),
            self.files.let_go,
            self.later.drop,
            self.link.close,
        ):
            attempt(step)
        self.closed.emit()
        event.accept()

    def _restore(self) -> None:
        self.whole_layout.arrange()
        restore_layout(self.whole_layout, self._settings)
        self.dock_layout.differences_dock.begin()
        self.first_painted.connect(lambda: keep_on_screen(self), Qt.ConnectionType.QueuedConnection)
        QTimer.singleShot(0, self.canvas, self.canvas.setFocus)
