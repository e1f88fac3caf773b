"""What a person can point at in the diagram."""

from __future__ import annotations

from dataclasses import dataclass

from gui_app.session.looked_at import Unit


@dataclass(frozen=True, slots=True)
class Connection:
    """The weight from neuron ``source`` of the layer before to neuron ``target`` of ``layer``."""

    layer: int
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Bias:
    """The bias of a neuron of layer 1 … L."""

    layer: int
    index: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A feature that is not fed to the network; ``key`` is its key."""

    key: str


@dataclass(frozen=True, slots=True)
class Switch:
    """The name of an input that is fed to the network, and the × beside it; ``index`` is that of the input."""

    index: int


Thing = Unit | Connection | Bias | Chip | Switch
