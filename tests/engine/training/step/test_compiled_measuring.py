"""Layers and predictions that native code computes are those of PyTorch, for everything there is to choose from."""

from __future__ import annotations

import numpy as np
import pytest

from engine.experiment import Experiment, ExperimentError
from engine.observation import CANVAS_EXTENT
from engine.observation.predict import predict
from engine.training.trainer import Trainer
from tests.engine.training.step.test_replay_combinations import COMBINATIONS, TASK_LOSS, combined

pytest.importorskip("llvmlite")


def chosen(number: int) -> Experiment:
    try:
        return combined(number, *TASK_LOSS[number])
    except ExperimentError:
        return combined(number, "classification", "cross_entropy")


def measured(number: int, way: str) -> Trainer:
    """Trained eagerly and then looked at in a way, so that the weights are the same in each."""
    trainer = Trainer(chosen(number), way="eager")
    for _ in range(2):
        trainer.train_epoch()
    (stack,) = trainer.lanes.stacks
    stack.way = way
    stack.measuring = stack.new_measuring()
    trainer.measure()
    return trainer


@pytest.mark.parametrize("number", range(COMBINATIONS))
def test_probes_of_layers(number: int, caplog: pytest.LogCaptureFixture) -> None:
    compiled, eager = (measured(number, way).runs[0].now for way in ("compiled", "eager"))
    assert not caplog.records
    assert compiled is not None
    assert eager is not None
    np.testing.assert_allclose(compiled.layers, eager.layers, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(compiled.loss, eager.loss, rtol=1e-5)
    np.testing.assert_allclose(compiled.score, eager.score, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("number", range(COMBINATIONS))
@pytest.mark.parametrize("size", [7])
def test_predictions(number: int, size: int) -> None:
    trainer = Trainer(chosen(number), way="eager")
    trainer.train_epoch()
    (stack,) = trainer.lanes.stacks
    compiled, eager = (
        predict(stack.network, stack.data, size, CANVAS_EXTENT, way) for way in ("compiled", "eager")
    )
    assert compiled.dtype == eager.dtype
    np.testing.assert_allclose(compiled, eager, rtol=1e-4, atol=1e-5)
