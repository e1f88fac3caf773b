"""The child process alone, with a parent that does as it likes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from engine.service import child
from engine.service import child_process as child_process_module
from engine.service import messages as m
from engine.service.child_process import launch
from engine.service.interface import Inbox
from engine.service.shared_memory import Arena, create
from engine.service.wire import Wire, pack
from tests.deadline import DEADLINE
from tests.engine.driving import until

if sys.platform != "linux":
    pytest.skip("looks into pipes", allow_module_level=True)

import fcntl
import struct
import termios


class Parent:
    """Has a child and its pipes, and nothing that reads or writes by itself."""

    def __init__(self) -> None:
        self.arena: Arena
        self.arena, key = create()
        self.child: subprocess.Popen[bytes] = launch(key)
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.stdin, self.stdout = self.child.stdin, self.child.stdout
        self.wire = Wire(self.stdout, self.stdin, self.arena)

    def waiting(self) -> int:
        """Bytes that the child has written and nobody has read."""
        (count,) = struct.unpack("i", fcntl.ioctl(self.stdout.fileno(), termios.FIONREAD, b"\0" * 4))
        return int(count)

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        self.stdin.close()
        self.stdout.close()
        self.arena.close()


@pytest.fixture
def parent() -> Iterator[Parent]:
    parent = Parent()
    yield parent
    parent.close()


LOADS_FOREVER = """
import sys, time
class Slow:
    def find_spec(self, name, *rest):
        if name == "torch":
            time.sleep(600)
sys.meta_path.insert(0, Slow())
"""


@pytest.fixture
def parent_of_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[Parent]:
    monkeypatch.setattr(child_process_module, "CODE", LOADS_FOREVER + child_process_module.CODE)
    parent = Parent()
    parent.wire.await_greeting()
    yield parent
    parent.close()


def test_it_ends_when_nobody_is_there_any_more_while_it_loads(parent_of_a_slow_one: Parent) -> None:
    parent_of_a_slow_one.stdin.close()
    assert parent_of_a_slow_one.child.wait(DEADLINE) == 0


def test_a_shutdown_while_it_loads_ends_it(parent_of_a_slow_one: Parent) -> None:
    parent_of_a_slow_one.wire.send(m.Shutdown())
    assert parent_of_a_slow_one.child.wait(DEADLINE) == 0


def test_it_gives_a_sign_of_life_whatever_its_main_thread_is_busy_with(parent_of_a_slow_one: Parent) -> None:
    for _ in range(3):
        parent_of_a_slow_one.wire.send(m.Ping())
        assert parent_of_a_slow_one.wire.receive() == m.Alive()


class Short:
    """A wire that brings these messages, and has no memory to pickle another one."""

    def __init__(self, *messages: object) -> None:
        self._messages = list(messages)
        self.sent: list[bytes] = []

    def receive(self) -> object:
        if not self._messages:
            raise EOFError
        message = self._messages.pop(0)
        if isinstance(message, Exception):
            raise message
        return message

    def send(self, value: object) -> None:
        raise MemoryError

    def write(self, message: bytes) -> None:
        self.sent.append(message)


@pytest.fixture
def lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of what listens does not end this process."""
    monkeypatch.setattr(child.os, "_exit", lambda status: None)


def heard(wire: Short, outbox: Inbox[m.Event]) -> list[m.Command]:
    """Let a child hear what a wire brings; returns what it hands on."""
    inbox: Inbox[m.Command] = Inbox()
    child._listen(wire, inbox, child.PipeMailbox(wire), outbox, threading.Event())  # type: ignore[arg-type]
    return inbox.drain()


@pytest.mark.usefixtures("lives_on")
def test_a_sign_of_life_needs_no_memory() -> None:
    wire = Short(m.Ping(), m.Play())
    outbox = child.PipeOutbox(wire)  # type: ignore[arg-type]
    assert heard(wire, outbox) == [m.Ping(), m.Play()]
    outbox.put(m.Pong())
    assert wire.sent == [pack(m.Alive()), pack(m.Pong())]


@pytest.mark.usefixtures("lives_on")
@pytest.mark.expects_log("could not be sent to the window")
@pytest.mark.parametrize("message", [m.Ping(), ValueError("nonsense")], ids=["ping", "nonsense"])
def test_what_cannot_be_answered_for_want_of_memory_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, message: object
) -> None:
    wire = Short(message, m.Play())
    outbox = child.PipeOutbox(wire)  # type: ignore[arg-type]
    monkeypatch.setattr(outbox, "put", wire.send)
    assert heard(wire, outbox)[-1:] == [m.Play()]


def test_it_ends_though_its_pipe_is_full(parent: Parent) -> None:
    fcntl.fcntl(parent.stdout.fileno(), fcntl.F_SETPIPE_SZ, 4096)
    for _ in range(300):
        parent.wire.send(m.SetExperiment(None))  # type: ignore[arg-type]
        parent.wire.send(m.Pause())
    # Each command fails and is reported with a traceback: one is in the pipe, the next does not fit beside it.
    until(lambda: parent.waiting() > 1000)
    parent.stdin.close()
    assert parent.child.wait(DEADLINE) == 0


def test_it_ends_when_what_it_hears_makes_no_sense(parent: Parent) -> None:
    parent.stdin.write(b"hello?\n" * 10)
    parent.stdin.flush()
    assert parent.child.wait(DEADLINE) == 0


def test_what_is_printed_goes_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    noisy = (
        "import os, sys; print('printed early', flush=True); os.write(1, b'written early\\n')\n"
        "sys.path[:] = {path!r}\n"
        "from engine.service import child, worker\n"
        "obey = worker.Worker.obey\n"
        "def loudly(self, command):\n"
        "    print('printed late')\n"
        "    print('printed past it', file=sys.__stdout__, flush=True)\n"
        "    os.write(1, b'written late\\n')\n"
        "    os.system('echo said by somebody else')\n"
        "    obey(self, command)\n"
        "worker.Worker.obey = loudly\n"
        "child.main({key!r})\n"
    )
    monkeypatch.setattr(child_process_module, "CODE", noisy)
    parent = Parent()
    parent.wire.await_greeting()
    assert parent.wire.receive() == m.EngineReady()
    parent.wire.send(m.SaveRun("nowhere"))
    parent.wire.send(m.SetExperiment(None))  # type: ignore[arg-type]
    assert isinstance(parent.wire.receive(), m.RunNotSaved)
    assert isinstance(parent.wire.receive(), m.EngineFailed)
    parent.wire.send(m.Shutdown())
    assert parent.child.wait(DEADLINE) == 0
    assert not parent.stdout.read()
    parent.close()
    shown = capfd.readouterr()
    for words in ("printed late", "printed past it", "written late", "said by somebody else"):
        assert shown.err.count(words) == 2
    assert not shown.out
