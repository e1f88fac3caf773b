"""Training makes no denormal numbers, whichever thread computes, and leaves the calling thread as it was."""

from __future__ import annotations

import sys

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.experiment import Experiment, Points, edit_many
from engine.tape.denormals import without_denormals
from engine.tape.ways import Way
from engine.training import observer
from engine.training.trainer import Trainer
from engine.training.unwatched import Unwatched
from tests.engine.helpers import experiment, with_lanes, with_points

pytestmark = pytest.mark.skipif(not torch.set_flush_denormal(False), reason="this processor keeps denormals")
SMALLEST = np.finfo(np.float32).tiny
EPOCHS = 480
"""From epoch 390 on, the parameters of ``shrinking`` would be denormal."""


def shrinking(lanes: int) -> Experiment:
    """Networks for whose answers 0 is right everywhere: their weights lose a part of themselves in each step."""
    changes = {"regularization.l2": 0.1, "training.optimizer": "sgd", "training.learning_rate": 0.5}
    inputs = np.random.default_rng(0).uniform(-1, 1, (40, 2))
    points = Points(inputs, np.zeros(40), np.arange(40) % 3)
    base = with_points(experiment(task="surface"), points)
    (one,) = edit_many(base, {f"lanes.0.{path}": value for path, value in changes.items()}).lanes
    return with_lanes(base, *(msgspec.structs.replace(one, name=str(number)) for number in range(lanes)))


def denormals(values: NDArray[np.float32]) -> int:
    return np.count_nonzero((values != 0) & (np.abs(values) < SMALLEST))


@pytest.mark.parametrize("way", [Way.AUTO, Way.REPLAY, Way.EAGER])
@pytest.mark.parametrize("lanes", [1, 16])
def test_parameters_become_small_but_not_denormal(lanes: int, way: Way) -> None:
    trainer, found = Trainer(shrinking(lanes), way=way), 0
    for _ in range(EPOCHS):
        trainer.train_epoch()
        rows = np.stack([trainer.parameters(str(number))[2].numpy() for number in range(lanes)])
        found += denormals(rows)
    assert np.median(np.abs(rows)) < 10 * SMALLEST
    assert found == 0


def test_steps_and_measuring_make_no_denormals() -> None:
    trainer = Trainer(shrinking(1))
    for _ in range(EPOCHS):
        trainer.step()
        trainer.step()
    assert denormals(trainer.parameters("0")[2].numpy()) == 0
    trainer.measure()
    assert denormals(trainer.runs[0].now.layers.astype(np.float32)) == 0


def test_both_ways_to_train_measure_without_denormals() -> None:
    """A penalty of some 1e-38 is a sum of denormal numbers."""
    settings = edit_many(shrinking(2), {f"lanes.{lane}.regularization.l2": 1e-38 for lane in range(2)})
    seen: list[NDArray[np.float64]] = []
    Unwatched(settings.data, settings.data.points, settings.lanes).train(
        1, lambda _, numbers: seen.append(numbers)
    )
    trainer = Trainer(settings)
    trainer.train_epoch()
    penalties = [run.history.view().penalty.tolist() for run in trainer.runs]
    assert np.concatenate(seen)[:, :, 3].T.tolist() == penalties == [[0.0, 0.0]] * 2


@pytest.mark.parametrize("way", [Way.AUTO, Way.REPLAY])
def test_steps_made_again_before_a_neighbour_diverges_make_no_denormals(way: Way) -> None:
    trainer = Trainer(shrinking(2), way=way)
    for _ in range(EPOCHS - 92):
        trainer.train_epoch()
    changes = {"lanes.1.training.learning_rate": 10.0, "lanes.1.regularization.l2": 10.0}
    trainer.set_experiment(edit_many(shrinking(2), changes))
    while trainer.runs[1].status == "training":
        trainer.step()
    assert denormals(trainer.parameters("0")[2].numpy()) == 0


def makes_denormals() -> list[bool]:
    """Of Python, NumPy and PyTorch."""
    half = np.float32(0.5)
    return [
        sys.float_info.min * 0.5 > 0,
        bool(np.full(20, SMALLEST)[0] * half > 0),
        bool((torch.full((20,), float(SMALLEST)) * 0.5 > 0).all()),
    ]


def test_a_thread_is_left_as_it_was() -> None:
    assert makes_denormals() == [True] * 3
    with without_denormals():
        assert makes_denormals() == [False] * 3
        with without_denormals():
            pass
        assert makes_denormals() == [False] * 3
    with pytest.raises(ZeroDivisionError), without_denormals():
        1 / 0  # noqa: B018
    Trainer(shrinking(16)).train(3)
    assert makes_denormals() == [True] * 3


def test_observables_are_computed_without_denormals(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(observer, "observe", lambda *_: seen.extend(makes_denormals()) or {})
    Trainer(shrinking(1)).observer.observe([], [0])
    assert seen == [False] * 3
