"""Engines as a window uses them, and processes looked at from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.observation import Snapshot
from engine.service import messages as m
from engine.service.interface import Engine
from tests.deadline import DEADLINE
from tests.engine.helpers import experiment


def until(condition: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Poll until the condition holds; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


def alive(pid: int) -> bool:
    """Whether a process runs (one that only waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def reaped(pid: int) -> bool:
    """Whether nothing at all is left of a process."""
    return not Path(f"/proc/{pid}").exists()


class Driver:
    """An engine with what it has said so far.

    What is told on a busy machine also where nothing is wrong, that it is silent and answers again, is in ``beats``.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.events: list[m.Event] = []
        self.beats: list[m.EngineSilent | m.EngineBusy | m.EngineAnswers] = []
        self.snapshot: Snapshot | None = None
        self.sent = 0

    def send(self, *commands: m.Command) -> None:
        for command in commands:
            self.sent += not isinstance(command, m.REPLACEABLE)
            self.engine.send(command)

    def look(self) -> None:
        """Take what has come."""
        self.snapshot = self.engine.take_snapshot() or self.snapshot
        self.hear()

    def hear(self) -> None:
        """Take what it has told, and leave the snapshot."""
        for event in self.engine.take_events():
            if isinstance(event, m.EngineSilent | m.EngineBusy | m.EngineAnswers):
                self.beats.append(event)
            else:
                self.events.append(event)

    def until(self, condition: Callable[[], Any], seconds: float = DEADLINE) -> None:
        """Look at snapshots and events until the condition holds."""

        def holds() -> object:
            self.look()
            return condition()

        until(holds, seconds)

    def settled(self) -> Snapshot:
        """The first snapshot after every command was acknowledged and training has paused."""
        self.until(
            lambda: self.snapshot and self.snapshot.acknowledged >= self.sent and not self.snapshot.playing
        )
        assert self.snapshot is not None
        return self.snapshot

    def events_of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def start_over(self) -> None:
        """Put away what others have left in an engine that several tests use."""
        self.send(m.Pause(), m.Watch(), m.SetExperiment(experiment()), m.Reset())
        self.settled()
        self.snapshot = None
        self.events.clear()
        self.beats.clear()
