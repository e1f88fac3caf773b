"""What the lecture shows, on fixed seeds: vanishing gradients and their cures, exploding ones, augmentation, sparsity.

Every threshold is stated where it is checked. Ten seeds are ten lanes, which train at little more than the cost of one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.experiment import Experiment, default_experiment, edit_many, switch_generator
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, with_lanes

pytestmark = pytest.mark.slow

NETWORK, TRAINING, REGULARIZATION = "lanes.0.network", "lanes.0.training", "lanes.0.regularization"
CHANCE = 0.6
"""Accuracies up to this are no better than a guess, on two classes of nearly equal size."""
SOLVED = 0.95


def seeds(changes: dict[str, Any], count: int = 10, generator: str = "circle") -> Experiment:
    """One lane a seed, all else the same."""
    one = edit_many(switch_generator(default_experiment(), generator), changes)
    lanes = [edit_many(one, {"lanes.0.name": str(n), "lanes.0.seed": n}).lanes[0] for n in range(count)]
    return with_lanes(one, *lanes)


def trained(settings: Experiment, epochs: int) -> Trainer:
    trainer = Trainer(settings)
    while trainer.epoch < epochs and trainer.can_train:
        trainer.step()
    trainer.measure()
    return trainer


def accuracies(trainer: Trainer, split: int = 0) -> np.ndarray:
    return np.array([run.now.score[split] for run in trainer.runs if run.now is not None])


def deep(activation: str, initializer: str) -> dict[str, Any]:
    return {
        f"{NETWORK}.hidden": (32,) * 10,
        f"{NETWORK}.activation": activation,
        f"{NETWORK}.initializer": initializer,
        f"{NETWORK}.input_scaling": "unit",
        f"{TRAINING}.optimizer": "sgd",
        f"{TRAINING}.learning_rate": 0.1,
        f"{TRAINING}.batch_size": 25,
    }


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_ten_layers_from_pytorchs_usual_weights_learn_nothing(activation: str) -> None:
    trainer = trained(seeds(deep(activation, "torch_default")), 100)
    assert (accuracies(trainer) <= CHANCE).sum() == 10


@pytest.mark.parametrize(
    ("activation", "initializer"),
    [("relu", "he_normal"), ("relu", "he_uniform"), ("tanh", "glorot_normal"), ("tanh", "glorot_uniform")],
)
def test_weights_that_fit_the_activation_are_a_cure(activation: str, initializer: str) -> None:
    trainer = trained(seeds(deep(activation, initializer)), 100)
    assert (accuracies(trainer) >= SOLVED).sum() == 10


def test_the_cure_shows_in_the_gradient_near_the_input() -> None:
    """Against the output layer's, it is many powers of ten smaller without it."""
    ratios = []
    for initializer in ("torch_default", "glorot_uniform"):
        (run,) = Trainer(seeds(deep("tanh", initializer), 1)).runs
        assert run.now is not None
        ratios.append(run.now.weight_gradient[0] / run.now.weight_gradient[-1])
    assert ratios[0] < 1e-2 < 0.1 < ratios[1]


def test_batch_normalization_takes_a_sigmoid_network_from_chance_to_solved() -> None:
    """6 layers of 8, SGD at rate 0.03, 200 epochs."""
    sigmoid = {
        f"{NETWORK}.hidden": (8,) * 6,
        f"{NETWORK}.activation": "sigmoid",
        f"{TRAINING}.optimizer": "sgd",
        f"{TRAINING}.learning_rate": 0.03,
    }
    without = trained(seeds(sigmoid), 200)
    normalized = trained(seeds({**sigmoid, f"{NETWORK}.normalization": {"kind": "batch"}}), 200)
    assert (accuracies(without) <= CHANCE).all()
    assert (accuracies(normalized) >= SOLVED).all()


