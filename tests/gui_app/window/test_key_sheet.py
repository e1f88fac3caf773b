"""The sheet of keys has all of them, because it reads the menus."""

from __future__ import annotations

import re
from html import unescape

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gui_app.canvas.tools import TOOLS
from tests.gui_app.hands import draw


def rows_of(window) -> dict[str, str]:
    """What the sheet says, by key."""
    QTest.keyClick(window.windowHandle(), "?")
    sheet = window.canvas.cheat_sheet
    assert sheet.isVisible()
    assert window.rect().contains(sheet.geometry())
    assert sheet.sizeHint().width() <= 1080
    assert sheet.sizeHint().height() <= 640
    html = "".join(label.text() for label in sheet.findChildren(QLabel))
    rows = re.findall(r"<b>(.*?)</b></td><td[^>]*>(.*?)</td>", html)
    return {unescape(key): unescape(words) for key, words in rows}


def test_every_key_of_every_menu_is_on_the_sheet(still):
    rows = rows_of(still)
    keys = [one.strip() for row in rows for one in row.split(",")]
    menus = [action for action in still.findChildren(QAction) if action.shortcuts()]
    assert len(menus) > 20
    for action in menus:
        for shortcut in action.shortcuts():
            assert shortcut.toString() in keys or shortcut.toString() == "Shift+?", action.text()


def test_what_would_be_undone_is_not_on_the_sheet(still):
    draw(still.document, [[1, 1]])
    assert rows_of(still)["Ctrl+Z"] == "Undo"


def test_the_keys_of_training_stand_there_with_what_they_do(still):
    rows = rows_of(still)
    for key, words in {
        "Space": "Play or pause",
        ".": "Step one batch",
        "Shift+.": "Step one epoch",
        "Ctrl+B": "Go back to the best weights",
        "Ctrl+R": "Reset to the initial weights",
        "Ctrl+Shift+R": "New seed",
        "Ctrl+E": "Export everything",
        "Ctrl+I": "Import data",
    }.items():
        assert rows[key] == words
    assert {tool.shortcut for tool in TOOLS.values()} <= rows.keys()


def test_any_key_puts_it_away(still):
    rows_of(still)
    QTest.keyClick(still.canvas.cheat_sheet, Qt.Key.Key_A)
    assert not still.canvas.cheat_sheet.isVisible()
    assert still.canvas.hasFocus()
