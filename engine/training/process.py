"""The engine in a child process: the window's end. It keeps all of the window's time for the window."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from dataclasses import replace
from queue import SimpleQueue

from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.training.child import Taken
from engine.training.ends import Inbox, Mailbox
from engine.training.messages import (
    REPLACEABLE,
    Command,
    EngineFailed,
    EngineRestarted,
    Event,
    SetExperiment,
    Shutdown,
    Watch,
)
from engine.training.wire import Wire

_CODE = "import sys; sys.path[:] = {path!r}; from engine.training.child import main; main()"
RESTARTS, RESTART_SPAN = 3, 60.0
"""So many restarts within so many seconds; an engine that dies more often stays dead, and says so."""


class ProcessEngine:
    """An ``Engine`` (see ``engine.training.ends``) whose training runs in a child process.

    When the child dies it is started again with the experiment and the watch it had, paused; ``EngineRestarted``
    tells. Nothing here waits for the child but ``close``.
    """

    def __init__(self) -> None:
        self._mailbox: Mailbox[Snapshot] = Mailbox()
        self._events: Inbox[Event] = Inbox()
        self._closing = False
        self._restarts: list[float] = []
        self._memory: dict[type, Command] = {}
        self._driven = self._driven_before = 0
        self._child: _Child | None = None
        self._waiting: list[Command] = []
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._child.process.pid if self._child else None

    def start(self) -> None:
        with self._lock:
            self._start_child([*self._waiting])
            self._waiting.clear()

    def send(self, command: Command) -> None:
        with self._lock:
            if isinstance(command, REPLACEABLE):
                self._memory[type(command)] = command
            else:
                self._driven += 1
            if self._child is None:
                self._waiting.append(command)
            else:
                self._child.send(command)

    def take_snapshot(self) -> Snapshot | None:
        snapshot = self._mailbox.take()
        if snapshot is not None and self._child is not None:
            self._child.send(Taken())
        return snapshot

    def take_events(self) -> list[Event]:
        return self._events.drain()

    def close(self, timeout: float = 5.0) -> bool:
        with self._lock:
            self._closing = True
            child = self._child
        return child is None or child.end(timeout)

    def _start_child(self, commands: list[Command]) -> None:
        child = _Child(self)
        self._child = child
        for command in commands:
            child.send(command)

    # -- called by the child's reading thread

    def received(self, message: Snapshot | Event) -> None:
        if isinstance(message, Snapshot):
            self._mailbox.put(replace(message, obeyed=message.obeyed + self._driven_before))
        else:
            self._events.put(message)

    def lost(self) -> None:
        """The child is gone without having been told to."""
        with self._lock:
            if self._closing:
                return
            now = time.monotonic()
            self._restarts = [then for then in self._restarts if now - then < RESTART_SPAN] + [now]
            if len(self._restarts) > RESTARTS:
                self._events.put(
                    EngineFailed("The training engine keeps ending; save your work and restart the app.", "")
                )
                return
            self._driven_before = self._driven
            kept = [self._memory[kind] for kind in (Watch, SetExperiment) if kind in self._memory]
            self._start_child(kept)
        self._events.put(EngineRestarted())


class _Child:
    """One child process with a thread that writes to it and one that reads from it."""

    def __init__(self, owner: ProcessEngine) -> None:
        self._owner = owner
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CODE.format(path=sys.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._wire = Wire(self.process.stdout, self.process.stdin)
        self._reports = Reader()
        self._queue: SimpleQueue[object] = SimpleQueue()
        self._threads = [
            threading.Thread(target=work, name=f"engine {name}", daemon=True)
            for name, work in (("writer", self._write), ("reader", self._read))
        ]
        for thread in self._threads:
            thread.start()

    def send(self, message: object) -> None:
        self._queue.put(message)

    def end(self, timeout: float) -> bool:
        """Ask it to end, then make it; False when it is still there."""
        self.send(Shutdown())
        if not self._gone_within(timeout):
            self.process.kill()
            if not self._gone_within(timeout):
                return False
        for thread in self._threads:
            thread.join(timeout)
        return True

    def _gone_within(self, timeout: float) -> bool:
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _write(self) -> None:
        while True:
            message = self._queue.get()
            try:
                self._wire.send(message)
            except OSError:
                return
            if isinstance(message, Shutdown):
                return

    def _read(self) -> None:
        try:
            while True:
                message = self._wire.receive()
                self._owner.received(self._reports.read(message) if isinstance(message, Report) else message)
        except (EOFError, OSError):
            self.process.wait()
            self.send(Shutdown())
            self._threads[0].join()
            self._close_pipes()
            self._owner.lost()

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            # What was still to be written to a child that is gone is of no use to anyone.
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
