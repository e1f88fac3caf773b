"""Batch normalization (Ioffe & Szegedy 2015) and layer normalization (Ba et al. 2016), lane by lane."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

EPS = 1e-5
"""Added to variances, as in ``torch.nn.BatchNorm1d`` and ``torch.nn.LayerNorm``."""
MOMENTUM = 0.1
"""Share of a batch's mean and variance in the running ones, as in ``torch.nn.BatchNorm1d``."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Mean and variance [lanes, 1, width] of a batch of ``points`` points."""

    mean: Tensor
    variance: Tensor
    points: int


@dataclass(frozen=True, slots=True, eq=False)
class Normalization:
    """One layer's: ``scale`` and ``shift`` [lanes, 1, width], and over the batch the running mean and variance, too."""

    scale: Tensor
    shift: Tensor
    mean: Tensor | None
    variance: Tensor | None

    def apply(self, values: Tensor, points: int | None) -> tuple[Tensor, Moments | None]:
        """``values`` [lanes, n, width] with mean 0 and variance 1, then scaled and shifted.

        Over the batch that means: of the first ``points`` rows, whose moments come back; of the running moments where
        there are none. A single point has no variance, so that a batch of one is normalized with the running moments.
        """
        moments = None
        if self.mean is None or self.variance is None:
            mean, variance = _moments(values, -1)
        elif points is None or points == 1:
            mean, variance = self.mean, self.variance
        else:
            mean, variance = _moments(values[:, :points], 1)
            moments = Moments(mean.detach(), variance.detach(), points)
        return (values - mean) / (variance + EPS).sqrt() * self.scale + self.shift, moments

    def follow(self, moments: Moments) -> None:
        """Let the running moments follow those of a batch, in place."""
        assert self.mean is not None
        assert self.variance is not None
        unbiased = moments.points / (moments.points - 1)
        self.mean.mul_(1.0 - MOMENTUM).add_(moments.mean, alpha=MOMENTUM)
        self.variance.mul_(1.0 - MOMENTUM).add_(moments.variance, alpha=MOMENTUM * unbiased)

    def take(self, moments: Moments, lanes: list[int]) -> None:
        """Let the running moments of these lanes be those of a batch, in place."""
        assert self.mean is not None
        assert self.variance is not None
        self.mean[lanes] = moments.mean[lanes]
        self.variance[lanes] = moments.variance[lanes] * (moments.points / (moments.points - 1))


def _moments(values: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    mean = values.mean(axis, keepdim=True)
    return mean, (values - mean).square().mean(axis, keepdim=True)
