"""The best epoch of a run, and what early stopping and a plateau of the loss compare with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isnan

from torch import Tensor

from engine.experiment.settings import Lane
from engine.observation import Best
from engine.training.early_stopping import BestEpoch, StoppingWatch
from engine.training.step.schedule import Plateau


@dataclass(eq=False)
class Progress:
    """What a run remembers of its losses since they last became incomparable."""

    best: Best | None = None
    """None without a validation loss."""
    first_best: Best | None = None
    """See ``LaneSnapshot.first_best``."""
    best_row: Tensor | None = None
    """The parameters [size] of the best epoch."""
    stopping: StoppingWatch = field(default_factory=StoppingWatch)
    plateau: Plateau = field(default_factory=Plateau)

    @property
    def lowest(self) -> float:
        """The validation loss that a better epoch must be below; infinite where there is none."""
        return inf if self.best is None else self.best.loss[1]

    def take_best(self, best: Best, row: Tensor) -> None:
        """Take a new best epoch.

        Parameters
        ----------
        best
            Its losses, of which that of validation is below ``lowest``.
        row
            The parameters [size] after it; copied.
        """
        self.best = best
        if self.best_row is None:
            self.best_row = row.clone()
        else:
            self.best_row.copy_(row)

    def begin(self, best: Best, row: Tensor, epoch: int) -> None:
        """Let early stopping, in this epoch, begin with ``best`` to beat, whose parameters are ``row`` [size]."""
        if not isnan(best.loss[1]):
            self.take_best(best, row)
        self.first_best = self.best
        self.count_from(epoch)

    def forget(self, epoch: int) -> None:
        """After another loss or other data in this epoch: former validation losses no longer compare."""
        self.best = self.best_row = self.first_best = None
        self.stopping = StoppingWatch(began=epoch)
        self.plateau = Plateau(reductions=self.plateau.reductions)

    def take_settings(self, before: Lane, after: Lane, epoch: int) -> None:
        """Go on with other settings of the lane.

        Early stopping that is switched on has the best epoch so far to beat, but counts its patience from this epoch.
        Where it asks for less gain than before, an epoch that was not good enough may be the one to beat.
        """
        if after.training.schedule != before.training.schedule:
            self.plateau = Plateau()
        was, chosen = before.regularization.early_stopping, after.regularization.early_stopping
        if chosen and not was:
            self.count_from(epoch)
        elif chosen and was and chosen.min_delta < was.min_delta and self.best is not None:
            self.stopping.best.improves(self.best.epoch, self.best.loss[1], chosen.min_delta)

    def count_from(self, epoch: int) -> None:
        """Let early stopping count from this epoch, with the best epoch so far to beat."""
        self.stopping = StoppingWatch(began=epoch)
        if self.best is not None:
            self.stopping.best = BestEpoch(self.best.loss[1], self.best.epoch)
            self.stopping.lowest = BestEpoch(self.best.loss[1], self.best.epoch)

    def resume(self, epoch: int) -> None:
        """Go on after an end in this epoch.

        Patience has the best epoch so far to beat; the other criteria, which would end training again at once, have
        the lowest loss from now on.
        """
        self.count_from(epoch)
        self.stopping.lowest = BestEpoch()
