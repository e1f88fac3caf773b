"""Edits of the network's shape by hand; all are undoable edits of the document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.catalogue.hyperparameters import LAYER_WIDTH
from engine.experiment import ExperimentError, Lane, edit_many
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.selected_lanes import (
    Widths,
    edits_of_selected,
    refusal_of_lane,
    reshaped,
    with_input,
)


class ShapeActions(QObject):
    """Edits layers, neurons and inputs of the selected lanes; ``refused(sentence)`` says why one is not possible."""

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
        default = (int(LAYER_WIDTH.default),)
        self._set_hidden(lambda hidden: (*hidden, *(hidden[-1:] or default)), "Add a layer")

    def remove_layer(self) -> None:
        """Remove the last hidden layer."""
        if not self.hidden:
            self.refused.emit("There is no hidden layer to remove.")
            return
        self._set_hidden(lambda hidden: hidden[:-1], "Remove a layer")

    def change_width(self, layer: int, by: int) -> None:
        """Add neurons to a hidden layer, counted from 1, or remove some."""

        def changed(hidden: Widths) -> Widths:
            if layer > len(hidden):
                raise ValueError(f"There is no layer {layer}")
            width = hidden[layer - 1] + by
            if width < LAYER_WIDTH.low:
                raise ValueError(
                    f"Layer {layer} keeps its last neuron; − beside the number of layers removes layers"
                )
            return (*hidden[: layer - 1], width, *hidden[layer:])

        self._set_hidden(changed, "Add a neuron" if by > 0 else "Remove a neuron")

    def switch_input(self, key: str) -> None:
        """Feed a feature to the network, or feed it no longer."""
        on = key not in self._current.lane.network.features
        document, current = self._document, self._current

        def changed(lane: Lane) -> dict[str, object]:
            return {"network.features": with_input(lane.network.features, key, on)}

        self._attempt(
            lambda: document.replace(
                edit_many(document.experiment, edits_of_selected(document.experiment, current, changed)),
                "Change inputs",
            )
        )

    def _set_hidden(self, change: Callable[[Widths], Widths], text: str) -> None:
        document, current = self._document, self._current

        def reshape() -> None:
            after, paths = reshaped(document.experiment, current, change)
            document.change_to(after, text, paths)

        self._attempt(reshape)

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except ExperimentError as error:
            self.refused.emit(refusal_of_lane(error, self._document.experiment, self._current))
