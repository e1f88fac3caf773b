"""The bar at the top: play, step, reset, the progress of training, and the task."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, ExperimentError
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.panels.training.bar_buttons import BestButton, PlayButton, SeedButton
from gui_app.panels.training.bar_words import BarWords
from gui_app.panels.training.figure_room import FigureRoom
from gui_app.panels.training.pause_button import PauseButton
from gui_app.panels.training.progress import (
    NOT_BEGUN,
    Figures,
    Progress,
    figures_of,
    pace_of,
    score_name,
)
from gui_app.panels.training.scores import Scores
from gui_app.panels.training.speed_slider import SpeedSlider
from gui_app.panels.training.status_label import StatusLabel
from gui_app.session.best_weights import bests_to_restore, compare_by_hand
from gui_app.session.current_lane import CurrentLane
from gui_app.session.dialogs import reason
from gui_app.session.document import Document
from gui_app.session.pause_at import PauseEpoch
from gui_app.session.snapshot_view import SnapshotView
from gui_app.session.training_speed import TrainingSpeed
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import set_icon, text_button, tint
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.figure import Figure
from gui_app.widgets.guarded import guarded
from gui_app.widgets.outline import flash
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic


class TransportBar(QFrame, SnapshotView[Progress, tuple[str, ...], Figures]):
    """Bar that emits a signal for each button and shows the progress; it sends no commands itself.

    ``reported(sentence)`` says why a task cannot be chosen.
    """

    play_toggled = Signal(bool)
    step_requested = Signal()
    epoch_requested = Signal()
    reset_requested = Signal()
    new_seed_requested = Signal()
    best_requested = Signal()
    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        parent: QWidget | None = None,
        speed: TrainingSpeed | None = None,
        pause: PauseEpoch | None = None,
    ) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self.document, self.theme = document, LIGHT
        self.speed_slider = SpeedSlider(speed or TrainingSpeed(parent=self))
        self._stopped = self._begun = False
        self._run: int | None = None
        self._epoch_tip = ""
        self.setProperty("kind", "bar")
        self._make_buttons()
        self.pause_at = None if pause is None else PauseButton(pause)
        self.epoch = Figure("epoch", 6, label=self.pause_at)
        self.step_count, self.speed = Figure("step", 7), Figure("steps/s", 6)
        self.score = Scores()
        self.status = StatusLabel()
        self.task = ChoiceBox(TASKS, "Task")
        self._lay_out()
        self._hold_widths()
        self._words = BarWords((self.reset, self.step), self.step_epoch, self.seed, self.speed_slider)
        self._connect()
        self.show_snapshot(None)
        self._show_settings()

    # -- for the window

    @property
    def playing(self) -> bool:
        return self.play.playing

    def show_obeying(self, obeys: bool) -> None:
        """Show no speed of an engine that does not obey; its next report shows one again."""
        if not obeys:
            self.speed.show_text("–")

    def set_playing(self, playing: bool) -> None:
        """Show whether training runs, without a signal."""
        self.play.set_playing(playing)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Progress:
        if snapshot is None or lane is None:
            return NOT_BEGUN
        speed = snapshot.steps_per_second if snapshot.playing and snapshot.training_points else None
        now = lane.now
        beyond = now.step - int(lane.history.step[-1]) if len(lane.history) else 0
        return Progress(
            now.epoch,
            now.step,
            speed,
            snapshot.task,
            (float(now.score[0]), float(now.score[1]), float(now.score[2])),
            lane.stop,
            bests_to_restore(lane, snapshot.playing),
            beyond,
            None if speed is None else pace_of(snapshot.epoch, speed, lane.history),
            snapshot.run,
            snapshot.training_points > 0,
            compare_by_hand(lane),
            lane.reached,
            tuple(
                (one.name, bests)
                for one in snapshot.lanes
                if (bests := bests_to_restore(one, snapshot.playing))
            ),
        )

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the selected lanes."""
        looks = self.current.looks
        return tuple(looks[index].name for index in self.current.selected)

    @staticmethod
    def compose(model: Progress, options: tuple[str, ...]) -> Figures:
        return figures_of(model, options)

    def draw(self, shown: Figures) -> None:
        self.epoch.show_text(shown.epoch)
        self._epoch_tip = shown.epoch_tip
        self._show_lane()
        self.step_count.show_text(shown.step)
        self.speed.show_text(shown.speed)
        self.speed_slider.show_pace(shown.pace)
        self._begun = bool(shown.score_name)
        name = shown.score_name or score_name(self.document.experiment.data.task)
        self.score.show_scores(name, shown.score)
        self._show_run(shown.run)
        self.play.describe(shown.trains)
        self._stopped = shown.stop is not None
        self.best.show_bests(shown.bests, shown.by_hand, shown.lanes)
        self.status.show_stop(shown.stop)
        self._make_room()

    def _show_lane(self) -> None:
        """Say whose the figures are, where there are several lanes."""
        look, several = self.current.looks[self.current.index], len(self.current.looks) > 1
        # Names of cells have no room there, and the strip says which one is chosen.
        short = "cell" if self.current.is_cell else ""
        self.score.show_lane(look.name if several else "", self.theme.lanes[look.colour], short)
        whose = f"Of lane {look.name}." if several else ""
        said = " ".join(filter(None, (whose, self._epoch_tip)))
        self.epoch.setToolTip(tip("Epoch", said) if said else "")
        self.step_count.setToolTip(tip("Step", whose) if whose else "")

    def add_left(self, widget: QWidget) -> None:
        """Add a widget at the left end, such as the file name."""
        self._left.addWidget(widget)

    def add_menu(self, text: str, menu: QMenu, tooltip: str) -> QPushButton:
        """Add a button at the right end that opens a menu."""
        button = text_button(text, tooltip)
        set_topic(button, text.lower())
        button.setProperty("menu", True)
        button.setMenu(menu)
        self.add_right(button)
        return button

    def add_right(self, widget: QWidget) -> None:
        """Add a widget at the right end."""
        self._right.addWidget(widget)

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the icons in the colours of ``theme``."""
        self.theme = theme
        tint(self, theme.text)
        self._show_lane()
        self.play.apply_theme(theme)

    # -- inside

    def _hold_widths(self) -> None:
        """Give the task the width of the longest one."""
        widest = max((task.label for task in TASKS.values()), key=len)
        self.task.setFixedWidth(self.task.fontMetrics().horizontalAdvance(widest) + 32)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_row"):
            self._hold_widths()

    @guarded
    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._make_room()
        return handled

    def _make_room(self) -> None:
        """Use fewer words, then leave out the least important figures, if the bar is too narrow for all."""
        # What stands left of the figures must not change with the content, or all of them would jump.
        self._words.fit(lambda wider: self._room.holds_test(self.width(), wider))
        self._row.activate()
        self._room.arrange(self.width(), self._stopped)

    def _show_run(self, run: int | None) -> None:
        """Flash the figures if another run has begun."""
        if self._run is not None and run is not None and run != self._run:
            for part in (self.epoch, self.step_count, self.score):
                flash(part)
        self._run = run

    def _make_buttons(self) -> None:
        self.reset = text_button("Reset", tip("Reset (Ctrl+R)", "Back to the initial weights of this seed."))
        self.step = text_button("Step", tip("Step (.)", "One batch, one update.", "w ← w − η·∂C/∂w"))
        self.step_epoch = text_button("Epoch", tip("Epoch (Shift+.)", "One pass over all training points."))
        self.play, self.seed, self.best = PlayButton(self.document), SeedButton(), BestButton()
        for button, name in ((self.reset, "reset"), (self.step, "step"), (self.step_epoch, "step-epoch")):
            set_icon(button, name)

    def _connect(self) -> None:
        self.play.toggled_by_hand.connect(self.play_toggled)
        self.step.clicked.connect(self.step_requested)
        self.step_epoch.clicked.connect(self.epoch_requested)
        self.reset.clicked.connect(self.reset_requested)
        self.seed.clicked.connect(self.new_seed_requested)
        self.best.clicked.connect(self.best_requested)
        self.task.chosen.connect(self._choose_task)
        self.document.changed.connect(self._follow)
        self.current.changed.connect(self._show_settings)
        self.current.changed.connect(self._show_lane)
        self.current.looks_changed.connect(self._show_lane)

    def _choose_task(self, key: str) -> None:
        if key != self.document.experiment.data.task:
            undo_text = f"Task: {TASKS[key].label}"
            try:
                self.document.switch_task(key, undo_text)
            except ExperimentError as error:
                # The drawing that was kept of the task may be too large for a network that has grown since.
                self.task.set_key(self.document.experiment.data.task)
                self.reported.emit(reason(error))

    def _follow(self, before: Experiment, after: Experiment) -> None:
        if before.lanes is not after.lanes or before.data.task != after.data.task:
            self._show_settings()

    def _show_settings(self) -> None:
        """Show the task, and the seed of the current lane."""
        task, seed = self.document.experiment.data.task, self.current.lane.seed
        self.task.set_key(task)
        self.seed.show_seed(seed)
        if not self._begun:
            self.score.show_scores(score_name(task), self.score.texts)

    def _topics(self) -> dict[QWidget, str]:
        return {
            self: "playing", self.seed: "seed", self.step: "epoch", self.step_epoch: "epoch", self.epoch: "epoch",
            self.step_count: "epoch", self.speed: "speed", self.speed_slider: "speed", self.score: "score",
            self.best: "best_weights", self.task: "task",
        }  # fmt: skip

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        self._left, self._right = QHBoxLayout(), QHBoxLayout()
        self._left.setSpacing(8)
        self._right.setSpacing(8)
        row.addLayout(self._left)
        for button in (self.reset, self.seed, self.step, self.step_epoch, self.play):
            row.addWidget(button)
        row.addWidget(self.speed_slider)
        for figure in (self.epoch, self.step_count, self.speed, self.score):
            row.addWidget(figure)
        row.addWidget(self.best)
        for part, topic in self._topics().items():
            set_topic(part, topic)
        row.addWidget(self.status, 100)
        self._room = FigureRoom(
            row,
            self.speed_slider,
            self.epoch,
            self.step_count,
            self.speed,
            self.score,
            self.best,
            self.status,
        )
        # The status is hidden while it has no text.
        row.addStretch(1)
        row.addWidget(self.task)
        row.addLayout(self._right)
        self.task.setProperty("kind", "compact")
