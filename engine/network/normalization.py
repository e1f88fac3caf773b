"""A hidden layer's normalization, lane by lane: the catalogue's moments, and what training learns and follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from engine.catalogue.normalizations import EPS, MOMENTUM


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Mean and variance [lanes, 1, width] of a batch of ``points`` points."""

    mean: Tensor
    variance: Tensor
    points: int


@dataclass(frozen=True, slots=True, eq=False)
class NormalizedLayer:
    """``moments`` are the catalogue entry's. ``scale`` and ``shift`` are [lanes, 1, width], and so are the running
    ``mean`` and ``variance``, which there are over the batch only.
    """

    moments: Callable[[Tensor], tuple[Tensor, Tensor]]
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
            mean, variance = self.moments(values)
        elif points is None or points == 1:
            mean, variance = self.mean, self.variance
        else:
            mean, variance = self.moments(values[:, :points])
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
