"""Test whether a lane computes the same bits alone as in a batch of lanes, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Generator, Tensor

from engine.catalogue.losses import LOSSES
from engine.experiment.choice import ActivationChoice, LossChoice
from engine.network import Batch, LaneNetwork, Layout


def same_alone(
    layout: Layout, activation: ActivationChoice, loss: LossChoice, task: str, counts: Sequence[int]
) -> bool:
    """Whether a lane computes the same bits alone as with others, tested with random numbers for these batch sizes.

    PyTorch and its matrix library choose a kernel by the shape of a tensor. For some shapes, a batch of one matrix uses
    a different kernel than a batch of several, with different rounding.
    """
    return all(_same(layout, activation, loss, task, count) for count in counts if count)


@lru_cache(maxsize=4096)
def _same(layout: Layout, activation: ActivationChoice, loss: LossChoice, task: str, points: int) -> bool:
    random = Generator().manual_seed(0)
    flat = torch.randn(1, layout.size, generator=random) / 2.0
    flat[:, layout.parameters :] = 1.0
    inputs = torch.randn(points, layout.widths[0], generator=random)
    encoded = torch.rand(points, layout.widths[-1], generator=random)
    entry = LOSSES[loss.name]

    def per_point(output: Tensor) -> Tensor:
        return entry.per_point(output, encoded, task=task, **loss.parameters)

    alone, company = (
        _everything(LaneNetwork(layout, activation, flat.repeat(lanes, 1)), inputs, per_point)
        for lanes in (1, 2)
    )
    return all(torch.equal(a[0], b[0]) for a, b in zip(alone, company, strict=True))


def _everything(
    network: LaneNetwork, inputs: Tensor, per_point: Callable[[Tensor], Tensor]
) -> tuple[Tensor, ...]:
    """Outputs, losses and gradients of every lane."""
    rows = network.whole_vectors(inputs)
    batch = Batch(len(inputs))
    output = network.forward(rows.expand(network.lanes, -1, -1), batch=batch)[:, : len(inputs)]
    losses = per_point(output)
    gradients = network.gradients(losses, torch.full_like(losses, 1.0 / len(inputs)))
    moments = [part for one in batch.moments.values() for part in (one.mean, one.variance)]
    return output.detach(), losses.detach(), gradients, *moments
