"""The engine in a thread: what is not the same for an engine in a process."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.experiment import edit
from engine.service import messages as m
from engine.service import thread as thread_module
from engine.service.backlog import FEW
from engine.service.playback import StepRate
from engine.service.thread import ThreadEngine
from engine.training.trainer import Trainer
from tests.deadline import DEADLINE
from tests.engine.driving import Driver, until
from tests.engine.helpers import experiment


@pytest.fixture
def driver() -> Iterator[Driver]:
    driver = Driver(ThreadEngine())
    driver.engine.start()
    yield driver
    assert driver.engine.close(DEADLINE)


def test_a_failure_while_training_pauses_and_is_told(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Trainer, *arguments: object) -> None:
        raise RuntimeError("it broke")

    driver.send(m.SetExperiment(experiment()))
    driver.settled()
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train", fail)
        driver.send(m.Play())
        driver.until(lambda: driver.events_of(m.EngineFailed))
        assert driver.settled().playing is False
    (event,) = driver.events_of(m.EngineFailed)
    assert event.sentence == "it broke"
    assert not event.final
    driver.send(m.StepEpoch())
    assert driver.settled().epoch == 1


def test_a_torch_that_cannot_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "engine.service.worker", None)
    driver = Driver(ThreadEngine())
    driver.engine.start()
    driver.until(lambda: driver.events_of(m.EngineFailed))
    assert driver.events_of(m.EngineFailed)[0].final
    assert driver.engine.close(DEADLINE)


def test_a_save_is_answered_when_it_is_asked_for_while_the_thread_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between its last answers and its end a thread still lives."""
    ending, ends = threading.Event(), threading.Event()
    serve = thread_module.Life._serve

    def serve_slowly(self: thread_module.Life) -> None:
        serve(self)
        ending.set()
        assert ends.wait(DEADLINE)

    monkeypatch.setattr(thread_module.Life, "_serve", serve_slowly)
    monkeypatch.setattr(thread_module, "serve", lambda *_, **__: None)
    driver = Driver(ThreadEngine())
    driver.engine.start()
    assert ending.wait(DEADLINE)
    driver.send(m.SaveRun("folder"))
    ends.set()
    driver.look()
    assert [one.folder for one in driver.events_of(m.RunNotSaved)] == ["folder"]
    assert driver.engine.close(DEADLINE)


def test_an_engine_that_is_started_again_saves_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    driver = Driver(ThreadEngine())
    driver.send(m.SetExperiment(experiment()))
    with monkeypatch.context() as patch:
        patch.setattr(thread_module, "serve", lambda *_, **__: None)
        driver.engine.start()
        until(lambda: driver.engine._life.ended)  # type: ignore[attr-defined]
    driver.send(m.SaveRun(str(tmp_path)))
    driver.look()
    assert driver.events_of(m.RunNotSaved)
    driver.engine.restart()
    driver.send(m.SaveRun(str(tmp_path)))
    driver.until(lambda: driver.events_of(m.RunSaved))
    assert driver.engine.close(DEADLINE)


def test_the_rate_is_known_even_when_snapshots_are_rare() -> None:
    seconds = iter([10.0, 13.0, 16.0, 16.1])
    rate = StepRate(clock=lambda: next(seconds))
    assert [rate.update(steps) for steps in (0, 300, 900, 920)] == pytest.approx([0.0, 100.0, 200.0, 200.0])


def test_few_commands_wait_for_an_engine_that_hangs(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.send(m.SetExperiment(experiment()))
    driver.settled()
    hangs, goes_on, train = threading.Event(), threading.Event(), Trainer.train

    def hang(self: Trainer, *arguments: Any, **named: Any) -> Any:
        hangs.set()
        assert goes_on.wait(DEADLINE)
        return train(self, *arguments, **named)

    monkeypatch.setattr(Trainer, "train", hang)
    driver.send(m.Play())
    assert hangs.wait(DEADLINE)
    for number in range(200):
        rate = edit(experiment(), "lanes.0.training.learning_rate", 0.001 * (1 + number))
        driver.send(m.SetExperiment(rate), m.Play(), m.StepBatch(), m.Pause())
    life = driver.engine._life  # type: ignore[attr-defined]
    assert len(life.inbox.backlog.waiting) <= 2 * FEW
    goes_on.set()
    assert driver.settled().playing is False
