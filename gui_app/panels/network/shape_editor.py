"""The editor of the number and the widths of hidden layers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.catalogue.hyperparameters import LAYER_WIDTH, MAX_HIDDEN_LAYERS
from gui_app.panels.network.widths import format_widths, parse_widths
from gui_app.panels.panel import LABEL_WIDTH
from gui_app.widgets.card import explanation
from gui_app.widgets.mixed import MIXED
from gui_app.widgets.name_label import NameLabel
from gui_app.widgets.spin_box import SpinBox
from gui_app.widgets.stepper import Stepper
from gui_app.widgets.tips import tip

FEW = 8
"""Largest number of layers with a field each; more layers are edited as text."""
ROOMY = 4
"""Largest number of layers whose fields have arrows. All fields share one row, so that nothing below moves away."""


Widths = tuple[int, ...]


class ShapeEditor(QWidget):
    """Editor of widths; ``edited(change)`` and ``refused(sentence)`` are emitted for a person's edits only.

    ``change`` is a function that makes the new widths of a lane from its present ones.
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hidden: Widths = ()
        self.setAccessibleName("Hidden layers")
        low, high = int(LAYER_WIDTH.low), int(LAYER_WIDTH.high)
        self.layers = Stepper(
            0, MAX_HIDDEN_LAYERS, "Hidden layers",
            tip("Hidden layers", f"How deep the network is: 0 to {MAX_HIDDEN_LAYERS} layers.", "aₗ = σ(Wₗ aₗ₋₁ + bₗ)"),
        )  # fmt: skip
        # The value below the smallest width means "they differ".
        self.all_widths = SpinBox(
            low - 1,
            high,
            "Neurons in all layers",
            tip("All layers", "One width for all of them (– where they differ)."),
            special="–",
        )
        self.spins = [self._spin(index) for index in range(FEW)]
        self.text = QLineEdit()
        self.note = explanation("No hidden layer: the network is one linear map.")
        self._lay_out()
        self._connect()

    def show_widths(self, hidden: Sequence[int]) -> None:
        """Show the widths without a signal."""
        self._hidden = tuple(hidden)
        depth = len(hidden)
        self.layers.set_value(depth)
        self.all_widths.set_value(hidden[0] if len(set(hidden)) == 1 else self.all_widths.minimum())
        self.all_widths.setEnabled(depth > 0)
        self._show_fields(depth)
        for spin, width in zip(self.spins, hidden, strict=False):
            spin.set_value(width)
        self.note.setVisible(depth == 0)
        self.text.setText(format_widths(hidden))
        self._mark_problem(False)

    def show_mixed(self, values: Sequence[Widths]) -> None:
        """Show that these widths differ, without a signal; none of them: show the one lane's again.

        The fields are those of the layers that all have.
        """
        if not values:
            self.layers.show_mixed(False)
            self.text.setPlaceholderText("")
            return
        depths = [len(hidden) for hidden in values]
        self.layers.show_mixed(min(depths) < max(depths))
        widths = {width for hidden in values for width in hidden}
        self.all_widths.set_value(widths.pop() if len(widths) == 1 else self.all_widths.minimum())
        self.all_widths.setEnabled(min(depths) > 0)
        self._show_fields(min(depths) if max(depths) <= FEW else max(depths))
        for index, spin in enumerate(self.spins[: min(depths)]):
            spin.show_mixed(len({hidden[index] for hidden in values}) > 1)
        self.note.setVisible(max(depths) == 0)
        self.text.setText("")
        self.text.setPlaceholderText(MIXED)

    def text_of(self, value: Widths) -> str:
        """Return widths as text."""
        return format_widths(value) or "no hidden layer"

    def _set_depth(self, depth: int) -> None:
        self.edited.emit(lambda hidden: _with_depth(hidden, depth))

    def _add_layers(self, count: int) -> None:
        self.edited.emit(lambda hidden: _with_depth(hidden, max(len(hidden) + count, 0)))

    def _set_all(self, width: int) -> None:
        if width >= LAYER_WIDTH.low:
            self.edited.emit(lambda hidden: (width,) * len(hidden))

    def _set_one(self, index: int, width: int) -> None:
        self.edited.emit(lambda hidden: (*hidden[:index], width, *hidden[index + 1 :]))

    def _show_fields(self, depth: int) -> None:
        """Show a field for each of the first layers, or one text for many layers."""
        for index, spin in enumerate(self.spins):
            spin.setVisible(index < depth <= FEW)
            spin.set_narrow(depth > ROOMY)
        self._row.setVisible(0 < depth <= FEW)
        self.text.setVisible(depth > FEW)

    def _read_text(self) -> None:
        if not self.text.isModified():
            return
        self.text.setModified(False)
        try:
            widths = parse_widths(self.text.text())
        except ValueError as error:
            self._mark_problem(True)
            self.refused.emit(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        self.show_widths(self._hidden)
        self.edited.emit(lambda hidden: widths)

    def _mark_problem(self, problem: bool) -> None:
        if bool(self.text.property("problem")) != problem:
            self.text.setProperty("problem", problem)
            self.text.style().unpolish(self.text)
            self.text.style().polish(self.text)

    def _spin(self, index: int) -> SpinBox:
        name = f"Neurons in layer {index + 1}"
        spin = SpinBox(int(LAYER_WIDTH.low), int(LAYER_WIDTH.high), name, tip(name, "1 to 512 neurons."))
        spin.edited.connect(lambda width: self._set_one(index, width))
        return spin

    def _connect(self) -> None:
        self.layers.edited.connect(self._set_depth)
        self.layers.stepped.connect(self._add_layers)
        self.all_widths.edited.connect(self._set_all)
        self.text.editingFinished.connect(self._read_text)
        self.text.setAccessibleName("Neurons of the hidden layers")
        self.text.setToolTip(
            tip("Widths", "Neurons of each hidden layer, input side first: 8, 8, 4; or layers × width: 20×8.")
        )

    def _lay_out(self) -> None:
        label = NameLabel("Layers", LABEL_WIDTH)
        label.setBuddy(self.layers.field)
        of = QLabel("×")
        of.setProperty("role", "name")
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label)
        head.addWidget(self.layers)
        head.addWidget(of)
        head.addWidget(self.all_widths, 1)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for spin in self.spins:
            row.addWidget(spin, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        for part in (self._row, self.text, self.note):
            column.addWidget(part)


def _with_depth(hidden: Widths, depth: int) -> Widths:
    """Return the first layers, and further ones as wide as the last one."""
    more = (hidden[-1] if hidden else int(LAYER_WIDTH.default),) * depth
    return (*hidden, *more)[:depth]
