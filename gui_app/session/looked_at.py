"""The neuron that a person looks at: the diagram says which, and the canvas shows what it computes."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document


class Unit(NamedTuple):
    """A neuron of layer 1 … L, or with layer 0 an input; ``index`` counts from 0 within the layer."""

    layer: int
    index: int  # type: ignore[assignment]  # in place of what tuples call index


class LookedAtNeuron(QObject):
    """Which neuron of the current lane is hovered, and which is pinned.

    ``changed`` is emitted when ``unit`` or ``pinned`` changes, and then ``kept`` if another neuron is pinned now. Both
    are forgotten when the network gets another shape and when another lane becomes current.
    """

    changed = Signal()
    kept = Signal()

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._current = document, current
        self._hovered: Unit | None = None
        self._pinned: Unit | None = None
        self.scale = 0.0
        """The |value| with the strongest colour in the neuron's thumbnail; 0 if there is none."""
        self._network = self._shape
        document.changed.connect(self._follow)
        current.changed.connect(self._follow)

    @property
    def unit(self) -> Unit | None:
        """The neuron to show: the hovered one, else the pinned one; None for the network's answer."""
        return self._hovered or self._pinned

    @property
    def pinned(self) -> Unit | None:
        return self._pinned

    def hover(self, unit: Unit | None) -> None:
        """Note the neuron under the mouse, or None."""
        self._set(unit, self._pinned)

    def pin(self, unit: Unit | None) -> None:
        """Keep this neuron on the canvas when the mouse leaves it; None to keep none."""
        self._set(self._hovered, unit)

    @property
    def _shape(self) -> tuple[object, ...]:
        lane, data = self._current.lane, self._document.experiment.data
        return lane.name, lane.network.features, lane.network.hidden, data.task, data.classes

    def _set(self, hovered: Unit | None, pinned: Unit | None) -> None:
        if (hovered, pinned) != (self._hovered, self._pinned):
            kept = pinned is not None and pinned != self._pinned
            self._hovered, self._pinned = hovered, pinned
            self.changed.emit()
            if kept:
                self.kept.emit()

    def _follow(self) -> None:
        if self._shape != self._network:
            self._network = self._shape
            self._set(None, None)
