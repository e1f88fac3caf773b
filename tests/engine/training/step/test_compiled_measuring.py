"""Layers and predictions that native code computes are those of PyTorch, for everything there is to choose from."""

from __future__ import annotations

import numpy as np
import pytest

from engine.experiment import Experiment, ExperimentError
from engine.observation import CANVAS_EXTENT, measure
from engine.observation.predict import predict
from engine.training.step import compiled_layers
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes
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
def test_sums_over_points_are_those_of_numpy_to_the_bit(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    added = measured(number, "compiled").runs[0].now
    monkeypatch.setattr(compiled_layers, "has_point_sums", lambda layout: False)
    by_numpy = measured(number, "compiled").runs[0].now
    assert added is not None
    assert by_numpy is not None
    assert added.layers.tobytes() == by_numpy.layers.tobytes()


DEAD = {
    "relu": {"network.activation": "relu"},
    "relu, residual": {"network.activation": "relu", "network.hidden": [6, 6, 6], "network.residual": True},
    "tanh": {},
}


@pytest.mark.parametrize("kind", DEAD)
def test_idle_neurons_of_a_piece_with_fewer_points_than_rows(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of points and of pieces of them, with neurons that are dead or saturated, and numbers that are not finite."""
    one = lane("A", DEAD[kind])
    settings = with_lanes(
        experiment({"data.generator.points": 430}), one, lane("B", {**DEAD[kind], "seed": 3})
    )
    found = []
    for sums in (True, False):
        for most in (None, 64):
            monkeypatch.setattr(compiled_layers, "has_point_sums", lambda layout, sums=sums: sums)
            if most:
                for module in (measure, compiled_layers):
                    monkeypatch.setattr(module, "piece_rows", lambda points, layout: 64)
            trainer = Trainer(settings, way="compiled")
            (stack,) = trainer.lanes.stacks
            stack.network.flat[0, ::5] = 1e3
            stack.network.flat[0, 1::5] = -1e3
            stack.network.flat[1, 7] = np.inf
            stack.measuring.forget()
            backs = [stack.measuring.backward(index) for index in range(2)]
            layers = [stack.measuring.layers(index) for index in range(2)]
            found.append(
                [
                    part.tobytes()
                    for back, both in zip(backs, layers, strict=True)
                    if back is not None and both is not None
                    for part in (back.dead, back.saturated, both[0])
                ]
            )
            monkeypatch.undo()
    whole, pieces, whole_by_numpy, pieces_by_numpy = found
    assert len(whole) == 6
    assert whole == whole_by_numpy
    assert pieces == pieces_by_numpy


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
