"""The choice of hidden layers: a named set, or single layers by number."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from gui_app.panels.panel import labelled
from gui_app.widgets.buttons import chip
from gui_app.widgets.flow import FlowLayout

Layers = str | tuple[int, ...]
CHOSEN = "some"


class LayerChoice(QWidget):
    """Chips for the named sets ``options``, as {key: meaning}; ``CHOSEN`` shows a chip for each layer.

    ``edited(layers)`` carries the key of the set, or the numbers of the layers. ``emptied()`` reports the attempt to
    deselect the last layer. Both are emitted for a person's actions only.
    """

    edited = Signal(object)
    emptied = Signal()

    def __init__(self, name: str, options: Mapping[str, str], label_width: int = 44) -> None:
        super().__init__()
        self._name, self._depth = name, 0
        self._layers: Layers = next(iter(options))
        self.setAccessibleName(f"Layers of {name}")
        self.options = {key: chip(key, meaning, f"{name}: {meaning}") for key, meaning in options.items()}
        self.chips: list[QToolButton] = []
        self._holder = QWidget()
        self._flow = FlowLayout(self._holder, spacing=4)
        self._lay_out(label_width)

    def show_layers(self, layers: Layers, depth: int) -> None:
        """Show a choice among ``depth`` hidden layers without a signal."""
        self._layers, self._depth = layers, depth
        kind = layers if isinstance(layers, str) else CHOSEN
        self.options[kind].setChecked(True)
        if kind == CHOSEN:
            self._show_chips()
        self._holder.setVisible(kind == CHOSEN)

    def _show_chips(self) -> None:
        for number in range(len(self.chips) + 1, self._depth + 1):
            button = chip(
                str(number), f"{self._name} in hidden layer {number}", f"{self._name} in layer {number}"
            )
            button.clicked.connect(lambda _, number=number: self._toggle(number))
            self.chips.append(button)
            self._flow.addWidget(button)
        for number, button in enumerate(self.chips, 1):
            button.setVisible(number <= self._depth)
            button.setChecked(number in numbers_of(self._layers, self._depth))

    def _choose(self, key: str) -> None:
        if key == CHOSEN:
            self.edited.emit(numbers_of(self._layers, self._depth))
        else:
            self.edited.emit(key)

    def _toggle(self, number: int) -> None:
        chosen = set(numbers_of(self._layers, self._depth)) ^ {number}
        if chosen:
            self.edited.emit(tuple(sorted(chosen)))
        else:
            self.chips[number - 1].setChecked(True)
            self.emptied.emit()

    def _lay_out(self, label_width: int) -> None:
        holder, group = QWidget(), QButtonGroup(self)
        row = FlowLayout(holder, spacing=4)
        for key, button in self.options.items():
            button.clicked.connect(lambda _, key=key: self._choose(key))
            group.addButton(button)
            row.addWidget(button)
        self._flow.setContentsMargins(label_width + 8, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(labelled("Layers", holder, width=label_width))
        column.addWidget(self._holder)


def numbers_of(layers: Layers, depth: int) -> tuple[int, ...]:
    """Return the numbers of the chosen layers, counted from 1."""
    if isinstance(layers, tuple):
        return layers
    return (depth,) if layers == "last" else tuple(range(1, depth + 1))
