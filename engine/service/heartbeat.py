"""Notices that an engine does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.service.messages import EngineAnswers, EngineSilent, Event

TICK = 0.25
"""Seconds between two ticks."""
REST = 2
"""Ticks between an answer and the next question."""
LATE = 2
"""Ticks without an answer after which an engine is sent nothing more for now."""
SILENT = 8
"""Ticks without an answer after which an engine counts as silent."""
FIRST = 40
"""The same for the first answer, because the first experiment is set up and compiled meanwhile."""
LOADS = 80
"""Ticks after which an engine that is not ready yet counts as silent."""


class Heartbeat:
    """Asks an engine again and again whether it answers, from when it is ready on; one that never is, is silent.

    Time is counted in ticks of a thread of its own, not read from a clock: where the whole machine sleeps or this
    process stands still, so do the ticks, and nothing is said of an engine that could not answer.

    Parameters
    ----------
    ask
        Sends a ``Ping``; called only after the one before was answered.
    hold
        Called with True when an answer is late, so that nothing more is sent, and with False when it has come.
    tell
        Takes ``EngineSilent`` and ``EngineAnswers``.

    Examples
    --------
    >>> heard = []
    >>> heartbeat = Heartbeat(lambda: None, lambda held: None, heard.append)
    >>> heartbeat.answered()
    >>> for _ in range(REST + SILENT):
    ...     heartbeat.tick()
    >>> heartbeat.answered()
    >>> heard
    [EngineSilent(), EngineAnswers()]
    """

    def __init__(
        self, ask: Callable[[], None], hold: Callable[[bool], None], tell: Callable[[Event], None]
    ) -> None:
        self._ask, self._hold, self._tell = ask, hold, tell
        self._lock = threading.Lock()
        self._waited: int | None = None
        """Ticks since a question that is not answered."""
        self._rested = self._loaded = 0
        self._patience = FIRST
        self._ready = self._ended = self._held = self._silent = False
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
            self._note_answer()

    def rest(self) -> None:
        """Note that the engine has ended, and ask no more."""
        self._ready, self._ended = False, True

    def answered(self) -> None:
        """Note an answer."""
        with self._lock:
            self._ready, self._patience = True, SILENT
            self._waited, self._rested = None, 0
            self._set_held(False)
            self._note_answer()

    def tick(self) -> None:
        """Let a moment pass."""
        with self._lock:
            if not self._ready:
                self._loaded += 1
                if self._loaded == LOADS and not self._ended:
                    self._note_silence()
                return
            if self._waited is None:
                self._rested += 1
                if self._rested >= REST:
                    self._waited = 0
                    self._ask()
                return
            self._waited += 1
            self._set_held(self._waited >= LATE)
            if self._waited == self._patience:
                self._note_silence()

    def _note_silence(self) -> None:
        self._silent = True
        self._tell(EngineSilent())

    def _note_answer(self) -> None:
        if self._silent:
            self._silent = False
            self._tell(EngineAnswers())

    def _set_held(self, held: bool) -> None:
        if held != self._held:
            self._held = held
            self._hold(held)

    def _run(self) -> None:
        while not self._over.wait(TICK):
            self.tick()
