"""Pickled values over a pair of pipes; large arrays in them go through an arena instead.

A message is a head (mark, number of buffers, length of the pickle), the buffers' positions in the arena, the pickle.
"""

from __future__ import annotations

import pickle
import struct
import threading
from collections.abc import Sequence
from typing import IO, Any

from engine.service.packing import SMALL, dumps, loads
from engine.service.shared_memory import SIZE, Arena

LONGEST = 1 << 31
"""The most bytes of a pickle; a longer one is a fault."""

_MARK = b"NSk\x01"
_GREETING = b"\x00neural-sketchbook\x00"
_HEAD = struct.Struct("<4sIQ")
_POSITION = struct.Struct("<QQ")
_MOST_BUFFERS = SIZE // SMALL


def pack(value: object) -> bytes:
    """Make a message that carries its arrays itself.

    Parameters
    ----------
    value
        Anything that can be pickled.

    Raises
    ------
    ValueError
        Where the pickle is longer than ``LONGEST``.
    Exception
        Whatever pickling the value raises.
    """
    return _message(dumps(value), ())


class Wire:
    """One end of a connection between two processes.

    Several threads may call ``send``, one thread each ``send_large`` and ``receive``. Both ends belong to this program
    alone, so that nothing is unpickled that somebody else wrote.

    Parameters
    ----------
    incoming, outgoing
        The pipes, in binary mode.
    arena
        The shared memory for large arrays; without one they are pickled.
    """

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes], arena: Arena | None = None) -> None:
        self._incoming, self._outgoing, self._arena = incoming, outgoing, arena
        self._lock = threading.Lock()

    def send(self, value: object) -> None:
        """Send a value. Raises OSError (such as BrokenPipeError) when the other end is gone."""
        self.write(pack(value))

    def send_large(self, value: object) -> None:
        """Send a value, its large arrays through the arena.

        The other end must have received the value that was last sent in this way, because the arena holds one only.
        Raises OSError when the other end is gone.
        """
        arena = self._arena
        if arena is None:
            return self.send(value)
        arena.clear()
        positions: list[tuple[int, int]] = []

        def stays(buffer: pickle.PickleBuffer) -> bool:
            """Whether a buffer stays in the pickle."""
            data = buffer.raw()
            position = arena.put(data) if data.nbytes >= SMALL else None
            if position is not None:
                positions.append(position)
            return position is None

        self.write(_message(dumps(value, stays), positions))

    def write(self, message: bytes) -> None:
        """Send a message that ``pack`` has made. Raises OSError when the other end is gone."""
        with self._lock:
            self._outgoing.write(message)
            self._outgoing.flush()

    def receive(self) -> Any:
        """Wait for the next value and copy its arrays out of the arena.

        Raises
        ------
        EOFError
            When the other end is gone.
        ConnectionError
            For bytes that are no message.
        Exception
            Whatever unpickling raises; the next value can then still be received.
        """
        mark, count, length = _HEAD.unpack(self._exactly(_HEAD.size))
        if mark != _MARK:
            raise ConnectionError(f"a message cannot begin with {mark!r}")
        if not _possible(length, count):
            raise ConnectionError(f"a message cannot have {length} bytes and {count} buffers")
        positions = list(_POSITION.iter_unpack(self._exactly(count * _POSITION.size)))
        data = self._exactly(length)
        if positions and self._arena is None:
            raise ConnectionError("a message has arrays in an arena, and there is none")
        return loads(data, [self._arena.get(*position) for position in positions if self._arena])

    def greet(self) -> None:
        """Announce that only messages follow."""
        self.write(_GREETING)

    def await_greeting(self) -> None:
        """Skip what an interpreter may print while it starts. Raises EOFError when the other end is gone."""
        last = b""
        while last != _GREETING:
            last = last[1 - len(_GREETING) :] + self._exactly(1)

    def _exactly(self, count: int) -> bytes:
        data = self._incoming.read(count)
        if len(data) < count:
            raise EOFError
        return data


def _message(data: bytes, positions: Sequence[tuple[int, int]]) -> bytes:
    if not _possible(len(data), len(positions)):
        raise ValueError(f"a message of {len(data)} bytes is too long to be sent")
    return b"".join(
        (_HEAD.pack(_MARK, len(positions), len(data)), *(_POSITION.pack(*one) for one in positions), data)
    )


def _possible(length: int, positions: int) -> bool:
    return length <= LONGEST and positions <= _MOST_BUFFERS
