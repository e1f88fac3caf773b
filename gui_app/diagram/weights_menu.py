"""The menu of all weights into a neuron: the way to those of 0, which are not drawn, and to close ones."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from engine.catalogue.texts import value_text
from gui_app.diagram.parameter_editing import value_of
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.things import Bias, Connection
from gui_app.session.looked_at import Unit


def weights_menu(
    picture: DiagramPicture, unit: Unit, choose: Callable[[Connection | Bias], None], parent: QWidget
) -> QMenu | None:
    """Return a menu of the weights into a neuron and its bias, each with its value; None where none are known."""
    shape = picture.arrangement.shape
    parameters: list[Connection | Bias] = [
        Connection(unit.layer, source, unit.index) for source in range(shape.widths[unit.layer - 1])
    ]
    values = [(thing, value_of(thing, picture)) for thing in (*parameters, Bias(unit.layer, unit.index))]
    known = [(thing, value) for thing, value in values if value is not None]
    if not unit.layer or not known:
        return None
    menu = QMenu(parent)
    name = shape.unit_name(unit)
    menu.addAction(f"Weights into {name[0].lower()}{name[1:]}").setEnabled(False)
    menu.addSeparator()
    for thing, value in known:
        source = Unit(unit.layer - 1, thing.source) if isinstance(thing, Connection) else None
        label = "Bias" if source is None else shape.unit_name(source)
        action = menu.addAction(f"{label.replace('&', '&&')}\t{value_text(value)}")
        action.triggered.connect(lambda checked=False, thing=thing: choose(thing))
    return menu
