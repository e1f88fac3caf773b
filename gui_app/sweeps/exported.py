"""The pictures of a sweep as views that can be drawn into files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from engine.observation.sweep_measures import SWEEP_MEASURES
from gui_app.sweeps.picture import TALL, WIDE, exported_height, paint_exported

if TYPE_CHECKING:
    from gui_app.sweeps.dock import SweepDock


class SweepExport:
    """One of the two pictures of a dock: the heat map, or the grid of small pictures."""

    def __init__(self, dock: SweepDock, heat: bool) -> None:
        self._dock, self._heat = dock, heat

    @property
    def name(self) -> str:
        """What it is called in a menu."""
        return "Heat map" if self._heat else "Grid of small pictures"

    @property
    def export_name(self) -> str:
        """File name without a suffix."""
        return "sweep-heat-map" if self._heat else "sweep-grid"

    @property
    def export_title(self) -> str:
        """What the picture shows."""
        model = self._dock.model()
        if not self._heat or model is None:
            return "Heat map of the sweep" if self._heat else "Grid of the sweep"
        return SWEEP_MEASURES[model.measure].label_for(model.task, model.threshold)

    def export_size(self) -> QSize:
        """The picture's size in pixels at scale 1."""
        model = self._dock.model()
        return QSize(WIDE, TALL if model is None else exported_height(model, self._heat))

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the picture with its background into ``rect``."""
        model = self._dock.model()
        if model is not None:
            paint_exported(painter, rect, model, self._dock.options.theme, self.export_title, self._heat)
