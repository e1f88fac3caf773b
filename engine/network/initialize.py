"""A lane's first parameters, drawn from its seed."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.catalogue.initializers import INITIALIZERS
from engine.experiment.settings import Lane
from engine.network.layout import Layout


def initial_parameters(lane: Lane, layout: Layout) -> Tensor:
    """The parameters with which a lane starts; normalization has scale 1 and shift 0, mean 0 and variance 1.

    Parameters
    ----------
    lane
        Its seed and initializer are used.
    layout
        The shape of its network.

    Returns
    -------
    Tensor
        A flat row, float32 [size]: the same for the same seed and shape, whatever the other lanes.
    """
    choice = lane.network.initializer
    draw = INITIALIZERS[choice.name].function
    generator = torch.Generator().manual_seed(lane.seed)
    drawn = [draw(fan_in, fan_out, generator, **choice.parameters) for fan_in, fan_out in layout.shapes]
    row = torch.zeros(layout.size)
    parts = torch.cat([weight.reshape(-1) for weight, _ in drawn] + [bias for _, bias in drawn])
    row[: len(parts)] = parts
    for numbers in (*layout.normalization_slices()[0], *layout.running_slices()[1]):
        row[numbers] = 1.0
    return row
