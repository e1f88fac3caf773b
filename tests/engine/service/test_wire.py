"""Messages between two processes: what is sent arrives, and what is not a message is refused."""

from __future__ import annotations

import io
import mmap
import os
import pickle
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.service import messages as m
from engine.service import wire as wire_module
from engine.service.packing import SMALL
from engine.service.shared_memory import Arena
from engine.service.wire import LONGEST, Wire, pack
from tests.observing import watch_prediction

ROOM = 1 << 20


class Line:
    """One direction: what ``sender`` sends stays in ``pipe`` until ``receiver`` reads it."""

    def __init__(self, room: int | None) -> None:
        self.pipe = io.BytesIO()
        self.memory = mmap.mmap(-1, room) if room else None
        arenas = [Arena(self.memory) if self.memory is not None else None for _ in range(2)]
        self.sender = Wire(io.BytesIO(), self.pipe, arenas[0])
        self._incoming = io.BytesIO()
        self.receiver = Wire(self._incoming, io.BytesIO(), arenas[1])

    def put(self, data: bytes) -> None:
        """Bytes that nobody packed."""
        self.pipe.write(data)

    def receive(self) -> Any:
        place = self._incoming.tell()
        self._incoming.seek(0, io.SEEK_END)
        self._incoming.write(self.pipe.getvalue())
        self._incoming.seek(place)
        self.pipe.seek(0)
        self.pipe.truncate()
        return self.receiver.receive()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line(ROOM)
    yield line
    assert line.memory is not None
    line.memory.close()


