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
    """The window's end. Wherever the engine lives, only ``close`` waits for it.

    After ``close`` everything may still be called, and does nothing.
    """

    def start(self) -> None:
        """Begin to load; commands sent before are kept."""

    def send(self, command: Command) -> None:
        """Queue a command.

        Parameters
        ----------
        command
            Carried out after those sent before; the very next one of the same kind may replace it (see
            ``messages.coalesce``).
        """

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, or None if it has been taken before."""

    def take_events(self) -> list[Event]:
        """Return all events since the last call, oldest first."""

    def restart(self) -> None:
        """End the engine by force, if it has not ended already, and start it again with what it is to train.

        It goes on where its run was kept (see ``messages.KeepRun``), paused. ``EngineRestarted`` tells when that has
        happened; ``EngineFailed`` tells where it cannot be done. It may be called at any time and any number of times.
        """

    def close(self, timeout: float) -> bool:
        """End the engine, by force if it has to be.

        Parameters
        ----------
        timeout
            Seconds that the engine has to end by itself.

        Returns
        -------
        bool
            Whether it has ended.
        """


class Mailbox(Generic[T]):
    """Holds the newest value until it is taken.

    Parameters
    ----------
    merged
        Makes one value of an earlier one that nobody has taken and a newer one; None where the newer one is enough.

    Examples
    --------
    >>> mailbox = Mailbox(lambda earlier, newer: earlier + newer)
    >>> mailbox.put([1])
    >>> mailbox.put([2])
    >>> mailbox.take(), mailbox.take()
    ([1, 2], None)
    """

    def __init__(self, merged: Callable[[T, T], T] | None = None) -> None:
        self._lock = threading.Lock()
        self._merged = merged
        self._value: T | None = None

    def put(self, value: T) -> None:
        """Replace the value that is held."""
        with self._lock:
            if self._value is not None and self._merged:
                value = self._merged(self._value, value)
            self._value = value

    def put_back(self, value: T) -> None:
        """Hold a value again that was taken, together with one that has come since."""
        with self._lock:
            if self._value is None:
                self._value = value
            elif self._merged:
                self._value = self._merged(value, self._value)

    def take(self) -> T | None:
        """Return the value and hold none; None where there is none."""
        with self._lock:
            value, self._value = self._value, None
            return value

    @property
    def empty(self) -> bool:
        """Whether there is nothing to take."""
        return self._value is None


class Inbox(Generic[T]):
    """A queue that is emptied in one go."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[T] = SimpleQueue()

    def put(self, item: T) -> None:
        """Add an item at the end."""
        self._queue.put(item)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to drain."""
        return self._queue.empty()

    def wait_for(self, seconds: float) -> list[T]:
        """Take out the first item; an empty list where none came within so many seconds."""
        try:
            return [self._queue.get(timeout=seconds)]
        except Empty:
            return []

    def drain(self, wait: bool = False) -> list[T]:
        """Take out all items.

        Parameters
        ----------
        wait
            Whether to wait until there is at least one.

        Returns
        -------
        list
            The items, oldest first.
        """
        items = [self._queue.get()] if wait else []
        while True:
            try:
                items.append(self._queue.get_nowait())
            except Empty:
                return items
