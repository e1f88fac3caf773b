"""Early stopping: what its criteria see of the epochs of a run."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from engine.catalogue.criteria import CRITERIA, STRIP_LENGTH
from engine.experiment.settings import EarlyStoppingSettings


@dataclass(slots=True)
class BestEpoch:
    """The lowest validation loss so far. A loss counts as better when it is lower by more than ``min_delta``."""

    loss: float = math.inf
    epoch: int | None = None

    def improves(self, epoch: int, loss: float, min_delta: float = 0.0) -> bool:
        """Note the ``loss`` of an epoch; True when it is the new best. NaN never is.

        Examples
        --------
        >>> best = BestEpoch()
        >>> best.improves(1, 0.5), best.improves(2, 0.45, min_delta=0.1), best.improves(3, 0.39, min_delta=0.1)
        (True, False, True)
        """
        if not loss < self.loss - min_delta:
            return False
        self.loss, self.epoch = loss, epoch
        return True


@dataclass(slots=True)
class StoppingWatch:
    """What early stopping remembers of the epochs since it began to count, after epoch ``began``.

    Patience waits for a loss below that of ``best``, which may be from before epoch ``began``; GL and PQ compare with
    ``lowest``.
    """

    best: BestEpoch = field(default_factory=BestEpoch)
    lowest: BestEpoch = field(default_factory=BestEpoch)
    began: int = 0
    epochs: int = -1
    """Epochs since the first loss that was noted."""
    epoch: int = 0
    validation: float = math.nan
    training: deque[float] = field(default_factory=lambda: deque(maxlen=STRIP_LENGTH))
    strip_began_at: float = math.nan
    """Validation loss at the end of the latest strip."""
    rises: int = 0
    """Strips in a row at whose ends the validation loss was higher."""

    def note(self, epoch: int, training: float, validation: float, settings: EarlyStoppingSettings) -> None:
        """Take the losses after an epoch.

        Parameters
        ----------
        epoch
            Whole epochs of the run.
        training, validation
            The losses; the validation loss may be NaN.
        settings
            The settings of early stopping that hold in this epoch.
        """
        self.epochs += 1
        self.epoch, self.validation = epoch, validation
        self.training.append(training)
        if self.at_strip_end or not self.epochs:
            self.rises = self.rises + 1 if validation > self.strip_began_at else 0
            self.strip_began_at = validation
        self.best.improves(epoch, validation, settings.min_delta)
        self.lowest.improves(epoch, validation)

    @property
    def best_epoch(self) -> int | None:
        """The epoch of ``best``."""
        return self.best.epoch

    @property
    def lowest_epoch(self) -> int | None:
        """The epoch of ``lowest``."""
        return self.lowest.epoch

    @property
    def at_strip_end(self) -> bool:
        """Whether the latest epoch was the last of a strip."""
        return self.epochs > 0 and self.epochs % STRIP_LENGTH == 0

    @property
    def generalization_loss(self) -> float:
        """GL in percent; 0 where the lowest validation loss is 0 and still holds."""
        lowest = self.lowest.loss
        if self.validation <= lowest:
            return 0.0
        return 100.0 * (self.validation / lowest - 1.0) if lowest > 0.0 else math.inf

    @property
    def progress(self) -> float:
        """P_k in per mille."""
        lowest = min(self.training)
        if not lowest > 0.0:
            return math.inf
        return 1000.0 * (sum(self.training) / (len(self.training) * lowest) - 1.0)

    def verdict(self, settings: EarlyStoppingSettings) -> str | None:
        """Say in a clause why training should end now; None where it should go on, or where no loss was finite."""
        criterion = CRITERIA[settings.criterion]
        numbers = {parameter.key: getattr(settings, parameter.key) for parameter in criterion.parameters}
        return criterion.reason(self, numbers) if self.best_epoch is not None else None
