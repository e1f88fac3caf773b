"""Numbers about networks at one moment: losses, scores, penalty and gradient norms. No dropout, no side effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import EncodedData, LaneNetwork, Layout, add_penalty_gradient, penalty
from engine.observation.snapshot import Measurement

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LaneMeasures:
    """Of all lanes of a network: ``loss`` and ``score`` [lanes, 3], ``penalty`` [lanes], norms [lanes, L]."""

    loss: Floats
    score: Floats
    penalty: Floats
    weight_gradient: Floats
    bias_gradient: Floats

    def of(self, lane: int, epoch: int, step: int) -> Measurement:
        """One lane's, taken when it had trained that long."""
        return Measurement(
            epoch=epoch,
            step=step,
            loss=self.loss[lane],
            penalty=float(self.penalty[lane]),
            score=self.score[lane],
            weight_gradient=self.weight_gradient[lane],
            bias_gradient=self.bias_gradient[lane],
        )


def measure(network: LaneNetwork, data: EncodedData, l1: Tensor, l2: Tensor) -> LaneMeasures:
    """Measure every lane; strengths are [lanes, 1]. What a split without points would need is NaN.

    Losses are in the user's own units. Gradients are those of the cost that training makes small: mean loss in
    scaled units over the whole training split, plus penalty.
    """
    inputs = network.whole_vectors(data.inputs)
    output = network.forward(inputs.expand(network.lanes, -1, -1))[:, : len(data.inputs)]
    losses = data.per_point(output, data.encoded)
    weights = network.flat[:, : network.layout.weights]
    if data.training:
        training = losses[:, : data.training]
        gradient = network.gradients(training, torch.full_like(training, 1.0 / data.training))
        add_penalty_gradient(gradient[:, : network.layout.weights], weights, l1, l2)
        norms = _layer_norms(gradient, network.layout)
    else:
        norms = np.full((2, network.lanes, network.layout.layers), np.nan)
    with torch.no_grad():
        values = losses.detach().double().numpy() * data.user_units
        return LaneMeasures(
            loss=_by_split(values, data),
            score=_scores(data.predict(output.detach()), data),
            penalty=penalty(weights, l1, l2).double().numpy(),
            weight_gradient=norms[0],
            bias_gradient=norms[1],
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
        right = answers.argmax(-1).numpy() == data.target
        return _by_split(right.astype(np.float64), data)
    scaling = data.scaling
    values = answers[..., 0].double().numpy() * scaling.target_scale + scaling.target_shift
    errors = _by_split((values - data.target) ** 2, data)
    variances = [data.target[place].var() if place.stop > place.start else np.nan for place in data.places()]
    return 1.0 - errors / np.where(np.array(variances) > 0.0, variances, np.nan)


def _layer_norms(gradient: Tensor, layout: Layout) -> Floats:
    """L2 norms [2, lanes, L] of the weight and bias parts of flat gradients [lanes, parameters]."""
    squares = gradient.double().square().numpy()
    starts = [place.start for place in (*layout.weight_slices(), *layout.bias_slices())]
    norms = np.sqrt(np.add.reduceat(squares, starts, axis=1))
    return np.stack([norms[:, : layout.layers], norms[:, layout.layers :]])
