"""Whose the keys are: a field's while it is typed into, the list's while it is open, and else the canvas's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QTabBar

from engine.service import messages as m
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.number_field import NumberField
from gui_app.widgets.spin_box import SpinBox
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import LEFT, dock_of
from tests.gui_app.plots.runs import history_of, snapshot_of

RATE = "training.learning_rate"


pytestmark = pytest.mark.usefixtures("fake_engine")


def press(window: MainWindow, keys: str) -> None:
    """Keys as the window system sends them: shortcuts are asked first, then whoever has the keyboard."""
    for key in keys:
        QTest.keyClick(window.windowHandle(), key)


def rate_of(window: MainWindow) -> NumberField:
    return next(panel for panel in window.dock_layout.panels if RATE in panel.controls).controls[RATE].number


def played(fake_engine: FakeEngine) -> bool:
    return any(isinstance(sent, m.Play) for sent in fake_engine.take_commands())


def typed_fields(window: MainWindow) -> list[QLineEdit]:
    fields = [field for field in window.findChildren(NumberField) if field.isVisible() and field.isEnabled()]
    spins = [spin for spin in window.findChildren(SpinBox) if spin.isVisible() and spin.isEnabled()]
    return [*fields, *(spin.lineEdit() for spin in spins)]


def test_a_space_in_a_number_is_typed_and_starts_nothing(still, fake_engine):
    field = rate_of(still)
    QTest.mouseClick(field, LEFT)
    field.selectAll()
    fake_engine.take_commands()
    press(still, "3 %")
    assert field.text() == "3 %"
    assert not played(fake_engine)
    press(still, "\r")
    assert still.document.experiment.lanes[0].training.learning_rate == 0.03


def test_every_field_keeps_every_key_that_it_could_hold(still, fake_engine):
    fields, tool, index = typed_fields(still), still.tools.tool, still.tools.class_index
    assert len(fields) > 8
    fake_engine.take_commands()
    for field in fields:
        field.setFocus()
        field.selectAll()
        press(still, "2 .?[]esb")
        assert field.text() == "2 .?[]esb"
        press(still, "\x1b\x1b")
    assert (still.tools.tool, still.tools.class_index) == (tool, index)
    assert "shortcuts" not in vars(still.help_windows)
    assert not [sent for sent in fake_engine.take_commands() if not isinstance(sent, m.Watch)]


def test_enter_and_escape_give_the_keyboard_back_where_the_number_is_taken(still, fake_engine):
    field = rate_of(still)
    QTest.mouseClick(field, LEFT)
    field.selectAll()
    press(still, "0.02\r")
    assert still.canvas.hasFocus()
    fake_engine.take_commands()
    press(still, " ")
    assert played(fake_engine)
    QTest.mouseClick(field, LEFT)
    field.selectAll()
    press(still, "many\r")
    assert field.hasFocus()
    press(still, "\x1b")
    assert field.text() == "0.02"
    press(still, "\x1b")
    assert still.canvas.hasFocus()


def test_a_button_that_goes_gives_the_keyboard_to_the_canvas_and_no_key_changes_the_task(still):
    snapshot = snapshot_of(history_of(range(6)), best=2, playing=False)
    still.transport.show_snapshot(snapshot)
    button = still.transport.best
    QApplication.processEvents()
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)
    assert button.hasFocus()
    still.transport.show_snapshot(replace(snapshot, playing=True))
    assert not button.isVisible()
    assert still.canvas.hasFocus()
    before = still.document.experiment
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_Down)
    assert still.document.experiment is before
    assert still.canvas.pointer.position is not None


def test_a_letter_chooses_a_tool_also_where_qt_would_search_with_it(still):
    """Lists and combo boxes of Qt take a letter for the beginning of an entry, at each of their own kinds."""
    plain, items, tabs = QComboBox(), QListWidget(), QTabBar()
    plain.addItems(["Brush", "Select", "Spray"])
    items.addItems(["Eraser", "Select"])
    tabs.addTab("Select")
    for control in (plain, items, tabs):
        control.setParent(still.central_area)
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.show()
        control.setFocus()
        press(still, "s")
        assert still.tools.tool == "select", control
        press(still, "2p")
        assert (still.tools.tool, still.tools.class_index) == ("point", 1)
        press(still, "1b")
    assert plain.currentIndex() == 0
    assert items.currentRow() == 0


def test_a_spin_box_has_the_digits_and_the_tools_have_the_letters_until_it_is_typed_into(still):
    spin = next(one for one in still.findChildren(SpinBox) if one.isVisible() and one.isEnabled())
    spin.setFocus()
    spin.selectAll()
    index = still.tools.class_index
    press(still, "e")
    assert still.tools.tool == "eraser"
    press(still, "2b")
    assert spin.lineEdit().text() == "2b"
    assert (still.tools.tool, still.tools.class_index) == ("eraser", index)


def test_letters_reach_the_tools_from_a_floating_dock(still, qtbot):
    dock = dock_of(still, "Data")
    dock.setFloating(True)
    slider = still.dock_layout.data_panel.draw.radius.slider
    dock.activateWindow()
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    QTest.keyClick(slider, "e")
    assert still.tools.tool == "eraser"


def test_space_plays_after_a_click_and_presses_the_button_that_tab_has_reached(still, fake_engine):
    seed = still.transport.seed
    QTest.mouseClick(seed, LEFT)
    fake_engine.take_commands()
    before = still.document.experiment
    press(still, " ")
    assert played(fake_engine)
    assert still.document.experiment is before
    still.canvas.setFocus()
    seed.setFocus(Qt.FocusReason.ShortcutFocusReason)
    press(still, " ")
    assert still.document.experiment is not before
    assert not [sent for sent in fake_engine.take_commands() if isinstance(sent, m.Pause)]
    for control in (still.canvas, still.dock_layout.data_panel.draw.radius.slider):
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        playing = still.link.playing
        press(still, " ")
        assert still.link.playing is not playing


def test_plus_and_minus_are_those_of_the_diagram_and_of_a_plot_that_has_the_focus(still):
    speed = still.speed.command
    assert still.diagram is not None
    still.diagram.area.setFocus()
    press(still, "-")
    assert still.document.experiment.lanes[0].network.hidden != (8, 8, 8)
    plot = still.dock_layout.plots[0]
    plot.setFocus()
    press(still, "+-")
    assert still.speed.command == speed
    still.canvas.setFocus()
    press(still, "-")
    assert still.speed.command != speed


def test_no_closed_list_takes_a_key_of_the_tools_or_changes_a_setting(still):
    boxes = [box for box in still.findChildren(ChoiceBox) if box.isVisible() and box.isEnabled()]
    assert still.transport.task in boxes
    before = still.document.experiment
    for box in boxes:
        for letter, tool in (("s", "select"), ("p", "point"), ("b", "brush")):
            box.setFocus()
            press(still, letter)
            assert still.tools.tool == tool, box.accessibleName()
        press(still, "2")
        assert still.tools.class_index == 1
        press(still, "1")
        for key in (Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_Home):
            QTest.keyClick(still.windowHandle(), key)
    assert still.document.experiment is before


@pytest.mark.parametrize("closed_by", ["mouse", "enter", "escape"])
def test_after_choosing_the_keyboard_goes_to_the_canvas(still, qtbot, closed_by):
    box = still.transport.task
    QTest.mouseClick(box, LEFT)
    view = box.view()
    assert view.isVisible()
    row = box.keys().index("surface")
    if closed_by == "mouse":

        def choose_by_click() -> bool:
            # A release soon after the list has opened is taken for the end of the click that opened it.
            if view.isVisible():
                position = view.visualRect(box.model().index(row, 0)).center()
                QTest.mouseMove(view.viewport(), position)
                QTest.mouseClick(view.viewport(), LEFT, pos=position)
            return not view.isVisible()

        qtbot.waitUntil(choose_by_click)
    elif closed_by == "enter":
        while view.currentIndex().row() < row:
            QTest.keyClick(view, Qt.Key.Key_Down)
        QTest.keyClick(view, Qt.Key.Key_Return)
    else:
        QTest.keyClick(view, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert not view.isVisible()
    assert still.document.experiment.data.task == ("classification" if closed_by == "escape" else "surface")
    assert still.canvas.hasFocus()


def test_who_walks_by_tab_stays_at_the_list(still):
    box = still.transport.task
    before = box.previousInFocusChain()
    while before.focusPolicy() == Qt.FocusPolicy.NoFocus or not before.isVisible():
        before = before.previousInFocusChain()
    before.setFocus()
    while not box.hasFocus():
        QTest.keyClick(still.windowHandle(), Qt.Key.Key_Tab)
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_Down)
    assert box.view().isVisible()
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert box.hasFocus()
