"""Edits of single weights and biases: the popover over a connection, and the way to the engine."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF
from shiboken6 import isValid

from gui_app.diagram.area import DiagramArea
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.placing import kept_visible, place_beside
from gui_app.diagram.readouts import readout_of
from gui_app.diagram.things import Bias, Connection
from gui_app.diagram.weight_popover import WeightPopover
from gui_app.session.weight_edits import WeightEdits


class ParameterEditing(QObject):
    """Opens the editor of a weight or bias, lets it follow the training, and sends what it sets."""

    def __init__(self, area: DiagramArea, edits: WeightEdits) -> None:
        super().__init__(area)
        self._area, self._edits = area, edits
        self._thing: Connection | Bias | None = None
        self.popover: WeightPopover | None = None

    def open(self, thing: Connection | Bias, picture: DiagramPicture, at: QPointF) -> None:
        """Open the editor beside a position of the area, where it does not cover the neurons that it is about."""
        readout, value = readout_of(thing, picture), value_of(thing, picture)
        if readout is None or value is None:
            return
        popover = WeightPopover(readout, value, self._area)
        popover.edited.connect(lambda edited: self._send(thing, edited))
        popover.drag_began.connect(self._edits.begin_drag)
        popover.drag_ended.connect(self._edits.end_drag)
        self._thing, self.popover = thing, popover
        popover.adjustSize()
        visible = [self._on_screen(rect) for rect in kept_visible(picture, thing)]
        screen = QRectF(popover.screen().availableGeometry())
        box = place_beside(QSizeF(popover.size()), self._area.mapToGlobal(at), visible, screen)
        popover.open_at(box.topLeft().toPoint())

    def _on_screen(self, rect: QRectF) -> QRectF:
        return QRectF(self._area.mapToGlobal(rect.topLeft()), rect.size())

    def follow(self, picture: DiagramPicture) -> None:
        """Show the present numbers; close the editor of a weight that is not there any more."""
        popover, thing = self.popover, self._thing
        if popover is None or thing is None:
            return
        if not isValid(popover) or not popover.isVisible():
            self.popover = None
            return
        readout, value = readout_of(thing, picture), value_of(thing, picture)
        if readout is None or value is None:
            self._edits.forget()
            popover.withdraw()
            self.popover = None
        else:
            popover.show_numbers(readout, value)

    def _send(self, thing: Connection | Bias, value: float) -> None:
        match thing:
            case Connection(layer, source, target):
                self._edits.set_parameter(layer, "weight", source, target, value)
            case Bias(layer, index):
                self._edits.set_parameter(layer, "bias", 0, index, value)


def value_of(thing: Connection | Bias, picture: DiagramPicture) -> float | None:
    """Return the present value of a weight or bias; None for one that is not drawn."""
    values = picture.values
    if values is None or thing.layer > len(values.inside.layers):
        return None
    layer = values.inside.layers[thing.layer - 1]
    match thing:
        case Connection(_, source, target):
            if source >= len(values.rows[thing.layer - 1]) or target >= layer.neurons:
                return None
            rows = int(values.rows[thing.layer - 1][source]), int(values.rows[thing.layer][target])
            return float(layer.weight[rows]) if min(rows) >= 0 else None
        case Bias(_, index):
            row = int(values.rows[thing.layer][index]) if index < layer.neurons else -1
            return float(layer.bias[row]) if row >= 0 else None
