"""Processes of the engine that begin at once: forked from one that has loaded PyTorch, which takes more than a second.

All else is as in a process that ``launch`` starts. Tests of how a process starts let it start as it does for a user.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
from functools import cache
from typing import IO

from engine.service.place import AskedPlace
from engine.service.shared_memory import Key, descriptors

CODE = "import sys; sys.path[:] = {path!r}; from tests.engine.forked_children import serve; serve({line})"
_NUMBER = 8
"""Bytes of a process id or of a status."""


class ForkedChild:
    """What the engine uses of a ``subprocess.Popen``.

    Parameters
    ----------
    stdin, stdout
        The other ends of the standard streams of the process.
    told
        Where its id is told, and its status when it has ended.
    """

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], told: socket.socket) -> None:
        self.stdin, self.stdout, self._told = stdin, stdout, told
        self.pid = self._hear()
        self._status: int | None = None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        if self._status is None:
            self._told.settimeout(timeout)
            try:
                self._status = os.waitstatus_to_exitcode(self._hear())
            except TimeoutError:
                raise subprocess.TimeoutExpired("engine", timeout or 0.0) from None
            self._told.close()
        return self._status

    def _hear(self) -> int:
        number = self._told.recv(_NUMBER)
        assert len(number) == _NUMBER, "the process that forks engines has ended"
        return int.from_bytes(number, "little")


def fork(key: Key, place: AskedPlace | None = None) -> ForkedChild:
    """Start an engine as ``launch`` does, by a fork."""
    told, tells = socket.socketpair()
    (its_input, stdin), (stdout, its_output) = os.pipe(), os.pipe()
    given = [tells.detach(), its_input, its_output, *descriptors(key)]
    try:
        socket.send_fds(_line(), [pickle.dumps((dict(os.environ), tuple(place or ())))], given)
    finally:
        for descriptor in given:
            os.close(descriptor)
    return ForkedChild(os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), told)


@cache
def _line() -> socket.socket:
    """A line to the process that forks engines, which ends when this one closes it or ends."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        code = CODE.format(path=sys.path, line=its.fileno())
        process = subprocess.Popen([sys.executable, "-c", code], pass_fds=[its.fileno()])
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def serve(line: int) -> None:
    """Fork an engine for each request, until the line is closed."""
    import engine.service.child
    import engine.service.worker  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Who has forked an engine only waits for its end, and nobody waits for that one.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    requests = socket.socket(fileno=line)
    while True:
        message, given, _, _ = socket.recv_fds(requests, 1 << 20, 4)
        if not message:
            return
        if not os.fork():
            requests.close()
            _fork_one(*pickle.loads(message), *given)
        for descriptor in given:
            os.close(descriptor)


def _fork_one(
    environment: dict[str, str],
    place: tuple[str, ...],
    tells: int,
    its_input: int,
    its_output: int,
    key: Key,
) -> None:
    """Fork an engine, tell its id and, when it has ended, its status."""
    from engine.service.child import main

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        os.close(tells)
        for descriptor, standard in ((its_input, 0), (its_output, 1)):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(environment)
        main(key, place)
    try:
        for descriptor in (its_input, its_output, int(key)):
            os.close(descriptor)
        os.write(tells, pid.to_bytes(_NUMBER, "little"))
        os.write(tells, os.waitpid(pid, 0)[1].to_bytes(_NUMBER, "little"))
    finally:
        os._exit(0)
