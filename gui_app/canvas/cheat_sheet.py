"""All keys and what the mouse does, on a sheet over the canvas."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui_app.canvas.tools import TOOLS

MOUSE = (
    ("Left button", "use the tool"),
    ("Right button", "erase"),
    ("Middle button", "move the view"),
    ("Wheel", "radius"),
    ("Ctrl + wheel", "zoom"),
    ("Double click", "usual view (when zoomed)"),
    ("Shift", "straight line; eraser: one class"),
    ("Ctrl", "select, with every tool"),
)
KEYS = (
    ("1 … 9", "class"),
    ("[   ]", "radius"),
    ("Esc", "cancel the gesture"),
    ("Arrows, Enter", "draw without a mouse"),
    ("Delete", "selected points, or erase"),
    ("Ctrl+A", "select all"),
    ("Ctrl+C, X, V", "copy, cut, paste as CSV"),
    ("Ctrl+D", "duplicate"),
    ("Ctrl+L", "relabel the selected points"),
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
        """Show it in the middle of the canvas, or put it away."""
        if self.isVisible():
            self._put_away()
            return
        if not self._filled:
            self._fill()
        self.fit()
        self.show()
        self.raise_()
        self.setFocus()

    def fit(self) -> None:
        """Stay in the middle of the canvas."""
        if self._filled:
            canvas = self._canvas
            size = self.sizeHint().boundedTo(canvas.size())
            self.resize(size)
            self.move((canvas.width() - size.width()) // 2, (canvas.height() - size.height()) // 2)

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
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(_table("Mouse", MOUSE))
        right.addStretch(1)
        columns.addLayout(right)
        columns.addWidget(_table("Keys", KEYS), 0, Qt.AlignmentFlag.AlignTop)


def _table(title: str, rows: tuple[tuple[str, str], ...]) -> QLabel:
    cells = "".join(
        f"<tr><td style='padding: 2px 12px 2px 0'><b>{escape(key)}</b></td><td>{escape(words)}</td></tr>"
        for key, words in rows
    )
    label = QLabel(f"<h4 style='margin: 0'>{escape(title)}</h4><table>{cells}</table>")
    label.setTextFormat(Qt.TextFormat.RichText)
    return label
