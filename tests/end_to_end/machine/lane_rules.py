"""What a person can do with lanes, and that strip, panes and panels show the document's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment
from engine.experiment.differences import lane_changes
from engine.experiment.lanes import MOST_LANES, sets_apart
from gui_app.canvas.panes.lanes_shown import PANES
from gui_app.lanes.chip import LaneChip
from gui_app.panels.lane_panel import MISSING, LanePanel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.widgets.mixed import ShowsMixed
from gui_app.widgets.parameter_slider import ParameterSlider
from tests.end_to_end.machine.answering import Answers, close_popups
from tests.end_to_end.machine.poking import LEFT, NONE, poke
from tests.end_to_end.machine.studio import Studio
from tests.end_to_end.machine.trail import Trailing, action, promise
from tests.gui_app.hands import part_of

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LANES = st.integers(0, MOST_LANES - 1)
NAMES = ("A", "wide", "dropout 0.5", " ", "a" * 60)
"""Some are taken, empty or too long."""
COMMANDS = (
    "remove", "left", "right", "drag", "rename", "recolour", "hide", "mute", "swap", "repeat", "only", "alone",
)  # fmt: skip
SETTINGS = ("learning_rate", "batch_size", "dropout", "l2")
MIDDLE = 0.5, 0.5


class LaneRules(Trailing):
    """A machine with a window. ``studio`` and ``answers`` are set by whoever runs it."""

    studio: Studio
    answers: Answers

    @property
    def window(self) -> Any:
        return self.studio.window

    def plan(self, choice: int, path: Path | None = None) -> None:
        """Begin an action of which the answers to what it opens are known; what is open as a popup closes."""
        close_popups()
        self.answers.plan(choice, path)

    def is_inside(self, widget: QWidget) -> bool:
        """Whether a person can click the middle of a part of the window."""
        centre = widget.mapTo(self.window, widget.rect().center())
        return bool(widget.isVisible() and widget.isEnabled() and self.window.rect().contains(centre))

    # -- what is done

    @initialize(more=st.integers(0, 3))
    def begin_with_several_lanes(self, more: int) -> None:
        self.trail.append(f"begin_with_several_lanes({more})")
        for _ in range(more):
            self.window.lanes.actions.duplicate()

    @action(number=LANES, answer=st.sampled_from(["anew", "go_on", "escape"]))
    def duplicate_a_lane(self, number: int, answer: str) -> None:
        self.plan(0)
        lanes, before = self.window.lanes, self.window.document.experiment
        self.window.current_lane.choose(number % len(before.lanes))
        source = self.window.current_lane.index
        QTest.keyClick(self.window.canvas, Qt.Key.Key_D, CONTROL)
        after = self.window.document.experiment
        if len(after.lanes) > len(before.lanes):
            copy = source + 1 if before.lanes[source].cell is None else len(before.lanes)
            assert self.window.current_lane.index == copy
            assert sets_apart(after, copy) == sets_apart(after, source)
        else:
            assert after == before
        question = lanes.question
        if question is not None and question.isVisible():
            if answer == "escape":
                QTest.keyClick(question, Qt.Key.Key_Escape)
            else:
                QTest.mouseClick(getattr(question, answer), LEFT)
        self._takes_back(before)

    @action(command=st.sampled_from(COMMANDS), number=LANES, other=LANES, name=st.sampled_from(NAMES))
    def change_a_lane(self, command: str, number: int, other: int, name: str) -> None:
        self.plan(0)
        before = self.window.document.experiment
        number, other = number % len(before.lanes), other % len(before.lanes)
        strip, actions = self.window.lanes.strip, self.window.lanes.actions
        chip, beside = strip.chip_of(number), strip.chip_of(other)
        lane = before.lanes[number]
        by_hand: dict[str, Callable[[], object]] = {
            "remove": lambda: QTest.keyClick(chip, Qt.Key.Key_Delete),
            "left": lambda: QTest.keyClick(chip, Qt.Key.Key_Left, CONTROL),
            "right": lambda: QTest.keyClick(chip, Qt.Key.Key_Right, CONTROL),
            "drag": lambda: self._drag(chip, beside),
            "rename": lambda: self._rename(chip, name),
            "alone": lambda: QTest.mouseDClick(chip, LEFT),
        }
        by_menu: dict[str, Callable[[], object]] = {
            "recolour": lambda: actions.recolour(number, other),
            "hide": lambda: actions.set_hidden([number], not lane.hidden),
            "mute": lambda: actions.set_muted([number], not lane.muted),
            "swap": lambda: actions.swap(number, other),
            "repeat": lambda: actions.repeat((number,), 1 + other % 3),
            "only": lambda: actions.keep_only(number),
        }
        if command in by_menu:
            by_menu[command]()
        elif self.is_inside(chip):
            by_hand[command]()
        self._takes_back(before)

    def _drag(self, chip: LaneChip, other: LaneChip) -> None:
        start = chip.rect().center()
        way = QPoint(other.geometry().right() - chip.geometry().center().x(), 0)
        QTest.mousePress(chip, LEFT, NONE, start)
        QTest.mouseMove(chip, start + way / 2)
        QTest.mouseMove(chip, start + way)
        QTest.mouseRelease(chip, LEFT, NONE, start + way)

    def _rename(self, chip: LaneChip, name: str) -> None:
        QTest.keyClick(chip, Qt.Key.Key_F2)
        field = chip.field
        if field is None:
            # A cell is named by its values; and what comes with a sweep may take the focus.
            assert self.window.sweep.is_on, "a lane can be renamed"
            return
        field.selectAll()
        QTest.keyClicks(field, name)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def _takes_back(self, before: Experiment) -> None:
        """What is one step is taken back by undo, and made again by redo."""
        document = self.window.document
        after, stack = document.experiment, document.stack
        if after == before or stack.undoText() == "":
            return
        stack.undo()
        undone = document.experiment
        stack.redo()
        assert undone.lanes == before.lanes
        assert document.experiment == after

    @action(number=LANES, more=st.lists(LANES, max_size=3), by_key=st.booleans())
    def select_lanes(self, number: int, more: list[int], by_key: bool) -> None:
        """One alone, then others with it; a click on one that is selected takes it out again."""
        self.plan(0)
        count, current = len(self.window.document.experiment.lanes), self.window.current_lane
        for step, lane in enumerate((number % count, *(one % count for one in more))):
            if by_key:
                key, modifiers = Qt.Key(Qt.Key.Key_1 + lane), CONTROL | SHIFT if step else CONTROL
                QTest.keyClick(self.window.canvas, key, modifiers)
            elif self.is_inside(chip := self.window.lanes.strip.chip_of(lane)):
                QTest.mouseClick(chip, LEFT, CONTROL if step else NONE)
        assert current.index in current.selected

    @action(setting=st.sampled_from(SETTINGS), text=st.sampled_from(["0.01", "1", "3", "x"]))
    def edit_selected_lanes(self, setting: str, text: str) -> None:
        """By a control of a panel: all of them have the same value then, and no other lane has changed."""
        self.plan(0)
        document, selected = self.window.document, self.window.current_lane.selected
        before = document.experiment.lanes
        if setting in ("dropout", "l2"):
            card = part_of(self.window, RegularizationPanel).cards.get(setting)
            control, way = card and card.switch, "click"
        else:
            slider = getattr(part_of(self.window, TrainingPanel), setting)
            control, way = slider.number, "type"
        if control is None or not control.isVisible() or not control.isEnabled():
            return
        poke(control, way, MIDDLE, MIDDLE, Qt.Key.Key_Space, text)
        after = document.experiment.lanes
        if after == before:
            return
        values = {
            "dropout": lambda lane: bool(lane.regularization.dropout.rate),
            "l2": lambda lane: bool(lane.regularization.l2),
        }.get(setting, lambda lane: getattr(lane.training, setting, None))
        assert len({values(after[index]) for index in selected}) == 1, "the selected lanes differ"
        others = [index for index in range(len(after)) if index not in selected]
        assert all(after[index] == before[index] for index in others), (
            "a lane that is not selected has changed"
        )

    # -- what must hold

    @promise
    def the_strip_shows_the_documents_lanes(self) -> None:
        experiment, current = self.window.document.experiment, self.window.current_lane
        chips = [chip.shown for chip in self.window.lanes.strip.chips if not chip.isHidden()]
        shown = [
            (chip.look, chip.apart, chip.seeds, chip.is_current, chip.hidden, chip.muted) for chip in chips
        ]
        assert shown == [
            (
                look,
                apart(experiment, current.first, index),
                lane.repeats,
                index == current.index,
                lane.hidden,
                lane.muted,
            )
            for index, (look, lane) in enumerate(zip(current.looks, experiment.lanes, strict=True))
            if lane.cell is None or index == current.cell_index
        ]

    @promise
    def the_panes_show_the_shown_lanes(self) -> None:
        canvas, current = self.window.canvas, self.window.current_lane
        whole = canvas.lanes_shown.mode == PANES
        wanted = current.shown if whole else (current.looks[current.index],)
        assert [pane.look for pane in canvas.panes] == list(wanted)
        assert [pane.is_current for pane in canvas.panes] == [look.number == current.index for look in wanted]

    @promise
    def panels_show_the_value_or_that_it_is_mixed(self) -> None:
        faults = [fault for panel in self._lane_panels() for fault in faults_of(panel)]
        assert not faults, "\n".join(faults)

    def _lane_panels(self) -> list[LanePanel]:
        parts = self.window.dock_layout.panels
        return [part for part in parts if isinstance(part, LanePanel) and part.isVisible()]


def apart(experiment: Experiment, first: int, index: int) -> str:
    """What a chip says of a lane beside others: a cell's values, or what differs from the first one."""
    lanes = experiment.lanes
    if lanes[index].cell is not None:
        return f"cell {lanes[index].name}"
    return ", ".join(f"{change.name} {change.after}" for change in lane_changes(lanes[first], lanes[index]))


def faults_of(panel: LanePanel) -> Iterator[str]:
    """Controls that can be seen and do not say what the selected lanes have."""
    sliders = {path: one for path, one in panel.controls.items() if isinstance(one, ParameterSlider)}
    for path, control in panel.controls.items():
        if not control.isVisible() or not isinstance(control, ShowsMixed):
            continue
        if "On an axis of the sweep" in control.toolTip():
            if control.isEnabled():
                yield f"{path} is on an axis and can be edited"
            continue
        values = [panel.value_of(index, path) for index in panel.current.selected]
        differ, said = any(value != values[0] for value in values), "Mixed:" in control.toolTip()
        if differ != said:
            yield f"{path}: {values}, but it says{'' if said else ' not'} that they are mixed"
        elif not differ and values[0] is not MISSING and path in sliders:
            shown, right = sliders[path].value(), values[0]
            if control.text_of(shown) != control.text_of(right):
                yield f"{path}: it shows {shown} and not {right}"
