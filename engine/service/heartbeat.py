"""Notices that an engine does not answer, or has worked on one thing for long."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from engine.service.messages import EngineAnswers, EngineBusy, EngineSilent, Event

_log = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two ticks."""
REST = 2
"""Ticks between a sign of life and the next question."""
LATE = 2
"""Ticks without an answer after which an engine is sent nothing more for now."""
SILENT = 8
"""Ticks without a sign of life after which an engine counts as silent."""
FIRST = 40
"""The same until the first answer, because the first experiment is set up and compiled meanwhile."""
BUSY = 120
"""Ticks without an answer after which an engine that lives counts as busy."""
LOADS = 80
"""Ticks after which an engine that is not ready yet counts as silent."""


class Heartbeat:
    """Asks an engine again and again whether it answers, from when it is ready on; one that never is, is silent.

    A question has two answers: a sign of life at once, also in the middle of a long step, and the answer of the engine
    itself between two pieces of its work. Without the first an engine hangs; without the second it is busy.

    Time is counted in ticks of a thread of its own, not read from a clock: where the whole machine sleeps or this
    process stands still, so do the ticks, and nothing is said of an engine that could not answer.

    Parameters
    ----------
    ask
        Sends a ``Ping``; called only after the one before was heard.
    hold
        Called with True when an answer is late, so that nothing more is sent, and with False when it has come.
    tell
        Takes ``EngineSilent``, ``EngineBusy`` and ``EngineAnswers``.
    always_lives
        Whether the engine is a part of this process, so that it needs no sign of life.

    Examples
    --------
    >>> told = []
    >>> heartbeat = Heartbeat(lambda: None, lambda held: None, told.append)
    >>> heartbeat.answered()
    >>> for _ in range(REST + SILENT):
    ...     heartbeat.tick()
    >>> heartbeat.lives()
    >>> for _ in range(BUSY):
    ...     heartbeat.tick()
    ...     heartbeat.lives()
    >>> heartbeat.answered()
    >>> told
    [EngineSilent(), EngineAnswers(), EngineBusy(), EngineAnswers()]
    """

    def __init__(
        self,
        ask: Callable[[], None],
        hold: Callable[[bool], None],
        tell: Callable[[Event], None],
        always_lives: bool = False,
    ) -> None:
        self._ask, self._hold, self._tell = ask, hold, tell
        self._always_lives = always_lives
        self._lock = threading.Lock()
        self._unheard: int | None = None
        """Ticks since a question without a sign of life."""
        self._waited: int | None = None
        """Ticks since a question that the engine itself has not answered."""
        self._rested = self._loaded = 0
        self._patience = FIRST
        self._ready = self._ended = self._held = False
        self._told: Event = EngineAnswers()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine heartbeat", daemon=True)

    def start(self) -> None:
        """Tick from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Tick no more."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def ready(self) -> None:
        """Note that the engine has loaded, and ask it from now on."""
        with self._lock:
            self._ready = True
            self._say()

    def rest(self) -> None:
        """Note that the engine has ended, and ask no more."""
        self._ready, self._ended = False, True

    def lives(self) -> None:
        """Note a sign of life."""
        with self._lock:
            self._unheard, self._rested = None, 0
            self._say()

    def answered(self) -> None:
        """Note an answer of the engine itself."""
        with self._lock:
            self._ready, self._patience = True, SILENT
            self._waited = self._unheard = None
            self._rested = 0
            self._set_held(False)
            self._say()

    def tick(self) -> None:
        """Let a moment pass."""
        with self._lock:
            if self._ready:
                self._count()
            else:
                self._loaded += 1
            self._say()

    def _count(self) -> None:
        if self._waited is not None:
            self._waited += 1
            self._set_held(self._waited >= LATE)
        if self._unheard is not None:
            self._unheard += 1
            return
        self._rested += 1
        if self._rested >= REST:
            # A question that cannot be asked is asked with the next tick, and nobody waits for its answer.
            self._ask()
            self._rested = 0
            self._unheard = None if self._always_lives else 0
            self._waited = 0 if self._waited is None else self._waited

    def _say(self) -> None:
        """Tell how the engine is, if that is news."""
        state = self._state()
        if state != self._told and not self._ended:
            self._tell(state)
            self._told = state

    def _state(self) -> Event:
        if self._loaded >= LOADS if not self._ready else (self._unheard or 0) >= self._patience:
            return EngineSilent()
        return EngineBusy() if (self._waited or 0) >= BUSY else EngineAnswers()

    def _set_held(self, held: bool) -> None:
        if held != self._held:
            self._hold(held)
            self._held = held

    def _run(self) -> None:
        failed = False
        while not self._over.wait(TICK):
            try:
                self.tick()
                failed = False
            except Exception:
                # Where memory is short, the next tick may find some.
                if not failed:
                    _log.warning("the training engine could not be asked whether it answers", exc_info=True)
                failed = True
