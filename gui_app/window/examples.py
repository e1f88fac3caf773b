"""The demonstrations of the catalogue: opening one, saying what it shows, and trying what cures it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.catalogue.presets import PRESETS, SHOWN_AFTER, Preset, Remedy
from engine.data import resolve_points
from engine.experiment import DataSettings, Experiment, edit_many, preset_experiment
from gui_app.session.document import Document
from gui_app.session.file_actions import FileActions
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.tips import tip

NARROWEST, WIDEST = 224, 360
"""Pixels that the note takes of what the square canvas leaves free beside it."""

MARGIN, GAP = 8, 8


class Examples(QObject):
    """``train_anew`` starts training from the first weights; the note of an example stands on the ``stage``.

    The note is there for as long as the document's data are those of its example or of a remedy, with what a hand has
    done to them; undo brings it back. Closed by a person it is gone.
    """

    def __init__(
        self, document: Document, files: FileActions, stage: Stage, train_anew: Callable[[], object]
    ) -> None:
        super().__init__(stage)
        self._document, self._files, self._stage, self._train_anew = document, files, stage, train_anew
        self.note: ExampleNote | None = None
        self._own: list[DataSettings] = []
        self._theme = LIGHT
        document.replaced.connect(self._put_note_away)
        document.changed.connect(self._mind_data)
        document.data_replaced.connect(self._mind_points)

    def open(self, key: str) -> None:
        """Put an example in place of the document, asking first where that would lose something."""
        if not self._files.start_from(preset_experiment(key)):
            return
        remedies = PRESETS[key].remedies
        cured = [edit_many(preset_experiment(key), remedy.edits()) for remedy in remedies]
        self._own = [experiment.data for experiment in (preset_experiment(key), *cured)]
        self.note = ExampleNote(PRESETS[key], lambda remedy: self._try(key, remedy))
        self.note.closed.connect(self._put_note_away)
        tint(self.note, self._theme.muted)
        self._stage.set_beside(self.note)

    def _try(self, key: str, remedy: Remedy) -> None:
        """The example with one remedy alone, so that what it promises can be seen; one undo step."""
        cured = edit_many(preset_experiment(key), remedy.edits())
        self._document.replace(cured, remedy.label)
        self._train_anew()

    def _mind_data(self, before: Experiment, after: Experiment) -> None:
        if after.data is not before.data and (after.data.points is None or not self._tells_of(after.data)):
            self._show_note(self._tells_of(after.data))

    def _mind_points(self, whole: bool) -> None:
        """Other points have come, or those of the example are back."""
        self._show_note(self._tells_of(self._document.experiment.data) and self._mostly_made())

    def _tells_of(self, data: DataSettings) -> bool:
        return _source(data) in map(_source, self._own)

    def _mostly_made(self) -> bool:
        """Whether most points are those that the generator makes."""
        data, points = self._document.experiment.data, self._document.points
        if data.points is None:
            return True
        made = set(map(tuple, resolve_points(msgspec.structs.replace(data, points=None)).xy.tolist()))
        return 2 * sum(tuple(place) in made for place in points.xy.tolist()) >= len(points)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.note is not None:
            tint(self.note, theme.muted)

    def _show_note(self, shown: bool) -> None:
        if self.note is not None:
            self.note.setVisible(shown)

    def _put_note_away(self) -> None:
        if self.note is not None:
            self._stage.set_beside(None)
            self.note = None


def _source(data: DataSettings) -> tuple[object, ...]:
    """What the note says of the data: all but their seed."""
    generator = data.generator
    return data.task, generator.name, generator.points, generator.noise


class Stage(QWidget):
    """The canvas, and beside it a note, which takes of its room what a square has no use for."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self._canvas = canvas
        self._beside: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(canvas, 1)

    def set_beside(self, note: QWidget | None) -> None:
        """Show a note in place of the one before, or none."""
        if self._beside is not None:
            self._beside.hide()
            self._beside.deleteLater()
        self._beside = note
        if note is not None:
            self._row.insertWidget(0, note)
            note.show()
            self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._divide()

    def _divide(self) -> None:
        if self._beside is not None:
            free = self.width() - self.height()
            most = max(self.width() - self._canvas.minimumWidth(), 0)
            self._beside.setFixedWidth(min(max(free, NARROWEST), WIDEST, most))


class ExampleNote(QFrame):
    """What an example shows and why, and a button for each remedy, which are in view at any height; ``closed`` tells
    that a person has had enough of it.
    """

    closed = Signal()

    def __init__(self, preset: Preset, apply: Callable[[Remedy], object]) -> None:
        super().__init__()
        self._apply = apply
        self._rows: list[tuple[QWidget, QLabel]] = []
        self.setProperty("kind", "panel")
        self.setAccessibleName(f"Example: {preset.label}")
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 8, MARGIN, 8)
        column.setSpacing(6)
        column.addLayout(self._heading(preset.label))
        text = QWidget()
        words = QVBoxLayout(text)
        words.setContentsMargins(0, 0, 8, 0)
        words.setSpacing(8)
        words.addWidget(_words(preset.formula, "name"))
        words.addWidget(_words(f"Press Space to train. {preset.tooltip}"))
        words.addWidget(_words(preset.why))
        words.addStretch(1)
        column.addWidget(_scrolled(text), 1)
        what = preset.remedies[0].promise.what
        column.addWidget(
            _words(f"What helps, and the {what} after {SHOWN_AFTER} epochs from the start", "name")
        )
        for remedy in preset.remedies:
            self._add_remedy(remedy, column)

    def _heading(self, label: str) -> QHBoxLayout:
        row = QHBoxLayout()
        close = icon_button("close", "Close", tip("Close", "Puts this note away."), side=24)
        close.clicked.connect(self.closed)
        self.close_button = close
        row.addWidget(_words(label, "title"), 1)
        row.addWidget(close)
        return row

    def _add_remedy(self, remedy: Remedy, column: QVBoxLayout) -> None:
        meaning = (
            f"The example with this change alone, trained from the first weights: {remedy.promise.text}. "
            "Ctrl+Z takes it back."
        )
        button = text_button(remedy.label, tip(remedy.label, meaning), "compact")
        button.setAccessibleDescription(meaning)
        button.clicked.connect(lambda: self._apply(remedy))
        bound = QLabel(remedy.promise.bound)
        bound.setProperty("role", "name")
        self._rows.append((button, bound))
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(button)
        row.addWidget(bound)
        row.addStretch(1)
        column.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What a remedy comes to is in its tip, too, and goes where the widest has no room."""
        room = self.contentsRect().width() - 2 * MARGIN
        widths = (button.sizeHint().width() + GAP + bound.sizeHint().width() for button, bound in self._rows)
        fits = max(widths, default=0) <= room
        for _, bound in self._rows:
            bound.setVisible(fits)


def _scrolled(text: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumHeight(40)
    area.setWidget(text)
    return area


def _words(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
