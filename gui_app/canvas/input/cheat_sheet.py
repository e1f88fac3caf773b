"""The sheet over the window that lists all keys and mouse actions."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QMenu, QWidget

from gui_app.canvas.tools import TOOLS
from gui_app.widgets.guarded import guarded

Table = tuple[str, tuple[tuple[str, str], ...]]
"""A title, and (key, action) rows."""
MOUSE = (
    ("Left button", "use the tool"),
    ("Right button", "erase"),
    ("Middle button", "move the view"),
    ("Wheel", "radius"),
    ("Ctrl + wheel", "zoom"),
    ("Double click", "default view, when zoomed"),
    ("Shift", "straight; eraser: one class"),
    ("Ctrl", "select, with any tool"),
)
KEYS = (
    ("1 … 9, 0", "class"),
    ("[   ]", "radius"),
    ("Arrows, Enter", "draw by keyboard"),
    ("Delete", "delete selected, or erase"),
    ("Esc", "cancel the gesture"),
)
"""Keys of the canvas; those of menus are read from the menus."""
_MARGIN = 16
MOST_LINES = 25


class CheatSheet(QFrame):
    """Sheet that is hidden at first; any key or click hides it again."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setProperty("kind", "overlay")
        self.setAccessibleName("Keys and mouse")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVisible(False)
        self._filled = False

    def toggle(self) -> None:
        """Show or hide the sheet."""
        if self.isVisible():
            self._hide_sheet()
            return
        if not self._filled:
            self._fill()
        self.setParent(self._canvas.window())
        self.fit()
        self.show()
        self.raise_()
        self.setFocus()

    def fit(self) -> None:
        """Move to the middle of the window, which has room even if the canvas has not."""
        if self._filled:
            room = self._canvas.window().rect()
            self.resize(self.sizeHint().boundedTo(room.size()))
            self.move(room.center() - self.rect().center())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._hide_sheet()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hide_sheet()

    def _hide_sheet(self) -> None:
        self.hide()
        self._canvas.setFocus()

    def _fill(self) -> None:
        self._filled = True
        labels = {tool.shortcut: tool.label for tool in TOOLS.values() if tool.key != "value_brush"}
        columns = QHBoxLayout(self)
        columns.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        columns.setSpacing(28)
        tools = ("Tools", tuple(labels.items()))
        of_window = tuple((", ".join(_key_names(one)), one.text()) for one in self._canvas.window().actions())
        for tables in _in_columns(
            [tools, ("Canvas", (*KEYS, *of_window)), ("Mouse", MOUSE), *menu_keys(self._canvas.window())]
        ):
            columns.addWidget(_tables(tables), 0, Qt.AlignmentFlag.AlignTop)


def menu_keys(window: QWidget) -> list[Table]:
    """Return a table for each menu of a window with its keys; short ones, which share a column, first."""
    bar = window.menuBar() if isinstance(window, QMainWindow) else None
    tables = [(_plain(top.text()), tuple(_keys_in(top.menu()))) for top in (bar.actions() if bar else ())]
    return sorted((table for table in tables if table[1]), key=lambda table: table[0] in ("File", "Edit"))


def _keys_in(menu: QObject) -> Iterator[tuple[str, str]]:
    if not isinstance(menu, QMenu):
        return
    for action in menu.actions():
        # Keys that are bound elsewhere follow the text.
        text, _, elsewhere = action.text().partition("\t")
        keys = elsewhere or ", ".join(_key_names(action))
        if keys and keys != "Del":
            # Undo and Redo name the edit, which differs each time.
            undo = next((name for name in ("Undo", "Redo") if text.startswith((name, f"&{name}"))), "")
            yield keys, undo or _plain(text)
        yield from _keys_in(action.menu())


def _key_names(action: QAction) -> list[str]:
    """Return the names of an action's keys; the question mark appears once, without Shift."""
    names = [keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()]
    return [name for name in names if name != "Shift+?"]


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix(" …")


def _in_columns(tables: list[Table]) -> list[list[Table]]:
    """Return the tables in columns of at most ``MOST_LINES`` lines, titles and gaps included."""
    columns: list[list[Table]] = []
    for table in tables:
        if columns and sum(len(rows) + 2 for _, rows in [*columns[-1], table]) <= MOST_LINES:
            columns[-1].append(table)
        else:
            columns.append([table])
    return columns


def _tables(tables: list[Table]) -> QLabel:
    """Return a label with the tables, one below the other."""
    label = QLabel("<br>".join(_table(title, rows) for title, rows in tables))
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


def _table(title: str, rows: tuple[tuple[str, str], ...]) -> str:
    cells = "".join(
        f"<tr><td style='padding: 2px 14px 2px 0'><b>{escape(key)}</b></td>"
        f"<td style='padding: 2px 0'>{escape(action)}</td></tr>"
        for key, action in rows
    )
    return f"<h4 style='margin: 0'>{escape(title)}</h4><table>{cells}</table>"
