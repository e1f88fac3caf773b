"""The start page: draw something, or begin with a lesson."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui_app.help.lesson_row import NARROWEST, LessonRow
from gui_app.theme import text_size
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

NAME = "Neural Sketchbook"
PROMISE = "Draw points, train a small network on them, and watch it learn."
WIDEST = 900
"""Pixels of the page's contents at the default size of text."""
EDGE, HIGHEST = 6 * SPACE, 24 * SPACE
"""Pixels: beside the contents, and above them where there is more room than they need."""


class StartPage(QFrame):
    """A page that covers ``area``: ways to begin, and below them the lessons.

    ``draw_wanted``, ``tour_wanted`` and ``lesson_wanted(key)`` say what a person has chosen; ``begin_wanted`` is the
    first lesson, or the one to go on with.
    """

    draw_wanted = Signal()
    begin_wanted = Signal()
    tour_wanted = Signal()
    lesson_wanted = Signal(str)

    def __init__(self, area: QWidget, rows: Sequence[LessonRow], begin: str, heading: str) -> None:
        super().__init__(area)
        self._area, self.rows = area, rows
        self.setObjectName("startPage")
        self.setAccessibleName("Start page")
        self.begin = text_button(begin, tip(begin, "A few short steps beside the canvas."), "primary")
        self.draw = text_button("Draw something", tip("Draw something", "The canvas and all tools (Esc)."))
        self.tour = text_button("Take the tour", tip("Take the tour", "What is where in the window."))
        self.close_button = icon_button("close", "Close the start page", tip("Close", "Esc"), side=24)
        self._grid = QGridLayout()
        self._columns = 0
        self._lay_out(heading)
        self.begin.setEnabled(bool(rows))
        self.begin.clicked.connect(self.begin_wanted)
        self.tour.clicked.connect(self.tour_wanted)
        for button in (self.draw, self.close_button):
            button.clicked.connect(self.draw_wanted)
        for row in rows:
            row.clicked.connect(lambda _=False, key=row.key: self.lesson_wanted.emit(key))
        area.installEventFilter(self)
        self.setGeometry(area.rect())

    def apply_theme(self, theme: Theme) -> None:
        tint(self, theme.muted)

    def open(self) -> None:
        """Show the page with the keyboard on its first button."""
        self.setGeometry(self._area.rect())
        self.show()
        self.raise_()
        (self.begin if self.begin.isEnabled() else self.draw).setFocus()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.draw_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._area.rect())
        elif watched is self._area and event.type() == QEvent.Type.ChildAdded:
            # What comes later, such as the network diagram, would cover it.
            QTimer.singleShot(0, self, self.raise_)
        return False

    def _lay_out(self, heading: str) -> None:
        title = QLabel(NAME)
        title.setProperty("role", "front")
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        ways = FlowLayout(holder, 2 * SPACE)
        for button in (self.begin, self.draw, self.tour):
            ways.addWidget(button)
        inside = self._inside = QWidget()
        inside.setObjectName("startPageInside")
        column = self._column = QVBoxLayout(inside)
        column.setSpacing(SPACE)
        column.addLayout(top)
        promise = QLabel(PROMISE)
        promise.setProperty("role", "name")
        promise.setWordWrap(True)
        column.addWidget(promise)
        column.addSpacing(2 * SPACE)
        column.addWidget(holder)
        column.addSpacing(3 * SPACE)
        lessons = QLabel(heading)
        lessons.setProperty("role", "title")
        lessons.setTextFormat(Qt.TextFormat.PlainText)
        lessons.setWordWrap(True)
        lessons.setVisible(bool(self.rows))
        column.addWidget(lessons)
        self._grid.setHorizontalSpacing(4 * SPACE)
        self._grid.setVerticalSpacing(0)
        self._grid.setContentsMargins(-2 * SPACE, 0, 0, 0)
        column.addLayout(self._grid)
        column.addStretch(1)
        scrolled = QScrollArea(self)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidgetResizable(True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled)

    def _arrange(self) -> None:
        """Put the lessons into as many columns as there is room for, and the contents into the middle."""
        scale = text_size.scale()
        room = min(self.width(), round(WIDEST * scale)) - 2 * EDGE
        columns = 2 if room >= 2 * round(NARROWEST * scale) + 4 * SPACE else 1
        if columns != self._columns:
            self._columns = columns
            below = -(-len(self.rows) // columns)
            for index, row in enumerate(self.rows):
                self._grid.addWidget(row, index % below, index // below)
            for column in range(2):
                self._grid.setColumnStretch(column, int(column < columns))
        beside = max((self.width() - round(WIDEST * scale)) // 2, 0) + EDGE
        self._column.setContentsMargins(beside, 3 * SPACE, beside, SPACE)
        above = min(max(self.height() - self._column.totalMinimumSize().height(), 0) // 3, HIGHEST)
        self._column.setContentsMargins(beside, 3 * SPACE + above, beside, SPACE)
