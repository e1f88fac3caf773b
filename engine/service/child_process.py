"""One child process as its parent sees it: started, written to, read from, and waited for at its end."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from dataclasses import replace
from queue import SimpleQueue

from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.service.interface import Inbox, Mailbox
from engine.service.messages import EngineFailed, EngineReady, Event
from engine.service.shared_memory import Arena, Key, create, descriptors
from engine.service.wire import Wire

LAST_MOMENT = 1.0
"""Seconds that a process has to end after it has closed its pipe or has been killed."""

CODE = "import sys; sys.path[:] = {path!r}; from engine.service.child import main; main({key!r})"
"""What a child runs, with a ``path`` for ``sys.path`` and the ``key`` of an arena."""
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0

_log = logging.getLogger(__name__)


class ChildProcess:
    """One process, from its start to its end, and the snapshots that it sent.

    Parameters
    ----------
    driven_before
        How many commands that nothing replaces were sent to the children before; snapshots count on from there.
    """

    def __init__(self, driven_before: int) -> None:
        self._driven_before = driven_before
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._reader = Reader()
        self._arena: Arena | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.snapshots: Mailbox[Snapshot] = Mailbox()
        self.ready = False
        self.refused = False
        """Whether it has reported why it cannot work."""

    def send(self, message: bytes) -> None:
        """Queue a message that ``pack`` has made; it may be sent before the process is started."""
        self._queue.put(message)

    def kill(self) -> None:
        """End the process by force, if there is one."""
        if self._process is not None:
            self._process.kill()

    def start(self) -> int:
        """Start the process; returns its id. Raises OSError where that fails."""
        self._arena, key = create()
        try:
            self._process = launch(key)
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
        writer.start()
        try:
            self._read(wire, events)
        except EOFError:
            pass
        except Exception:
            _log.warning("cannot understand the training engine", exc_info=True)
        status = _exit_status(process)
        self._queue.put(None)
        writer.join()
        process.stdout.close()
        # Closing writes what is left in the buffer, and nobody is there to read it.
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
    code = CODE.format(path=sys.path, key=key)
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
