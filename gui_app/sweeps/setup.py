"""The dialog that sets up a sweep: its axes, its seeds, and where it is trained."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from engine.catalogue.texts import counted
from engine.experiment import Experiment, ExperimentError
from engine.experiment.settings import MOST_CELLS, MOST_REPEATS, SweepAxis
from engine.experiment.sweeps.cells import base_lane, cells, with_axes, with_sweep
from engine.experiment.sweeps.swept_settings import swept_settings
from gui_app.session.refusal import refusal
from gui_app.sweeps.axis_form import LABEL, AxisForm
from gui_app.theme import text_size
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.guarded import guarded
from gui_app.widgets.name_label import NameLabel
from gui_app.widgets.spin_box import SpinBox
from gui_app.widgets.tips import tip

FIRST = ("regularization.l2", "training.learning_rate")
"""The settings of the axes at first: how strongly to regularize, and how fast to learn."""
SEEDS = "Networks in each cell that differ by their seeds alone; the cell shows their median and spread."
WIDTH, LINES = 680, 2
"""Pixels at the default size of text, and lines that what is said about a plan has."""


class SweepPlan(NamedTuple):
    """What a person asks for: the axes, the horizontal one first, and the number of seeds."""

    axes: tuple[SweepAxis, ...]
    seeds: int

    @property
    def networks(self) -> int:
        return prod(len(axis.values) for axis in self.axes) * self.seeds


class SweepSetup(QDialog):
    """Asks for the axes of a lane's sweep, or for others where the lane is a cell.

    ``live_wanted(plan)`` follows where the networks are to train in the document, ``background_wanted(plan)`` where
    they are to be computed: then it stays open until whoever answers has what else it takes.
    """

    live_wanted = Signal(object)
    background_wanted = Signal(object)

    def __init__(self, experiment: Experiment, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment, self._index = experiment, index
        self._is_cell = experiment.lanes[index].cell is not None
        self.setWindowTitle("Change the axes" if self._is_cell else "Sweep")
        self.columns, self.rows = AxisForm("Columns", optional=False), AxisForm("Rows", optional=True)
        self.seeds = SpinBox(1, MOST_REPEATS, "Seeds", tip("Seeds", SEEDS))
        self.summary, self.error = QLabel(), caption(role="refused")
        self.summary.setWordWrap(True)
        self.start = text_button("Start", "", "primary")
        self.background = text_button(
            "Compute in the background …",
            tip(
                "Compute in the background",
                "On all cores, as many networks as wanted; results come as they are ready.",
            ),
        )
        self.cancel = text_button("Cancel", "Leave everything as it is (Esc)")
        self._lay_out()
        self._fill()
        for form in (self.columns, self.rows):
            form.changed.connect(self._refresh)
        self.seeds.edited.connect(self._refresh)
        self.start.clicked.connect(self._start)
        self.background.clicked.connect(self._compute)
        self.cancel.clicked.connect(self.reject)
        self._refresh()

    @property
    def plan(self) -> SweepPlan | None:
        """What the fields say; None while they are no sweep."""
        forms = [form for form in (self.columns, self.rows) if form.setting.key]
        axes = [form.axis for form in forms]
        found = tuple(axis for axis in axes if axis is not None)
        return SweepPlan(found, self.seeds.value()) if len(found) == len(axes) else None

    @guarded
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # Later: until all parts are laid out, the height is too large.
            QTimer.singleShot(0, self, self._grow)
        return super().event(event)

    # -- inside

    def _grow(self) -> None:
        """Grow where there is more to show; it never shrinks below the mouse."""
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _fill(self) -> None:
        """Show the axes that there are, or those to begin with."""
        experiment, index = self._experiment, self._index
        settings = swept_settings(experiment, index)
        keys = {setting.key for setting in settings}
        sweep = experiment.sweep if self._is_cell else None
        if sweep is not None:
            chosen = [(axis.setting, axis.values) for axis in sweep.axes]
            self.seeds.set_value(experiment.lanes[index].repeats)
        else:
            chosen = [(key, ()) for key in FIRST if key in keys] or [(settings[0].key, ())]
            self.seeds.set_value(1)
        chosen += [("", ())] * (2 - len(chosen))
        for form, (key, values) in zip((self.columns, self.rows), chosen, strict=False):
            form.show(experiment, index, settings, key, values)

    def _refresh(self) -> None:
        """Say how many networks there would be, and whether they can train here."""
        plan, problem = self.plan, ""
        live, computed = plan is not None, plan is not None
        words = ""
        if plan is not None:
            words = _count(plan)
            if len(plan.axes) == 2 and plan.axes[0].setting == plan.axes[1].setting:
                problem = "Both axes have the same setting; choose another one for the rows."
                live = computed = False
            elif plan.networks > MOST_CELLS:
                live = False
                words += f" At most {MOST_CELLS} train live; these are computed in the background."
            else:
                problem = self._refusal_of(plan)
                live = not problem
        self.summary.setText(words)
        self.error.setText(problem)
        self.error.setVisible(bool(problem))
        self.start.setEnabled(live)
        self.background.setEnabled(computed)
        self._make_default(self.start if live or not computed else self.background)

    def _refusal_of(self, plan: SweepPlan) -> str:
        """Return why the document cannot have this sweep; "" if it can."""
        try:
            if self._is_cell:
                with_axes(self._experiment, plan.axes, plan.seeds)
            else:
                with_sweep(self._experiment, self._index, plan.axes, plan.seeds)
        except ExperimentError as error:
            return refusal(error)
        return ""

    def _make_default(self, button: QWidget) -> None:
        """Let Enter press a button."""
        for one in (self.start, self.background):
            one.setDefault(one is button)
            one.setAutoDefault(one is button)
        self.cancel.setAutoDefault(False)

    def _start(self) -> None:
        plan = self.plan
        if plan is not None:
            self.accept()
            self.live_wanted.emit(plan)

    def _compute(self) -> None:
        plan = self.plan
        if plan is not None:
            self.background_wanted.emit(plan)

    def _lay_out(self) -> None:
        room = self.screen().availableGeometry().width()
        self.setFixedWidth(min(text_size.scaled(WIDTH, max(text_size.scale(), 1.0)), room))
        experiment = self._experiment
        name = base_lane(experiment).name if self._is_cell else experiment.lanes[self._index].name
        heading = QLabel(f"Train lane {name} with every combination of values")
        heading.setProperty("role", "title")
        trained = f", {counted(len(cells(experiment)), 'cell')} now" if self._is_cell else ""
        meaning = caption(
            f"A grid of networks{trained}: they train together, and drawing and all other settings are for all of them."
        )
        self.start.setText("Apply" if self._is_cell else "Start")
        self.start.setToolTip(tip(self.start.text(), "They train here, as one undo step (Enter)."))
        seeds = QHBoxLayout()
        seeds.setSpacing(8)
        label = NameLabel("&Seeds", LABEL)
        label.setBuddy(self.seeds)
        label.setToolTip(self.seeds.toolTip())
        seeds.addWidget(label)
        self.seeds.setFixedWidth(72)
        seeds.addWidget(self.seeds)
        seeds.addWidget(caption("for each cell; a cell shows their median and spread"), 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.background)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for part in (heading, meaning):
            column.addWidget(part)
        column.addSpacing(4)
        for form in (self.columns, self.rows):
            column.addWidget(form)
        column.addLayout(seeds)
        said = QWidget()
        said.setMinimumHeight(LINES * self.summary.fontMetrics().lineSpacing())
        lines = QVBoxLayout(said)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        for part in (self.summary, self.error):
            lines.addWidget(part)
        lines.addStretch(1)
        column.addWidget(said)
        column.addStretch(1)
        column.addLayout(buttons)


def _count(plan: SweepPlan) -> str:
    """Return how many networks there are: "8 × 8, each with 3 seeds: 192 networks."."""
    sides = " × ".join(str(len(axis.values)) for axis in plan.axes)
    networks = f"{counted(plan.networks, 'network')}."
    if plan.seeds > 1:
        return f"{sides}, each with {counted(plan.seeds, 'seed')}: {networks}"
    return f"{sides}: {networks}" if len(plan.axes) > 1 else networks
