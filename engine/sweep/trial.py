"""A short training of some lanes, repeated until its times say how long an epoch takes and how long it takes to begin.

Other programs on the machine make single times longer, often by as much as a short trial takes: the difference of two
of them says nothing then. So a trial is lengthened until most of it is training, and repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

TRIAL_SECONDS = 6.0
"""How long all trainings of a trial take together at most, but for those of a single epoch."""
PART = 0.1
"""A trial ends as soon as it has taken this part of what the sweep would take by it."""
CLEAR, ENOUGH = 4.0, 0.5
"""A training that takes so many times as long as one of a single epoch, and so many seconds, is not lengthened."""
REPEATS = 3
"""How many trainings a time is the median of."""
NOISE = 0.1
"""The part of a time that other programs may have made."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be timed.

    Attributes
    ----------
    epochs
        Of the first training that is longer than an epoch, at least 2.
    most
        Epochs of the longest one, at least ``epochs``.
    whole
        How many epochs of the same lanes each worker would train in the whole sweep.
    """

    epochs: int
    most: int
    whole: float


@dataclass(frozen=True, slots=True)
class Times:
    """What was timed; all in seconds.

    Attributes
    ----------
    first
        Of the first training, a single epoch: this also compiles the steps.
    begin
        What a training takes besides its epochs.
    epoch
        An epoch of all lanes that were tried.
    """

    first: float
    begin: float
    epoch: float


def try_out(trial: Trial, train: Callable[[int], float]) -> Times:
    """Time trainings.

    Parameters
    ----------
    trial
        Which ones.
    train
        Trains so many epochs, and returns how many seconds that took.

    Returns
    -------
    Times
        A begin and an epoch of 0 or more; ``epoch`` is never less than half of what the longest training took for each
        of its epochs, and never more than all of it.
    """
    first = train(1)
    short = [train(1)]
    spent = short[0]
    epochs, long = trial.epochs, list[float]()
    if short[0] > TRIAL_SECONDS / (3 if epochs == 2 else 1):
        return Times(first, 0.0, short[0])
    while True:
        if len(long) == len(short):
            if len(long) == REPEATS:
                break
            short.append(train(1))
            spent += short[-1]
        long.append(train(epochs))
        spent += long[-1]
        if spent > PART * trial.whole * long[-1] / epochs:
            break
        if len(long) == 1:
            more = _lengthened(epochs, trial.most, short[0], long[0], TRIAL_SECONDS - spent)
            if more > epochs:
                epochs = more
                long.clear()
                continue
        if spent + short[-1] + long[-1] > TRIAL_SECONDS:
            break
    one, whole = median(short), median(long)
    # Other programs may have held up either one: what begins is between nothing and half of the longer one.
    epoch = min(max((whole - one) / (epochs - 1), whole / 2 / epochs), whole / epochs)
    return Times(first, whole - epochs * epoch, epoch)


def _lengthened(epochs: int, most: int, short: float, long: float, left: float) -> int:
    """How many epochs to train instead, so that most of the time is training; at most ``left`` seconds of them."""
    clear = max(CLEAR * short, ENOUGH)
    if long >= clear:
        return epochs
    # What is hardly longer may be no longer at all; then the next one will tell.
    epoch = max(long - short, NOISE * long) / (epochs - 1)
    return min(most, int((min(1.2 * clear, left) - short) / epoch) + 1)
