"""The examples of the catalogue: opening one, showing its note, and trying its remedies."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject

from engine.catalogue.presets import PRESETS, Remedy
from engine.data import resolve_points
from engine.experiment import DataSettings, Experiment, edit_many, preset_experiment
from gui_app.session.document import Document
from gui_app.session.file_actions import FileActions
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import tint
from gui_app.window.example_note import ExampleNote
from gui_app.window.stage import Stage


class Examples(QObject):
    """``train_anew`` starts training from the first weights; the note of an example stands on the ``stage``.

    The note is visible while the document's data are those of its example or of a remedy, edited by hand or not; undo
    brings it back. A note that a person closes is gone.
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
        document.changed.connect(self._follow_data)
        document.data_replaced.connect(self._follow_points)

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
        """Take the example with this remedy alone, as one undo step, and train it."""
        cured = edit_many(preset_experiment(key), remedy.edits())
        self._document.replace(cured, remedy.label)
        self._train_anew()

    def _follow_data(self, before: Experiment, after: Experiment) -> None:
        if after.data is not before.data and (after.data.points is None or not self._is_about(after.data)):
            self._show_note(self._is_about(after.data))

    def _follow_points(self, whole: bool) -> None:
        """Hide the note where other points have come; show it where those of the example are back."""
        self._show_note(self._is_about(self._document.experiment.data) and self._mostly_made())

    def _is_about(self, data: DataSettings) -> bool:
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
    """What the note states about the data: all but their seed."""
    generator = data.generator
    return data.task, generator.name, generator.points, generator.noise
