"""A run that is being put away in a thread: the disk may take longer than anyone waits, or be full for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.experiment.kept_run import facts, lanes_without_history
from gui_app.session.dialogs import reason
from gui_app.startup.recovery.patience import begin, ends

AGAIN = 5.0
"""Seconds after which what could not be written is tried again."""


@dataclass(frozen=True, slots=True)
class PutAway:
    """A run that is put away: its epoch, and the lanes whose history was damaged and left out."""

    epoch: int
    without_history: tuple[str, ...]


class Putting:
    """Takes a run of the drawing ``name`` and puts it away, both in a thread.

    ``take()`` returns the run, None where none is to be kept; ``put(run, is_wanted)`` writes it. Both raise why that
    cannot be done. What was taken is held, so that writing it can be tried again.

    Attributes
    ----------
    done, problem
        What came of it, once it has ended: the run that is put away, None if there is none, or why it could not be.
    gap
        What of the run was not kept when it was left, in a clause; "" for nothing.
    told
        The problem that the person was told last; "" for none.
    """

    def __init__(
        self,
        name: str,
        gap: str,
        take: Callable[[], bytes | None],
        put: Callable[[bytes, Callable[[], bool]], None],
    ) -> None:
        self.name, self.gap = name, gap
        self.done: PutAway | None = None
        self.problem = self.told = ""
        self._take, self._put = take, put
        self._run: bytes | None = None
        self._wanted = True
        self._begin()

    @property
    def waits(self) -> bool:
        """Whether it has failed, and may be tried again."""
        return bool(self.problem) and self._run is not None

    def try_again(self, at_once: bool = False) -> bool:
        """Begin again if it waits and the time for that has come, or ``at_once``; returns whether it has begun."""
        if not self.waits or not self.ends(0) or (time.monotonic() < self._due and not at_once):
            return False
        self.problem = ""
        self._begin()
        return True

    def ends(self, seconds: float) -> bool:
        """Wait for it, and return whether it has ended."""
        return ends(self._thread, seconds)

    def give_up(self) -> None:
        """Let nothing come of it, unless it is about to end."""
        self._wanted = False

    def _begin(self) -> None:
        self._due = time.monotonic() + AGAIN
        self._thread = begin(self._do)

    def _do(self) -> None:
        try:
            if self._run is None:
                self._run = self._take()
            if self._run is not None:
                self._put(self._run, lambda: self._wanted)
                self.done = PutAway(facts(self._run).epoch, tuple(lanes_without_history(self._run)))
                self._run = None
        except Exception as error:
            self.problem = reason(error)
