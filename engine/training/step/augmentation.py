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
from torch import Tensor

MOVES = ("scale", "shear", "rotate", "shift", "input_noise")
STRENGTHS = (*MOVES, "mixup")
UNIFORM = 7
"""Uniform numbers of a point and step."""

Strengths = Mapping[str, Tensor]
"""Strengths [lanes, 1] of the changes that any lane uses, by name."""


class Augmentation:
    """Moves a batch. Positions are offsets from the centre.

    Parameters
    ----------
    loaded
        ``offsets`` [2, rows], and as far as they are used the ``moves`` u₁ … u₇ [7, rows] and the ``noise`` n₁, n₂
        [2, rows]. Fixed memory, read at each call.
    points
        How many of the rows are a batch, in which mixup looks for the next point.
    """

    def __init__(self, loaded: Mapping[str, Tensor], points: int) -> None:
        self._loaded, self._points = loaded, points

    def positions(self, strengths: Strengths) -> tuple[Tensor, Tensor]:
        """Return x1 and x2 [lanes, rows] after the moves."""
        x1, x2 = self._moved(strengths)
        if "mixup" in strengths:
            self._share = _larger_share(self._loaded["moves"][5:], strengths["mixup"])
            x1, x2 = self._mixed(x1), self._mixed(x2)
        lanes = len(next(iter(strengths.values())))
        return x1.expand(lanes, -1), x2.expand(lanes, -1)

    def targets(self, encoded: Tensor, strengths: Strengths) -> Tensor:
        """Return the encoded targets [rows, outputs] of the points that ``positions`` moved last; with mixup
        [lanes, rows, outputs].
        """
        if "mixup" not in strengths:
            return encoded
        share = self._share[:, :, None]
        return encoded * share + self._next(encoded, 0) * (1.0 - share)

    def _moved(self, strengths: Strengths) -> tuple[Tensor, Tensor]:
        loaded = self._loaded
        x1, x2 = loaded["offsets"].unbind(0)
        if "scale" in strengths:
            factor = strengths["scale"] * loaded["moves"][0] + 1.0
            x1, x2 = x1 * factor, x2 * factor
        if "shear" in strengths:
            x1 = x1 + strengths["shear"] * loaded["moves"][1] * x2
        if "rotate" in strengths:
            angle = strengths["rotate"] * loaded["moves"][2]
            cosine, sine = angle.cos(), angle.sin()
            x1, x2 = cosine * x1 - sine * x2, sine * x1 + cosine * x2
        if "shift" in strengths:
            first, second = loaded["moves"][3:5]
            x1, x2 = x1 + strengths["shift"] * first, x2 + strengths["shift"] * second
        if "input_noise" in strengths:
            first, second = loaded["noise"]
            x1, x2 = x1 + strengths["input_noise"] * first, x2 + strengths["input_noise"] * second
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
