"""Numbers about networks at one moment: losses, scores, penalty, probes of each layer. No dropout, no effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData, LaneNetwork, add_penalty_gradient, penalty
from engine.observation.predict import Rates
from engine.observation.probes import Passes, chain_of, layer_numbers, no_layer_numbers, slopes_of
from engine.observation.snapshot import Chain, Measurement

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LaneMeasures:
    """Of all lanes of a network: ``loss`` and ``score`` [lanes, 3], ``penalty`` [lanes], ``layers`` [lanes, P, L]."""

    loss: Floats
    score: Floats
    penalty: Floats
    layers: Floats
    chains: Sequence[Chain | None]

    def of(self, lane: int, epoch: int, step: int) -> Measurement:
        """One lane's, taken when it had trained that long."""
        return Measurement(
            epoch=epoch,
            step=step,
            loss=self.loss[lane],
            penalty=float(self.penalty[lane]),
            score=self.score[lane],
            layers=self.layers[lane],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Lanes to be measured: a network, the parameters [lanes, size] of before its latest step, and what the lanes'
    costs and steps are made with (strengths [lanes, 1], dropout rates [lanes, 1, 1]).
    """

    network: LaneNetwork
    before: Tensor
    l1: Tensor
    l2: Tensor
    rates: Rates
    clip: Callable[[Tensor], None] | None
    """Clips gradients [lanes, parameters] in place, as a step does; None where no lane clips."""


def measure(part: Part, data: EncodedData) -> LaneMeasures:
    """Measure every lane. What a split without points would need is NaN.

    Losses are in the user's own units. Gradients are those of the cost that training makes small: mean loss in
    scaled units over the whole training split, plus penalty.
    """
    network, trace = part.network, list[tuple[Tensor, Tensor]]()
    inputs = network.whole_vectors(data.inputs)
    output = network.forward(inputs.expand(network.lanes, -1, -1), trace=trace)
    losses = data.per_point(output[:, : len(data.inputs)], data.encoded)
    weights = network.flat[:, : network.layout.weights]
    if data.training:
        passes = _passes(part, data.training, losses, [*trace, (output, output)])
        layers = layer_numbers(network, part.before, passes)
        chains = [chain_of(network, lane, passes) for lane in range(network.lanes)]
    else:
        layers, chains = no_layer_numbers(network.lanes, network.layout.layers), [None] * network.lanes
    with torch.no_grad():
        values = losses.detach().double().numpy() * data.user_units
        answers = data.predict(output.detach()[:, : len(data.inputs)])
        return LaneMeasures(
            loss=_by_split(values, data),
            score=_scores(answers, data),
            penalty=penalty(weights, part.l1, part.l2).double().numpy(),
            layers=layers,
            chains=chains,
        )


def _passes(part: Part, points: int, losses: Tensor, trace: Sequence[tuple[Tensor, Tensor]]) -> Passes:
    """``trace`` holds z and a of all layers, of all splits' points; the first ``points`` are those trained on."""
    network, layout = part.network, part.network.layout
    z, a = [pair[0] for pair in trace], [pair[1] for pair in trace[:-1]]
    training, parameters = losses[:, :points], network.parameters
    found = torch.autograd.grad(training, [*parameters, *z, *a], torch.full_like(training, 1.0 / points))
    moved, back = found[: len(parameters)], found[len(parameters) :]
    gradient = torch.cat([one.reshape(network.lanes, -1) for one in moved], 1)
    hidden = torch.cat(z[:-1], -1).detach() if a else None
    slopes = None if hidden is None else slopes_of(network, hidden)
    with torch.no_grad():
        add_penalty_gradient(
            gradient[:, : layout.weights], network.flat[:, : layout.weights], part.l1, part.l2
        )
        clipped = gradient
        if part.clip is not None:
            clipped = gradient.clone()
            part.clip(clipped)
        return Passes(
            z=None if hidden is None else hidden[:, :points],
            slopes=None if slopes is None else slopes[:, :points],
            a=torch.cat(a, -1)[:, :points] if a else None,
            pulls=torch.cat(back[len(z) :], -1)[:, :points] if a else None,
            errors=torch.cat(back[: len(z)], -1)[:, :points],
            gradient=gradient,
            clipped=clipped,
        )


def _by_split(values: Floats, data: EncodedData) -> Floats:
    """Means [lanes, 3] over the points of each split of values [lanes, n]."""
    means = np.full((len(values), 3), np.nan)
    for split, place in enumerate(data.places()):
        if place.start < place.stop:
            means[:, split] = values[:, place].mean(1)
    return means


def _scores(answers: Tensor, data: EncodedData) -> Floats:
    """Accuracy, or R² = 1 − Σ(y − a)² / Σ(y − ȳ)², per lane and split."""
    if data.task == "classification":
        # NumPy's is several times faster than torch's where there are few classes.
        right = answers.numpy().argmax(-1) == data.target
        return _by_split(right.astype(np.float64), data)
    scaling = data.scaling
    values = answers[..., 0].double().numpy() * scaling.target_scale + scaling.target_shift
    errors = _by_split((values - data.target) ** 2, data)
    variances = [data.target[place].var() if place.stop > place.start else np.nan for place in data.places()]
    return 1.0 - errors / np.where(np.array(variances) > 0.0, variances, np.nan)
