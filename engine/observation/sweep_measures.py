"""What sweeps are judged by: a number of each trained network, one record a measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import r2_text, share_text, value_text
from engine.experiment.settings import DataSettings, Lane
from engine.observation.results import ByNumber, results_of_networks
from engine.observation.snapshot import LaneSnapshot, Status

Floats = NDArray[np.float64]
Three = tuple[float, float, float]

TO_THRESHOLD = "epochs_to_threshold"
LAST = 20
"""How many of the latest losses say whether a run has converged."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that a loss or score is to reach.

    Attributes
    ----------
    measure
        A key of ``OF_THRESHOLDS``.
    value
        Losses reach it from above, scores from below.
    """

    measure: str
    value: float

    @property
    def sign(self) -> str:
        """How it is reached: "<=" from above, ">=" from below."""
        return "<=" if OF_THRESHOLDS[self.measure][0] == "loss" else ">="


@dataclass(frozen=True, slots=True)
class LaneResult:
    """What came of one network, in plain numbers; NaN for what is not known.

    Attributes
    ----------
    task
        A key of ``TASKS``.
    status
        Whether it can train on, stopped early or diverged; None if that is not known.
    loss, score
        Of the training, validation and test split, with the weights that it has.
    epochs
        Whole epochs.
    lowest_validation_loss, best_epoch
        Those of its best epoch.
    epochs_to_threshold
        After how many epochs the threshold was reached; counted from the latest edit of the data or the loss, because
        former losses do not compare.
    zero_share
        Share of all weights that are exactly zero, from 0 to 1.
    gradient_ratio
        Norm of the gradient of the first layer's weights, divided by that of the output layer's.
    convergence
        See ``convergence``.
    """

    task: str
    status: Status | None = None
    loss: Three = (nan, nan, nan)
    score: Three = (nan, nan, nan)
    epochs: float = nan
    lowest_validation_loss: float = nan
    best_epoch: float = nan
    epochs_to_threshold: float = nan
    zero_share: float = nan
    gradient_ratio: float = nan
    convergence: float = nan


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepMeasure:
    """A number by which the networks of a sweep are compared.

    Attributes
    ----------
    key
        Its name in files and on the command line.
    label
        Its name on screen; ``label_for`` names scores as the task does.
    tooltip
        What it is, in a sentence.
    of
        Reads it from what came of a network; NaN where it is not known.
    text
        Writes a value. ``text_for`` writes scores as the task does.
    better
        Whether "low" or "high" values are better; None where neither is.
    log
        Whether its colours and axis are logarithmic where all values are above 0.
    range
        Between which values it always is; None where it has no limits.
    is_score
        Whether it is an accuracy or R², by the task.
    whole
        Whether it counts something.
    share
        Whether networks with other seeds are put together to their mean, not to their median.
    tells_divergence
        Whether it says itself which networks diverged, and how. Any other number of a network that diverged is of the
        weights that it went back to.
    """

    key: str
    label: str
    tooltip: str
    of: Callable[[LaneResult], float]
    text: Callable[[float], str] = value_text
    better: Literal["low", "high"] | None = None
    log: bool = False
    range: tuple[float, float] | None = None
    whole: bool = False
    share: bool = False
    is_score: bool = False
    tells_divergence: bool = False

    def label_for(self, task: str, threshold: Threshold | None = None) -> str:
        """Return its name on screen.

        Parameters
        ----------
        task
            A key of ``TASKS``.
        threshold
            Of the sweep, which names the epochs to it; None where it is not known.

        Returns
        -------
        str

        Examples
        --------
        >>> [SWEEP_MEASURES["test_score"].label_for(task) for task in ("classification", "curve")]
        ['Test accuracy', 'Test R²']
        """
        if self.key == TO_THRESHOLD and threshold is not None:
            of = SWEEP_MEASURES[threshold.measure].label_for(task)
            sign = "≤" if threshold.sign == "<=" else "≥"
            return f"Epochs to {of[0].lower()}{of[1:]} {sign} {threshold.value:g}"
        if not self.is_score:
            return self.label
        return self.label.replace("score", "accuracy" if task == "classification" else "R²")

    def column(self, threshold: Threshold | None = None) -> str:
        """Return its name in the header of a file.

        Parameters
        ----------
        threshold
            Of the sweep; None where it has none.

        Returns
        -------
        str

        Examples
        --------
        >>> SWEEP_MEASURES["epochs_to_threshold"].column(Threshold("test_loss", 0.5))
        'epochs_to_threshold(test_loss<=0.5)'
        """
        if self.key != TO_THRESHOLD or threshold is None:
            return self.key
        return f"{self.key}({threshold.measure}{threshold.sign}{threshold.value!r})"

    def text_for(self, task: str, value: float) -> str:
        """Write a value.

        Parameters
        ----------
        task
            A key of ``TASKS``.
        value
            Any number.

        Returns
        -------
        str
            "–" for NaN.
        """
        if np.isnan(value):
            return "–"
        return r2_text(value) if self.is_score and task != "classification" else self.text(value)

    def range_for(self, task: str) -> tuple[float, float] | None:
        """Return between which values it always is: R² has no lower limit.

        Parameters
        ----------
        task
            A key of ``TASKS``.

        Returns
        -------
        pair of floats or None
        """
        return None if self.is_score and task != "classification" else self.range


def _loss(split: int) -> Callable[[LaneResult], float]:
    return lambda result: result.loss[split]


def _score(split: int) -> Callable[[LaneResult], float]:
    return lambda result: result.score[split]


def _count_text(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _convergence_text(value: float) -> str:
    return f"{'converged' if value < 0.0 else 'not converged'}, {value_text(abs(value))}"


def _losses() -> list[SweepMeasure]:
    return [
        SweepMeasure(
            key=f"{split}_loss",
            label=f"{split.capitalize()} loss",
            tooltip=f"Loss of the {split} split, without the penalty.",
            of=_loss(index),
            better="low",
            log=True,
        )
        for index, split in ((1, "validation"), (2, "test"), (0, "training"))
    ]


def _scores() -> list[SweepMeasure]:
    return [
        SweepMeasure(
            key=f"{split}_score",
            label=f"{split.capitalize()} score",
            tooltip=f"Accuracy or R² of the {split} split.",
            of=_score(index),
            text=share_text,
            better="high",
            range=(0.0, 1.0),
            is_score=True,
        )
        for index, split in ((1, "validation"), (2, "test"), (0, "training"))
    ]


SWEEP_MEASURES: dict[str, SweepMeasure] = {
    measure.key: measure
    for measure in (
        *_losses(),
        *_scores(),
        SweepMeasure(
            key="gap",
            label="Loss gap",
            tooltip="Validation loss minus training loss: large where a network overfits.",
            of=lambda result: result.loss[1] - result.loss[0],
        ),
        SweepMeasure(
            key="lowest_validation_loss",
            label="Lowest validation loss",
            tooltip="Validation loss of the best epoch.",
            of=lambda result: result.lowest_validation_loss,
            better="low",
            log=True,
        ),
        SweepMeasure(
            key="best_epoch",
            label="Best epoch",
            tooltip="The epoch with the lowest validation loss.",
            of=lambda result: result.best_epoch,
            text=_count_text,
            whole=True,
        ),
        SweepMeasure(
            key=TO_THRESHOLD,
            label="Epochs to threshold",
            tooltip="The first epoch in which the threshold was reached, counted from the latest edit of the data or "
            "the loss. With several seeds the median, if at least half of them reached it.",
            of=lambda result: result.epochs_to_threshold,
            text=_count_text,
            better="low",
            whole=True,
        ),
        SweepMeasure(
            key="gradient_ratio",
            label="First/last gradient",
            tooltip="Norm of the gradient of the first layer's weights, divided by that of the output layer's: "
            "far below 1 where the gradient vanishes.",
            of=lambda result: result.gradient_ratio,
            log=True,
        ),
        SweepMeasure(
            key="zero_share",
            label="Weights at zero",
            tooltip="Share of all weights that are exactly zero.",
            of=lambda result: result.zero_share,
            text=share_text,
            range=(0.0, 1.0),
        ),
        SweepMeasure(
            key="epochs",
            label="Epochs",
            tooltip="Whole epochs that were trained.",
            of=lambda result: result.epochs,
            text=_count_text,
            whole=True,
        ),
        SweepMeasure(
            key="diverged",
            label="Diverged",
            tooltip="Whether the loss or a weight was not finite; with several seeds, the share of them.",
            of=lambda result: nan if result.status is None else float(result.status == "diverged"),
            text=share_text,
            better="low",
            range=(0.0, 1.0),
            share=True,
            tells_divergence=True,
        ),
        SweepMeasure(
            key="convergence",
            label="Convergence",
            tooltip="How fast the training loss fell (below 0: converged, −Σ loss) or did not (above 0: Σ 1/loss), "
            "relative to the first loss.",
            of=lambda result: result.convergence,
            text=_convergence_text,
            tells_divergence=True,
        ),
    )
}
"""All measures in the order of lists and columns."""

OF_THRESHOLDS = {
    f"{split}_{kind}": (kind, index)
    for kind in ("loss", "score")
    for index, split in enumerate(("training", "validation", "test"))
}
"""The measures that a threshold may be of: loss or score, and the index of the split."""


def convergence(losses: Floats, diverged: bool = False) -> float:
    """Say in one number whether a run converged, and how fast it did or did not.

    Losses count relative to the first one. Where the mean of the latest ones is below 1, the run has converged, and the
    number is −Σ loss: small where the loss fell fast. Else it is Σ 1/loss: small where the loss grew fast; losses that
    are not finite add nothing.

    Parameters
    ----------
    losses : float64 [epochs]
        Training losses of all epochs, before the first step first.
    diverged
        Whether a loss or a weight was not finite after these.

    Returns
    -------
    float
        Negative for runs that converged, positive for all others, diverged or not; NaN without a step.

    References
    ----------
    Sohl-Dickstein 2024, "The boundary of neural network trainability is fractal", arXiv:2402.06184.

    Examples
    --------
    >>> convergence(np.array([2.0, 1.0, 0.5])), convergence(np.array([2.0, 4.0, 8.0]))
    (-1.75, 1.75)
    """
    if len(losses) < 2 or not losses[0] > 0.0:
        return nan
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        relative = losses / losses[0]
        relative[~np.isfinite(relative)] = np.inf
        # Summed up in order, as whoever sees one epoch after another does.
        if not diverged and relative[-min(LAST, len(losses) - 1) :].mean() < 1.0:
            return -float(np.cumsum(relative)[-1])
        return float(np.cumsum(1.0 / relative)[-1])


def first_at(values: Floats, epochs: NDArray[np.int64], threshold: Threshold) -> float:
    """Return the first epoch in which a threshold was reached.

    Parameters
    ----------
    values : float64 [epochs]
        The loss or score that the threshold is of.
    epochs : int64 [epochs]
        Their numbers.
    threshold
        What is to be reached.

    Returns
    -------
    float
        NaN where it was not.
    """
    is_loss = OF_THRESHOLDS[threshold.measure][0] == "loss"
    reached = np.flatnonzero(values <= threshold.value if is_loss else values >= threshold.value)
    return float(epochs[reached[0]]) if len(reached) else nan


def result_of(
    seen: LaneSnapshot, lane: Lane, data: DataSettings, threshold: Threshold | None = None
) -> LaneResult:
    """Return what has come of one network.

    Parameters
    ----------
    seen
        At one moment, with its whole history; a network, not a repeated lane (those are in ``seen.repeats``).
    lane, data
        The settings that it is trained with.
    threshold
        For the epochs to it; None without one.

    Returns
    -------
    LaneResult
        Losses in the user's own units. Where layers are not measured now, ``zero_share`` and ``gradient_ratio`` are
        those of the last epoch in which they were.
    """
    found = results_of_networks((seen,), lane, data)
    history, best, to_threshold = seen.history, seen.best, nan
    since, rows = _comparable(seen)
    if threshold is not None and len(history):
        kind, split = OF_THRESHOLDS[threshold.measure]
        values = (history.loss if kind == "loss" else history.score)[rows, split]
        to_threshold = first_at(values, history.epoch[rows] - since, threshold)
    return LaneResult(
        task=data.task,
        status=seen.status,
        loss=_values(found.loss),
        score=_values(found.score),
        epochs=found.epochs.value,
        lowest_validation_loss=nan if best is None else best.loss[1],
        best_epoch=nan if best is None else float(best.epoch),
        epochs_to_threshold=to_threshold,
        zero_share=found.zero_share.value,
        gradient_ratio=found.gradient_ratio.value,
        convergence=convergence(history.loss[rows, 0], seen.status == "diverged"),
    )


def _comparable(seen: LaneSnapshot) -> tuple[int, slice]:
    """The epoch of the latest edit of the data or the loss, and the rows of the history that are of what it left."""
    edits = [mark for mark in seen.marks if mark.kind == "data" or mark.loss_changed]
    step, since = max(((mark.until_step, mark.until) for mark in edits), default=(0, 0))
    return (
        (since, slice(int(np.searchsorted(seen.history.step, step, "right")), None))
        if step
        else (0, slice(None))
    )


def measured(results: Sequence[LaneResult]) -> dict[str, Floats]:
    """Arrange what came of networks as one column a measure.

    Parameters
    ----------
    results
        One a network.

    Returns
    -------
    dict of float64 [networks]
        By the keys of ``SWEEP_MEASURES``, in their order; an infinite number counts as it is.
    """
    return {
        key: np.array([measure.of(result) for result in results], dtype=np.float64)
        for key, measure in SWEEP_MEASURES.items()
    }


def _values(numbers: ByNumber) -> Three:
    training, validation, test = (number.value for number in numbers)
    return training, validation, test
