"""A group's training step on batches of one length, recorded at its first call and replayed from then on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Generator, Tensor

from engine.catalogue.optimizers import Hyper, Optimizer, Slots
from engine.network import Batch, EncodedData, LaneNetwork, add_penalty_gradient
from engine.training.clipping import clip
from engine.training.constraints import decay_weights, limit_norms, shrink_weights
from engine.training.dropout import draw_masks
from engine.training.tape import Unrecordable, record

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Step:
    """What a step works on; all of it stays where it is for as long as a group lives.

    ``memory`` [2 + slots, lanes, parameters] holds the network's parameters, the checkpoint (the parameters of before
    the latest update) and the optimizer's slots. ``terms`` [lanes, 1] are the strengths of those regularizers that any
    lane uses, by name, and ``rates`` [lanes, 1, 1] those of each place of dropout, None where no lane has any.
    """

    network: LaneNetwork
    memory: Tensor
    slots: Slots
    hyper: Hyper
    optimizer: Optimizer
    terms: Mapping[str, Tensor]
    rates: Sequence[Tensor | None]
    generator: Generator = field(default_factory=Generator)

    @property
    def checkpoint(self) -> Tensor:
        """[lanes, parameters]"""
        return self.memory[1]

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

    def load(self, inputs: Tensor, encoded: Tensor) -> None:
        """Take a batch: inputs [points, features] and encoded targets [points, outputs]."""
        self._real_inputs.copy_(inputs)
        self._real_encoded.copy_(encoded)

    @property
    def looks_finite(self) -> bool:
        """Whether parameters and the latest outputs are certainly finite, and outputs so small that losses are."""
        output = self._output[:, : self._points]
        return isfinite((self._step.network.flat.sum() + output.square().sum()).item())

    def finite_lanes(self) -> Tensor:
        """Which lanes [lanes] have finite parameters and losses of the batch that is loaded."""
        with torch.no_grad():
            losses = self._losses(self._forward())[:, : self._points]
            return losses.isfinite().all(1) & self._step.network.flat.isfinite().all(1)

    def _forward(self) -> Tensor:
        step, network = self._step, self._step.network
        self._batch = Batch(self._points)
        masks = None
        if step.drops:
            masks = draw_masks(step.rates, network.layout.widths, len(self._inputs), step.generator)
        return network.forward(self._inputs.expand(network.lanes, -1, -1), masks, batch=self._batch)

    def _losses(self, output: Tensor) -> Tensor:
        return self._per_point(output, self._encoded)

    def _differentiate(self) -> tuple[Tensor, ...]:
        """∂C/∂parameters [lanes, parameters] of the batch that is loaded, before any change; also the outputs."""
        step, network, weights = self._step, self._step.network, self._step.network.layout.weights
        output = self._forward()
        self._gradient = network.gradients(self._losses(output), self._seed)
        with torch.no_grad():
            terms = step.terms
            add_penalty_gradient(
                self._gradient[:, :weights],
                network.flat[:, :weights],
                terms.get("l1_subgradient"),
                terms.get("l2"),
            )
            clip(self._gradient, terms.get("clip_norm"), terms.get("clip_value"))
        self._output = output.detach()
        self._moments = self._batch.moments
        return (
            self._gradient,
            self._output,
            *(part for m in self._moments.values() for part in (m.mean, m.variance)),
        )

    def _update(self) -> None:
        """One step of the optimizer along the gradient, and what else changes weights; the parameters of before become
        the checkpoint.
        """
        step, network, rate = self._step, self._step.network, self._step.hyper["learning_rate"]
        weights = network.flat[:, : network.layout.weights]
        with torch.no_grad():
            step.checkpoint.copy_(network.flat)
            if "weight_decay" in step.terms:
                decay_weights(weights, rate, step.terms["weight_decay"])
            slots = {key: slot[:, : network.layout.parameters] for key, slot in step.slots.items()}
            step.optimizer.update(network.trained, self._gradient, slots, step.hyper)
            for layer, moments in self._moments.items():
                network.normalizations[layer].follow(moments)
            if "l1_proximal" in step.terms:
                shrink_weights(weights, rate, step.terms["l1_proximal"])
            if "max_norm" in step.terms:
                limit_norms(network.weights[:-1], step.terms["max_norm"])

    def _first(self, function: Callable[[], tuple[Tensor, ...] | None]) -> Callable[[], object]:
        """``function`` as a call that records itself and puts its replay in its own place."""
        name = function.__name__.strip("_")

        def call() -> None:
            try:
                replay: Callable[[], object] = record(function).play
            except Unrecordable as reason:
                log.warning("training runs without replay: %s", reason)
                replay = function
            setattr(self, name, replay)

        return call
