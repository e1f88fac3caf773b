"""The two ends of an engine: what a window holds, and what passes between the threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from engine.observation.snapshot import Snapshot
from engine.service.messages import Command, Event

T = TypeVar("T")


class Engine(Protocol):
    """The window's end. Wherever the engine lives, nothing here waits for it but ``close``.

    After ``close`` everything may still be called, and does nothing.
    """

    def start(self) -> None:
        """Begin to load; commands sent before are kept."""

    def send(self, command: Command) -> None:
        """Queue a command."""

    def take_snapshot(self) -> Snapshot | None:
        """The newest snapshot that has not been taken yet."""

    def take_events(self) -> list[Event]:
        """All events since the last call, oldest first."""

    def close(self, timeout: float) -> bool:
        """End the engine; False when it still lives after ``timeout`` seconds, and a moment more to end it by force."""


class Mailbox(Generic[T]):
    """Holds one value; a newer one takes its place, ``merged`` with it where that is given (earlier, newer)."""

    def __init__(self, merged: Callable[[T, T], T] | None = None) -> None:
        self._lock = threading.Lock()
        self._merged = merged
        self._value: T | None = None

    def put(self, value: T) -> None:
        with self._lock:
            if self._value is not None and self._merged:
                value = self._merged(self._value, value)
            self._value = value

    def take(self) -> T | None:
        with self._lock:
            value, self._value = self._value, None
            return value

    @property
    def empty(self) -> bool:
        return self._value is None


class Inbox(Generic[T]):
    """A queue that is emptied in one go."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[T] = SimpleQueue()

    def put(self, item: T) -> None:
        self._queue.put(item)

    @property
    def empty(self) -> bool:
        return self._queue.empty()

    def drain(self, wait: bool = False) -> list[T]:
        """All items, oldest first; with ``wait``, at least one."""
        items = [self._queue.get()] if wait else []
        while True:
            try:
                items.append(self._queue.get_nowait())
            except Empty:
                return items
