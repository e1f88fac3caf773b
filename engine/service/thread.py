"""The engine in a thread of the window's own process."""

from __future__ import annotations

import threading

from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.service.interface import Inbox, Mailbox
from engine.service.messages import Command, Event, Shutdown
from engine.service.serving import serve


class ThreadEngine:
    """An ``Engine`` (see ``engine.service.interface``) that imports torch and trains in one daemon thread."""

    def __init__(self) -> None:
        self._inbox: Inbox[Command] = Inbox()
        self._outbox: Inbox[Event] = Inbox()
        self._mailbox: Mailbox[Report] = Mailbox(Report.merged)
        self._reader = Reader()
        self._thread = threading.Thread(
            target=serve, args=(self._inbox, self._mailbox, self._outbox), name="engine", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def send(self, command: Command) -> None:
        self._inbox.put(command)

    def take_snapshot(self) -> Snapshot | None:
        report = self._mailbox.take()
        return None if report is None else self._reader.read(report)

    def take_events(self) -> list[Event]:
        return self._outbox.drain()

    def close(self, timeout: float = 5.0) -> bool:
        self._inbox.put(Shutdown())
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()
