"""All keys and what the mouse does, on a sheet over the window."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QMenu, QWidget

from gui_app.canvas.tools import TOOLS

Table = tuple[str, tuple[tuple[str, str], ...]]
"""A title, and keys with what they do."""
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
"""What is pressed on the canvas; the keys of the menus are read from these."""
_MARGIN = 16
MOST_LINES = 25


class CheatSheet(QFrame):
    """Hidden at first; any key or click puts it away again."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setProperty("kind", "overlay")
        self.setAccessibleName("Keys and mouse")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVisible(False)
        self._filled = False

    def toggle(self) -> None:
        """Show it, or put it away."""
        if self.isVisible():
            self._put_away()
            return
        if not self._filled:
            self._fill()
        self.setParent(self._canvas.window())
        self.fit()
        self.show()
        self.raise_()
        self.setFocus()

    def fit(self) -> None:
        """Stay in the middle of the window: a small canvas has no room for it."""
        if self._filled:
            room = self._canvas.window().rect()
            self.resize(self.sizeHint().boundedTo(room.size()))
            self.move(room.center() - self.rect().center())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._put_away()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._put_away()

    def _put_away(self) -> None:
        self.hide()
        self._canvas.setFocus()

    def _fill(self) -> None:
        self._filled = True
        labels = {tool.shortcut: tool.label for tool in TOOLS.values() if tool.key != "value_brush"}
        columns = QHBoxLayout(self)
        columns.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        columns.setSpacing(28)
        tools = ("Tools", tuple(labels.items()))
        for tables in _in_columns(
            [tools, ("Canvas", KEYS), ("Mouse", MOUSE), *menu_keys(self._canvas.window())]
        ):
            columns.addWidget(_tables(tables), 0, Qt.AlignmentFlag.AlignTop)


def menu_keys(window: QWidget) -> list[Table]:
    """The menus of a window with what has a key in them; short ones, which share a column, first."""
    bar = window.menuBar() if isinstance(window, QMainWindow) else None
    tables = [(_plain(top.text()), tuple(_keys_in(top.menu()))) for top in (bar.actions() if bar else ())]
    return sorted((table for table in tables if table[1]), key=lambda table: table[0] in ("File", "Edit"))


def _keys_in(menu: QObject) -> Iterator[tuple[str, str]]:
    if not isinstance(menu, QMenu):
        return
    for action in menu.actions():
        # Keys that are bound elsewhere stand behind the words.
        words, _, elsewhere = action.text().partition("\t")
        keys = elsewhere or ", ".join(_key_words(action))
        if keys and keys != "Del":
            # What would be undone is another thing each time.
            undo = next((name for name in ("Undo", "Redo") if words.startswith((name, f"&{name}"))), "")
            yield keys, undo or _plain(words)
        yield from _keys_in(action.menu())


def _key_words(action: QAction) -> list[str]:
    """The keys of an action; a question mark is one, with Shift or without."""
    words = [keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()]
    return [text for text in words if text != "Shift+?"]


def _plain(words: str) -> str:
    return words.replace("&", "").removesuffix(" …")


def _in_columns(tables: list[Table]) -> list[list[Table]]:
    """The tables in columns of so many lines at most, titles and gaps included, where no table is longer."""
    columns: list[list[Table]] = []
    for table in tables:
        if columns and sum(len(rows) + 2 for _, rows in [*columns[-1], table]) <= MOST_LINES:
            columns[-1].append(table)
        else:
            columns.append([table])
    return columns


def _tables(tables: list[Table]) -> QLabel:
    """One below the other."""
    label = QLabel("<br>".join(_table(title, rows) for title, rows in tables))
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


def _table(title: str, rows: tuple[tuple[str, str], ...]) -> str:
    cells = "".join(
        f"<tr><td style='padding: 2px 14px 2px 0'><b>{escape(key)}</b></td>"
        f"<td style='padding: 2px 0'>{escape(words)}</td></tr>"
        for key, words in rows
    )
    return f"<h4 style='margin: 0'>{escape(title)}</h4><table>{cells}</table>"
