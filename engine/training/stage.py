"""A group's training step on batches of one length, recorded at its first call and replayed from then on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Generator, Tensor

from engine.catalogue.optimizers import Hyper, Optimizer, Slots
from engine.network import EncodedData, LaneNetwork, add_penalty_gradient
from engine.training.dropout import draw_masks
from engine.training.tape import Unrecordable, record

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Step:
    """What a step works on; all of it stays where it is for as long as a group lives.

    ``rates`` are [lanes, 1, 1] per place of dropout and ``l1``, ``l2`` [lanes, 1]; None leaves the term out.
    """

    network: LaneNetwork
    checkpoint: Tensor
    slots: Slots
    hyper: Hyper
    optimizer: Optimizer
    l1: Tensor | None
    l2: Tensor | None
    rates: Sequence[Tensor | None]
    generator: Generator = field(default_factory=Generator)

    @property
    def drops(self) -> bool:
        """Whether any place has dropout."""
        return any(rate is not None for rate in self.rates)


class Stage:
    """``differentiate`` and ``update``, with the memory that batches of ``points`` points take."""

    def __init__(self, step: Step, data: EncodedData, points: int, recording: bool) -> None:
        self._step = step
        self._per_point = data.per_point
        self._points = points
        network = step.network
        rows = network.whole(points)
        self._inputs = torch.zeros(rows, data.inputs.shape[1])
        self._encoded = torch.zeros(rows, data.encoded.shape[1])
        self._real_inputs, self._real_encoded = self._inputs[:points], self._encoded[:points]
        # The mean over the real points, as the weight of each point's loss in the cost.
        self._seed = torch.zeros(network.lanes, rows)
        self._seed[:, :points] = 1.0 / points
        self.differentiate = self._first(self._differentiate) if recording else self._differentiate
        self.update = self._first(self._update) if recording else self._update

    def load(self, data: EncodedData, rows: Tensor) -> None:
        """Fetch the points ``rows`` [points] of ``data``."""
        torch.index_select(data.inputs, 0, rows, out=self._real_inputs)
        torch.index_select(data.encoded, 0, rows, out=self._real_encoded)

    @property
    def is_finite(self) -> bool:
        """Whether all losses and parameters are certainly finite; sums may overflow where no number does."""
        return isfinite(self._loss_total.item() + self._flat_total.item())

    def finite_lanes(self) -> Tensor:
        """Which lanes [lanes] have finite losses and parameters."""
        losses = self._losses[:, : self._points]
        return losses.isfinite().all(1) & self._step.network.flat.isfinite().all(1)

    def _differentiate(self) -> None:
        """∂C/∂parameters [lanes, parameters] of the batch that is loaded, before any change."""
        step, network, weights = self._step, self._step.network, self._step.network.layout.weights
        masks = None
        if step.drops:
            masks = draw_masks(step.rates, network.layout.widths, len(self._inputs), step.generator)
        output = network.forward(self._inputs.expand(network.lanes, -1, -1), masks)
        losses = self._per_point(output, self._encoded)
        self._gradient = network.gradients(losses, self._seed)
        with torch.no_grad():
            add_penalty_gradient(self._gradient[:, :weights], network.flat[:, :weights], step.l1, step.l2)
            self._losses = losses.detach()
            self._loss_total, self._flat_total = self._losses.sum((0, 1)), network.flat.sum((0, 1))

    def _update(self) -> None:
        """One step of the optimizer along the gradient; the parameters of before become the checkpoint."""
        step = self._step
        with torch.no_grad():
            step.checkpoint.copy_(step.network.flat)
            step.hyper["step"].add_(1.0)
            step.optimizer.update(step.network.flat, self._gradient, step.slots, step.hyper)

    def _first(self, function: Callable[[], None]) -> Callable[[], None]:
        """``function`` as a call that records itself and puts its replay in its own place."""
        name = function.__name__.strip("_")

        def call() -> None:
            try:
                replay: Callable[[], None] = record(function).play
            except Unrecordable as reason:
                log.warning("training runs without replay: %s", reason)
                replay = function
            setattr(self, name, replay)

        return call
