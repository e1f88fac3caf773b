"""The window's end of an engine in a child process, which takes none of the window's time."""

from __future__ import annotations

import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable

from engine.observation.snapshot import Snapshot
from engine.service.backlog import Refused
from engine.service.child import Taken
from engine.service.child_process import LAST_MOMENT, ChildProcess
from engine.service.interface import Inbox
from engine.service.kept import Beginning, Memory
from engine.service.messages import (
    Command,
    EngineFailed,
    EngineRestarted,
    Event,
    SaveRun,
    Shutdown,
    is_driving,
)
from engine.service.place import AskedPlace
from engine.service.saves import Saves
from engine.service.wire import pack

RESTARTS, RESTART_SPAN = 3, 60.0
"""The most restarts within a span of seconds; an engine that dies more often is restarted only if that is asked for."""
LOADS = 2
"""How often an engine may end by itself while it loads a run, before it is started without it."""

KEEPS_ENDING = (
    "The training engine keeps ending. The drawing is safe, and so is the run as far as it was kept."
)
HAS_ENDED = "The training engine has ended meanwhile."
NOT_LOADED = "The training engine has ended each time while it loaded the run."
NOT_STARTED = "The training engine cannot be started again: {why}. The drawing is safe."

_TAKEN = Taken()


class ProcessEngine:
    """An ``Engine`` (see ``engine.service.interface``) whose training runs in a child process.

    When the child dies, another one is started with the same experiment, watch and speed, which goes on with the run as
    far as it was kept, paused, and ``EngineRestarted`` reports it. After a child that cannot start, and after many
    deaths within a minute, a final ``EngineFailed`` says so, and nothing is started until ``restart`` is called. Only
    ``close`` waits for the child: a thread starts processes, reads from them and waits for their end, and the lock is
    held for moments only.

    Parameters
    ----------
    place
        Where it trains; None for the processor with single precision.
    """

    def __init__(self, place: AskedPlace | None = None) -> None:
        self._place = place
        self._events: Inbox[Event] = Inbox()
        self._deaths: list[float] = []
        self._failed_loads = 0
        self._pid: int | None = None
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        # What a child is sent before it runs waits in its queue.
        self._child = ChildProcess(driven_before=0, place=place)
        self._memory = Memory()
        self._saves = Saves(self._events.put)
        self._driven = 0
        self._over = self._asked = self._rests = False
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process id of the newest child; None before there is one."""
        return self._pid

    @property
    def waiting_bytes(self) -> int:
        """The length of what was sent and not yet taken by the child."""
        return self._child.backlog.size

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
            if self._over or self._rests:
                self._note_unsent(command)
                return
            self._driven += is_driving(command)
            if isinstance(command, SaveRun) and not self._saves.begin(command.folder):
                self._child.send(Refused(), b"")
                return
            self._memory.note(command)
            self._child.send(command, message)
            if isinstance(command, Shutdown):
                self._over = True

    def take_snapshot(self) -> Snapshot | None:
        child = self._child
        snapshot = child.snapshots.take()
        if snapshot is not None:
            child.send(_TAKEN)
        return snapshot

    def take_events(self) -> list[Event]:
        return self._events.drain()

    def restart(self) -> None:
        with self._lock:
            if self._over:
                return
            self._deaths.clear()
            if self._rests:
                self._rests, self._asked = False, True
                self._changed.notify()
            elif self._child.kill():
                self._asked = True

    def close(self, timeout: float = 5.0) -> bool:
        self.send(Shutdown())
        if self._thread.ident is None:
            self._saves.give_up(HAS_ENDED)
            return True
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._child.kill()
            self._thread.join(LAST_MOMENT)
        return not self._thread.is_alive()

    def _note(self, event: Event) -> None:
        with self._lock:
            self._saves.note(event)

    def _note_unsent(self, command: Command) -> None:
        """Note a command that no child is sent: one that comes after the end, or while the engine rests."""
        if isinstance(command, SaveRun):
            self._saves.refuse(command.folder, HAS_ENDED)
        if not self._over:
            self._memory.note(command)
            self._driven += is_driving(command)
        if isinstance(command, Shutdown):
            self._over = True
            self._changed.notify()

    # -- in the thread

    def _serve(self) -> None:
        _keep_interrupts_from_children()
        self._guarded(lambda: self._serve_child(None))
        while not self._over:
            self._guarded(lambda: self._serve_child(self._replace_child()))
        with self._lock:
            self._saves.give_up(HAS_ENDED)

    def _guarded(self, serve: Callable[[], None]) -> None:
        """Serve one child; an error, as where memory is short, ends neither this thread nor what it owes."""
        try:
            serve()
        except Exception as error:
            self._child.kill()
            with self._lock:
                # It was asked for, and has been tried.
                self._asked = False
            why = "there is not enough memory" if isinstance(error, MemoryError) else str(error)
            sentence = NOT_STARTED.format(why=why or type(error).__name__)
            self._rest(EngineFailed(sentence, traceback.format_exc(), True))

    def _serve_child(self, restarted: EngineRestarted | None) -> None:
        """Start a child, serve it to its end, and rest if that is not to be repeated."""
        child = self._child
        try:
            self._pid = child.start()
        except Exception as error:
            sentence = f"The training engine cannot start: {error}"
            self._rest(EngineFailed(sentence, sys.executable, True))
            return
        if restarted is not None:
            self._events.put(restarted)
        status = child.serve(Noted(self._note, self._events))
        if not child.fails_to_load:
            self._failed_loads = 0
        if self._asked:
            return
        self._failed_loads += child.fails_to_load
        if not child.ready and status >= 0:
            self._rest(None if child.refused else _ended_at_once(status))
        elif self._dies_too_often():
            self._rest(EngineFailed(KEEPS_ENDING, f"exit status {status}", True))

    def _dies_too_often(self) -> bool:
        now = time.monotonic()
        with self._lock:
            self._deaths = [then for then in self._deaths if now - then < RESTART_SPAN] + [now]
            return len(self._deaths) > RESTARTS

    def _replace_child(self) -> EngineRestarted:
        """Prepare another child, which gets what the former ones were told last, and their run.

        That this fails, as where memory is short, says nothing of the run: only a child that ends while it loads it
        does.
        """
        turn, run = self._memory.kept.turn, None
        reason = NOT_LOADED if self._failed_loads >= LOADS else ""
        if not reason:
            # Reading takes its time; what is sent meanwhile may make it needless.
            run = self._memory.kept.read()
        with self._lock:
            beginning = self._memory.beginning(run if turn == self._memory.kept.turn else None, reason)
            self._child = self._child_for(beginning)
            self._saves.give_up(HAS_ENDED)
            asked, self._asked = self._asked, False
        return EngineRestarted(beginning.epoch, beginning.reason, asked)

    def _child_for(self, beginning: Beginning) -> ChildProcess:
        # The child counts the run that it is told to load, which the window does not know of.
        child = ChildProcess(self._driven - beginning.loads, beginning.loads, self._place)
        for command in beginning.commands:
            child.send(command)
        if self._over:
            child.send(Shutdown())
        return child

    def _rest(self, failure: EngineFailed | None) -> None:
        """Say why nothing is started, and wait until that, or the end, is asked for."""
        with self._lock:
            if self._over or self._asked:
                return
            self._saves.give_up(HAS_ENDED)
            self._rests = True
            if failure:
                self._events.put(failure)
            self._changed.wait_for(lambda: self._over or not self._rests)


class Noted(Inbox[Event]):
    """Passes events on, of which ``note`` is told first."""

    def __init__(self, note: Callable[[Event], None], events: Inbox[Event]) -> None:
        super().__init__()
        self._note, self._events = note, events

    def put(self, item: Event) -> None:
        """Pass an event on."""
        self._note(item)
        self._events.put(item)


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
