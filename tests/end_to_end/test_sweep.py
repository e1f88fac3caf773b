"""A sweep as a person makes it: set up, trained, a cell chosen, drawn on, edited, zoomed into, promoted and undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment.settings import SweepAxis
from engine.observation.snapshot import LaneSnapshot
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.sweeps.axis_form import LIST, AxisForm
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, Hand, click, fill, part_of

pytestmark = pytest.mark.window
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def engine() -> str:
    return "thread"


def test_a_sweep_is_set_up_trained_drawn_on_edited_zoomed_promoted_and_undone(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window((1920, 1080))
    window.complete()
    qtbot.waitUntil(lambda: window.link.settled)
    begun, document, sweep = window.document.experiment, window.document, window.sweep

    set_up(window, qtbot)
    assert sweep.shape == (8, 8)
    assert len(document.experiment.lanes) == 64
    assert [chip.accessibleName() for chip in window.lanes.strip.chips if chip.isVisible()] == ["Sweep 8 × 8"]
    rate = part_of(window, TrainingPanel).controls["training.learning_rate"]
    assert isinstance(rate, ParameterSlider)
    assert not rate.isEnabled()
    assert rate.number.text() == "8 values"
    assert "On an axis of the sweep" in rate.toolTip()

    QTest.mouseClick(window.transport.play, LEFT)
    qtbot.waitUntil(lambda: epochs(window) == 64)

    name = choose_by_key(window)
    qtbot.waitUntil(lambda: window.canvas.prediction is not None)
    assert window.canvas.panes.current.look.name == name

    points = len(document.points)
    hand = Hand(window.canvas)
    hand.follow((-4.0, 4.0), (-2.0, 4.5), events=6)
    drawn = len(document.points)
    assert drawn > points
    qtbot.waitUntil(lambda: all(marked(lane, "data") for lane in lanes_of(window)))
    assert len(lanes_of(window)) == 64

    card = part_of(window, RegularizationPanel).cards["l2"]
    QTest.mouseClick(card.switch, LEFT)
    strengths = {lane.regularization.l2 for lane in document.experiment.lanes}
    assert len(strengths) == 1
    assert strengths != {0.0}
    qtbot.waitUntil(lambda: all(marked(lane, "setting") for lane in lanes_of(window)))

    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    assert sweep.zoom((2, 5), (0, 3))
    assert sweep.shape == (8, 8)
    values = sweep.axes[0].values
    assert (values[0], values[-1]) == (0.001, 0.03)
    before = [lane.name for lane in document.experiment.lanes]
    source = window.current_lane.name
    QTest.keyClick(window.canvas, Qt.Key.Key_G, CONTROL | SHIFT)
    made = [lane for lane in document.experiment.lanes if lane.name not in before]
    assert len(made) == 1
    assert made[0].cell is None
    assert made[0].training.learning_rate == window.current_lane.lane.training.learning_rate
    assert window.current_lane.name == source
    assert [chip.accessibleName() for chip in window.lanes.strip.chips if chip.isVisible()] == [
        "Sweep 8 × 8",
        f"Lane {made[0].name}",
    ]
    qtbot.waitUntil(lambda: len(lanes_of(window)) == 65 and window.link.settled)

    steps = 0
    while document.stack.canUndo():
        QTest.keyClick(window.canvas, Qt.Key.Key_Z, CONTROL)
        steps += 1
    assert steps == 5, "sweep, stroke, L2, zoom and promotion are a step each"
    assert document.experiment == begun
    assert not sweep.is_on
    assert document.runs == (), "cells do not fill the list of runs"
    qtbot.waitUntil(lambda: len(lanes_of(window)) == 1 and window.link.settled)


def test_after_a_zoom_one_click_trains_all_cells_from_the_beginning(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window((1280, 720))
    window.complete()
    assert window.sweep.start((SweepAxis("regularization.l2", (0.0, 0.001, 0.01)),))
    window.link.step_epoch()
    qtbot.waitUntil(lambda: [lane.now.epoch for lane in lanes_of(window)] == [1] * 3)
    assert window.sweep.zoom((1, 2), count=3)
    qtbot.waitUntil(lambda: sorted(lane.now.epoch for lane in lanes_of(window)) == [0, 1, 1])
    dock = window.dock_layout.sweep_dock
    assert dock is not None
    qtbot.waitUntil(lambda: dock.restart_button.isVisible())
    assert "epochs 0 … 1" in dock.note.full_text
    QTest.mouseClick(dock.restart_button, LEFT)
    qtbot.waitUntil(lambda: [lane.now.epoch for lane in lanes_of(window)] == [0] * 3)
    qtbot.waitUntil(lambda: not dock.restart_button.isVisible())
    window.link.step_epoch()
    qtbot.waitUntil(lambda: [lane.now.epoch for lane in lanes_of(window)] == [1] * 3)


@pytest.mark.parametrize("picture", ["grid", "heat"])
def test_dragging_over_cells_of_the_dock_zooms_into_them_and_undo_brings_all_back(
    open_window: Callable[..., MainWindow], qtbot: QtBot, picture: str
) -> None:
    window = open_window((1920, 1080))
    window.complete()
    rates, strengths = (0.001, 0.003, 0.01, 0.03), (0.0, 0.001, 0.01)
    axes = (SweepAxis("training.learning_rate", rates), SweepAxis("regularization.l2", strengths))
    assert window.sweep.start(axes)
    window.link.step_epoch()
    qtbot.waitUntil(lambda: epochs(window) == 12)
    before, losses = window.document.experiment, losses_of(window)
    dock = window.dock_layout.sweep_dock
    assert dock is not None
    view = {"grid": dock.grid, "heat": dock.heat}[picture]
    qtbot.waitUntil(lambda: view.plane is not None and view.isVisible())
    assert not dock.zoom_button.isEnabled()

    plane = view.plane
    assert plane is not None
    start, end = (plane.cell(place).center().toPoint() for place in ((3, 2), (1, 1)))
    QTest.mousePress(view, LEFT, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(view, start + (end - start) * step / 4)
    QTest.mouseRelease(view, LEFT, pos=end)
    assert window.document.experiment == before
    QTest.mouseClick(dock.zoom_button, LEFT)

    columns, rows = (axis.values for axis in window.sweep.axes)
    assert (columns[0], columns[-1]) == (0.003, 0.03)
    assert (rows[0], rows[-1]) == (0.001, 0.01)
    assert all(0.003 <= value <= 0.03 for value in columns)
    assert all(0.001 <= value <= 0.01 for value in rows)
    assert window.sweep.shape == (4, 3)
    qtbot.waitUntil(lambda: lanes_of(window) and losses_of(window) != losses and window.link.settled)
    assert sum(lane.now.epoch for lane in lanes_of(window)) == 4, "the corners are cells from before"

    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CONTROL)
    assert window.document.experiment == before
    qtbot.waitUntil(lambda: len(lanes_of(window)) == 12 and window.link.settled)
    qtbot.waitUntil(lambda: losses_of(window) == losses)


def set_up(window: MainWindow, qtbot: QtBot) -> None:
    """Eight learning rates by eight strengths of L1, by the button on the canvas, mouse and keys."""
    QTest.mouseClick(window.canvas.ways.sweep, LEFT)
    qtbot.waitUntil(lambda: window.sweeps.setup is not None and window.sweeps.setup.isVisible())
    setup = window.sweeps.setup
    assert setup is not None
    search(setup.columns, "learning")
    click(setup.columns.ways[LIST])
    fill(setup.columns.list, "1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3")
    search(setup.rows, "L1: ")
    click(setup.rows.ways[LIST])
    fill(setup.rows.list, "0, 1e-5, 3e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01")
    assert setup.summary.text() == "8 × 8: 64 networks."
    QTest.mouseClick(setup.start, LEFT)
    qtbot.waitUntil(lambda: window.sweeps.setup is None)


def search(form: AxisForm, text: str) -> None:
    field = form.setting.field
    QTest.mouseClick(field, LEFT, pos=QPoint(8, field.height() // 2))
    field.selectAll()
    QTest.keyClicks(field, text)
    found = form.setting.found
    QTest.keyClick(found if found.isVisible() else field, Qt.Key.Key_Return)


def choose_by_key(window: MainWindow) -> str:
    """Another cell; returns its name."""
    before, dock = window.current_lane.name, window.dock_layout.sweep_dock
    assert dock is not None
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(dock.grid, key)
    assert window.current_lane.name != before
    return window.current_lane.name


def epochs(window: MainWindow) -> int:
    """How many networks have trained an epoch."""
    return sum(lane.now.epoch > 0 for lane in lanes_of(window))


def lanes_of(window: MainWindow) -> Sequence[LaneSnapshot]:
    latest = window.link.latest
    return () if latest is None else latest.lanes


def losses_of(window: MainWindow) -> dict[str, tuple[int, float]]:
    """Epoch and validation loss of each lane."""
    return {lane.name: (lane.now.epoch, float(lane.now.loss[1])) for lane in lanes_of(window)}


def marked(lane: LaneSnapshot, kind: str) -> bool:
    return any(mark.kind == kind for mark in lane.marks)
