"""What the canvas shows besides points and prediction, when a person wants to see it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Extras(QObject):
    """``uncertainty``: how far predictions scatter under dropout; ``ghosts``: the augmented points of the latest batch.

    ``changed`` tells that either was switched.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.uncertainty = self.ghosts = False

    def show_uncertainty(self, on: bool) -> None:
        self._switch("uncertainty", on)

    def show_ghosts(self, on: bool) -> None:
        self._switch("ghosts", on)

    def _switch(self, name: str, on: bool) -> None:
        if getattr(self, name) != on:
            setattr(self, name, on)
            self.changed.emit()
