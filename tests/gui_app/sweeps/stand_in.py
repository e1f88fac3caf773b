"""Stands in for the session's sweep in tests of the dock alone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.experiment.sweeps.cells import cell_settings, cells, with_axes, with_promoted, zoomed
from engine.observation.sweep_measures import Threshold
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.sweep import THRESHOLD


class Sweep(QObject):
    """The commands that the dock gives, on a document."""

    changed = Signal()

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._current = document, current
        self.threshold = THRESHOLD
        document.changed.connect(self.changed)
        current.changed.connect(self.changed)

    def set_threshold(self, value: float) -> None:
        self.threshold = Threshold("validation_loss", value)
        self.changed.emit()

    @property
    def chosen(self) -> tuple[int, ...] | None:
        return self._current.lane.cell

    def choose(self, cell: tuple[int, ...]) -> None:
        self._current.choose_alone(cells(self._document.experiment)[cell])

    def promote(self, index: int | None = None) -> None:
        source = self._current.index if index is None else index
        experiment, _ = with_promoted(self._document.experiment, source)
        self._document.replace(experiment, "Promote")

    def zoom(self, x_range: tuple[int, int], y_range: tuple[int, int] | None = None) -> None:
        experiment = self._document.experiment
        assert experiment.sweep is not None
        parts = zip(experiment.sweep.axes, cell_settings(experiment), (x_range, y_range), strict=False)
        axes = [zoomed(axis, setting, *ends, 8) if ends else axis for axis, setting, ends in parts]
        self._document.replace(with_axes(experiment, axes), "Zoom")
