"""The engine in a process of its own: what a process adds to the protocol that both engines keep."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.experiment import default_experiment
from engine.observation.snapshot import Snapshot
from engine.training import messages as m
from engine.training.process import RESTARTS, ProcessEngine
from engine.training.trainer import Trainer

DEADLINE = 60.0


def until(condition: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Poll until the condition holds; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def alive(pid: int) -> bool:
    """Whether a process runs (one that only waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


class Window:
    """What a window does with an engine: keeps the newest snapshot and all events."""

    def __init__(self, engine: ProcessEngine) -> None:
        self.engine = engine
        self.snapshots: list[Snapshot] = []
        self.events: list[m.Event] = []
        self.driven = 0

    def send(self, command: m.Command) -> None:
        self.driven += not isinstance(command, m.REPLACEABLE)
        self.engine.send(command)

    def settled(self) -> bool:
        """Look at what has come; whether the newest snapshot was made after every command."""
        self.events += self.engine.take_events()
        snapshot = self.engine.take_snapshot()
        if snapshot is not None:
            self.snapshots.append(snapshot)
        return bool(self.snapshots) and self.snapshots[-1].obeyed == self.driven


@pytest.fixture
def window() -> Iterator[Window]:
    opened = Window(ProcessEngine())
    opened.send(m.SetExperiment(default_experiment()))
    opened.engine.start()
    until(opened.settled)
    yield opened
    pid = opened.engine.pid
    assert opened.engine.close(10.0)
    assert pid is not None
    assert not alive(pid)


def test_trains_the_same_numbers_as_the_trainer(window: Window) -> None:
    window.send(m.StepEpoch(3))
    until(lambda: window.settled() and not window.snapshots[-1].playing)
    trainer = Trainer(default_experiment())
    for _ in range(3):
        trainer.train_epoch()
    there, here = window.snapshots[-1].lanes[0].now, trainer.runs[0].now
    assert here is not None
    assert there.epoch == 3
    assert there.loss.tolist() == here.loss.tolist()
    assert there.weight_gradient.tolist() == here.weight_gradient.tolist()


def test_says_that_it_is_ready_once(window: Window) -> None:
    until(lambda: window.settled() and window.events)
    assert window.events == [m.EngineReady()]


def test_snapshots_wait_until_the_last_one_is_taken(window: Window) -> None:
    window.send(m.Play())
    until(window.settled)
    first = window.snapshots[-1]
    until(lambda: window.settled() and window.snapshots[-1].epoch > first.epoch)
    serials = [snapshot.serial for snapshot in window.snapshots]
    assert serials == sorted(serials)
    assert len(set(serials)) == len(serials)


def test_a_killed_engine_comes_back_with_its_experiment(window: Window) -> None:
    pid = window.engine.pid
    assert pid is not None
    window.send(m.Play())
    until(lambda: window.settled() and window.snapshots[-1].epoch > 0)
    os.kill(pid, signal.SIGKILL)
    until(lambda: window.settled() and m.EngineRestarted() in window.events)
    window.snapshots.clear()
    window.send(m.StepBatch())
    until(lambda: window.settled() and window.snapshots[-1].step == 1)
    assert window.engine.pid != pid
    assert not alive(pid)
    assert not window.snapshots[-1].playing
    assert window.snapshots[-1].training_points == 250


def test_an_engine_that_keeps_dying_stays_dead_and_says_so(window: Window) -> None:
    for round_ in range(RESTARTS + 1):
        pid = window.engine.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lambda: window.settled() or True)
        if round_ < RESTARTS:
            until(lambda pid=pid: window.engine.pid != pid)  # type: ignore[misc]
    until(lambda: (window.settled() or True) and any(isinstance(e, m.EngineFailed) for e in window.events))
    assert window.events.count(m.EngineRestarted()) == RESTARTS


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks processes up in /proc")
def test_the_engine_ends_with_its_parent_however_that_ends() -> None:
    code = (
        "from engine.training.process import ProcessEngine\n"
        "from engine.training import messages as m\n"
        "from engine.experiment import default_experiment\n"
        "import time\n"
        "engine = ProcessEngine()\n"
        "engine.send(m.SetExperiment(default_experiment()))\n"
        "engine.send(m.Play())\n"
        "engine.start()\n"
        "while (engine.take_snapshot() or time.sleep(0.01)) is None: pass\n"
        "print(engine.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        until(lambda: not alive(pid), 5.0)
