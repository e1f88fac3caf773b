"""The layers that a person can switch on: uncertainty and ghosts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from engine.observation.observables import Ghosts, Uncertainty
from gui_app.canvas.layers import ghosts, uncertainty
from gui_app.canvas.layers.scene import Scene


class OptionalLayers(QObject):
    """State and painting of the optional layers.

    ``uncertainty`` shows the spread of predictions under dropout, ``ghosts`` the augmented points of the latest
    batch. ``changed`` is emitted when the layers need a repaint.
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
        """Show the latest augmented batch; None without augmentation."""
        if batch is not self._batch:
            self._batch = batch
            if self.ghosts:
                self.changed.emit()

    def paint(self, painter: QPainter, scene: Scene, shown: Uncertainty | None, caption: str = "") -> None:
        """Paint ghosts over the points, and messages that explain each layer or say what it needs.

        ``caption`` is the message of the layer below the points.
        """
        messages = [caption]
        if self.ghosts:
            ghosts.paint_ghosts(painter, scene, self._batch)
            messages.append(ghosts.message_for(self._batch))
        if self.uncertainty:
            messages.append(uncertainty.message_for(scene, shown))
        uncertainty.paint_messages(painter, scene, [*filter(None, messages)])
