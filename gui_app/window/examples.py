"""Open an example of the catalogue, show its note, and try its remedies."""

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
from gui_app.window.layout.central_area import CentralArea


class Examples(QObject):
    """Opens examples; shows the note of the open one on ``central_area``; ``restart_training`` starts from the
    initial weights.

    The note is visible while the document's data are those of the example or of a remedy, even if edited by hand; undo
    shows it again. A note that a person closes is removed.
    """

    def __init__(
        self,
        document: Document,
        files: FileActions,
        central_area: CentralArea,
        restart_training: Callable[[], object],
    ) -> None:
        super().__init__(central_area)
        self._document, self._files, self._central_area = document, files, central_area
        self._restart_training = restart_training
        self.note: ExampleNote | None = None
        self._own: list[DataSettings] = []
        self._theme = LIGHT
        document.replaced.connect(self._remove_note)
        document.changed.connect(self._follow_data)
        document.data_replaced.connect(self._follow_points)

    def open(self, key: str) -> None:
        """Replace the document by an example; ask first if there are unsaved changes."""
        if not self._files.start_from(preset_experiment(key)):
            return
        remedies = PRESETS[key].remedies
        cured = [edit_many(preset_experiment(key), remedy.edits()) for remedy in remedies]
        self._own = [experiment.data for experiment in (preset_experiment(key), *cured)]
        self.note = ExampleNote(PRESETS[key], lambda remedy: self._try(key, remedy))
        self.note.closed.connect(self._remove_note)
        tint(self.note, self._theme.muted)
        self._central_area.set_note(self.note)

    def _try(self, key: str, remedy: Remedy) -> None:
        """Apply this remedy alone to the example, as one undo step, and train."""
        cured = edit_many(preset_experiment(key), remedy.edits())
        before = self._document.experiment
        if before.data.task == cured.data.task:
            cured = msgspec.structs.replace(cured, drawings=before.drawings)
        self._document.replace(cured, remedy.label)
        self._restart_training()

    def _follow_data(self, before: Experiment, after: Experiment) -> None:
        if after.data is not before.data and (after.data.points is None or not self._describes(after.data)):
            self._show_note(self._describes(after.data))

    def _follow_points(self, whole: bool) -> None:
        """Hide the note if other points replaced those of the example; show it if they are back."""
        self._show_note(self._describes(self._document.experiment.data) and self._are_mostly_generated())

    def _describes(self, data: DataSettings) -> bool:
        return _described_data(data) in map(_described_data, self._own)

    def _are_mostly_generated(self) -> bool:
        """Whether the generator makes at least half of the points."""
        data, points = self._document.experiment.data, self._document.points
        if data.points is None:
            return True
        generated = set(map(tuple, resolve_points(msgspec.structs.replace(data, points=None)).xy.tolist()))
        return 2 * sum(tuple(position) in generated for position in points.xy.tolist()) >= len(points)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.note is not None:
            tint(self.note, theme.muted)

    def _show_note(self, shown: bool) -> None:
        if self.note is not None:
            self._central_area.show_note(shown)

    def _remove_note(self) -> None:
        if self.note is not None:
            self._central_area.set_note(None)
            self.note = None


def _described_data(data: DataSettings) -> tuple[object, ...]:
    """Return what the note depends on: all settings of the generator but the seed."""
    generator = data.generator
    return data.task, generator.name, generator.points, generator.noise
