"""A stand-in for the engine of a window."""

from __future__ import annotations

from dataclasses import replace

from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from tests.gui_app.plots.runs import history_of, snapshot_of


class FakeEngine:
    """An engine whose answers the test makes; ``commands`` keeps what it was sent, ``taken`` what was taken of it."""

    def __init__(self) -> None:
        self.commands: list[m.Command] = []
        self.taken: list[m.Command] = []
        self.snapshot: Snapshot | None = None
        self.events: list[m.Event] = []
        self.started = self.restarted = self.closed = 0

    def start(self) -> None:
        self.started += 1

    def send(self, command: m.Command) -> None:
        self.commands.append(command)

    def take_snapshot(self) -> Snapshot | None:
        taken, self.snapshot = self.snapshot, None
        return taken

    def take_events(self) -> list[m.Event]:
        taken, self.events = self.events, []
        return taken

    def restart(self) -> None:
        self.restarted += 1

    def close(self, timeout: float) -> bool:
        self.closed += 1
        return True

    # -- for the test

    def take_commands(self) -> list[m.Command]:
        taken, self.commands = self.commands, []
        self.taken += taken
        return taken

    def answer(self, acknowledged: int, playing: bool = False) -> Snapshot:
        """Put a snapshot where the window finds it."""
        self.snapshot = replace(snapshot_of(history_of([0])), acknowledged=acknowledged, playing=playing)
        return self.snapshot
