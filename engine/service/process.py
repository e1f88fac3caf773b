"""The window's end of an engine in a child process, which takes none of the window's time."""

from __future__ import annotations

import signal
import sys
import threading
import time

from engine.observation.snapshot import Snapshot
from engine.service.child import Taken
from engine.service.child_process import LAST_MOMENT, ChildProcess
from engine.service.interface import Inbox
from engine.service.messages import (
    REPLACEABLE,
    Command,
    EngineFailed,
    EngineRestarted,
    Event,
    SetExperiment,
    SetSpeed,
    Shutdown,
    Watch,
)
from engine.service.wire import pack

RESTARTS, RESTART_SPAN = 3, 60.0
"""The most restarts within a span of seconds; an engine that dies more often is not restarted."""

_TAKEN = pack(Taken())


class ProcessEngine:
    """An ``Engine`` (see ``engine.service.interface``) whose training runs in a child process.

    When the child dies, another one is started with the same experiment, watch and speed, paused, and
    ``EngineRestarted`` reports it. A child that cannot start is not tried again. Only ``close`` waits for the child: a
    thread starts processes, reads from them and waits for their end, and the lock is held for moments only.
    """

    def __init__(self) -> None:
        self._events: Inbox[Event] = Inbox()
        self._deaths: list[float] = []
        self._pid: int | None = None
        self._lock = threading.Lock()
        # What a child is sent before it runs waits in its queue.
        self._child = ChildProcess(driven_before=0)
        self._memory: dict[type, bytes] = {}
        self._driven = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process id of the newest child; None before there is one."""
        return self._pid

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        """Queue a command.

        Parameters
        ----------
        command
            Everything in it can be pickled.

        Raises
        ------
        Exception
            Whatever pickling raises; then nothing has been sent.
        """
        message = pack(command)
        with self._lock:
            if self._over.is_set():
                return
            if isinstance(command, Shutdown):
                self._over.set()
            if isinstance(command, REPLACEABLE):
                self._memory[type(command)] = message
            else:
                self._driven += 1
            self._child.send(message)

    def take_snapshot(self) -> Snapshot | None:
        child = self._child
        snapshot = child.snapshots.take()
        if snapshot is not None:
            child.send(_TAKEN)
        return snapshot

    def take_events(self) -> list[Event]:
        return self._events.drain()

    def close(self, timeout: float = 5.0) -> bool:
        self.send(Shutdown())
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._child.kill()
            self._thread.join(LAST_MOMENT)
        return not self._thread.is_alive()

    # -- in the thread

    def _serve(self) -> None:
        _keep_interrupts_from_children()
        again = False
        while not self._over.is_set():
            child = self._child
            try:
                self._pid = child.start()
            except Exception as error:
                self._give_up(
                    EngineFailed(f"The training engine cannot start: {error}", sys.executable, True)
                )
                return
            if again:
                self._events.put(EngineRestarted())
            status = child.serve(self._events)
            if not child.ready and status >= 0:
                self._give_up(None if child.refused else _ended_at_once(status))
            elif self._dies_too_often():
                sentence = "The training engine keeps crashing; save your work and restart the app."
                self._give_up(EngineFailed(sentence, f"exit status {status}", True))
            else:
                self._replace_child()
            again = True

    def _dies_too_often(self) -> bool:
        now = time.monotonic()
        self._deaths = [then for then in self._deaths if now - then < RESTART_SPAN] + [now]
        return len(self._deaths) > RESTARTS

    def _replace_child(self) -> None:
        """Prepare another child, which gets the latest experiment, watch and speed, and no other command of before."""
        with self._lock:
            self._child = ChildProcess(driven_before=self._driven)
            for kind in (Watch, SetSpeed, SetExperiment):
                if kind in self._memory:
                    self._child.send(self._memory[kind])

    def _give_up(self, failure: EngineFailed | None) -> None:
        with self._lock:
            closed = self._over.is_set()
            self._over.set()
        if failure and not closed:
            self._events.put(failure)


def _ended_at_once(status: int) -> EngineFailed:
    return EngineFailed(
        "The training engine cannot start: its process ended before it was ready. "
        "Start the app in a terminal to see why.",
        f"exit status {status} of {sys.executable}",
        True,
    )


def _keep_interrupts_from_children() -> None:
    """Keep Ctrl+C in a terminal from ending a child before this process has decided to.

    A child inherits the blocked signals of the thread that starts it.
    """
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
