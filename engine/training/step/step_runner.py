"""A stack's training step on batches of one length, recorded at its first call and replayed from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.optimizers import Hyper, Optimizer, Slots
from engine.network import Batch, EncodedData, LaneNetwork, add_penalty_gradient
from engine.network.dropout import draw_masks
from engine.tape.recording import Recorded
from engine.tape.ways import Way, resolve
from engine.training.step.augmentation import STRENGTHS, Augmentation
from engine.training.step.clipping import clip
from engine.training.step.constraints import decay_weights, limit_norms

_OTHER = 0x5DEECE66D
"""Turns the seed of dropout into that of augmentation."""


@dataclass(frozen=True, eq=False)
class StepState:
    """What a step works on; its memory stays the same for as long as the stack lives.

    ``memory`` [2 + slots, lanes, parameters] holds the network's parameters, the checkpoint (the parameters before the
    latest update) and the optimizer's slots. ``terms`` [lanes, 1] are the strengths of the regularizers that any lane
    uses, by name. ``rates`` [lanes, 1, 1] are the dropout rates of the inputs and of each hidden layer, None for a
    layer without dropout in any lane.
    """

    network: LaneNetwork
    memory: Tensor
    slots: Slots
    hyper: Hyper
    optimizer: Optimizer
    terms: Mapping[str, Tensor]
    rates: Sequence[Tensor | None]
    generator: Generator = field(default_factory=Generator)
    moving: Generator = field(default_factory=Generator)
    """The generator of augmentation."""

    @property
    def checkpoint(self) -> Tensor:
        """[lanes, parameters]"""
        return self.memory[1]

    @property
    def drops(self) -> bool:
        """Whether any lane drops inputs or neurons."""
        return any(rate is not None for rate in self.rates)

    @property
    def augmentation(self) -> dict[str, Tensor]:
        """Strengths of augmentation that any lane uses."""
        return {key: self.terms[key] for key in STRENGTHS if key in self.terms}

    def seed(self, seed: int) -> None:
        """Seed the random numbers of a batch. Those of dropout do not depend on whether there is augmentation."""
        if self.drops:
            self.generator.manual_seed(seed)
        if self.augmentation:
            self.moving.manual_seed(seed ^ _OTHER)


class StepRunner:
    """The training step of a stack, with memory for batches of ``points`` points."""

    def __init__(self, step: StepState, data: EncodedData, points: int, way: Way) -> None:
        self._state = step
        self._data = data
        self._points = points
        network = step.network
        rows = network.whole(points)
        self._inputs = torch.zeros(rows, data.inputs.shape[1])
        self._encoded = torch.zeros(rows, data.encoded.shape[1])
        self._real_inputs, self._real_encoded = self._inputs[:points], self._encoded[:points]
        self._augmentation = Augmentation(points) if step.augmentation else None
        self._positions: tuple[Tensor, ...] = ()
        # The weight of each point's loss in the cost: the mean over the real points, without padding.
        self._seed = torch.zeros(network.lanes, rows)
        self._seed[:, :points] = 1.0 / points
        # Gradient and update are one recording: an update that is replayed reads the memory of the recorded gradient.
        self._train = Recorded(
            self._differentiate_and_update,
            resolve(way, network.layout.parameters, points),
            name=f"the training step on {points} points",
        )

    @property
    def way(self) -> Way:
        """How the steps really run."""
        return self._train.way

    def load(self, inputs: Tensor, encoded: Tensor) -> None:
        """Load a batch: inputs [points, features] (with augmentation, offsets [points, 2]) and encoded targets
        [points, outputs].
        """
        if self._augmentation:
            self._augmentation.load(inputs)
        else:
            self._real_inputs.copy_(inputs)
        self._real_encoded.copy_(encoded)

    def step(self) -> None:
        """Update all lanes once, on the loaded batch."""
        self._train()

    def moved(self, lane: int) -> tuple[NDArray[np.float64], Tensor] | None:
        """Positions [points, 2] of the latest batch after augmentation, and their encoded targets [points, outputs];
        None without augmentation.
        """
        if self._augmentation is None:
            return None
        offsets = torch.stack([values[lane, : self._points] for values in self._moved], 1)
        return self._data.centre + offsets.double().numpy(), self._real_encoded.clone()

    @property
    def looks_finite(self) -> bool:
        """Whether parameters and latest outputs are certainly finite, and outputs small enough for a finite loss."""
        output = self._output[:, : self._points]
        return isfinite((self._state.network.flat.sum() + output.square().sum()).item())

    def finite_lanes(self) -> Tensor:
        """Which lanes [lanes] have finite parameters and finite losses on the loaded batch."""
        with torch.no_grad():
            losses = self._losses(self._forward())[:, : self._points]
            return losses.isfinite().all(1) & self._state.network.flat.isfinite().all(1)

    def _forward(self) -> Tensor:
        step, network = self._state, self._state.network
        self._batch = Batch(self._points)
        masks = None
        if step.drops:
            masks = draw_masks(step.rates, network.layout.widths, len(self._inputs), step.generator)
        return network.forward(self._fed(), masks, batch=self._batch)

    def _fed(self) -> Tensor:
        step, rows = self._state, len(self._inputs)
        if self._augmentation is None:
            return self._inputs.expand(step.network.lanes, -1, -1)
        with torch.no_grad():
            self._augmentation.draw(step.augmentation, step.moving)
            self._positions = self._augmentation.positions(step.augmentation)
            return self._data.features(*self._positions)[:, :rows]

    def _losses(self, output: Tensor) -> Tensor:
        encoded, smoothing = self._encoded, self._state.terms.get("label_smoothing")
        if self._augmentation is not None:
            encoded = self._augmentation.targets(encoded, self._state.augmentation)
        if smoothing is not None:
            share = smoothing[:, :, None]
            encoded = encoded * (1.0 - share) + share / encoded.shape[-1]
        return self._data.per_point(output, encoded)

    def _differentiate_and_update(self) -> tuple[Tensor, ...]:
        """Update all lanes once, on the loaded batch; return the outputs and the moved points, which are read later."""
        self._differentiate()
        self._update()
        return (self._output, *self._moved)

    def _differentiate(self) -> None:
        """Compute ∂C/∂parameters [lanes, parameters] of the loaded batch, and keep the outputs; changes no weight."""
        terms, network = self._state.terms, self._state.network
        output = self._forward()
        self._gradient = network.gradients(self._losses(output), self._seed)
        with torch.no_grad():
            add_penalty_gradient(self._gradient, network.flat, network.layout, terms)
            clip(self._gradient, terms)
        self._output = output.detach()
        self._moments, self._moved = self._batch.moments, self._positions

    def _update(self) -> None:
        """Take an optimizer step and apply constraints on weights; the previous parameters become the checkpoint."""
        step, network, rate = self._state, self._state.network, self._state.hyper["learning_rate"]
        weights = network.flat[:, : network.layout.weights]
        with torch.no_grad():
            step.checkpoint.copy_(network.flat)
            if "weight_decay" in step.terms:
                decay_weights(weights, rate, step.terms["weight_decay"])
            slots = {key: slot[:, : network.layout.parameters] for key, slot in step.slots.items()}
            step.optimizer.update(network.trained, self._gradient, slots, step.hyper)
            for layer, moments in self._moments.items():
                network.normalizations[layer].follow(moments)
            for update in L1_UPDATES.values():
                if update.shrink is not None and update.strength in step.terms:
                    reach = step.optimizer.reach(slots, step.hyper)
                    update.shrink(weights, reach[:, : weights.shape[1]], step.terms[update.strength])
            if "max_norm" in step.terms:
                limit_norms(network.weights[:-1], step.terms["max_norm"])
