"""How fast epochs, or steps, follow one another while a person watches: when they happen, never what they compute."""

from __future__ import annotations

import time
from math import inf

from engine.service.budget import Clock
from engine.service.messages import SetSpeed

FIRST_SPEED = 30.0
"""Epochs a second at the start of a run with a slow start: one in a frame."""
GROWTH = 1.0
"""With a slow start, epochs a second for each epoch so far: a decade of epochs takes 2.3 seconds."""
FRAMES = 30.0
"""At fewer epochs a second, batches are spread evenly over time; at more, epochs are trained as a whole."""
CATCH_UP = 0.1
"""Seconds of delay that are made up for; whatever is later than that is left out."""
SHORTEST = 0.004
"""Shortest wait in seconds; what becomes due meanwhile is trained together."""


class Pace:
    """Says how many epochs may be trained now, and how long to wait for the next ones.

    Whatever is trained is paid for afterwards: while the account, in epochs, is below zero, nothing may be trained, and
    time pays it back. So the first batch comes at once, and what comes next does not depend on how it is cut.

    Parameters
    ----------
    clock
        Returns seconds from any moment on.

    Examples
    --------
    >>> seconds = iter([0.0, 0.0, 0.0, 0.01, 0.01])
    >>> pace = Pace(clock=lambda: next(seconds))
    >>> pace.speed = SetSpeed(50.0)
    >>> pace.begin()
    >>> pace.epochs_due(epoch=7)
    1
    >>> pace.spend(1.0)
    >>> pace.epochs_due(epoch=8), round(pace.wait(epoch=8), 3)
    (0, 0.01)
    """

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self.speed = SetSpeed()
        """What the window has asked for; full speed until it asks."""
        self._clock = clock
        self._account = 0.0
        self._looked = clock()

    def begin(self) -> None:
        """Let the next batch come at once, and measure time from now on."""
        self._account, self._looked = 0.0, self._clock()

    def rate(self, epoch: int, batches: int = 1) -> float:
        """Return the epochs a second after ``epoch`` epochs of ``batches`` steps; infinite at full speed."""
        growing = max(FIRST_SPEED, GROWTH * epoch) if self.speed.slow_start else inf
        steps = self.speed.steps_per_second
        return min(growing, self.speed.epochs_per_second or inf, steps / batches if steps else inf)

    def is_even(self, epoch: int, batches: int = 1) -> bool:
        """Whether epochs are so slow that their batches are spread evenly over time."""
        return self.rate(epoch, batches) < FRAMES

    def epochs_due(self, epoch: int, batches: int = 1) -> int | None:
        """Return how many epochs may be trained now, rounded up.

        Parameters
        ----------
        epoch
            Epochs of the run so far.
        batches
            How many steps an epoch has.

        Returns
        -------
        int or None
            0 where it is not time yet; None at full speed.
        """
        rate, now = self.rate(epoch, batches), self._clock()
        passed, self._looked = now - self._looked, now
        if rate == inf:
            self._account = 0.0
            return None
        self._account = min(self._account + rate * passed, rate * CATCH_UP)
        return int(self._account) + 1 if self._account >= 0.0 else 0

    def spend(self, epochs: float) -> None:
        """Note that ``epochs`` epochs, or parts of one, have been trained."""
        self._account -= epochs

    def wait(self, epoch: int, batches: int = 1) -> float:
        """Return the seconds until something may be trained; 0 if it may be now."""
        if self.epochs_due(epoch, batches) != 0:
            return 0.0
        return max(-self._account / self.rate(epoch, batches), SHORTEST)
