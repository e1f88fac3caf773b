"""How a table is read: as what kind of data, which column is which, and what its lines are written in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from engine.data import COLUMNS, Reading, first_rows, guess_reading, reread
from engine.data.csv_dialect import Text
from gui_app.widgets.tips import tip

MOST_COLUMNS = 200
TASKS = {
    "classification": "Points of classes",
    "curve": "A curve y(x)",
    "surface": "A surface: points with values",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", " ": "Blanks"}
SIGNS = {False: "Point", True: "Comma"}


class ReadingForm(QWidget):
    """Shows and edits ``reading``; ``changed()`` comes from a person only.

    What a table is written in is asked only where it ``is_text``.
    """

    changed = Signal()

    def __init__(self, text: Text, task: str, is_text: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.reading = guess_reading(text, task)
        self.task = _box("Data", TASKS, "What the rows are")
        self.delimiter = _box("Delimiter", DELIMITERS, "What parts the fields of a row")
        self.sign = _box("Decimal sign", SIGNS, "How 1½ is written: 1.5 or 1,5")
        self.header = QCheckBox("The first row holds names")
        self.columns = [_box(f"Column {k + 1}", {}, "The column that holds this number") for k in range(3)]
        self.split = _box("Split", {}, "The column that says training, validation or test")
        self._names = [QLabel() for _ in self.columns]
        self._lay_out(is_text)
        self._connect()
        self._refresh()

    def names(self) -> list[str]:
        """What the columns are called: by the first row, or by number."""
        rows = first_rows(self._text, self.reading.delimiter, 1)
        given = rows[0] if self.reading.header and rows else []
        shown = min(self.reading.width, MOST_COLUMNS)
        return [given[k] if k < len(given) and given[k] else f"column {k + 1}" for k in range(shown)]

    def rows(self, count: int) -> list[list[str]]:
        """The fields of the first rows behind the header."""
        header = self.reading.header
        return first_rows(self._text, self.reading.delimiter, count + header)[header:]

    def _connect(self) -> None:
        self.task.activated.connect(self._choose_task)
        self.delimiter.activated.connect(self._choose_delimiter)
        self.sign.activated.connect(lambda: self._put(replace(self.reading, comma=self.sign.currentData())))
        self.header.clicked.connect(self._choose_header)
        for box in self.columns:
            box.activated.connect(self._choose_columns)
        self.split.activated.connect(
            lambda: self._put(replace(self.reading, split=self.split.currentData(), own=False))
        )

    def _choose_task(self) -> None:
        reading, task = self.reading, self.task.currentData()
        self._put(reread(self._text, task, reading.delimiter, reading.header))

    def _choose_delimiter(self) -> None:
        self._put(reread(self._text, self.reading.task, self.delimiter.currentData()))

    def _choose_header(self, on: bool) -> None:
        self._put(reread(self._text, self.reading.task, self.reading.delimiter, on))

    def _choose_columns(self) -> None:
        chosen = tuple(box.currentData() for box in self.columns[: len(self.reading.columns)])
        self._put(replace(self.reading, columns=chosen, own=False))

    def _put(self, reading: Reading) -> None:
        self.reading = reading
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        """Show the reading, without a signal."""
        reading, names = self.reading, self.names()
        _select(self.task, reading.task)
        _select(self.delimiter, reading.delimiter)
        _select(self.sign, reading.comma)
        self.sign.setEnabled(reading.delimiter != ",")
        self.header.setChecked(reading.header)
        wanted = COLUMNS[reading.task]
        for k, (label, box) in enumerate(zip(self._names, self.columns, strict=True)):
            for part in (label, box):
                part.setVisible(k < len(wanted))
            if k < len(wanted):
                label.setText(wanted[k].capitalize() if len(wanted[k]) > 2 else wanted[k])
                _fill(box, dict(enumerate(names)), reading.columns[k])
                box.setAccessibleName(f"Column of {wanted[k]}")
        _fill(self.split, {None: "dealt out anew", **dict(enumerate(names))}, reading.split)

    def _lay_out(self, is_text: bool) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        pairs: list[tuple[QLabel, QComboBox]] = [(QLabel("Read as"), self.task)]
        pairs += zip(self._names, self.columns, strict=True)
        pairs += [(QLabel("Split"), self.split)]
        written = [(QLabel("Delimiter"), self.delimiter), (QLabel("Decimal sign"), self.sign)]
        for column, group in ((0, pairs), (2, written)):
            for row, (label, box) in enumerate(group):
                label.setProperty("role", "name")
                label.setBuddy(box)
                grid.addWidget(label, row, column)
                grid.addWidget(box, row, column + 1)
                for part in (label, box):
                    part.setVisible(column == 0 or is_text)
        grid.addWidget(self.header, 2, 3)
        self.header.setVisible(is_text)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)


def _box(name: str, entries: dict, meaning: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip(name, meaning))
    box.setMinimumContentsLength(12)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for key, words in entries.items():
        box.addItem(words, key)
    return box


def _fill(box: QComboBox, entries: dict, chosen: object) -> None:
    box.clear()
    for key, words in entries.items():
        box.addItem(words, key)
    _select(box, chosen)


def _select(box: QComboBox, key: object) -> None:
    box.setCurrentIndex(next((k for k in range(box.count()) if box.itemData(k) == key), -1))
