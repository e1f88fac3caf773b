"""The loss of the best constant answer: a network with a higher loss has learned nothing.

Targets [n], n ≥ 1, are class indices, or values in the units in which training minimizes the loss. Each function
returns the smallest mean loss that one answer for all points can have.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]
PerPoint = Callable[["Tensor"], "Tensor"]
"""Maps outputs [answers, 1, outputs] to the losses [answers, n] of n points."""

CANDIDATES, ROUNDS = 17, 14
"""Number of answers compared in a round, and number of rounds; each round searches around the previous best answer."""
FLAT = 1e-6
"""A slope below it is that of a minimum; L-BFGS may end at a larger one where a loss has a kink."""
REACH, CLOSE = 100.0, 1e-7
"""How far from the answer of L-BFGS a better one is looked for, and how close to the smallest loss the search ends."""


def entropy(target: Floats, task: str, classes: int) -> float:
    """Return the entropy −Σ p·ln p of the class shares p: the smallest cross-entropy, reached by answering p.

    >>> round(entropy(np.array([0.0, 1.0]), "classification", 2), 4)
    0.6931
    """
    shares = class_shares(target, classes)
    return -float((shares * np.log(shares)).sum())


def variance(target: Floats, task: str, classes: int) -> float:
    """Return the squared error of the mean: the variance of values, or 1 − Σ p² for one-hot classes with shares p.

    >>> variance(np.array([0.0, 1.0]), "classification", 2), variance(np.array([1.0, 3.0]), "curve", 2)
    (0.5, 1.0)
    """
    if task == "classification":
        return 1.0 - float(np.square(class_shares(target, classes)).sum())
    # A target far beyond a tiny extent has a square that overflows.
    with np.errstate(over="ignore"):
        return float(target.var())


def half_variance_of_signs(target: Floats, task: str, classes: int) -> float:
    """Return half the squared error of the mean, with the labels ±1 for two classes.

    Labels with shares p and 1 − p have the variance 4·p·(1 − p), twice as much as 1 − Σ p².
    """
    return variance(target, task, classes) * (1.0 if task == "classification" else 0.5)


def huber(target: Floats, task: str, classes: int, delta: float) -> float:
    """Return Huber's loss of the answer for which residuals, clipped to ±δ, sum to zero (Huber 1964)."""
    low, high = float(target.min()), float(target.max())
    for _ in range(100):
        answer = (low + high) / 2
        if np.clip(target - answer, -delta, delta).sum() > 0.0:
            low = answer
        else:
            high = answer
    residual = np.abs(target - answer)
    losses = np.where(residual <= delta, residual * residual / 2, delta * (residual - delta / 2))
    return float(losses.mean())


def class_shares(target: Floats, classes: int) -> Floats:
    """Return the shares of the classes that have points; they sum to 1."""
    counts = np.bincount(target.astype(np.int64), minlength=classes)
    shares: Floats = counts[counts > 0] / max(counts.sum(), 1)
    return shares


def best_number(target: Floats, weights: Floats, per_point: PerPoint) -> float:
    """Return the smallest weighted loss of one number, by a grid search that narrows the range of the targets."""
    import torch

    low, high, best = float(target.min()), float(target.max()), np.inf
    for _ in range(ROUNDS):
        answers = np.linspace(low, high, CANDIDATES)
        losses = per_point(torch.from_numpy(answers)[:, None, None]).numpy() @ weights
        index = int(losses.argmin())
        best = min(best, float(losses[index]))
        low, high = answers[max(index - 1, 0)], answers[min(index + 1, CANDIDATES - 1)]
    return best


def best_outputs(outputs: int, weights: Floats, per_point: PerPoint) -> float:
    """The smallest weighted loss of an answer of several numbers, or of one that is no target.

    Down the gradient from 0 (L-BFGS). Where that ends on a slope, as it does at a kink of the loss, the search goes on
    without trust in the slope's size.
    """
    import torch

    answer = torch.zeros(1, 1, outputs, dtype=torch.float64, requires_grad=True)
    share = torch.from_numpy(weights)
    optimizer = torch.optim.LBFGS(
        [answer], max_iter=200, tolerance_grad=1e-9, tolerance_change=1e-12, line_search_fn="strong_wolfe"
    )

    def loss_of_answer() -> float:
        optimizer.zero_grad()
        loss = (per_point(answer)[0] * share).sum()
        torch.autograd.backward(loss)
        return float(loss.detach())

    optimizer.step(loss_of_answer)
    end = loss_and_slope(answer.detach().numpy()[0, 0], weights, per_point)
    if np.linalg.norm(end[1]) < FLAT:
        return end[0]
    return min(end[0], smallest_in_ball(answer.detach().numpy()[0, 0], weights, per_point))


def loss_and_slope(answer: Floats, weights: Floats, per_point: PerPoint) -> tuple[float, Floats]:
    """The weighted loss of an answer [outputs], and its derivative [outputs]."""
    import torch

    output = torch.tensor(answer[None, None], requires_grad=True)
    losses = per_point(output)[0]
    (slope,) = torch.autograd.grad(losses, output, torch.from_numpy(weights))
    return float(losses.detach().numpy() @ weights), slope[0, 0].numpy()


def smallest_in_ball(centre: Floats, weights: Floats, per_point: PerPoint) -> float:
    """The smallest weighted loss within ``REACH`` of an answer, of a loss that is convex and may have kinks.

    The ellipsoid method (Shor 1977): the half of the ellipsoid into which the loss rises is cut off, and the smallest
    ellipsoid around the other half comes next. The loss at its centre is at most √(gᵀPg) above the smallest.
    """
    n = len(centre)
    shape: Floats = np.eye(n) * REACH * REACH
    best = np.inf
    for _ in range(50 * n * (n + 1)):
        loss, slope = loss_and_slope(centre, weights, per_point)
        best = min(best, loss)
        width = sqrt(max(float(slope @ shape @ slope), 0.0))
        if not width > CLOSE:
            break
        step = shape @ slope / width
        centre = centre - step / (n + 1)
        rest = shape - np.outer(step, step) * 2.0 / (n + 1)
        shape = shape / 4.0 if n == 1 else rest * (n * n / (n * n - 1.0))
    return best
