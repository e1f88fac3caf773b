"""The engine in a thread of the window's own process."""

from __future__ import annotations

import logging
import threading
import traceback
from dataclasses import replace

from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.service.backlog import CommandInbox, Counted, Refused
from engine.service.heartbeat import Heartbeat
from engine.service.interface import Inbox, Mailbox
from engine.service.kept import Memory
from engine.service.messages import (
    Command,
    EngineFailed,
    EngineReady,
    EngineRestarted,
    Event,
    Ping,
    Pong,
    SaveRun,
    Shutdown,
    is_driving,
)
from engine.service.place import AskedPlace
from engine.service.saves import Saves
from engine.service.serving import serve

CANNOT_BE_ENDED = (
    "A training engine that runs in a thread of the window cannot be ended from outside: it can only be waited for. "
    "With --engine process it can be restarted."
)
HAS_ENDED = "The training engine has ended."

_log = logging.getLogger(__name__)


class ThreadEngine:
    """An ``Engine`` (see ``engine.service.interface``) that imports torch and trains in one daemon thread.

    A thread cannot be ended from outside, so that ``restart`` does something only after it has ended by itself.

    Parameters
    ----------
    place
        Where it trains; None for the processor with single precision.
    """

    def __init__(self, place: AskedPlace | None = None) -> None:
        self._place = place
        self._events: Inbox[Event] = Inbox()
        self._memory, self._saves = Memory(), Saves(self._events.put)
        self._driven = 0
        self._closed = False
        self._life = Life(self._events, self._saves, place=self._place)

    def start(self) -> None:
        self._life.start()

    def send(self, command: Command) -> None:
        self._memory.note(command)
        self._driven += is_driving(command)
        if isinstance(command, SaveRun):
            if self._closed:
                self._saves.refuse(command.folder, HAS_ENDED)
                return
            if not self._saves.begin(command.folder):
                self._life.inbox.backlog.put(Refused(), b"")
                return
        self._life.inbox.put(command)

    def take_snapshot(self) -> Snapshot | None:
        return self._life.take_snapshot()

    def take_events(self) -> list[Event]:
        return self._events.drain()

    def restart(self) -> None:
        if self._closed or not self._life.started:
            return
        if not self._life.ended:
            self._events.put(EngineFailed(CANNOT_BE_ENDED, ""))
            return
        self._life.close(0.0)
        beginning = self._memory.beginning(self._memory.kept.read())
        self._life = Life(self._events, self._saves, self._driven - beginning.loads, self._place)
        for command in beginning.commands:
            self._life.inbox.put(command)
        self._saves.reopen()
        self._events.put(EngineRestarted(beginning.epoch, beginning.reason, asked=True))
        self._life.start()

    def close(self, timeout: float = 5.0) -> bool:
        self._closed = True
        closed = self._life.close(timeout)
        if closed:
            self._saves.give_up(HAS_ENDED)
        return closed


class Life:
    """One thread, from its start to its end."""

    def __init__(
        self, events: Inbox[Event], saves: Saves, driven_before: int = 0, place: AskedPlace | None = None
    ) -> None:
        self._place = place
        self._counted = Counted(driven_before)
        self.inbox = CommandInbox(self._counted)
        self._mailbox: Mailbox[Report] = Mailbox(Report.merged)
        self._reader = Reader()
        self._events, self._saves = events, saves
        self._heartbeat = Heartbeat(
            lambda: self.inbox.put(Ping()), self.inbox.backlog.hold, events.put, always_lives=True
        )
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return self._thread.ident is not None

    @property
    def ended(self) -> bool:
        """Whether it was started and has ended."""
        return self.started and not self._thread.is_alive()

    def start(self) -> None:
        """Start it, and watch whether it answers."""
        self._thread.start()
        self._heartbeat.start()

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, or None if it has been taken before."""
        report = self._mailbox.take()
        if report is None:
            return None
        snapshot = self._reader.read(report)
        return replace(snapshot, acknowledged=self._counted.at(snapshot.acknowledged))

    def close(self, timeout: float) -> bool:
        """Let it end; False if it has not within so many seconds."""
        self.inbox.put(Shutdown())
        if self.started:
            self._thread.join(timeout)
        self._heartbeat.stop()
        return not self._thread.is_alive()

    def _serve(self) -> None:
        try:
            outbox = Outbox(self._events, self._saves, self._heartbeat)
            serve(self.inbox, self._mailbox, outbox, place=self._place)
        except Exception as error:
            _log.exception("the training engine has ended")
            self._events.put(EngineFailed(f"{HAS_ENDED} {error}", traceback.format_exc(), True))
        self._heartbeat.rest()
        # What is asked for from now on comes too late, although this thread still lives for a moment.
        self._saves.close(HAS_ENDED)


class Outbox(Inbox[Event]):
    """Passes on what is for the window."""

    def __init__(self, events: Inbox[Event], saves: Saves, heartbeat: Heartbeat) -> None:
        super().__init__()
        self._events, self._saves, self._heartbeat = events, saves, heartbeat

    def put(self, item: Event) -> None:
        """Pass an event on, or take it as an answer to a ping."""
        match item:
            case Pong():
                self._heartbeat.answered()
                return
            case EngineReady():
                self._heartbeat.ready()
        self._saves.note(item)
        self._events.put(item)
