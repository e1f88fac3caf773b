"""One child process as its parent sees it: started, written to, read from, and waited for at its end."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from dataclasses import replace

from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.service.backlog import Backlog, Counted, Refused
from engine.service.child_faults import Logged, sweep
from engine.service.heartbeat import Heartbeat
from engine.service.interface import Inbox, Mailbox
from engine.service.messages import (
    Alive,
    EngineFailed,
    EngineReady,
    Event,
    Ping,
    Pong,
    RunLoaded,
    RunNotLoaded,
)
from engine.service.place import AskedPlace
from engine.service.shared_memory import Arena, Key, create, descriptors
from engine.service.wire import Wire, pack

LAST_MOMENT = 1.0
"""Seconds that a process has to end after it has closed its pipe or has been killed."""

CODE = "import sys; sys.path[:] = {path!r}; from engine.service.child import main; main({key!r}, {place!r})"
"""What a child runs, with a ``path`` for ``sys.path``, the ``key`` of an arena and a tuple that says where to train."""
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0

_PING = pack(Ping())
_log = logging.getLogger(__name__)


class ChildProcess:
    """One process, from its start to its end, and the snapshots that it sent.

    Parameters
    ----------
    driven_before
        How many driving commands were sent to the children before; snapshots count on from there.
    loads
        Whether a run is among the first commands that it is sent.
    place
        Where it trains; None for the processor with single precision.
    """

    def __init__(self, driven_before: int, loads: bool = False, place: AskedPlace | None = None) -> None:
        self._place = place
        self.backlog = Backlog()
        self.snapshots: Mailbox[Snapshot] = Mailbox()
        self.ready = False
        self.refused = False
        """Whether it has reported why it cannot work."""
        self._loads = loads
        self._counted = Counted(driven_before)
        self._reader = Reader()
        self._arena: Arena | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def fails_to_load(self) -> bool:
        """Whether it was to load a run and has not got further."""
        return self._loads

    def send(self, command: object, message: bytes | None = None) -> None:
        """Queue a command, as ``Backlog.put`` does; it may be sent before the process is started."""
        self.backlog.put(command, message)

    def kill(self) -> bool:
        """End the process by force; False if there is none."""
        if self._process is None:
            return False
        self._process.kill()
        return True

    def start(self) -> int:
        """Start the process; returns its id. Raises OSError where that fails."""
        self._arena, key = create()
        try:
            self._process = launch(key, self._place)
        except BaseException:
            self._arena.close()
            raise
        return self._process.pid

    def serve(self, events: Inbox[Event]) -> int:
        """Write what is queued and read what the process sends, until it is gone.

        Parameters
        ----------
        events
            Takes its events.

        Returns
        -------
        int
            Its exit status.
        """
        process, arena = self._process, self._arena
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        assert arena is not None
        wire = Wire(process.stdout, process.stdin, arena)
        writer = threading.Thread(target=self._write, args=(wire,), name="engine writer", daemon=True)
        heartbeat = Heartbeat(lambda: self.send(Ping(), _PING), self.backlog.hold, events.put)
        try:
            writer.start()
            heartbeat.start()
            self._read(wire, events, heartbeat)
        except EOFError:
            pass
        except Exception:
            _log.warning("cannot understand the training engine", exc_info=True)
        heartbeat.stop()
        status = _exit_status(process)
        self.backlog.close()
        if writer.ident is not None:
            writer.join()
        process.stdout.close()
        # Closing writes what is left in the buffer, and nobody is there to read it.
        with contextlib.suppress(OSError):
            process.stdin.close()
        arena.close()
        sweep(process.pid)
        return status

    def _read(self, wire: Wire, events: Inbox[Event], heartbeat: Heartbeat) -> None:
        wire.await_greeting()
        while True:
            message = wire.receive()
            match message:
                case Report():
                    snapshot = self._reader.read(message)
                    counted = self._counted.at(snapshot.acknowledged)
                    self.snapshots.put(replace(snapshot, acknowledged=counted))
                case Alive():
                    heartbeat.lives()
                case Pong():
                    heartbeat.answered()
                case Logged():
                    message.log()
                case _:
                    self._note(message, heartbeat)
                    events.put(message)

    def _note(self, event: Event, heartbeat: Heartbeat) -> None:
        match event:
            case EngineReady():
                self.ready = True
                heartbeat.ready()
            case EngineFailed():
                self.refused |= not self.ready
            case RunLoaded() | RunNotLoaded():
                self._loads = False

    def _write(self, wire: Wire) -> None:
        while (waiting := self.backlog.take()) is not None:
            self._counted.note(waiting)
            if isinstance(waiting.command, Refused):
                continue
            try:
                wire.write(waiting.message)
            except OSError:
                return


def launch(key: Key, place: AskedPlace | None = None) -> subprocess.Popen[bytes]:
    """Start a child process that opens the arena of this key; the key cannot be used again.

    Returns
    -------
    Popen
        The process, with pipes to its standard input and output.

    Raises
    ------
    OSError
        Where no process can be started.
    """
    code = CODE.format(path=sys.path, key=key, place=tuple(place or ()))
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


def _exit_status(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a process that has closed its pipe; killed if it does not end."""
    try:
        return process.wait(LAST_MOMENT)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
