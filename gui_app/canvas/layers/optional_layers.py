"""What the canvas shows besides points and prediction, when a person wants to see it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from engine.observation.observables import Ghosts, Uncertainty
from gui_app.canvas.layers import ghosts, uncertainty
from gui_app.canvas.layers.scene import Scene


class OptionalLayers(QObject):
    """``uncertainty``: how far predictions scatter under dropout; ``ghosts``: the augmented points of the latest batch.

    ``changed`` is emitted when there is something else to be seen.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.uncertainty = self.ghosts = False
        self._batch: Ghosts | None = None

    def show_uncertainty(self, on: bool) -> None:
        if on != self.uncertainty:
            self.uncertainty = on
            self.changed.emit()

    def show_ghosts(self, on: bool) -> None:
        if on != self.ghosts:
            self.ghosts = on
            self.changed.emit()

    def show_batch(self, batch: Ghosts | None) -> None:
        """The latest batch as augmentation made it, if it did."""
        if batch is not self._batch:
            self._batch = batch
            if self.ghosts:
                self.changed.emit()

    def paint(self, painter: QPainter, scene: Scene, shown: Uncertainty | None) -> None:
        """Over the points: ghosts, and the words that explain what is shown or say what it needs."""
        words = []
        if self.ghosts:
            ghosts.paint_ghosts(painter, scene, self._batch)
            words.append(ghosts.words_for(self._batch))
        if self.uncertainty:
            words.append(uncertainty.words_for(scene, shown))
        uncertainty.paint_words(painter, scene, [*filter(None, words)])
