"""The engine in a child process: the window's end. It keeps all of the window's time for the window."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from queue import SimpleQueue

from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.service.child import Taken
from engine.service.interface import Inbox, Mailbox
from engine.service.messages import (
    REPLACEABLE,
    Command,
    EngineFailed,
    EngineReady,
    EngineRestarted,
    Event,
    SetExperiment,
    Shutdown,
    Watch,
)
from engine.service.shared_memory import Arena, Key, create, descriptors
from engine.service.wire import Wire, pack

RESTARTS, RESTART_SPAN = 3, 60.0
"""The most restarts within a span of seconds; an engine that dies more often stays dead, and says so."""
LAST_MOMENT = 1.0
"""Seconds for a process to be gone that has nothing more to say or has been killed."""

_CODE = "import sys; sys.path[:] = {path!r}; from engine.service.child import main; main({key!r})"
_TAKEN = pack(Taken())
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0

_log = logging.getLogger(__name__)


class ProcessEngine:
    """An ``Engine`` (see ``engine.service.interface``) whose training runs in a child process.

    When the child dies it is started again with the experiment and the watch it had, paused; ``EngineRestarted``
    reports it. A child that cannot start is not tried again. Nothing here waits for the child but ``close``; processes
    are started, read from and buried in a thread of their own, and the lock is held for moments only.
    """

    def __init__(self) -> None:
        self._events: Inbox[Event] = Inbox()
        self._deaths: list[float] = []
        self._pid: int | None = None
        self._lock = threading.Lock()
        # What a child is sent before it runs waits in its queue.
        self._child = _Child(driven_before=0)
        self._memory: dict[type, bytes] = {}
        self._driven = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)

    @property
    def pid(self) -> int | None:
        """The newest child's process id."""
        return self._pid

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        """Raises whatever pickling the command raises, and then has sent nothing."""
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
        """What the dead one had not carried out is forgotten, but for what it was to train and to show."""
        with self._lock:
            self._child = _Child(driven_before=self._driven)
            for kind in (Watch, SetExperiment):
                if kind in self._memory:
                    self._child.send(self._memory[kind])

    def _give_up(self, failure: EngineFailed | None) -> None:
        with self._lock:
            closed = self._over.is_set()
            self._over.set()
        if failure and not closed:
            self._events.put(failure)


class _Child:
    """One process, from its start to its burial, and the snapshots that it sent."""

    def __init__(self, driven_before: int) -> None:
        self._driven_before = driven_before
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._reader = Reader()
        self._arena: Arena | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.snapshots: Mailbox[Snapshot] = Mailbox()
        self.ready = False
        self.refused = False
        """Whether it said why it cannot work."""

    def send(self, message: bytes) -> None:
        """Queue a message."""
        self._queue.put(message)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def start(self) -> int:
        """Its process id."""
        self._arena, key = create()
        try:
            self._process = launch(key)
        except BaseException:
            self._arena.close()
            raise
        return self._process.pid

    def serve(self, events: Inbox[Event]) -> int:
        """Pass on what comes and goes until the process is gone; returns its exit status."""
        process, arena = self._process, self._arena
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        assert arena is not None
        wire = Wire(process.stdout, process.stdin, arena)
        writer = threading.Thread(target=self._write, args=(wire,), name="engine writer", daemon=True)
        writer.start()
        try:
            self._read(wire, events)
        except EOFError:
            pass
        except Exception:
            _log.warning("cannot understand the training engine", exc_info=True)
        status = _buried(process)
        self._queue.put(None)
        writer.join()
        process.stdout.close()
        # What was still to be written to a process that is gone is of no use to anyone.
        with contextlib.suppress(OSError):
            process.stdin.close()
        arena.close()
        return status

    def _read(self, wire: Wire, events: Inbox[Event]) -> None:
        wire.await_greeting()
        while True:
            message = wire.receive()
            if isinstance(message, Report):
                snapshot = self._reader.read(message)
                self.snapshots.put(
                    replace(snapshot, acknowledged=snapshot.acknowledged + self._driven_before)
                )
            else:
                self.ready |= isinstance(message, EngineReady)
                self.refused |= isinstance(message, EngineFailed) and not self.ready
                events.put(message)

    def _write(self, wire: Wire) -> None:
        while (message := self._queue.get()) is not None:
            try:
                wire.write(message)
            except OSError:
                return


def launch(key: Key) -> subprocess.Popen[bytes]:
    """A new child process that will open the arena of this key, which is used up."""
    code = _CODE.format(path=sys.path, key=key)
    inherited = descriptors(key)
    try:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if sys.stderr else subprocess.DEVNULL,
            pass_fds=inherited,
            creationflags=_FLAGS,
        )
    finally:
        for descriptor in inherited:
            os.close(descriptor)


def _buried(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a process that has nothing more to say."""
    try:
        return process.wait(LAST_MOMENT)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _ended_at_once(status: int) -> EngineFailed:
    return EngineFailed(
        "The training engine cannot start: its process ended before it was ready. "
        "Start the app in a terminal to see why.",
        f"exit status {status} of {sys.executable}",
        True,
    )


def _keep_interrupts_from_children() -> None:
    """Ctrl+C in a terminal interrupts all processes there; this one decides when its child ends.

    A child inherits from the thread that starts it which signals it does not hear.
    """
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
