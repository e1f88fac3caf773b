"""What is said in words of what a person points at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import FEATURES
from engine.catalogue.texts import counted, setting_text, value_text
from gui_app.diagram.arrangement import METERS_MEAN
from gui_app.diagram.marks import MEANINGS
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.session.looked_at import Unit

LET_GO = "Click: feed it no longer."
PIN, UNPIN = "Click: keep it on the canvas.", "Click again or Esc: show the network's answer."
EDIT = "Click to edit."


@dataclass(frozen=True, slots=True)
class Readout:
    """A title, numbers with their names, and sentences; ``hint`` says what a click does."""

    title: str
    numbers: tuple[tuple[str, str], ...] = ()
    sentences: tuple[str, ...] = ()
    hint: str = ""

    @property
    def spoken(self) -> str:
        """All of it as one text."""
        numbers = ", ".join(f"{name} {value}" for name, value in self.numbers)
        return ". ".join(
            part.rstrip(".") for part in (self.title, numbers, *self.sentences, self.hint) if part
        )


def readout_of(thing: Thing, picture: DiagramPicture, pinned: Unit | None = None) -> Readout | None:
    """Return what is said of a thing; None for one that is not in the network any more."""
    shape, values = picture.arrangement.shape, picture.values
    match thing:
        case Chip(key):
            return Readout(
                f"Input {shape.feature_label(key)}",
                sentences=(FEATURES[key].tooltip,),
                hint="Click: feed it.",
            )
        case Switch(index):
            key = shape.features[index]
            return Readout(f"Input {shape.feature_label(key)}", (), (FEATURES[key].tooltip,), LET_GO)
        case Unit():
            return _of_unit(thing, picture, pinned)
        case Bias(layer, index) if values is not None:
            unit = Unit(layer, index)
            numbers = _parameter(values, layer, None, values.row(unit))
            name = shape.unit_name(unit)
            return Readout(f"Bias of {name[0].lower()}{name[1:]}", numbers, hint=EDIT)
        case Connection(layer, source, target) if values is not None:
            units = Unit(layer - 1, source), Unit(layer, target)
            rows = values.row(units[0]), values.row(units[1])
            names = shape.unit_name(units[0]), shape.unit_name(units[1])
            title = f"{names[0]} → {names[1][0].lower()}{names[1][1:]}"
            return Readout(title, _parameter(values, layer, *rows), hint=EDIT)
    return None


def _parameter(
    values: NetworkValues, layer: int, source: int | None, target: int | None
) -> tuple[tuple[str, str], ...]:
    """Return weight or bias, gradient and latest update, in words."""
    if target is None:
        return ()
    part = values.inside.layers[layer - 1]
    if source is None:
        name, found = "bias", (part.bias, part.bias_gradient, part.bias_update)
        numbers = [float(array[target]) for array in found]
    else:
        name, found = "weight", (part.weight, part.weight_gradient, part.weight_update)
        numbers = [float(array[source, target]) for array in found]
    return tuple(zip((name, "gradient", "latest update"), map(value_text, numbers), strict=True))


def _of_unit(unit: Unit, picture: DiagramPicture, pinned: Unit | None) -> Readout:
    shape, values = picture.arrangement.shape, picture.values
    numbers: list[tuple[str, str]] = []
    if 0 < unit.layer < shape.layers:
        numbers.append(("activation", shape.activation))
    if values is not None and (found := values.grid(unit)) is not None and np.isfinite(found).any():
        numbers.append(("values", _range_text(found)))
    sentences = [MEANINGS[mark] for mark in picture.marks.of(unit)]
    hint = UNPIN if unit == pinned else PIN
    if unit.layer == 0:
        sentences.insert(0, FEATURES[shape.features[unit.index]].tooltip)
        hint += " Click × or its name: feed it no longer."
    else:
        hint += " Right click: its weights."
    column = picture.arrangement.columns[unit.layer]
    if column.box is not None:
        sentences.append(f"{len(column.units)} of {counted(column.neurons, 'neuron')} are shown.")
        sentences.append(METERS_MEAN)
    return Readout(shape.unit_name(unit), tuple(numbers), tuple(sentences), hint)


def _range_text(values: NDArray[np.floating]) -> str:
    """Return the range of a neuron's values, rounded: the canvas has more points, and says it of them."""
    low, high = (
        setting_text(float(f"{end:.2g}")).replace("-", "−") for end in (np.nanmin(values), np.nanmax(values))
    )
    return f"about {low} to {high}"
