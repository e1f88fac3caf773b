"""Where and how precisely training is computed is no setting of what is trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from engine.experiment import default_experiment
from engine.experiment.choice import ActivationChoice, OptimizerChoice
from engine.experiment.settings import Experiment
from engine.network import LaneNetwork
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer


def _experiment(lanes: int = 2) -> Experiment:
    experiment = default_experiment()
    lane = experiment.lanes[0]
    return replace(
        experiment, lanes=tuple(replace(lane, name=f"lane {seed}", seed=seed) for seed in range(lanes))
    )


def _losses(trainer: Trainer, lane: int = 0) -> np.ndarray:
    return trainer.runs[lane].history.view().loss.copy()


def _trained(experiment: Experiment, epochs: int = 4, **place: str) -> Trainer:
    trainer = Trainer(experiment, **place)
    while trainer.epoch < epochs:
        trainer.train(epochs - trainer.epoch)
    return trainer


def test_double_precision_trains_the_same_network_with_more_digits() -> None:
    single, double = (_trained(_experiment(), precision=one) for one in ("float32", "float64"))
    found, expected = _losses(single), _losses(double)
    assert np.allclose(found, expected, rtol=1e-3, equal_nan=True)
    assert not np.array_equal(found[1:], expected[1:])
    network = next(iter(double.lanes.stacks)).network
    assert network.flat.dtype is torch.float64
    assert not torch.equal(network.flat, network.flat.float().double())


def test_double_precision_is_what_pytorch_computes_in_it() -> None:
    replayed, eager = (_trained(_experiment(), way=way, precision="float64") for way in ("replay", "eager"))
    assert np.array_equal(_losses(replayed), _losses(eager), equal_nan=True)


def test_a_first_step_follows_the_gradient_in_double_precision() -> None:
    experiment = _experiment(1)
    lane = experiment.lanes[0]
    training = replace(lane.training, optimizer=OptimizerChoice("sgd"), learning_rate=0.1)
    trainer = Trainer(replace(experiment, lanes=(replace(lane, training=training),)), precision="float64")
    stack = next(iter(trainer.lanes.stacks))
    before, data = stack.row(0).clone(), stack.data.at(stack.place)
    order = trainer.lanes.batches.order[: training.batch_size]
    network = LaneNetwork(stack.network.layout, ActivationChoice(lane.network.activation.name), before[None])
    losses = data.per_point(network.forward(data.inputs[order][None]), data.encoded[order])
    gradient = network.gradients(losses, torch.full_like(losses, 1.0 / losses.shape[1]))[0]
    trainer.step()
    assert torch.allclose(stack.row(0), before - 0.1 * gradient, rtol=1e-13, atol=1e-15)


def test_a_lane_alone_is_the_lane_in_company_in_double_precision() -> None:
    together = _trained(_experiment(3), precision="float64")
    for number, lane in enumerate(_experiment(3).lanes):
        alone = _trained(replace(_experiment(1), lanes=(lane,)), precision="float64")
        assert np.array_equal(_losses(alone), _losses(together, number), equal_nan=True)


def test_what_is_looked_at_is_computed_of_double_precision_too() -> None:
    trainer = _trained(_experiment(), precision="float64")
    first = trainer.lane_snapshots()[0]
    assert first.now is not None
    assert np.isfinite(first.now.layers).any()
    stack = next(iter(trainer.lanes.stacks))
    network, _ = stack.part([1])
    assert torch.equal(network.flat[0], stack.row(1).float())


def test_a_run_of_double_precision_goes_on_to_the_bit() -> None:
    trainer = _trained(_experiment(), 2, precision="float64")
    restored = Trainer.of_run(run_bytes(trainer.lanes), precision="float64")
    for one in (trainer, restored):
        one.train_epoch()
    assert np.array_equal(_losses(trainer), _losses(restored), equal_nan=True)


def test_another_device_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match=r'no device "tpu"; choose cpu or cuda'):
        Trainer(_experiment(), device="tpu")


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no CUDA device")
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_device_trains_the_same_networks(precision: str) -> None:
    here, there = (_trained(_experiment(), device=one, precision=precision) for one in ("cpu", "cuda"))
    assert np.allclose(
        _losses(there), _losses(here), rtol=1e-3 if precision == "float32" else 1e-9, equal_nan=True
    )
    assert next(iter(there.lanes.stacks)).network.flat.device.type == "cuda"
    assert there.runs[0].best_row is None or there.runs[0].best_row.device.type == "cpu"
