"""Whether the engine trains by itself, for how many epochs more, and how fast."""

from __future__ import annotations

import time

from engine.service.budget import Clock


class StepRate:
    """Steps per second over about the last second.

    Parameters
    ----------
    clock
        Returns seconds from any moment on.

    Examples
    --------
    >>> seconds = iter([0.0, 0.5])
    >>> rate = StepRate(clock=lambda: next(seconds))
    >>> rate.update(100), rate.update(150)
    (0.0, 100.0)
    """

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self._clock = clock
        self._marks: list[tuple[float, int]] = []

    def update(self, steps: int) -> float:
        """Note how many ``steps`` have been made in all; returns the rate, 0 at the first call."""
        now = self._clock()
        recent = [mark for mark in self._marks if now - mark[0] < 1.0]
        self._marks = [*(recent or self._marks[-1:]), (now, steps)]
        then, before = self._marks[0]
        return (steps - before) / (now - then) if now > then else 0.0


class Playback:
    """What play, pause and step buttons change; the trainer knows nothing of it."""

    def __init__(self) -> None:
        self.playing = False
        self.steps = 0
        """Steps made since the engine started."""
        self.pause_at: int | None = None
        """The epoch at which it pauses when all lanes have come to it; None for no such epoch."""
        self._epochs_left: int | None = None
        self._rate = StepRate()

    @property
    def is_paced(self) -> bool:
        """Whether it plays until a pause, at the speed that the window has chosen; steps are not slowed."""
        return self.playing and self._epochs_left is None

    @property
    def steps_per_second(self) -> float:
        """The rate since training last began to run; 0 while it does not."""
        return self._rate.update(self.steps) if self.playing else 0.0

    def play(self, epochs: int | None = None) -> None:
        """Train from now on, until this number of epochs has ended (None: until a pause)."""
        self.playing, self._epochs_left = True, epochs
        self.forget_rate()

    def play_longer(self, epochs: int) -> None:
        """Train this number of epochs after those that are already due."""
        to_come = self._epochs_left if self.playing else None
        self.play((to_come or 0) + epochs)

    def pause(self) -> None:
        self.playing = False

    @property
    def epochs_left(self) -> int | None:
        """How many epochs are still to be trained; None for any number."""
        return self._epochs_left

    def count_epochs(self, epochs: int) -> None:
        """Note that epochs have ended, perhaps the last ones to be trained."""
        if self._epochs_left is not None and epochs:
            self._epochs_left -= epochs
            self.playing = self._epochs_left > 0

    def forget_rate(self) -> None:
        """Measure the rate from now on."""
        self._rate = StepRate()
