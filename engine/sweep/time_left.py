"""About how long a sweep still takes: as was estimated until a batch ends, as its batches took from then on."""

from __future__ import annotations


class TimeLeft:
    """Clocks and work of one sweep.

    Parameters
    ----------
    work
        Of all batches, in the unit of ``Group.work``.
    expected
        Seconds that they take, as was estimated; None where nobody knows.
    """

    def __init__(self, work: float, expected: float | None) -> None:
        self._work, self._expected = work, expected
        self._trained = self._seconds = 0.0
        self._since = 0.0

    def note(self, work: float, seconds: float | None, now: float) -> None:
        """Note the end of a batch.

        Parameters
        ----------
        work
            Of the batch.
        seconds
            How long its worker took; None where it failed.
        now
            Seconds since the begin of all.
        """
        self._work -= work
        if seconds is not None:
            self._trained += work
            self._seconds += seconds
            self._since = now

    def left(self, now: float, at_once: int) -> float | None:
        """Return about how many seconds are left.

        Parameters
        ----------
        now
            Seconds since the begin of all.
        at_once
            How many batches are being trained.

        Returns
        -------
        float or None
            None where nothing is known, or where it has taken longer than what is known says.
        """
        if not self._trained:
            left = None if self._expected is None else self._expected - now
        else:
            left = self._work * self._seconds / self._trained / max(at_once, 1) - (now - self._since)
        return None if left is None or left <= 0.0 else left
