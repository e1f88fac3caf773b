"""Everything that a key or gesture does in the window, read from its actions, tools and rooms."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gui_app.canvas.input.keys import choice_rows, tool_rows
from gui_app.widgets.gestures import Row, gestures_in

ELSEWHERE = "Window"
ROOMS = ("Canvas", "Network diagram", "Plots")


def shortcut_groups(window: QMainWindow) -> dict[str, list[Row]]:
    """Return keys and gestures with what they do, by section: tools, parts of the window, menus, the rest."""
    menus = {_plain(top.text()): list(_in_menu(top.menu())) for top in window.menuBar().actions()}
    listed = {id(action) for named in menus.values() for _, action in named}
    others = [action for action in window.findChildren(QAction) if id(action) not in listed]
    groups = {
        "Tools": [*tool_rows(), *choice_rows()],
        **dict(sorted(gestures_in(window).items(), key=lambda group: _rank(group[0]))),
        **{title: _rows(actions) for title, actions in menus.items()},
        ELSEWHERE: _rows([("", action) for action in others]),
    }
    return {title: list(dict.fromkeys(rows)) for title, rows in groups.items() if rows}


def _rank(title: str) -> int:
    """Return the place of a room's gestures: what a person draws on first, kinds of controls last."""
    return ROOMS.index(title) if title in ROOMS else len(ROOMS)


def _in_menu(menu: QObject, title: str = "") -> Iterator[tuple[str, QAction]]:
    """Yield the actions of a menu and of those in it, with the title of the inner one."""
    if isinstance(menu, QMenu):
        for action in menu.actions():
            yield title, action
            yield from _in_menu(action.menu(), f"{_plain(action.text())}: ")


def _rows(actions: list[tuple[str, QAction]]) -> list[Row]:
    """Return the rows of the actions that have keys, or name after a tab those that are handled elsewhere."""
    rows = []
    for title, action in actions:
        text, _, elsewhere = action.text().partition("\t")
        keys = elsewhere or ", ".join(_names(action.shortcuts()))
        # Undo and Redo name the edit, which differs each time.
        undo = next((name for name in ("Undo", "Redo") if text.startswith((name, f"&{name}"))), "")
        if keys:
            rows.append((keys, undo or f"{title}{_plain(text)}"))
    return rows


def _names(keys: list[QKeySequence]) -> list[str]:
    """Return the names of keys; the question mark, which needs Shift on most keyboards, once."""
    names = [one.toString(QKeySequence.SequenceFormat.NativeText) for one in keys]
    return [name for name in names if name != "Shift+?"]


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix(" …")
