"""Every probe of a lane once more, in the slowest and plainest way: point by point, neuron by neuron, in float64."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.engine.export.plain import PlainModel, penalty_of, scaled_losses

LARGEST_SLOPE = {"sigmoid": 0.25, "tanh": 1.0, "softsign": 1.0}
Numbers = list[float]


class SlowProbes:
    """``state`` and ``state_before`` are model files' contents of now and of before the latest step; ``lane`` is a lane
    of an experiment as JSON, ``xy`` [n, 2] and ``target`` [n] are the training points.
    """

    def __init__(
        self,
        lane: Mapping[str, Any],
        task: str,
        xy: Tensor,
        target: Tensor,
        state: Mapping[str, Tensor],
        state_before: Mapping[str, Tensor],
    ) -> None:
        self.lane, self.n = lane, len(xy)
        self.now = PlainModel(lane["network"], state, torch.float64)
        self.before = PlainModel(lane["network"], state_before, torch.float64)
        if task != "classification":
            target = (target - state["output_shift"]) / state["output_scale"]
        self.layers, self.hidden = len(self.now.linear), len(self.now.linear) - 1
        self.z, self.slopes, self.sigma, self.a, self.skips = (self._per_layer() for _ in range(5))
        self.errors, self.pulls = self._per_layer(), self._per_layer()
        self.sums = [torch.zeros_like(one) for one in self.now.parameters()]
        for point in range(self.n):
            self._visit(xy[point : point + 1], target[point : point + 1], task)

    def _per_layer(self) -> list[list[Tensor]]:
        return [[] for _ in range(self.layers)]

    def _visit(self, xy: Tensor, target: Tensor, task: str) -> None:
        """One point on its own: no dropout, batch normalization with its running moments."""
        model = self.now
        (loss,) = scaled_losses(self.lane, task, model.scaled(xy), target)
        of_z = torch.autograd.grad(loss, model.z, retain_graph=True)
        of_a = torch.autograd.grad(loss, model.a, retain_graph=True) if self.hidden else ()
        moved = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
        for total, one in zip(self.sums, moved, strict=True):
            total += 0.0 if one is None else one
        for layer in range(self.layers):
            self.z[layer].append(model.z[layer][0].detach())
            self.errors[layer].append(of_z[layer][0])
        for layer in range(self.hidden):
            self.sigma[layer].append(model.sigma[layer][0].detach())
            self.a[layer].append(model.a[layer][0].detach())
            self.pulls[layer].append(of_a[layer][0])
            self.slopes[layer].append(self._slope(layer, model.z[layer][0].detach()))

    def _slope(self, layer: int, z: Tensor) -> Tensor:
        z = z.clone().requires_grad_()
        (slope,) = torch.autograd.grad(self.now.activations[layer](z).sum(), z)
        return slope

    # -- the cost's gradient

    @property
    def weights(self) -> list[Tensor]:
        return [layer.get_parameter("weight").detach() for layer in self.now.linear]

    def gradients(self, l1: bool = True) -> list[Tensor]:
        """∂C/∂ of every parameter of the model; without λ₁ |W| where a proximal step takes care of it."""
        lane = self.lane
        if not l1:
            lane = {"regularization": {**lane["regularization"], "l1": 0.0}}
        weights = [weight.clone().requires_grad_() for weight in self.weights]
        of_penalty = torch.autograd.grad(penalty_of(lane, weights), weights)
        means = [total / self.n for total in self.sums]
        names = [name for name, _ in self.now.named_parameters()]
        for layer in range(self.layers):
            place = names.index(f"linear.{layer}.weight")
            means[place] = means[place] + of_penalty[layer]
        return means

    def _of(self, kind: str, gradients: list[Tensor]) -> list[Tensor]:
        names = [name for name, _ in self.now.named_parameters()]
        return [gradients[names.index(f"linear.{layer}.{kind}")] for layer in range(self.layers)]

    def clipped(self) -> list[Tensor]:
        """What a step follows: the gradient but for the proximal step's part, after clipping."""
        settings = self.lane["regularization"]
        gradients = self.gradients(l1=settings["l1_update"] != "proximal")
        clipping = settings["gradient_clipping"]
        if clipping is None:
            return gradients
        threshold = clipping["threshold"]
        if clipping["kind"] == "value":
            return [one.clamp(-threshold, threshold) for one in gradients]
        length = float(torch.cat([one.flatten() for one in gradients]).norm())
        return [one * min(1.0, threshold / (length + 1e-6)) for one in gradients]

    # -- the probes, each as its sentence says

    def weight_gradient(self) -> Numbers:
        return [float(one.norm()) for one in self._of("weight", self.gradients())]

    def bias_gradient(self) -> Numbers:
        return [float(one.norm()) for one in self._of("bias", self.gradients())]

    def clipped_gradient(self) -> Numbers:
        return [float(one.norm()) for one in self._of("weight", self.clipped())]

    def weight_gradient_rms(self) -> Numbers:
        return [float(one.square().mean().sqrt()) for one in self._of("weight", self.gradients())]

    def weight_gradient_mean_abs(self) -> Numbers:
        return [float(one.abs().mean()) for one in self._of("weight", self.gradients())]

    def activation_gradient(self) -> Numbers:
        return self._hidden(lambda layer: _root_mean_square(self.pulls[layer]))

    def error(self) -> Numbers:
        return [_root_mean_square(errors) for errors in self.errors]

    def backward_factor(self) -> Numbers:
        error = np.array(self.error())
        with np.errstate(all="ignore"):
            return [*(error[:-1] / error[1:]).tolist(), np.nan]

    def update_ratio(self) -> Numbers:
        before = [layer.get_parameter("weight").detach() for layer in self.before.linear]
        return [float((w - b).norm() / w.norm()) for w, b in zip(self.weights, before, strict=True)]

    def slope(self) -> Numbers:
        return self._hidden(lambda layer: float(torch.stack(self.slopes[layer]).mean()))

    def saturated(self) -> Numbers:
        largest = LARGEST_SLOPE.get(self._activation())
        if largest is None:
            return [np.nan] * self.layers
        return self._hidden(
            lambda layer: np.mean([bool(s < 0.05 * largest) for one in self.slopes[layer] for s in one])
        )

    def dead(self) -> Numbers:
        below_zero = (
            [float(self.now.activations[0](torch.tensor(z))) for z in (-1e-3, -1.0)] if self.hidden else [1]
        )
        if any(below_zero):
            return [np.nan] * self.layers
        return self._hidden(lambda layer: np.mean([self._is_dead(layer, n) for n in self._neurons(layer)]))

    def activation_mean(self) -> Numbers:
        return self._hidden(lambda layer: float(torch.stack(self.a[layer]).mean()))

    def activation_spread(self) -> Numbers:
        def spread(layer: int) -> float:
            values = [[float(a[n]) for a in self.a[layer]] for n in self._neurons(layer)]
            return float(np.mean([np.std(one) for one in values]))

        return self._hidden(spread)

    def weight_norm(self) -> Numbers:
        return [float(w.norm()) for w in self.weights]

    def zero_weights(self) -> Numbers:
        return [float((w == 0.0).double().mean()) for w in self.weights]

    # -- their parts

    def _activation(self) -> str:
        choice = self.lane["network"]["activation"]
        return choice if isinstance(choice, str) else choice["name"]

    def _hidden(self, of: Any) -> Numbers:
        return [*(float(of(layer)) for layer in range(self.hidden)), np.nan]

    def _neurons(self, layer: int) -> range:
        return range(len(self.a[layer][0]))

    def _is_dead(self, layer: int, neuron: int) -> bool:
        """0 for every point, with what a residual connection adds, before a normalization behind the activation."""
        widths = self.lane["network"]["hidden"]
        adds = self.lane["network"]["residual"] and layer > 0 and widths[layer] == widths[layer - 1]
        values = [float(one[neuron]) for one in self.sigma[layer]]
        if adds:
            values += [float(one[neuron]) for one in self.a[layer - 1]]
        return all(value == 0.0 for value in values)


def _root_mean_square(gradients: list[Tensor]) -> float:
    return float(torch.stack([one.square().sum() for one in gradients]).mean().sqrt())