def test_relu_networks_explode_from_large_weights_and_clipping_saves_them() -> None:
    """10 layers of 30, weights from N(0, 1), SGD at rate 0.01."""
    wild = {
        f"{NETWORK}.hidden": (30,) * 10,
        f"{NETWORK}.activation": "relu",
        f"{NETWORK}.initializer": {"name": "normal", "std": 1.0},
        f"{TRAINING}.optimizer": "sgd",
        f"{TRAINING}.learning_rate": 0.01,
    }
    clipped = {**wild, f"{REGULARIZATION}.gradient_clipping": {"kind": "norm", "threshold": 1.0}}
    without, saved = trained(seeds(wild), 20), trained(seeds(clipped), 20)
    assert sum(run.status == "diverged" for run in without.runs) > 5
    assert all(run.status == "training" for run in saved.runs)


FEW = {
    "data.generator.points": 400,
    "data.generator.noise": 0.0,
    "data.split.validation": 0.05,
    "data.split.test": 0.9,
    f"{NETWORK}.hidden": (16, 16),
    f"{TRAINING}.learning_rate": 0.01,
}
"""20 points to train on, 360 to be tested on."""


@pytest.mark.parametrize("data_seed", range(3))
@pytest.mark.parametrize(("generator", "helps"), [("circle", True), ("xor", False)])
def test_rotation_helps_where_classes_are_round_and_destroys_where_they_are_not(
    generator: str, helps: bool, data_seed: int
) -> None:
    """By up to ±90°, four seeds of the network on each of three draws of the data: test accuracy."""
    few = {**FEW, "data.generator.seed": data_seed}
    plain = trained(seeds(few, 4, generator), 1000)
    turned = trained(seeds({**few, f"{REGULARIZATION}.augmentation.rotate": 90.0}, 4, generator), 1000)
    assert plain.training_points == 20
    before, after = accuracies(plain, 2).mean(), accuracies(turned, 2).mean()
    if helps:
        assert after > before + 0.03
    else:
        assert after < 0.65 < 0.85 < before


@pytest.mark.parametrize(("optimizer", "rate"), [("sgd", 0.1), ("adam", 0.003)])
def test_l1_empties_a_wide_network_and_l2_does_not(optimizer: str, rate: float) -> None:
    """At least 80 % of the weights exactly zero, and the classes still told apart."""
    wide = {
        f"{NETWORK}.hidden": (32, 32),
        f"{TRAINING}.optimizer": optimizer,
        f"{TRAINING}.learning_rate": rate,
    }
    l1 = {f"{REGULARIZATION}.l1": 0.01, f"{REGULARIZATION}.l1_update": "proximal"}
    sparse, smooth = (
        trained(seeds({**wide, **penalty}, 5, "gaussians"), 150)
        for penalty in (l1, {f"{REGULARIZATION}.l2": 0.01})
    )
    zeros = [
        np.array([(trainer.parameters(str(n))[2][: run.layout.weights] == 0.0).float().mean().item() for n, run in
                  enumerate(trainer.runs)]) for trainer in (sparse, smooth)
    ]  # fmt: skip
    assert (zeros[0] >= 0.8).all()
    assert (zeros[1] == 0.0).all()
    assert (accuracies(sparse) >= SOLVED).all()


def test_a_lane_alone_is_what_it_is_among_63_neighbours() -> None:
    """Common random numbers: with dropout, augmentation and clipping of different strengths beside it."""
    strengths = {
        f"{NETWORK}.hidden": (8, 8),
        f"{REGULARIZATION}.dropout.rate": 0.4,
        f"{REGULARIZATION}.augmentation.rotate": 20.0,
        f"{REGULARIZATION}.gradient_clipping": {"kind": "norm", "threshold": 0.5},
    }
    many = seeds(strengths, 64)
    lanes = [
        edit_many(
            with_lanes(many, lane),
            {f"{REGULARIZATION}.dropout.rate": n / 100, f"{REGULARIZATION}.augmentation.rotate": 2.0 * n},
        ).lanes[0]
        for n, lane in enumerate(many.lanes)
    ]
    together = trained(with_lanes(many, *lanes), 5)
    for number in (0, 31, 63):
        alone = trained(with_lanes(many, lanes[number]), 5)
        assert bits(together, str(number)) == bits(alone, str(number))
