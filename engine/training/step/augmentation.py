"""Data augmentation: in each step, points lie at slightly different positions.

A point's x is measured from the centre c of the training points, so that the point lies at c + x. In this order, with
u₁ … u₇ uniform in [−1, 1] and n₁, n₂ standard normal, all drawn again for each point and step:

    x ← (1 + scale·u₁)·x                  scale
    x₁ ← x₁ + shear·u₂·x₂                 shear
    x ← x turned by rotate·u₃             rotate
    x ← x + shift·(u₄, u₅)                shift
    x ← x + noise·(n₁, n₂)                input noise
    x ← λ·x + (1 − λ)·x′                  mixup, with the batch's next point x′; targets alike

λ is Beta(α, α) distributed; the larger of λ and 1 − λ is used, which makes the same pairs. By Bailey's polar method
(1994), with v₁ = (1 + u₆)/2 and t = √(v₁^(−1/α) − 1)·cos(π·u₇), it is (1 + |t| / √(1 + t²)) / 2.

The lanes share one set of draws, so that a difference between lanes comes from their strengths alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi

import torch
from torch import Generator, Tensor

from engine.network.network import VECTOR

MOVES = ("scale", "shear", "rotate", "shift", "input_noise")
STRENGTHS = (*MOVES, "mixup")

Strengths = Mapping[str, Tensor]
"""Strengths [lanes, 1] of the changes that any lane uses, by name."""


class Augmentation:
    """Moves batches of ``points`` points. Positions are offsets from the centre; results are written in place."""

    def __init__(self, points: int) -> None:
        # Padded to whole vectors, because sines of the remaining elements round differently.
        rows = -(-points // VECTOR) * VECTOR
        self._points = points
        self._xy, self._uniform, self._normal = (torch.zeros(columns, rows) for columns in (2, 7, 2))
        self._real_xy = self._xy[:, :points]
        self._drawn = [torch.zeros(columns, points) for columns in (7, 2)]
        self._targets = [self._uniform[:, :points], self._normal[:, :points]]

    def load(self, xy: Tensor) -> None:
        """Load a batch's positions [points, 2]."""
        self._real_xy.copy_(xy.T)

    def draw(self, strengths: Strengths, generator: Generator) -> None:
        """Draw the random numbers of a batch."""
        uniform, normal = self._drawn
        self._targets[0].copy_(uniform.uniform_(-1.0, 1.0, generator=generator))
        self._targets[1].copy_(normal.normal_(generator=generator))
        if "mixup" in strengths:
            self._share = _larger_share(self._uniform[5:], strengths["mixup"])

    def positions(self, strengths: Strengths) -> tuple[Tensor, Tensor]:
        """Return x1 and x2 [lanes, rows] after the moves; only the first ``points`` rows are valid."""
        x1, x2 = self._moved(strengths)
        if "mixup" in strengths:
            x1, x2 = self._mixed(x1), self._mixed(x2)
        lanes = len(next(iter(strengths.values())))
        return x1.expand(lanes, -1), x2.expand(lanes, -1)

    def targets(self, encoded: Tensor, strengths: Strengths) -> Tensor:
        """Return the encoded targets of the moved points: [lanes, n, outputs], or [n, outputs] without mixup."""
        if "mixup" not in strengths:
            return encoded
        share = self._share[:, : len(encoded), None]
        return encoded * share + self._next(encoded, 0) * (1.0 - share)

    def _moved(self, strengths: Strengths) -> tuple[Tensor, Tensor]:
        x1, x2 = self._xy.unbind(0)
        if "scale" in strengths:
            factor = strengths["scale"] * self._uniform[0] + 1.0
            x1, x2 = x1 * factor, x2 * factor
        if "shear" in strengths:
            x1 = x1 + strengths["shear"] * self._uniform[1] * x2
        if "rotate" in strengths:
            angle = strengths["rotate"] * self._uniform[2]
            cosine, sine = angle.cos(), angle.sin()
            x1, x2 = cosine * x1 - sine * x2, sine * x1 + cosine * x2
        for name, (first, second) in {"shift": self._uniform[3:5], "input_noise": self._normal}.items():
            if name in strengths:
                x1, x2 = x1 + strengths[name] * first, x2 + strengths[name] * second
        return x1, x2

    def _mixed(self, values: Tensor) -> Tensor:
        return values * self._share + self._next(values, -1) * (1.0 - self._share)

    def _next(self, values: Tensor, axis: int) -> Tensor:
        """The values of each point's successor in the batch; the last point's successor is the first."""
        here, rest = values.narrow(axis, 0, self._points), values.shape[axis] - self._points
        following = [here.narrow(axis, 1, self._points - 1), here.narrow(axis, 0, 1)]
        return torch.cat([*following, values.narrow(axis, self._points, rest)], axis)


def _larger_share(uniform: Tensor, alpha: Tensor) -> Tensor:
    """λ [lanes, rows] from two uniform numbers [2, rows]; 1 where α [lanes, 1] is 0."""
    first, second = (1.0 + uniform[0]) / 2.0, (pi * uniform[1]).cos()
    squares = (first ** (-1.0 / alpha) - 1.0) * second.square()
    share = 0.5 + 0.5 / (1.0 + 1.0 / squares).sqrt()
    return torch.where(alpha > 0.0, share, torch.ones_like(share))
