"""The demonstrations of the catalogue: opening one, saying what it shows, and trying what cures it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.catalogue.presets import PRESETS, SHOWN_AFTER, Preset, Remedy
from engine.experiment import edit_many, preset_experiment
from gui_app.document import Document
from gui_app.file_actions import FileActions
from gui_app.widgets.buttons import text_button
from gui_app.widgets.tips import tip

WIDTH = 410
EDGE = 12
"""Pixels between the note and the edges of what it lies over."""


class Examples(QObject):
    """``train_anew`` starts training from the first weights; the note of an example lies left of ``place``."""

    def __init__(
        self, document: Document, files: FileActions, place: QWidget, train_anew: Callable[[], object]
    ) -> None:
        super().__init__(place)
        self._document, self._files, self._place, self._train_anew = document, files, place, train_anew
        self.note: ExampleNote | None = None
        document.replaced.connect(self._put_note_away)

    def open(self, key: str) -> None:
        """Put an example in place of the document, asking first where that would lose something."""
        if not self._files.start_from(preset_experiment(key)):
            return
        self.note = ExampleNote(PRESETS[key], lambda remedy: self._try(key, remedy), self._place)
        self.note.finished.connect(self._forget_note)
        # Over the panel on the left, which a demonstration needs least.
        below_bars = self._place.mapTo(self._place.window(), QPoint(0, EDGE)).y()
        self.note.move(self._place.window().mapToGlobal(QPoint(EDGE, below_bars)))
        self.note.show()

    def _try(self, key: str, remedy: Remedy) -> None:
        """The example with one remedy alone, so that what it promises can be seen; one undo step."""
        cured = edit_many(preset_experiment(key), remedy.edits())
        self._document.replace(cured, remedy.label)
        self._train_anew()

    def _put_note_away(self) -> None:
        if self.note is not None:
            self.note.close()

    def _forget_note(self) -> None:
        """It has been closed, and is deleted then."""
        self.note = None


class ExampleNote(QDialog):
    """What an example shows and why, and a button for each remedy; it leaves the keyboard to the window."""

    def __init__(self, preset: Preset, apply: Callable[[Remedy], object], place: QWidget) -> None:
        super().__init__(place.window())
        self._apply = apply
        self.setWindowTitle(f"Example: {preset.label}")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(_words(preset.label, "title"))
        column.addWidget(_words(preset.formula, "name"))
        column.addWidget(_words(f"Press Space to train. {preset.tooltip}"))
        column.addWidget(_words(preset.why))
        column.addSpacing(8)
        column.addWidget(_words(f"What helps, {SHOWN_AFTER} epochs from the first weights", "name"))
        for remedy in preset.remedies:
            column.addLayout(self._row(remedy))
        self.setFixedHeight(column.totalHeightForWidth(WIDTH))

    def _row(self, remedy: Remedy) -> QHBoxLayout:
        meaning = "The example with this change alone, trained from the first weights. Ctrl+Z takes it back."
        button = text_button(remedy.label, tip(remedy.label, meaning), "compact")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._apply(remedy))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button)
        row.addWidget(_words(remedy.promise.words, "name"), 1)
        return row


def _words(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
