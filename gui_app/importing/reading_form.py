"""The controls for reading a table: its task, the roles of its columns, and the format of its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from engine.data import COLUMNS, Reading
from engine.data.tables import DELIMITERS, ENCODINGS, SPLIT, Survey, encoding_name, read_as
from gui_app.widgets.field_note import FieldNote
from gui_app.widgets.tips import tip

TASKS = {
    "classification": "Points with classes",
    "curve": "A curve y(x)",
    "surface": "A surface: points with values",
}
_DELIMITERS = {sign: text.capitalize() for sign, text in DELIMITERS.items()}
ANOTHER = "Another character"
SIGNS = {".": "Point", ",": "Comma"}
QUOTES = {'"': 'Double  "', "'": "Single  '", "": "None"}
HEADERS = {0: "None", 1: "In the first row", 2: "In the first 2 rows", 3: "In the first 3 rows"}
CHOSEN, EITHER = "chosen by you", "guessed or chosen by you"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person chose: the format of the text, and the task; None for what is detected."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    task: str | None = None


class ReadingForm(QWidget):
    """Shows and edits ``reading``: how the table of a survey is read.

    ``changed()`` is emitted when a person changes it. ``format_chosen()`` is emitted when a person chooses how the text
    is written (see ``wanted``); the reading must then be detected again. Only text (``is_text``) has these
    choices.
    """

    changed = Signal()
    format_chosen = Signal()

    def __init__(self, is_text: bool = True, fixed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = Wanted()
        self._survey: Survey | None = None
        self.task = _box("Data", TASKS, "What each row describes")
        self.delimiter = _box("Delimiter", {}, "What separates the fields of a row")
        self.other = QLineEdit(maxLength=1)
        self.other.setAccessibleName("Custom delimiter")
        self.other.setPlaceholderText("Type it")
        self.note = FieldNote(self.other)
        self.quote = _box("Quote sign", QUOTES, "What encloses a field that contains delimiters")
        self.sign = _box("Decimal sign", {}, "How 1½ is written: 1.5 or 1,5")
        self.encoding = _box("Encoding", {}, "How letters are stored as bytes; change it if they look wrong")
        self.header = _box("Names", HEADERS, "The rows above the data that name the columns")
        self.columns = [_box(f"Column {k + 1}", {}, "The column that holds this number") for k in range(3)]
        self.split = _box("Split", {}, "The column with training, validation or test")
        self._names = [QLabel() for _ in self.columns]
        self._lay_out(is_text, fixed)
        self._connect()

    def show_reading(self, survey: Survey, reading: Reading) -> None:
        """Show another reading; emit nothing."""
        self._survey, self.reading = survey, reading
        self._refresh()

    def names(self) -> list[str]:
        """Return the names of the columns; a column without a name has its number."""
        return [self.reading.name_of(k) for k in range(self.reading.width)]

    def rows(self, count: int) -> list[list[str]]:
        """Return the fields of the first rows after the header."""
        assert self._survey is not None
        return self._survey.sample[self.reading.header :][:count]

    def _connect(self) -> None:
        self.task.activated.connect(self._choose_task)
        self.header.activated.connect(lambda: self._read_as(self.reading.task, self.header.currentData()))
        self.delimiter.activated.connect(self._choose_delimiter)
        self.other.textEdited.connect(self._type_delimiter)
        self.quote.activated.connect(lambda: self._choose_format(quote=self.quote.currentData()))
        self.encoding.activated.connect(lambda: self._choose_format(encoding=self.encoding.currentData()))
        self.sign.activated.connect(
            lambda: self._set_reading(replace(self.reading, decimal=self.sign.currentData()))
        )
        for box in (*self.columns, self.split):
            box.activated.connect(self._choose_columns)

    def _choose_task(self) -> None:
        self.wanted = replace(self.wanted, task=self.task.currentData())
        self._read_as(self.task.currentData(), self.reading.header)

    def _read_as(self, task: str, header: int) -> None:
        assert self._survey is not None
        self._set_reading(replace(read_as(self._survey, task, header), decimal=self.reading.decimal))

    def _choose_delimiter(self) -> None:
        if self.delimiter.currentData() is None:
            self.other.show()
            self.other.setFocus()
        else:
            self.note.clear()
            self.other.hide()
            self._choose_format(delimiter=self.delimiter.currentData())

    def _type_delimiter(self, sign: str) -> None:
        self.note.clear()
        if sign and sign == self.reading.dialect.quote:
            self.note.show_message("this is the quote sign; choose another quote sign first", problem=True)
        elif sign:
            self._choose_format(delimiter=sign)

    def _choose_format(self, **choice: str) -> None:
        self.wanted = replace(self.wanted, **choice)
        self.format_chosen.emit()

    def _choose_columns(self) -> None:
        chosen = tuple(box.currentData() for box in self.columns[: len(self.reading.columns)])
        split, reading = self.split.currentData(), self.reading
        unchanged = self._unchanged_roles(chosen, split)
        guesses = reading.why != CHOSEN and unchanged - reading.named
        self._set_reading(
            replace(
                reading,
                columns=chosen,
                split=split,
                own=False,
                named=unchanged & reading.named,
                why=EITHER if guesses else CHOSEN,
            )
        )

    def _unchanged_roles(self, columns: tuple[int, ...], split: int | None) -> frozenset[str]:
        """Return the roles whose column is unchanged."""
        roles, reading = (*COLUMNS[self.reading.task], SPLIT), self.reading
        assignments = zip(roles, (*reading.columns, reading.split), (*columns, split), strict=True)
        return frozenset(role for role, before, now in assignments if before == now and now is not None)

    def _set_reading(self, reading: Reading) -> None:
        self.reading = reading
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        """Show the reading; emit nothing."""
        reading, names = self.reading, self.names()
        assert self._survey is not None
        _select(self.task, reading.task)
        self._show_format(self._survey.text.encoding)
        wanted = COLUMNS[reading.task]
        for k, (label, box) in enumerate(zip(self._names, self.columns, strict=True)):
            for part in (label, box):
                part.setVisible(k < len(wanted))
            if k < len(wanted):
                label.setText(wanted[k].capitalize() if len(wanted[k]) > 2 else wanted[k])
                _fill(box, dict(enumerate(names)), reading.columns[k])
                box.setAccessibleName(f"Column of {wanted[k]}")
        _fill(self.split, {None: "assigned at random", **dict(enumerate(names))}, reading.split)

    def _show_format(self, encoding: str) -> None:
        """Show the format of the text."""
        dialect = self.reading.dialect
        _fill(
            self.delimiter,
            {**_DELIMITERS, None: ANOTHER},
            dialect.delimiter if dialect.delimiter in _DELIMITERS else None,
        )
        self.other.setVisible(dialect.delimiter not in _DELIMITERS)
        if dialect.delimiter not in _DELIMITERS:
            self.other.setText(dialect.delimiter)
        _select(self.quote, dialect.quote)
        _select(self.header, self.reading.header)
        _fill(self.sign, {None: _found_sign(self.reading), **SIGNS}, self.reading.decimal)
        # In a fixed order, so that the arrow keys can step through them.
        own = encoding_name(encoding)
        entries = {encoding if name == own else key: name for key, name in ENCODINGS.items()}
        _fill(self.encoding, entries if encoding in entries else {encoding: own, **entries}, encoding)

    def _lay_out(self, is_text: bool, fixed: bool) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        pairs: list[tuple[QLabel, QComboBox]] = [(QLabel("Read as"), self.task)]
        pairs += zip(self._names, self.columns, strict=True)
        pairs += [(QLabel("Split"), self.split)]
        format_rows = [
            (QLabel("Names"), self.header),
            (QLabel("Delimiter"), self.delimiter),
            (QLabel("Decimal sign"), self.sign),
            (QLabel("Quote sign"), self.quote),
            (QLabel("Encoding"), self.encoding),
        ]
        for column, group in ((0, pairs), (2, format_rows)):
            for row, (label, box) in enumerate(group):
                label.setProperty("role", "name")
                label.setBuddy(box)
                grid.addWidget(label, row, column)
                grid.addWidget(box, row, column + 1)
                for part in (label, box):
                    part.setVisible(column == 0 or (is_text and not (fixed and box is self.encoding)))
        grid.addWidget(self.other, 1, 4)
        self.other.setMaximumWidth(72)
        self.other.hide()
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)


def _found_sign(reading: Reading) -> str:
    """Return a phrase about the decimal sign that was detected."""
    plain = replace(reading, decimal=None)
    found = {plain.style(column).convention for column in reading.numeric.values()}
    signs = {each.decimal for each in found if each.why != "plain"} or {"."}
    if signs == {""}:
        return "Unknown: please choose"
    return (
        f"Found: {SIGNS[signs.pop()].lower()}"
        if len(signs) == 1 and "" not in signs
        else "Found for each column"
    )


def _box(name: str, entries: Mapping[Any, str], meaning: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip(name, meaning))
    box.setMinimumContentsLength(12)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for key, text in entries.items():
        box.addItem(text, key)
    return box


def _fill(box: QComboBox, entries: Mapping[Any, str], chosen: object) -> None:
    box.clear()
    for key, text in entries.items():
        box.addItem(text, key)
    _select(box, chosen)


def _select(box: QComboBox, key: object) -> None:
    box.setCurrentIndex(next((k for k in range(box.count()) if box.itemData(k) == key), -1))
