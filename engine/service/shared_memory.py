"""Memory that two processes share, for what is too large for a pipe.

It has no name that could outlive its users: on Linux it is a memory file, elsewhere an unlinked file, and the child
inherits the open descriptor. On Windows it is a tagged mapping, which ends with its last user.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
import uuid

SIZE = 64 << 20
"""Bytes of address space; memory is taken up only where something has been written."""

Key = int | str
"""What the other process opens an arena with: an inherited descriptor, or a tag on Windows."""


class Arena:
    """The buffers of one value at a time, one after the other from the beginning."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._end = 0

    def clear(self) -> None:
        """Begin at the start again; the reader must have copied everything before."""
        self._end = 0

    def put(self, data: memoryview) -> tuple[int, int] | None:
        """Copy bytes in after those that are there.

        Returns
        -------
        tuple or None
            Offset and length in bytes; None where there is no room for them.
        """
        start, end = self._end, self._end + data.nbytes
        if end > len(self._memory):
            return None
        self._memory[start:end] = data
        self._end = end
        return start, data.nbytes

    def get(self, offset: int, length: int) -> bytes:
        """Copy ``length`` bytes out, from ``offset`` on.

        Raises
        ------
        ConnectionError
            Where the arena has no such bytes.
        """
        if not 0 <= offset <= offset + length <= len(self._memory):
            raise ConnectionError(f"an arena of {len(self._memory)} bytes has no {length} bytes at {offset}")
        return self._memory[offset : offset + length]

    def close(self) -> None:
        """Give the memory back, as far as this process has it."""
        self._memory.close()


if sys.platform == "win32":

    def create(size: int = SIZE) -> tuple[Arena, Key]:
        """Create an arena of ``size`` bytes, and the key to it. Raises OSError where there is no room."""
        tag = f"neural-sketchbook-{uuid.uuid4().hex}"
        return open_arena(tag, size), tag

    def open_arena(key: Key, size: int = SIZE) -> Arena:
        """Open the arena that another process has created."""
        return Arena(mmap.mmap(-1, size, tagname=str(key)))

    def descriptors(key: Key) -> tuple[int, ...]:
        """The descriptors that a child must inherit to open the arena; the parent closes them when the child has."""
        return ()

else:
    import fcntl

    def create(size: int = SIZE) -> tuple[Arena, Key]:
        """Create an arena of ``size`` bytes, and the key to it. Raises OSError where there is no room."""
        file = _nameless_file()
        try:
            os.ftruncate(file, size)
            # No standard stream's number, even where those are closed: in the child they will not be.
            key = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 3)
        except OSError:
            os.close(file)
            raise
        return open_arena(file, size), key

    def open_arena(key: Key, size: int = SIZE) -> Arena:
        """Open the arena that another process has created, and close the descriptor."""
        try:
            return Arena(mmap.mmap(int(key), size))
        finally:
            os.close(int(key))

    def descriptors(key: Key) -> tuple[int, ...]:
        """The descriptors that a child must inherit to open the arena; the parent closes them when the child has."""
        return (int(key),)


def _nameless_file() -> int:
    if sys.platform == "linux":
        try:
            return os.memfd_create("neural-sketchbook")
        except OSError:  # a sandbox may forbid it
            pass
    descriptor, path = tempfile.mkstemp(prefix="neural-sketchbook-")
    os.unlink(path)
    return descriptor