def numbers(size: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(size, dtype=np.float32)


ARRAYS: dict[str, Callable[[], NDArray[Any]]] = {
    "empty": lambda: np.empty((0, 3)),
    "scalar": lambda: np.array(3.5),
    "small": lambda: numbers(5),
    "just too small": lambda: numbers(SMALL // 4 - 1),
    "just large enough": lambda: numbers(SMALL // 4),
    "grid": lambda: numbers(100 * 100 * 2).reshape(100, 100, 2),
    "columns first": lambda: np.asfortranarray(numbers(10_000).reshape(100, 100)),
    "every other": lambda: numbers(20_000)[::2],
    "columns": lambda: numbers(30_000).reshape(-1, 3)[:, 1:],
    "integers": lambda: np.arange(5000),
    "not a number": lambda: np.full(5000, np.nan),
    "larger than the arena": lambda: numbers(ROOM // 4 + 1),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("large", [True, False], ids=["arena", "pipe"])
def test_arrays_arrive(line: Line, array: Callable[[], NDArray[Any]], large: bool) -> None:
    sent = array()
    (line.sender.send_large if large else line.sender.send)({"one": sent, "two": [sent, "text"]})
    received = line.receive()
    for one in (received["one"], received["two"][0]):
        assert (one.dtype, one.shape) == (sent.dtype, sent.shape)
        np.testing.assert_array_equal(one, sent)


def test_large_arrays_do_not_go_through_the_pipe_and_small_ones_do(line: Line) -> None:
    line.sender.send_large([numbers(SMALL // 4), numbers(100)])
    assert 400 < len(line.pipe.getvalue()) < 1000
    line.receive()
    line.sender.send(numbers(SMALL // 4))
    assert len(line.pipe.getvalue()) > SMALL


def test_what_does_not_fit_goes_through_the_pipe(line: Line) -> None:
    sent = [numbers(ROOM // 8, seed) for seed in range(3)]
    line.sender.send_large(sent)
    assert len(line.pipe.getvalue()) > ROOM // 2
    for one, other in zip(line.receive(), sent, strict=True):
        np.testing.assert_array_equal(one, other)


def test_without_an_arena_all_goes_through_the_pipe() -> None:
    line = Line(None)
    line.sender.send_large(numbers(50_000))
    np.testing.assert_array_equal(line.receive(), numbers(50_000))


def test_received_arrays_are_read_only_and_outlast_the_next_ones(line: Line) -> None:
    line.sender.send_large(numbers(50_000, 1))
    first = line.receive()
    line.sender.send_large(numbers(50_000, 2))
    second = line.receive()
    assert not first.flags.writeable
    np.testing.assert_array_equal(first, numbers(50_000, 1))
    np.testing.assert_array_equal(second, numbers(50_000, 2))


def test_events_between_a_value_and_its_reception_leave_the_arena_alone(line: Line) -> None:
    line.sender.send_large(numbers(50_000))
    line.sender.send(m.EngineFailed("sentence", "x" * 50_000))
    line.sender.send(numbers(50_000, 7))
    np.testing.assert_array_equal(line.receive(), numbers(50_000))
    assert line.receive() == m.EngineFailed("sentence", "x" * 50_000)
    np.testing.assert_array_equal(line.receive(), numbers(50_000, 7))


def frame(
    mark: bytes = b"NSk\x01", places: tuple[tuple[int, int], ...] = (), data: bytes = b"", **claims: int
) -> bytes:
    head = struct.pack("<4sIQ", mark, claims.get("count", len(places)), claims.get("length", len(data)))
    return head + b"".join(struct.pack("<QQ", *place) for place in places) + data


WITH_BUFFER = pickle.dumps(numbers(10), protocol=5, buffer_callback=lambda buffer: None)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"print('hello, world!')\n", "cannot begin with b'prin'"),
        (frame(mark=b"NSk\x02", data=pickle.dumps(1)), "cannot begin"),
        (frame(length=LONGEST + 1), f"cannot have {LONGEST + 1} bytes"),
        (frame(count=1 << 31), f"{1 << 31} buffers"),
        (frame(places=((ROOM - 8, 40),), data=WITH_BUFFER), f"no 40 bytes at {ROOM - 8}"),
        (frame(places=((1 << 63, 40),), data=WITH_BUFFER), "no 40 bytes"),
        (frame(places=((0, 1 << 63),), data=WITH_BUFFER), "has no"),
    ],
)
def test_what_is_no_message_is_refused(line: Line, bad: bytes, words: str) -> None:
    line.put(bad)
    with pytest.raises(ConnectionError, match=words):
        line.receive()


def test_arrays_in_an_arena_that_is_not_there_are_refused() -> None:
    line = Line(None)
    line.put(frame(places=((0, 40),), data=WITH_BUFFER))
    with pytest.raises(ConnectionError, match="there is none"):
        line.receive()


@pytest.mark.parametrize("length", [0, 5, 16, 17, 40])
def test_a_message_that_breaks_off_is_the_end(line: Line, length: int) -> None:
    line.put(pack([watch_prediction(30)])[:length])
    with pytest.raises(EOFError):
        line.receive()


class Unwilling:
    def __reduce__(self) -> tuple[Any, ...]:
        return divmod, (1, 0)


def test_after_a_value_that_cannot_be_made_again_the_next_one_arrives(line: Line) -> None:
    line.sender.send(Unwilling())
    line.sender.send(m.Play())
    with pytest.raises(ZeroDivisionError):
        line.receive()
    assert line.receive() == m.Play()


@pytest.mark.parametrize("send", ["send", "send_large"])
def test_a_value_that_cannot_be_pickled_leaves_nothing_in_the_pipe(line: Line, send: str) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        getattr(line.sender, send)([numbers(50_000), lambda: None])
    assert not line.pipe.getvalue()
    line.sender.send_large(numbers(50_000))
    np.testing.assert_array_equal(line.receive(), numbers(50_000))


def test_a_value_that_is_too_long_is_not_sent(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "LONGEST", 1000)
    with pytest.raises(ValueError, match="too long to be sent"):
        line.sender.send(b"x" * 1000)
    assert not line.pipe.getvalue()


@pytest.mark.parametrize(
    "noise",
    [b"", b"Warning: old\n", b"\x00neural-sketch", b"\x00\x00neural-sketchbook\n", bytes(range(256)) * 9],
)
def test_what_was_printed_before_the_greeting_is_passed_over(line: Line, noise: bytes) -> None:
    line.put(noise)
    line.sender.greet()
    line.sender.send(m.EngineReady())
    receiver = Wire(io.BytesIO(line.pipe.getvalue()), io.BytesIO())
    receiver.await_greeting()
    assert receiver.receive() == m.EngineReady()


def test_who_never_greets_is_gone() -> None:
    with pytest.raises(EOFError):
        Wire(io.BytesIO(b"Traceback (most recent call last):"), io.BytesIO()).await_greeting()


def test_messages_of_several_threads_stay_whole() -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as incoming, os.fdopen(write, "wb") as outgoing:
        memory = mmap.mmap(-1, ROOM)
        sender, receiver = (Wire(incoming, outgoing, Arena(memory)) for _ in range(2))
        may_send = threading.Semaphore(1)

        def large() -> None:
            for seed in range(40):
                may_send.acquire()
                sender.send_large((seed, numbers(20_000, seed)))

        def small(name: str) -> None:
            for number in range(200):
                sender.send((name, number, "x" * number))

        threads = [threading.Thread(target=large), *(threading.Thread(target=small, args=(n,)) for n in "ab")]
        for thread in threads:
            thread.start()
        seen: dict[object, list[int]] = {"a": [], "b": [], "large": []}
        for _ in range(440):
            match receiver.receive():
                case (str(name), int(number), text):
                    assert text == "x" * number
                    seen[name].append(number)
                case (int(seed), array):
                    np.testing.assert_array_equal(array, numbers(20_000, seed))
                    seen["large"].append(seed)
                    may_send.release()
        for thread in threads:
            thread.join()
        memory.close()
    assert seen == {"a": list(range(200)), "b": list(range(200)), "large": list(range(40))}
