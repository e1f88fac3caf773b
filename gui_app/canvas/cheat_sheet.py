"""All keys and what the mouse does, on a sheet over the window."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from gui_app.canvas.tools import TOOLS

MOUSE = (
    ("Left button", "use the tool"),
    ("Right button", "erase"),
    ("Middle button", "move the view"),
    ("Wheel", "radius"),
    ("Ctrl + wheel", "zoom"),
    ("Double click", "usual view, when zoomed"),
    ("Shift", "straight; eraser: one class"),
    ("Ctrl", "select, with every tool"),
)
KEYS = (
    ("1 … 9", "class"),
    ("[   ]", "radius"),
    ("Esc", "cancel the gesture"),
    ("Arrows, Enter", "draw by keyboard"),
    ("Delete", "delete selected, or erase"),
    ("Ctrl+A", "select all"),
    ("Ctrl+C, X, V", "copy, cut, paste"),
    ("Ctrl+D", "duplicate selected"),
    ("Ctrl+L", "relabel selected"),
    ("Ctrl+Z, Ctrl+Y", "undo, redo"),
    ("Ctrl+0", "usual view"),
    ("Ctrl+9", "show all points"),
    ("?", "this sheet"),
)
_MARGIN = 16


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
        columns.addWidget(_table("Tools", tuple(labels.items())), 0, Qt.AlignmentFlag.AlignTop)
        columns.addWidget(_table("Mouse", MOUSE), 0, Qt.AlignmentFlag.AlignTop)
        columns.addWidget(_table("Keys", KEYS), 0, Qt.AlignmentFlag.AlignTop)


def _table(title: str, rows: tuple[tuple[str, str], ...]) -> QLabel:
    cells = "".join(
        f"<tr><td style='padding: 2px 14px 2px 0'><b>{escape(key)}</b></td>"
        f"<td style='padding: 2px 0'>{escape(words)}</td></tr>"
        for key, words in rows
    )
    label = QLabel(f"<h4 style='margin: 0'>{escape(title)}</h4><table>{cells}</table>")
    label.setTextFormat(Qt.TextFormat.RichText)
    return label
