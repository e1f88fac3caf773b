"""The state machine: whatever a person can do to a window, in any order, and what must hold after each action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QWidget

from engine.catalogue.tasks import TASKS
from engine.experiment import dumps, loads, switch_task
from gui_app.canvas import TOOLS, tools_for
from gui_app.session.starter import starter_experiment
from tests.end_to_end.machine.answering import close_popups
from tests.end_to_end.machine.noticing import Noticed
from tests.end_to_end.machine.poking import KEYS, TEXTS, WAYS, controls, poke
from tests.end_to_end.machine.studio import Studio, census
from tests.end_to_end.machine.sweep_rules import SweepRules
from tests.end_to_end.machine.trail import action, promise
from tests.gui_app.hands import LEFT, NONE, Hand, drop

RIGHT = Qt.MouseButton.RightButton
MODIFIERS = NONE, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
HALVES = st.integers(-14, 14).map(lambda number: number / 2)
POSITIONS = st.tuples(HALVES, HALVES)
SHARES = st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.sampled_from([0.0, 0.5, 1.0]))
CHOICES = st.integers(0, 11)
SIZES = (1, 1), (500, 300), (1080, 640), (1280, 720), (1920, 1080), (5000, 3000)
CORNERS = (0, 0), (-4000, -4000), (100, 50), (9000, 9000)
FILES = ("a", "a.sketch.json", "b.csv", "c.svg", "no such folder/a", "n" * 250, "here")
"""Names that a person gives in file dialogs; ``here`` is a folder."""
BROUGHT = {
    "points.csv": b"x1,x2,class\n1,2,a\n-3,0.5,b\n0,0,a\n",
    "curve.csv": b"x;y\n1,5;2\n2,5;3\n",
    "broken.csv": b"\xff\xfe\x00,,\n\n\x00",
    "empty.csv": b"",
    "broken.sketch.json": b'{"format": "neural-sketchbook/4", "lanes": [',
}
"""Files that a person opens, imports and drops."""
MOST_POINTS, MOST_WEIGHTS = 3000, 20_000
"""What is larger is made small again: the machine is here to do many things, not to train large networks."""


class WindowMachine(SweepRules):
    """A window at work. ``make_studio``, ``answers`` and ``noticed`` are set by whoever runs it."""

    make_studio: Callable[[], Studio]
    noticed: Noticed
    baseline: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.studio = type(self).make_studio()
        self.folder = self.studio.folder
        self.saved: Path | None = None
        for name, content in BROUGHT.items():
            (self.folder / name).write_bytes(content)
        (self.folder / "here").mkdir(exist_ok=True)

    # -- drawing

    @action(
        number=st.integers(0, len(TOOLS) - 1), positions=st.lists(POSITIONS, min_size=1, max_size=4),
        button=st.sampled_from([LEFT, LEFT, RIGHT]), modifiers=st.sampled_from(MODIFIERS),
        escape=st.booleans(), release=st.sampled_from([True, True, True, False]),
    )  # fmt: skip
    def draw(
        self,
        number: int,
        positions: list[tuple[float, float]],
        button: Any,
        modifiers: Any,
        escape: bool,
        release: bool,
    ) -> None:
        self.plan(0)
        fitting = tools_for(self.window.document.experiment.data.task)
        self.window.tools.tool = fitting[number % len(fitting)].key
        hand = Hand(self.window.canvas)
        if not all(self._inside(hand.pixel(position)) for position in positions):
            return
        hand.press(positions[0], button, modifiers)
        for position in positions[1:]:
            hand.move(position, button, modifiers)
        if escape:
            QTest.keyClick(self.window.canvas, Qt.Key.Key_Escape)
        if release:
            hand.release(positions[-1], button, modifiers)

    def _inside(self, pixel: QPoint) -> bool:
        canvas = self.window.canvas
        return bool(canvas.isVisible() and self.window.rect().contains(canvas.mapTo(self.window, pixel)))

    @action(redo=st.booleans(), times=st.integers(1, 4))
    def undo_or_redo(self, redo: bool, times: int) -> None:
        self.plan(0)
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        for _ in range(times):
            QTest.keyClick(self.window.canvas, Qt.Key.Key_Z, control | shift if redo else control)

    # -- controls

    @action(
        number=st.integers(0, 400), way=st.sampled_from(list(WAYS)), start=SHARES, end=SHARES,
        key=st.sampled_from(KEYS), text=st.sampled_from(TEXTS), choice=CHOICES,
    )  # fmt: skip
    def use_a_control(
        self, number: int, way: str, start: Any, end: Any, key: Any, text: str, choice: int
    ) -> None:
        popup = QApplication.activePopupWidget()
        self.answers.plan(choice, self.folder / FILES[choice % len(FILES)])
        root: QWidget = popup or self._windows()[choice % len(self._windows())]
        there = controls(root)
        if there:
            poke(there[number % len(there)], way, start, end, key, text)

    def _windows(self) -> list[QWidget]:
        """The window, most of the time, and its docks that float."""
        docks: list[QDockWidget] = self.window.dock_layout.docks
        return [self.window] * 6 + [dock for dock in docks if dock.isFloating() and dock.isVisible()]

    @action(number=st.integers(0, 300), choice=CHOICES, file=st.sampled_from([None, *FILES]))
    def use_a_menu(self, number: int, choice: int, file: str | None) -> None:
        self.plan(choice, self.folder / file if file else None)
        entries = [entry for entry in entries_of(self.window.menuBar()) if "Quit" not in entry.text()]
        entry = entries[number % len(entries)]
        if entry.isEnabled():
            entry.trigger()

    # -- training

    @action(command=st.sampled_from(["play", "step", "step_epoch", "reset"]))
    def train(self, command: str) -> None:
        self.plan(0)
        button: QWidget = getattr(self.window.transport, command)
        if self.is_inside(button):
            QTest.mouseClick(button, LEFT)

    @action(task=st.sampled_from(list(TASKS)))
    def switch_task(self, task: str) -> None:
        self.plan(0)
        document = self.window.document
        document.replace(switch_task(document.experiment, task), "Change task")

    # -- files

    @action(file=st.sampled_from(FILES), choice=CHOICES)
    def save_as(self, file: str, choice: int) -> None:
        self.plan(choice, self.folder / file)
        if self.window.files.save_as():
            written = loads(self.window.document.path.read_bytes())
            assert written == self.window.document.experiment, "the file is not the document"
            assert not self.window.document.modified

    @action(file=st.sampled_from([*FILES, *BROUGHT]), choice=CHOICES)
    def open(self, file: str, choice: int) -> None:
        self.plan(choice, self.folder / file)
        self.window.files.open()

    @action(file=st.sampled_from(list(BROUGHT)), choice=CHOICES, dropped=st.booleans())
    def import_data(self, file: str, choice: int, dropped: bool) -> None:
        self.plan(choice, self.folder / file)
        if dropped:
            drop(self.window, self.folder / file)
        else:
            self.window.imports.choose()

    @action(number=st.integers(0, 20), file=st.sampled_from(FILES), choice=CHOICES)
    def export(self, number: int, file: str, choice: int) -> None:
        self.plan(choice, self.folder / file)
        exports = self.window.exports
        works = [exports.settings, exports.data, exports.history, exports.everything]
        works += [lambda view=view: exports.picture(view) for view in exports.views]
        works[number % len(works)]()

    # -- the window

    @action(size=st.sampled_from(SIZES), corner=st.sampled_from(CORNERS))
    def resize(self, size: tuple[int, int], corner: tuple[int, int]) -> None:
        self.plan(0)
        self.window.setMinimumSize(1, 1)
        self.window.resize(*size)
        self.window.move(*corner)

    @action(number=CHOICES, way=st.sampled_from(["show", "hide", "float", "dock", "raise"]))
    def arrange(self, number: int, way: str) -> None:
        self.plan(0)
        docks = self.window.dock_layout.docks
        dock: QDockWidget = docks[number % len(docks)]
        if way in ("float", "dock"):
            dock.setFloating(way == "float")
        elif way == "raise":
            dock.raise_()
        else:
            dock.setVisible(way == "show")

    @action(shown=st.booleans())
    def minimize(self, shown: bool) -> None:
        self.plan(0)
        self.window.showNormal() if shown else self.window.showMinimized()

    @action(choice=CHOICES, file=st.sampled_from(FILES))
    def close_and_reopen(self, choice: int, file: str) -> None:
        self.plan(choice, self.folder / file)
        if self.studio.close():
            self._compare_with_baseline()
            self.studio.open()

    # -- what must hold

    @promise
    def nothing_is_said_aside(self) -> None:
        faults, self.noticed.faults[:] = list(self.noticed.faults), []
        assert not faults, "\n".join(faults)

    @promise
    def the_document_is_what_would_be_read_again(self) -> None:
        document = self.window.document
        again = loads(dumps(document.experiment))
        assert again == document.experiment
        assert dumps(again) == dumps(document.experiment)

    @promise
    def the_canvas_shows_the_documents_points(self) -> None:
        points = self.window.document.points
        assert self.window.canvas.visible.points == points[self.window.tools.shows(points)]

    @promise
    def the_engine_answers_and_has_the_same_data(self) -> None:
        self._keep_it_small()
        if not self.window.isMinimized():
            self.studio.settle()

    def _keep_it_small(self) -> None:
        document = self.window.document
        lanes = document.experiment.lanes
        widths = [(lane.repeats, np.array([2, *lane.network.hidden])) for lane in lanes]
        weights = sum(repeats * int(w[1:] @ w[:-1]) for repeats, w in widths)
        if len(document.points) > MOST_POINTS or weights > MOST_WEIGHTS:
            document.reset(starter_experiment())

    def _compare_with_baseline(self) -> None:
        leaked = census() - type(self).baseline
        assert not leaked, f"left behind by a closed window: {dict(leaked)}"

    def teardown(self) -> None:
        close_popups()
        self.answers.plan(0)
        if hasattr(self.studio, "window"):
            self.window.document.stack.setClean()
            self.window.document.cancel_gesture()
            # An export that a minimized window still waits for may come to nothing meanwhile.
            self.window.exports.give_up()
            assert self.studio.close(), "a document without changes asks a question"
        self._compare_with_baseline()


def entries_of(above: QWidget) -> list[QAction]:
    """All entries of menus and of their submenus, as they are when somebody looks."""
    entries: list[QAction] = []
    for entry in above.actions():
        menu = entry.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()
            entries += entries_of(menu)
        elif entry.text():
            entries.append(entry)
    return entries
