"""Class, tool and radius by key wherever the keyboard is, but in a field that takes the key for itself."""

from __future__ import annotations

from PySide6.QtTest import QTest

from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, part_of


def test_a_class_is_chosen_after_the_bin(window: MainWindow) -> None:
    QTest.keyClick(window.canvas, "2")
    assert window.tools.class_index == 1
    QTest.mouseClick(window.dock_layout.data_panel.draw.clear, LEFT)
    focused = window.focusWidget()
    QTest.keyClick(focused or window, "1")
    assert window.tools.class_index == 0


def test_keys_reach_the_tools_from_a_button_and_a_slider(window: MainWindow) -> None:
    for widget in (window.transport.step, window.dock_layout.data_panel.draw.radius.slider):
        widget.setFocus()
        QTest.keyClick(widget, "e")
        assert window.tools.tool == "eraser"
        QTest.keyClick(widget, "b")
        assert window.tools.tool == "brush"
        before = window.tools.radius
        QTest.keyClick(widget, "]")
        assert window.tools.radius > before


def test_a_number_field_keeps_its_digits(window: MainWindow) -> None:
    field = part_of(window, TrainingPanel).controls["training.learning_rate"].number
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "2")
    assert window.tools.class_index == 0
    assert field.text() == "2"


def test_letters_that_a_menu_does_not_know_change_no_tool(window: MainWindow) -> None:
    bar, menu = window.menuBar(), window.lanes.menu
    bar.setActiveAction(menu.menuAction())
    menu.popup(bar.mapToGlobal(bar.actionGeometry(menu.menuAction()).bottomLeft()))
    for key in ("j", "b", "e", "2"):
        before = window.tools.tool, window.tools.class_index
        for receiver in (menu, bar):
            QTest.keyClick(receiver, key)
        assert (window.tools.tool, window.tools.class_index) == before
    menu.close()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, "e")
    assert window.tools.tool == "eraser"
