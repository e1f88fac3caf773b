"""What the diagram takes from a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables import Inside, LayerInside
from engine.observation.snapshot import LaneSnapshot
from gui_app.session.looked_at import Unit
from gui_app.session.network_shape import NetworkShape

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NetworkValues:
    """The inside of a network, and numbers of each layer 1 … L: float64 [L], NaN where one is not measured."""

    inside: Inside
    weight_norm: Floats
    zero_weights: Floats
    gradient: Floats
    dead: Floats

    @classmethod
    def of(cls, inside: Inside, lane: LaneSnapshot) -> NetworkValues:
        probe = lane.now.probe
        return cls(
            inside, probe("weight_norm"), probe("zero_weights"), probe("weight_gradient"), probe("dead")
        )

    @cached_property
    def rows(self) -> tuple[NDArray[np.intp], ...]:
        """For each layer from 0 and each of its neurons, its index among those that the engine shows, or −1."""
        return np.arange(len(self.inside.inputs)), *map(_rows, self.inside.layers)

    @property
    def dead_neurons(self) -> tuple[NDArray[np.bool_], ...]:
        """Which neurons are dead, in the layers from 1."""
        return tuple(layer.dead for layer in self.inside.layers)

    def row(self, unit: Unit) -> int | None:
        """Return the index of a neuron among those shown of its layer; None if it is not shown."""
        row = int(self.rows[unit.layer][unit.index])
        return None if row < 0 else row

    def grid(self, unit: Unit) -> NDArray[np.floating] | None:
        """Return what a neuron computes over the canvas; None for one that is not shown."""
        row = self.row(unit)
        if row is None:
            return None
        grids = self.inside.layers[unit.layer - 1].values if unit.layer else self.inside.inputs
        found: NDArray[np.floating] = grids[row]
        return found

    def fits(self, shape: NetworkShape) -> bool:
        """Whether this is a network of that shape; a snapshot may be of the network before an edit."""
        dimensions = 2 if shape.task == "curve" else 3
        widths = len(self.inside.inputs), *(layer.neurons for layer in self.inside.layers)
        return widths == shape.widths and self.inside.inputs.ndim == dimensions


def _rows(layer: LayerInside) -> NDArray[np.intp]:
    rows = np.full(layer.neurons, -1)
    rows[layer.shown] = np.arange(len(layer.shown))
    return rows
