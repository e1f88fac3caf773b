"""Edits of the network's shape by hand; all are undoable edits of the document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.catalogue.features import FEATURES
from engine.catalogue.hyperparameters import LAYER_WIDTH
from engine.catalogue.texts import as_sentence
from engine.experiment import ExperimentError, edit, switch_hidden
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document


class ShapeActions(QObject):
    """Edits layers, neurons and inputs of the current lane; ``refused(sentence)`` says why an edit is not possible."""

    refused = Signal(str)

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._current = document, current

    @property
    def hidden(self) -> tuple[int, ...]:
        """The widths of the hidden layers."""
        return self._current.lane.network.hidden

    def add_layer(self) -> None:
        """Add a hidden layer before the output, as wide as the one before it."""
        width = self.hidden[-1] if self.hidden else int(LAYER_WIDTH.default)
        self._set_hidden((*self.hidden, width), "Add a layer")

    def remove_layer(self) -> None:
        """Remove the last hidden layer."""
        if not self.hidden:
            self.refused.emit("There is no hidden layer to remove.")
            return
        self._set_hidden(self.hidden[:-1], "Remove a layer")

    def change_width(self, layer: int, by: int) -> None:
        """Add neurons to a hidden layer, counted from 1, or remove some."""
        width = self.hidden[layer - 1] + by
        if width < LAYER_WIDTH.low:
            self.refused.emit(
                f"Layer {layer} keeps its last neuron; − beside the number of layers removes layers."
            )
            return
        widths = (*self.hidden[: layer - 1], width, *self.hidden[layer:])
        self._set_hidden(widths, "Add a neuron" if by > 0 else "Remove a neuron")

    def switch_input(self, key: str) -> None:
        """Feed a feature to the network, or feed it no longer."""
        chosen = set(self._current.lane.network.features) ^ {key}
        if not chosen:
            self.refused.emit("The network needs at least one input.")
            return
        features = tuple(name for name in FEATURES if name in chosen)
        path = self._current.path("network.features")
        self._attempt(
            lambda: self._document.replace(edit(self._document.experiment, path, features), "Change inputs")
        )

    def _set_hidden(self, hidden: tuple[int, ...], text: str) -> None:
        document, current = self._document, self._current
        path = current.path("network.hidden")
        self._attempt(
            lambda: document.change_to(
                switch_hidden(document.experiment, current.index, hidden), text, {path}
            )
        )

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ExperimentError as error:
            self.refused.emit(as_sentence(str(error).removeprefix(f"{error.path}: ")))
