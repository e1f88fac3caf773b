"""The choice of hidden layers: a named set, or single layers by number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from gui_app.panels.panel import labelled
from gui_app.widgets.buttons import chip, set_partial
from gui_app.widgets.flow import FlowLayout

Layers = str | tuple[int, ...]
LayersChange = Callable[[Layers, int], Layers]
"""What becomes of the chosen layers of a lane with so many hidden layers."""
CHOSEN = "some"


class LayerChoice(QWidget):
    """Chips for the named sets ``options``, as {key: meaning}; ``CHOSEN`` shows a chip for each layer.

    ``edited(change)`` is emitted for a person's actions only. It carries a ``LayersChange``, which raises ValueError
    with the sentence ``needed`` where no layer would be left.
    """

    edited = Signal(object)

    def __init__(self, name: str, options: Mapping[str, str], needed: str, label_width: int = 44) -> None:
        super().__init__()
        self._name, self._needed, self._depth = name, needed, 0
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
        kind = kind_of(layers)
        self.options[kind].setChecked(True)
        if kind == CHOSEN:
            self._show_chips()
        self._holder.setVisible(kind == CHOSEN)

    def show_mixed(self, values: Sequence[Layers]) -> None:
        """Show that these choices differ, without a signal; none of them: show the one choice again."""
        kinds = {kind_of(value) for value in values}
        self._group.setExclusive(not values)
        for key, button in self.options.items():
            set_partial(button, key in kinds)
            button.setChecked(key == kind_of(self._layers) and not values)
        if values:
            self._holder.setVisible(kinds == {CHOSEN})
        for number, button in enumerate(self.chips, 1):
            holding = [number in value for value in values if not isinstance(value, str)]
            set_partial(button, any(holding) and not all(holding))
            if holding:
                button.setChecked(all(holding))

    def text_of(self, value: Layers) -> str:
        """Return a choice in words."""
        return value if isinstance(value, str) else ", ".join(map(str, value))

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
            self.edited.emit(numbers_of)
        else:
            self.edited.emit(lambda layers, depth: key)

    def _toggle(self, number: int) -> None:
        on = self.chips[number - 1].isChecked() or bool(self.chips[number - 1].property("partial"))

        def changed(layers: Layers, depth: int) -> Layers:
            chosen = set(numbers_of(layers, depth))
            chosen = chosen | {number} if on else chosen - {number}
            if not chosen:
                raise ValueError(self._needed)
            return tuple(sorted(chosen))

        self.edited.emit(changed)

    def _lay_out(self, label_width: int) -> None:
        holder, self._group = QWidget(), QButtonGroup(self)
        row = FlowLayout(holder, spacing=4)
        for key, button in self.options.items():
            button.clicked.connect(lambda _, key=key: self._choose(key))
            self._group.addButton(button)
            row.addWidget(button)
        self._flow.setContentsMargins(label_width + 8, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(labelled("Layers", holder, width=label_width))
        column.addWidget(self._holder)


def kind_of(layers: Layers) -> str:
    """Return the key of the set, or ``CHOSEN`` for single layers."""
    return layers if isinstance(layers, str) else CHOSEN


def numbers_of(layers: Layers, depth: int) -> tuple[int, ...]:
    """Return the numbers of the chosen layers, counted from 1."""
    if isinstance(layers, tuple):
        return layers
    return (depth,) if layers == "last" else tuple(range(1, depth + 1))
