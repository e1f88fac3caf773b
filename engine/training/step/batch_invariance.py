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
    layout: Layout,
    activation: ActivationChoice,
    loss: LossChoice,
    task: str,
    shapes: Sequence[tuple[int, int]],
    dtype: torch.dtype = torch.float32,
) -> bool:
    """Whether a lane computes the same bits alone as with others, tested with random numbers for these shapes of a
    batch: how many rows it has, and how many of them are points.

    PyTorch and its matrix library choose a kernel by the shape of a tensor. For some shapes, a batch of one matrix uses
    a different kernel than a batch of several, with different rounding.
    """
    return all(_same(layout, activation, loss, task, *shape, dtype) for shape in shapes if all(shape))


@lru_cache(maxsize=4096)
def _same(
    layout: Layout,
    activation: ActivationChoice,
    loss: LossChoice,
    task: str,
    rows: int,
    points: int,
    dtype: torch.dtype,
) -> bool:
    random = Generator().manual_seed(0)
    flat = torch.randn(1, layout.size, generator=random, dtype=dtype) / 2.0
    flat[:, layout.parameters :] = 1.0
    alone, company = (LaneNetwork(layout, activation, flat.repeat(lanes, 1)) for lanes in (1, 2))
    inputs = alone.whole_vectors(torch.randn(rows, layout.widths[0], generator=random, dtype=dtype))
    encoded = torch.rand(len(inputs), layout.widths[-1], generator=random, dtype=dtype)
    shares = torch.where(torch.arange(len(inputs)) < points, 1.0 / points, 0.0).to(dtype)
    entry = LOSSES[loss.name]

    def per_point(output: Tensor) -> Tensor:
        return entry.per_point(output, encoded, task=task, **loss.parameters)

    one, several = (_everything(network, inputs, per_point, shares, points) for network in (alone, company))
    return all(torch.equal(a[0], b[0]) for a, b in zip(one, several, strict=True))


def _everything(
    network: LaneNetwork,
    inputs: Tensor,
    per_point: Callable[[Tensor], Tensor],
    shares: Tensor,
    points: int,
) -> tuple[Tensor, ...]:
    """Outputs, losses and gradients of every lane."""
    batch = Batch(points)
    output = network.forward(inputs.expand(network.lanes, -1, -1), batch=batch)
    losses = per_point(output)
    gradients = network.gradients(losses, shares.expand(network.lanes, -1))
    moments = [part for one in batch.moments.values() for part in (one.mean, one.variance)]
    return output.detach(), losses.detach(), gradients, *moments
