"""Early stopping: end training when the validation loss worsens.

Criteria of Prechelt (1998), "Early stopping – but when?", with E_tr and E_va the training and validation losses after
an epoch and E_opt the lowest E_va so far: GL(t) = 100·(E_va(t) / E_opt(t) − 1); P_k(t) = 1000·(mean of E_tr / minimum
of E_tr over the last k epochs − 1); PQ = GL / P_k and UP look at the ends of strips of k = 5 epochs only.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.catalogue.regularizers import STRIP_LENGTH
from engine.catalogue.texts import setting_text
from engine.experiment.settings import EarlyStoppingSettings
from engine.observation.texts import value_text


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
        return _CRITERIA[settings.criterion](self, settings) if self.best.epoch is not None else None


def _patience(watch: StoppingWatch, settings: EarlyStoppingSettings) -> str | None:
    best = watch.best.epoch
    if best is None or (waited := watch.epoch - (since := max(best, watch.began))) < settings.patience:
        return None
    epochs, goal = f"{waited:,} epochs" if waited != 1 else "epoch", _goal(settings.min_delta)
    if best < since:
        return (
            f"the validation loss has not {goal or 'beaten'} that of epoch {best:,} in the {epochs} since epoch "
            f"{since:,}, where counting began"
        )
    if goal:
        return f"the validation loss has not {goal} that of epoch {best:,} in the {epochs} since"
    return f"the validation loss has not improved for {'1 ' * (waited == 1)}{epochs} since epoch {best:,}"


def _goal(gain: float) -> str:
    """What a validation loss has to do; empty where any lower loss will do."""
    return f"fallen by more than {setting_text(gain)} below" if gain else ""


def _generalization_loss(watch: StoppingWatch, settings: EarlyStoppingSettings) -> str | None:
    loss = watch.generalization_loss
    if not loss > settings.alpha:
        return None
    allowed = setting_text(settings.alpha)
    return f"the validation loss is {value_text(loss)} % above {_lowest(watch)}: more than {allowed} %"


def _quotient(watch: StoppingWatch, settings: EarlyStoppingSettings) -> str | None:
    loss, progress = watch.generalization_loss, watch.progress
    if not watch.at_strip_end or not loss > settings.alpha * progress:
        return None
    quotient = loss / progress if progress else math.inf
    return (
        f"the validation loss is {value_text(loss)} % above {_lowest(watch)}, while training gained "
        f"{value_text(progress)} ‰: a quotient of {value_text(quotient)}, more than {setting_text(settings.alpha)}"
    )


def _lowest(watch: StoppingWatch) -> str:
    return f"its lowest, of epoch {watch.lowest.epoch:,}"


def _up(watch: StoppingWatch, settings: EarlyStoppingSettings) -> str | None:
    if not watch.at_strip_end or watch.rises < settings.strips:
        return None
    strips = "strip" if watch.rises == 1 else f"{watch.rises} strips"
    return f"the validation loss rose in the last {strips} of {STRIP_LENGTH} epochs"


_CRITERIA: dict[str, Callable[[StoppingWatch, EarlyStoppingSettings], str | None]] = {
    "patience": _patience,
    "generalization_loss": _generalization_loss,
    "quotient": _quotient,
    "up": _up,
}
