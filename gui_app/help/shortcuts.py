"""The window that lists all shortcuts and gestures, and searches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gui_app.widgets.gestures import Row
from gui_app.widgets.guarded import guarded

Groups = Mapping[str, Sequence[Row]]
"""Rows of keys and meanings, by the title of their section."""
COLUMNS, SIZE = 3, QSize(1040, 620)


class ShortcutsWindow(QDialog):
    """Shows what ``read`` returns whenever it opens; what is typed leaves only rows and sections with these words."""

    def __init__(self, read: Callable[[], Groups], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self._groups: Groups = {}
        self.setWindowTitle("Shortcuts")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search keys, gestures and what they do")
        self.search.setAccessibleName("Search shortcuts")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_matching)
        self.columns = [_column() for _ in range(COLUMNS)]
        self._lay_out()
        self.resize(SIZE)

    def shown(self) -> dict[str, list[Row]]:
        """Return the rows that match what is typed, by section."""
        words = self.search.text().lower().split()
        found: dict[str, list[Row]] = {}
        for title, rows in self._groups.items():
            fitting = [row for row in rows if _matches(f"{title} {row[0]} {row[1]}", words)]
            if fitting:
                found[title] = fitting
        return found

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._groups = self._read()
        self.search.clear()
        self._show_matching()
        self.search.setFocus()
        owner = self.parentWidget()
        if owner is not None:
            room = owner.window().frameGeometry()
            self.resize(SIZE.boundedTo(room.size()))
            self.move(room.center() - self.rect().center())

    def _show_matching(self) -> None:
        found = self.shown()
        for label, titles in zip(self.columns, _spread(found, COLUMNS), strict=True):
            label.setText("<br>".join(_table(title, found[title]) for title in titles))
        self.nothing.setVisible(not found)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("kind", "panelBody")
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(24)
        for label in self.columns:
            row.addWidget(label, 1, Qt.AlignmentFlag.AlignTop)
        self.nothing = QLabel("Nothing has these words.")
        self.nothing.setProperty("role", "caption")
        row.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("Shortcuts")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 8, 8)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(area, 1)


def _column() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _matches(text: str, words: Sequence[str]) -> bool:
    return all(word in text.lower() for word in words)


def _spread(groups: Groups, columns: int) -> list[list[str]]:
    """Return the titles in columns of about the same height, in order."""
    lines = {title: len(rows) + 2 for title, rows in groups.items()}
    spread: list[list[str]] = [[] for _ in range(columns)]
    limit, index, used = sum(lines.values()) / columns, 0, 0
    for title, height in lines.items():
        if used and used + height / 2 > limit and index + 1 < columns:
            index, used = index + 1, 0
        spread[index].append(title)
        used += height
    return spread


def _table(title: str, rows: Sequence[Row]) -> str:
    cells = "".join(
        f"<tr><td width='40%' style='padding: 2px 14px 2px 0'><b>{escape(keys)}</b></td>"
        f"<td style='padding: 2px 0'>{escape(meaning)}</td></tr>"
        for keys, meaning in rows
    )
    return f"<h4 style='margin: 0'>{escape(title)}</h4><table width='100%'>{cells}</table>"
