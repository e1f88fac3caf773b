"""The list of shortcuts has all of them, because it reads actions, tools and rooms."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from gui_app.canvas.input.keys import CANVAS_KEYS
from gui_app.canvas.tools import TOOLS
from gui_app.help.shortcuts import ShortcutsWindow
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import draw

pytestmark = pytest.mark.usefixtures("fake_engine")


def open_list(window: MainWindow) -> ShortcutsWindow:
    QTest.keyClick(window.windowHandle(), "?")
    sheet = window.help_windows.shortcuts
    assert sheet.isVisible()
    return sheet


def rows_of(window: MainWindow) -> dict[str, dict[str, str]]:
    """What the list says, by section and key."""
    return {title: dict(rows) for title, rows in open_list(window).shown().items()}


def test_every_key_of_every_action_is_on_the_list_with_what_it_does(still):
    still.present.begin()
    still.present.leave()
    groups = rows_of(still)
    assert all(keys.strip() and meaning.strip() for rows in groups.values() for keys, meaning in rows.items())
    assert "Esc" in groups["Presentation"]
    listed = {one.strip() for rows in groups.values() for row in rows for one in row.split(", ")}
    actions = [action for action in still.findChildren(QAction) if action.shortcuts()]
    assert len(actions) > 20
    sequences = [one for action in actions for one in action.shortcuts()]
    assert {one.toString() for one in sequences} - listed <= {"Shift+?"}
    assert not still.findChildren(QShortcut), "only actions say what they do"


def test_the_keys_of_tools_classes_and_canvas_are_on_the_list_with_the_gestures_of_each_room(still):
    rows = rows_of(still)
    for tool in TOOLS.values():
        assert tool.label in rows["Tools"][tool.shortcut]
    assert {"1 … 9, 0", "[  ]"} <= rows["Tools"].keys()
    assert {one.names for one in CANVAS_KEYS} <= rows["Canvas"].keys()
    assert rows["Canvas"]["Right button"] == "Erase"
    assert rows["Plots"]["Double click, Home"]
    assert rows["Sliders"]["Home, End"]
    for key, words in {
        "Space": "Play or pause", ".": "Step one batch", "Ctrl+R": "Reset to the initial weights",
    }.items():  # fmt: skip
        assert rows["Train"][key] == words
    assert rows["Window"]["F6"] == "Next section"


def test_what_would_be_undone_is_not_on_the_list(still):
    draw(still.document, [[1, 1]])
    assert rows_of(still)["Edit"]["Ctrl+Z"] == "Undo"


def test_what_is_typed_leaves_only_the_rows_with_these_words(still):
    sheet = open_list(still)
    assert sheet.search.hasFocus() or sheet.focusWidget() is sheet.search
    QTest.keyClicks(sheet.search, "Weights BEST")
    assert sheet.shown() == {"Train": [("Ctrl+B", "Go back to the best weights")]}
    text = " ".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisible())
    assert "Ctrl+B" in text
    assert "Ctrl+R" not in text
    QTest.keyClicks(sheet.search, " nowhere")
    assert sheet.nothing.isVisible()


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
def test_it_fits_into_the_window_and_escape_closes_it(still, modifiers):
    QTest.keyClick(still.canvas, "?", modifiers)
    sheet = still.help_windows.shortcuts
    QApplication.processEvents()
    assert still.frameGeometry().contains(sheet.geometry())
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
