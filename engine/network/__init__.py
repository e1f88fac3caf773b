"""Layers, the lane-batched network, its penalty, and the data set as the tensors that it is fed."""

from engine.network.encoding import EncodedData
from engine.network.initialize import initial_parameters
from engine.network.layout import Layout, Normalized
from engine.network.network import Batch, LaneNetwork, bind_activation
from engine.network.penalty import (
    add_penalty_gradient,
    add_proximal_gradient,
    has_proximal,
    penalty_with_parts,
)

__all__ = [
    "Batch",
    "EncodedData",
    "LaneNetwork",
    "Layout",
    "Normalized",
    "add_penalty_gradient",
    "add_proximal_gradient",
    "bind_activation",
    "has_proximal",
    "initial_parameters",
    "penalty_with_parts",
]
