"""An engine that is told at its start where to train: it does so, says so, and its successor does, too."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
import torch

from engine.experiment import Experiment
from engine.service import messages as m
from engine.service.interface import Engine
from engine.service.place import AskedPlace
from engine.service.process import ProcessEngine
from engine.service.thread import ThreadEngine
from engine.training.trainer import Trainer
from tests.deadline import DEADLINE
from tests.engine.driving import Driver
from tests.engine.helpers import experiment

DOUBLE = m.TrainsOn("cpu", "float64")


def losses(settings: Experiment, precision: str) -> bytes:
    trainer = Trainer(settings, precision=precision)
    for _ in range(3):
        trainer.train_epoch()
    return trainer.lane_snapshots([])[0].now.loss.tobytes()


@pytest.mark.parametrize("make", [ThreadEngine, ProcessEngine])
def test_it_trains_with_the_precision_that_it_is_asked_for(make: Callable[[AskedPlace], Engine]) -> None:
    driver = Driver(make(AskedPlace("cpu", "float64")))
    driver.engine.start()
    driver.send(m.SetExperiment(experiment()), m.StepEpoch(3))
    seen = driver.settled()
    assert driver.events == [m.EngineReady(), DOUBLE]
    assert seen.lanes[0].now.loss.tobytes() == losses(experiment(), "float64")
    assert losses(experiment(), "float64") != losses(experiment(), "float32")
    assert driver.engine.close(DEADLINE)


def test_the_next_process_trains_where_the_former_one_did() -> None:
    engine = ProcessEngine(AskedPlace("auto", "float64"))
    driver = Driver(engine)
    engine.start()
    driver.send(m.SetExperiment(experiment()))
    driver.settled()
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    driver.until(lambda: m.EngineRestarted() in driver.events)
    driver.send(m.StepEpoch(3))
    seen = driver.settled()
    assert seen.lanes[0].now.loss.tobytes() == losses(experiment(), "float64")
    (told, again) = (one for one in driver.events if isinstance(one, m.TrainsOn))
    assert told == again
    assert told.why == "because a processor is faster for networks as small as these"
    assert engine.close(DEADLINE)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_device_the_processor_trains_and_a_sentence_says_so() -> None:
    driver = Driver(ThreadEngine(AskedPlace("cuda")))
    driver.engine.start()
    driver.send(m.SetExperiment(experiment()), m.StepEpoch(3))
    seen = driver.settled()
    told = m.TrainsOn("cpu", "float32", "because PyTorch sees no CUDA device")
    assert driver.events == [m.EngineReady(), told]
    assert seen.lanes[0].now.loss.tobytes() == losses(experiment(), "float32")
    assert driver.engine.close(DEADLINE)
