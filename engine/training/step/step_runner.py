"""A stack's training step on a batch in fixed memory, computed in one of three ways."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.texts import counted
from engine.network import Batch, EncodedData, add_penalty_gradient
from engine.network.dropout import draw_masks
from engine.tape.recording import Recorded, Unrecordable
from engine.tape.ways import Way, resolve
from engine.training.step.augmentation import Augmentation
from engine.training.step.clipping import clip
from engine.training.step.constraints import decay_weights, limit_norms
from engine.training.step.feed import Feed, Loaded
from engine.training.step.layer_rates import by_layer
from engine.training.step.step_state import StepState

if TYPE_CHECKING:
    from engine.training.step.compiled_step import CompiledStep


log = logging.getLogger(__name__)


class StepRunner:
    """The training step of a stack: reads ``loaded``, draws nothing, and changes the memory of ``state``.

    Parameters
    ----------
    state
        The lanes.
    data
        Whose loss, scaling and features the step has.
    loaded
        Fixed memory of a batch.
    points
        How many of the rows are points; this matters only where ``state.counts_points``.
    way
        How to run the step.
    """

    def __init__(self, state: StepState, data: EncodedData, loaded: Loaded, points: int, way: Way) -> None:
        self._state, self._data, self._points = state, data, points
        self._memory, self._loaded = loaded, loaded.parts
        self._augmentation = Augmentation(self._loaded, points) if state.augmentation else None
        self._name = f"the training step on {counted(points, 'row')}"
        self._compiled: CompiledStep | None = None
        way = resolve(way, state.network.layout.parameters, state.place)
        self._compiles = way is Way.COMPILED
        # Gradient and update are one recording: an update that is replayed reads the memory of the recorded gradient.
        self._recorded = Recorded(self.train, Way.REPLAY if self._compiles else way, name=self._name)
        self.look: Tensor = state.place.zeros(state.network.lanes)
        """[lanes] of the latest step: not finite if parameters or outputs are not, or if a loss might not be."""

    @property
    def way(self) -> Way:
        """How the steps really run."""
        return self._recorded.way if self._compiled is None else Way.COMPILED

    def step(self) -> None:
        """Update all lanes once, on the loaded batch."""
        compiled = self.compiled()
        if compiled is None:
            self._recorded()
        else:
            compiled.step()

    def steps(
        self,
        feed: Feed,
        first: int,
        count: int,
        changing: Sequence[str],
        train: Callable[[Feed, int], Tensor],
    ) -> Tensor:
        """Make consecutive steps of a feed, all of which this is the runner for.

        Parameters
        ----------
        feed
            Batches and numbers.
        first, count
            The index of the first step, and how many.
        changing
            The names of ``feed.numbers``, in their order.
        train
            Makes one of them, where they are not native code.

        Returns
        -------
        Tensor [lanes]
            A sum of their looks, which is finite where all are.
        """
        compiled = self.compiled()
        if compiled is not None and not compiled.is_mixed:
            return compiled.steps(feed, first, count, changing)
        looks = self._state.place.zeros(self._state.network.lanes)
        for index in range(first, first + count):
            looks += train(feed, index)
        return looks

    def compiled(self) -> CompiledStep | None:
        """The step as native code, compiled on the loaded batch at the first call; None where it is not compiled."""
        if self._compiles and self._compiled is None:
            self._compile()
        return self._compiled

    def _compile(self) -> None:
        from engine.tape.compiler.source import Unlowerable
        from engine.training.step.compiled_step import CompiledStep

        try:
            self._compiled = CompiledStep(self._state, self._memory, self._step_of, self.look, self._name)
        except Unrecordable:
            # Replay says why.
            self._compiles = False
        except Unlowerable as reason:
            self._compiles = False
            log.warning("%s is replayed, not compiled: %s", self._name, reason)

    def _step_of(self, state: StepState, loaded: Loaded) -> Callable[[], tuple[Tensor, ...]]:
        return StepRunner(state, self._data, loaded, self._points, Way.EAGER).train

    def train(self) -> tuple[Tensor, ...]:
        """Update all lanes once, on the loaded batch, and return ``look``. Can be recorded."""
        output = self._differentiate()
        self._update()
        with torch.no_grad():
            # The sum of the parameters and the squares of the outputs, in the fewest calls.
            flat = output.detach().reshape(len(output), 1, -1)
            total = self._state.network.flat.sum(1)[:, None, None]
            self.look = torch.baddbmm(total, flat, flat.transpose(1, 2))[:, 0, 0]
        return (self.look,)

    def moved(self) -> tuple[Tensor, Tensor] | None:
        """Offsets [lanes, rows, 2] of the loaded batch after augmentation, and its encoded targets [rows, outputs];
        None without augmentation.
        """
        if self._augmentation is None:
            return None
        with torch.no_grad():
            moved = self._augmentation.positions(self._state.augmentation)
        return torch.stack(moved, 2), self._loaded["encoded"].clone()

    def finite_lanes(self) -> Tensor:
        """Which lanes [lanes] have finite parameters and finite losses on the loaded batch."""
        with torch.no_grad():
            losses = self._losses(self._forward())
            return losses.isfinite().all(1) & self._state.network.flat.isfinite().all(1)

    def _forward(self) -> Tensor:
        state, network = self._state, self._state.network
        self._batch = Batch(self._points)
        masks = None
        if state.drops:
            masks = draw_masks(state.rates, network.layout.widths, self._loaded["masks"])
        return network.forward(self._fed(), masks, batch=self._batch)

    def _fed(self) -> Tensor:
        if self._augmentation is None:
            return self._loaded["inputs"].expand(self._state.network.lanes, -1, -1)
        with torch.no_grad():
            return self._data.features(*self._augmentation.positions(self._state.augmentation))

    def _losses(self, output: Tensor) -> Tensor:
        encoded, smoothing = self._loaded["encoded"], self._state.terms.get("label_smoothing")
        if self._augmentation is not None:
            encoded = self._augmentation.targets(encoded, self._state.augmentation)
        if smoothing is not None:
            share = smoothing[:, :, None]
            encoded = encoded * (1.0 - share) + share / encoded.shape[-1]
        return self._data.per_point(output, encoded)

    def _differentiate(self) -> Tensor:
        """Compute ∂C/∂parameters [lanes, parameters] of the loaded batch; changes no weight. Returns the outputs."""
        terms, network = self._state.terms, self._state.network
        output = self._forward()
        shares = self._loaded["shares"].expand(network.lanes, -1)
        self._gradient = network.gradients(self._losses(output), shares)
        with torch.no_grad():
            add_penalty_gradient(self._gradient, network.flat, network.layout, terms)
            clip(self._gradient, terms)
        return output

    def _update(self) -> None:
        """Take an optimizer step and apply constraints on weights; the previous parameters become the checkpoint."""
        state, network = self._state, self._state.network
        hyper = by_layer(state.hyper, state.optimizer.rates)
        weights = network.flat[:, : network.layout.weights]
        with torch.no_grad():
            state.checkpoint.copy_(network.flat)
            if "weight_decay" in state.terms:
                rate = hyper["learning_rate"][:, : weights.shape[1]]
                decay_weights(weights, rate, state.terms["weight_decay"])
            slots = {key: slot[:, : network.layout.parameters] for key, slot in state.slots.items()}
            state.optimizer.update(network.trained, self._gradient, slots, hyper)
            for layer, moments in self._batch.moments.items():
                network.normalizations[layer].follow(moments)
            for update in L1_UPDATES.values():
                if update.shrink is not None and update.strength in state.terms:
                    reach = state.optimizer.reach(slots, hyper)
                    update.shrink(weights, reach[:, : weights.shape[1]], state.terms[update.strength])
            if "max_norm" in state.terms:
                limit_norms(network.weights[:-1], state.terms["max_norm"])
