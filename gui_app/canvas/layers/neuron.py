"""The function of the neuron that a person looks at, in place of the network's answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent

from engine.catalogue.texts import value_text
from engine.data.axes import to_share
from engine.observation.observables import NEURON, Grid, Neuron, NeuronGrid, Prediction, Request
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.looked_at import LookedAtNeuron, Unit
from gui_app.session.network_shape import NetworkShape
from gui_app.theme.colour_maps import CLASS_STRENGTH, image_of, packed, surface_colours
from gui_app.theme.tokens import Theme, rgb
from gui_app.widgets.guarded import guarded

_HEIGHT = 0.46
"""Share of the sheet's height that a curve reaches above and below the middle."""
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class NeuronFunction(Prediction):
    """What a neuron computes, drawn in place of a prediction.

    ``values`` are shares of the largest |value| of its layer; for an output of classification, whose class is
    ``of_class``, how sure it is, from 0 to 1; for a curve, heights on the sheet.
    """

    of_class: int | None = None

    def image(self, theme: Theme) -> QImage:
        """Return one opaque pixel per grid point, top row first."""
        if self.of_class is None:
            return image_of(surface_colours(self.values, theme))
        paper = rgb(theme.window)
        ink = (rgb(theme.classes[self.of_class]) - paper) * CLASS_STRENGTH[theme.name]
        colours = np.nan_to_num(self.values).reshape(-1, 1) * ink + paper
        return image_of(packed(colours).reshape(self.values.shape))


class NeuronLayer(QObject):
    """Knows which neuron is looked at and what it computes; ``changed`` is emitted when either changes."""

    changed = Signal()

    def __init__(
        self, document: Document, current: CurrentLane, looked_at: LookedAtNeuron | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._current, self._looked_at = document, current, looked_at
        self._neuron: Neuron | None = None
        self.function: NeuronFunction | None = None
        """What is drawn; None for the network's answer."""
        if looked_at is not None:
            looked_at.changed.connect(self._follow)
        # The canvas' pointer comes before this filter, and takes Esc for a stroke or a selection.
        parent.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let go of a kept neuron on Esc: the diagram may be hidden."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if not is_escape or event.type() != QEvent.Type.KeyPress:
            return False
        if self._looked_at is None or self._looked_at.pinned is None:
            return False
        self._looked_at.pin(None)
        return True

    @property
    def unit(self) -> Unit | None:
        """The neuron that is looked at."""
        return None if self._looked_at is None else self._looked_at.unit

    def requests(self, grid: Grid) -> tuple[Request, ...]:
        """Return what is asked of the engine."""
        unit = self.unit
        if unit is None:
            return ()
        return (NEURON.request(NeuronGrid(grid.size, grid.extent, unit.layer, unit.index)),)

    def show_neuron(self, neuron: Neuron | None) -> None:
        """Take what a snapshot says; until it has the right neuron, the one before stays."""
        unit = self.unit
        if neuron is None or neuron is self._neuron or unit != Unit(neuron.layer, neuron.index):
            return
        self._neuron = neuron
        scale = 0.0 if self._looked_at is None else self._looked_at.scale
        self.function = _function(neuron, self._shape, scale)
        self.changed.emit()

    @property
    def caption(self) -> str:
        """What is drawn, in words; "" for the network's answer."""
        neuron = self._neuron
        if neuron is None or self.function is None:
            return ""
        shape, unit = self._shape, Unit(neuron.layer, neuron.index)
        name = shape.unit_name(unit)
        if 0 < unit.layer < shape.layers:
            name = f"{name}: {shape.activation}(…)"
        finite = neuron.values[np.isfinite(neuron.values)]
        if not len(finite):
            return f"{name}, not finite"
        return f"{name}, {value_text(finite.min())} to {value_text(finite.max())}"

    @property
    def _shape(self) -> NetworkShape:
        return NetworkShape.of(self._current.lane, self._document.experiment.data)

    def _follow(self) -> None:
        if self.unit is None and self._neuron is not None:
            self._neuron = self.function = None
        self.changed.emit()


def _function(neuron: Neuron, shape: NetworkShape, scale: float = 0.0) -> NeuronFunction:
    """Return what is drawn, with the strongest colour at ``scale``, or at the largest |value| if that is 0."""
    values = np.asarray(neuron.values, dtype=np.float64)
    is_answer = neuron.layer == shape.layers
    if is_answer and shape.task == "classification" and len(shape.answers) > 1:
        classes = len(shape.answers)
        sure = np.clip((values * classes - 1) / (classes - 1), 0.0, 1.0)
        return NeuronFunction(neuron.extent, sure, neuron.index)
    if is_answer and shape.task == "surface":
        return NeuronFunction(neuron.extent, to_share(values, shape.ends))
    if is_answer and shape.task == "curve":
        return NeuronFunction(neuron.extent, values)
    sizes = np.abs(values[np.isfinite(values)])
    shares = values / max(scale or float(sizes.max(initial=0.0)), _LEAST)
    if values.ndim == 1:
        bottom, top = neuron.extent[2:]
        shares = (bottom + top) / 2 + shares * _HEIGHT * (top - bottom)
    return NeuronFunction(neuron.extent, shares)
