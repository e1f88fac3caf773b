"""The initial running moments of batch normalization."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engine.network import Batch, EncodedData
from engine.tape.denormals import without_denormals
from engine.training.step.step_state import StepState


@without_denormals()
def calibrate(state: StepState, data: EncodedData, rows: Sequence[int]) -> bool:
    """Set batch normalization's running moments to those of the training split, in lanes that have made no step.

    From then on they follow the batches. With 0 and 1 instead, as in ``torch.nn.BatchNorm1d``, the first measurements
    of a network would use moments that match no data.

    Parameters
    ----------
    state
        The lanes' networks and checkpoints, both of which change.
    data
        The points; with fewer than two to train on, nothing changes.
    rows
        The lanes' indexes in the stack.

    Returns
    -------
    bool
        Whether anything changed.
    """
    network, points = state.network, data.training
    follows = any(norm.mean is not None for norm in network.normalizations.values())
    if points < 2 or not rows or not follows:
        return False
    batch, inputs = Batch(points), network.whole_vectors(data.inputs[:points])
    # PyTorch may compute one lane in another way than several, with other bits.
    several = network if network.lanes > 1 else network.of([0, 0])
    with torch.no_grad():
        several.forward(inputs.expand(several.lanes, -1, -1), batch=batch)
        for layer, moments in batch.moments.items():
            network.normalizations[layer].take(moments, list(rows))
    state.checkpoint[list(rows)] = network.flat[list(rows)]
    return True
