"""What is kept of lanes that a device trains, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import torch
from torch import Tensor

from engine.observation.measure import SCORES
from engine.observation.sweep_measures import LAST, OF_THRESHOLDS, Threshold


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What came of lanes, one element a lane; NaN for what is not known.

    Attributes
    ----------
    numbers : float64 [lanes, 9]
        Losses by split, penalty, scores by split, parts of the penalty, with the weights that each has in the end.
    diverged : bool [lanes]
        Whether a step's look was not finite (see ``StepRunner.look``). Unlike a trainer's, this counts networks whose
        outputs are above 10¹⁹ as diverged, be their losses finite or not.
    epochs : int64 [lanes]
        Whole epochs that were trained.
    best_epoch, lowest : float64 [lanes]
        The best epoch, and its validation loss.
    reached : float64 [lanes]
        The first epoch in which the threshold was reached.
    convergence : float64 [lanes]
        See ``engine.observation.sweep_measures.convergence``.
    zero_share, gradient_ratio : float64 [lanes]
        As in ``engine.observation.results``.
    """

    numbers: Tensor
    diverged: Tensor
    epochs: Tensor
    best_epoch: Tensor
    lowest: Tensor
    reached: Tensor
    convergence: Tensor
    zero_share: Tensor
    gradient_ratio: Tensor


class DeviceTrace:
    """What is kept of the losses of lanes, on their device: best epochs, the threshold, convergence.

    Parameters
    ----------
    first : Tensor, float64 [lanes, 9]
        What was measured before the first step.
    threshold
        What is to be reached; None for nothing.

    Attributes
    ----------
    first_loss : Tensor [lanes]
        Training losses before the first step.
    alive : Tensor, bool [lanes]
        Which lanes have not diverged.
    """

    def __init__(self, first: Tensor, threshold: Threshold | None) -> None:
        self._threshold = threshold
        lanes, like = len(first), first[:, 0]
        self.first_loss = like.clone()
        self.alive = torch.ones(lanes, dtype=torch.bool, device=first.device)
        self._epochs, self._counts = torch.zeros(2, lanes, dtype=torch.int64, device=first.device)
        self._sums, self._inverse = torch.zeros_like(like), torch.zeros_like(like)
        self._latest = torch.zeros(LAST, lanes, dtype=torch.float64, device=first.device)
        self._lowest, self._best = torch.full_like(like, inf), torch.full_like(like, nan)
        self._reached = torch.full_like(like, nan)
        self._take(first, 0, self.alive)

    @property
    def diverged(self) -> Tensor:
        """Which lanes have diverged [lanes]."""
        return ~self.alive

    @property
    def has_best(self) -> Tensor:
        """Which lanes have a best epoch [lanes]; none has without validation points."""
        return self._lowest < inf

    def end(self, looked_wrong: Tensor) -> Tensor:
        """Note which lanes have diverged in the epoch that was just trained.

        Parameters
        ----------
        looked_wrong : Tensor, bool [lanes]
            Whether a step had a look that was not finite.

        Returns
        -------
        Tensor, bool [lanes]
            Those that did not before.
        """
        newly = looked_wrong & self.alive
        self.alive = self.alive & ~looked_wrong
        return newly

    def note(self, numbers: Tensor, epoch: int) -> Tensor:
        """Note what was measured after an epoch.

        Parameters
        ----------
        numbers : Tensor, float64 [lanes, 9]
            Losses by split, penalty, scores by split, parts of the penalty.
        epoch
            Its number, from 1.

        Returns
        -------
        Tensor, bool [lanes]
            The lanes of which it is the best so far.
        """
        self._epochs += self.alive
        return self._take(numbers, epoch, self.alive & numbers[:, 0].isfinite())

    def _take(self, numbers: Tensor, epoch: int, counted: Tensor) -> Tensor:
        relative = numbers[:, 0] / self.first_loss
        relative = torch.where(relative.isfinite(), relative, inf)
        self._sums = torch.where(counted, self._sums + relative, self._sums)
        self._inverse = torch.where(counted, self._inverse + 1.0 / relative, self._inverse)
        at = (self._counts % LAST)[None]
        known = self._latest.gather(0, at)
        self._latest.scatter_(0, at, torch.where(counted[None], relative[None], known))
        self._counts += counted
        better = counted & (numbers[:, 1] < self._lowest) & numbers[:, 0].isfinite()
        self._lowest = torch.where(better, numbers[:, 1], self._lowest)
        self._best = torch.where(better, float(epoch), self._best)
        if self._threshold is not None:
            kind, split = OF_THRESHOLDS[self._threshold.measure]
            values = numbers[:, split if kind == "loss" else SCORES.start + split]
            value = self._threshold.value
            there = values <= value if kind == "loss" else values >= value
            first = counted & there & self._reached.isnan()
            self._reached = torch.where(first, float(epoch), self._reached)
        return better

    def _convergence(self) -> Tensor:
        turns = torch.arange(LAST, device=self._counts.device)[:, None]
        among = turns < self._counts.clamp(max=LAST)
        among[0] &= self._counts > LAST
        latest = torch.where(among, self._latest, 0.0).sum(0) / (self._counts - 1).clamp(max=LAST)
        found = torch.where(self.alive & (latest < 1.0), -self._sums, self._inverse)
        return torch.where((self._counts < 2) | ~(self.first_loss > 0.0), nan, found)

    def trained(self, numbers: Tensor, zero: Tensor, ratio: Tensor) -> Trained:
        """Return what came of the lanes.

        Parameters
        ----------
        numbers, zero, ratio
            What was measured last: ``numbers``, ``zero_share`` and ``gradient_ratio`` of ``Trained``.

        Returns
        -------
        Trained
        """
        return Trained(
            numbers=numbers,
            diverged=self.diverged.cpu(),
            epochs=self._epochs.cpu(),
            best_epoch=self._best.cpu(),
            lowest=torch.where(self.has_best, self._lowest, nan).cpu(),
            reached=self._reached.cpu(),
            convergence=self._convergence().cpu(),
            zero_share=zero,
            gradient_ratio=ratio,
        )
