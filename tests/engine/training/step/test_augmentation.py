"""Augmented points against the documented formulas, mixup's shares against Beta, smoothed labels against torch's."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.experiment import (
    Experiment,
    ExperimentError,
    default_experiment,
    edit_many,
    switch_generator,
    switch_task,
)
from engine.network.draws import MOVES as MOVES_STREAM
from engine.network.draws import NOISE, normals, uniforms
from engine.observation.observables import GHOSTS
from engine.training.step.augmentation import MOVES, Augmentation
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, flat_of, lane, row, torch_network, trained, with_lanes
from tests.observing import observed

POINTS, SEED = 41, 7
XY = torch.randn(POINTS, 2, generator=torch.Generator().manual_seed(1)) * 2.0 + 1.0
CENTRE = XY.mean(0)


def loaded_with(offsets: Tensor) -> dict[str, Tensor]:
    """What a step with augmentation reads."""
    count = len(offsets)
    moves = 2.0 * uniforms(SEED, MOVES_STREAM, 0, 1, 7 * count).reshape(7, count) - 1.0
    noise = normals(uniforms(SEED, NOISE, 0, 1, 2 * count).reshape(1, 2, count))[0]
    return {
        "offsets": offsets.T.contiguous(),
        "moves": torch.from_numpy(moves),
        "noise": torch.from_numpy(noise),
    }


def drawn(
    strengths: dict[str, float | list[float]], xy: Tensor = XY
) -> tuple[Augmentation, dict[str, Tensor]]:
    columns = {key: torch.tensor(value).view(-1, 1) for key, value in strengths.items()}
    return Augmentation(loaded_with(xy - CENTRE), len(xy)), columns


def moved(strengths: dict[str, float | list[float]], xy: Tensor = XY) -> Tensor:
    """Places [lanes, points, 2]."""
    augmentation, columns = drawn(strengths, xy)
    return torch.stack(augmentation.positions(columns), -1) + CENTRE


def numbers() -> tuple[np.ndarray, np.ndarray]:
    """The uniform [7, points] and normal [2, points] numbers of a draw."""
    loaded = loaded_with(XY)
    return loaded["moves"].double().numpy(), loaded["noise"].double().numpy()


def formula(xy: np.ndarray, u: np.ndarray, n: np.ndarray, s: dict[str, float]) -> tuple[float, float]:
    """One point, step by step as the module says."""
    c1, c2 = CENTRE.double().tolist()
    d1, d2 = xy[0] - c1, xy[1] - c2
    d1, d2 = (1 + s["scale"] * u[0]) * d1, (1 + s["scale"] * u[0]) * d2
    d1 += s["shear"] * u[1] * d2
    angle = s["rotate"] * u[2]
    d1, d2 = cos(angle) * d1 - sin(angle) * d2, sin(angle) * d1 + cos(angle) * d2
    x1, x2 = c1 + d1 + s["shift"] * u[3], c2 + d2 + s["shift"] * u[4]
    return x1 + s["input_noise"] * n[0], x2 + s["input_noise"] * n[1]


@given(st.fixed_dictionaries({}, optional={key: st.floats(0.001, 2.0) for key in MOVES}).filter(bool))
def test_points_move_in_the_documented_order(strengths: dict[str, float]) -> None:
    uniform, normal = numbers()
    full = {**dict.fromkeys(MOVES, 0.0), **strengths}
    expected = [formula(xy, uniform[:, i], normal[:, i], full) for i, xy in enumerate(XY.double().numpy())]
    np.testing.assert_allclose(moved(strengths)[0].double().numpy(), expected, atol=1e-4)


def test_each_change_keeps_what_it_should() -> None:
    radius = (XY - CENTRE).norm(dim=1)
    turned = moved({"rotate": radians(90)})[0] - CENTRE
    torch.testing.assert_close(turned.norm(dim=1), radius, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(turned, XY - CENTRE, atol=0.1)
    sheared = moved({"shear": 0.5})[0]
    torch.testing.assert_close(sheared[:, 1], XY[:, 1])
    assert ((sheared[:, 0] - XY[:, 0]).abs() <= 0.5 * (XY[:, 1] - CENTRE[1]).abs() + 1e-5).all()
    grown = (moved({"scale": 0.3})[0] - CENTRE).norm(dim=1) / radius
    assert 0.7 <= grown.min() < 0.75
    assert 1.25 < grown.max() <= 1.3
    shifts = (moved({"shift": 0.4})[0] - XY).abs()
    assert 0.35 < shifts.max() <= 0.4 + 1e-6
    noise = torch.cat([moved({"input_noise": 0.5}, XY[:POINTS])[0] - XY])
    assert noise.std().item() == pytest.approx(0.5, rel=0.25)


def test_lanes_share_the_draws_and_scale_them() -> None:
    both = moved({"shift": [0.0, 0.5, 1.0]})
    torch.testing.assert_close(both[0], XY)
    torch.testing.assert_close(both[2] - XY, 2.0 * (both[1] - XY), atol=1e-5, rtol=1e-4)


# -- mixup


def shares(strengths: dict[str, Tensor], count: int) -> Tensor:
    """The share [lanes, points] of each point of the batch in its mixture, seen at points that differ from the next."""
    x = torch.arange(count, dtype=torch.float32) % 3
    augmentation = Augmentation(loaded_with(torch.stack([x, x], 1)), count)
    mixed, following = augmentation.positions(strengths)[0], x.roll(-1)
    return (mixed - following) / (x - following)


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 3.0])
def test_the_shares_of_mixup_are_beta_distributed(alpha: float) -> None:
    """Mean and quantiles of the larger of λ and 1 − λ, against NumPy's Beta."""
    count = 200_000
    ours = shares({"mixup": torch.tensor([[alpha]])}, count)[0].double().numpy()
    theirs = np.random.default_rng(0).beta(alpha, alpha, count)
    theirs = np.maximum(theirs, 1.0 - theirs)
    quantiles = np.linspace(0.05, 0.95, 10)
    np.testing.assert_allclose(np.quantile(ours, quantiles), np.quantile(theirs, quantiles), atol=0.01)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.003)


def test_mixup_mixes_a_point_and_its_target_with_the_next_of_the_batch() -> None:
    augmentation, strengths = drawn({"mixup": [0.0, 1.0]})
    encoded = torch.eye(2)[torch.arange(POINTS) % 2]
    places = torch.stack(augmentation.positions(strengths), -1) + CENTRE
    targets = augmentation.targets(encoded, strengths)
    share = shares(strengths, POINTS)[..., None]
    torch.testing.assert_close(places[0], XY)
    assert torch.equal(targets[0], encoded), "a lane without mixup keeps its targets to the bit"
    torch.testing.assert_close(places[1], share[1] * XY + (1 - share[1]) * XY.roll(-1, 0))
    torch.testing.assert_close(targets[1], share[1] * encoded + (1 - share[1]) * encoded.roll(-1, 0))
    torch.testing.assert_close(targets.sum(-1), torch.ones(2, POINTS))
    assert (share >= 0.5).all()


def test_a_batch_of_one_point_is_mixed_with_itself() -> None:
    torch.testing.assert_close(moved({"mixup": 1.0}, XY[:1])[0], XY[:1])


# -- in training

MOVING: dict[str, dict[str, Any]] = {
    "rotate": {"regularization.augmentation.rotate": 30.0},
    "shear": {"regularization.augmentation.shear": 0.3},
    "shift": {"regularization.augmentation.shift": 0.5},
    "scale": {"regularization.augmentation.scale": 0.3},
    "input_noise": {"regularization.input_noise": 0.3},
    "mixup": {"regularization.mixup": 0.4},
}


@pytest.mark.parametrize("change", MOVING)
def test_it_changes_what_is_learned_and_leaves_neighbours_to_the_bit(change: str) -> None:
    augmented, plain = lane("B", MOVING[change]), lane("A")
    others = [lane(name, {**MOVING["shift"], **MOVING["mixup"], "seed": 3}) for name in "CD"]
    together = trained(with_lanes(experiment(), plain, augmented, *others), 3)
    alone = {one.name: trained(with_lanes(experiment(), one), 3) for one in (plain, augmented)}
    for name, trainer in alone.items():
        assert bits(together, name) == bits(trainer, name)
    assert not torch.equal(row(together, "A"), row(together, "B"))


def test_a_slider_to_zero_gives_what_a_lane_without_it_gives() -> None:
    """Also where a neighbour goes on with the same changes of the points."""
    base, mixed = lane("A"), lane("A", MOVING["shift"])
    neighbour = lane("N", {**MOVING["shift"], "seed": 4})
    trainer = Trainer(with_lanes(experiment(), mixed, neighbour))
    trainer.set_lanes([base, neighbour])
    trainer.train_epoch()
    assert torch.equal(row(trainer), row(trained(with_lanes(experiment(), base), 1)))


def shares_in_a_step(settings: Experiment) -> Tensor:
    """The shares [points, 1] of mixup in the first step, which are the same whatever else moves the points."""
    trainer = Trainer(settings)
    _, data, _ = trainer.parameters("A")
    points = data.centre + data.offsets[trainer.lanes.batches.order].double().numpy()
    trainer.step()
    mixed, following = observed(trainer, GHOSTS)["A"].xy, np.roll(points, -1, 0)
    way = points - following
    share = ((mixed - following) * way).sum(1, keepdims=True) / (way**2).sum(1, keepdims=True)
    return torch.from_numpy(share).float()


def test_the_steps_gradient_is_that_of_torch_on_the_moved_points() -> None:
    mixing = {
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.1,
        "lanes.0.training.batch_size": 250,
        "lanes.0.network.features": ["x1", "x2", "x1_squared", "sin_x2"],
        "lanes.0.regularization.mixup": 1.0,
        "lanes.0.regularization.label_smoothing": 0.1,
    }
    turning = {"lanes.0.regularization.augmentation.rotate": 40.0}
    trainer = Trainer(experiment({**mixing, **turning}), way="eager")
    _, data, before = trainer.parameters("A")
    order = trainer.lanes.batches.order
    trainer.step()
    x1, x2 = torch.from_numpy(observed(trainer, GHOSTS)["A"].xy).float().unbind(1)
    shift, scale = (
        torch.from_numpy(np.asarray(v)).float() for v in (data.scaling.input_shift, data.scaling.input_scale)
    )
    inputs = (torch.stack([x1, x2, x1 * x1, x2.sin()], 1) - shift) / scale
    network = torch_network((4, 5, 4, 2), "tanh", before)
    share, encoded = shares_in_a_step(experiment(mixing)), data.encoded[order]
    targets = share * encoded + (1.0 - share) * encoded.roll(-1, 0)
    nn.CrossEntropyLoss(label_smoothing=0.1)(network(inputs), targets).backward()
    torch.testing.assert_close(row(trainer), before - 0.1 * flat_of(network, "grad"), atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("epsilon", [0.1, 0.5])
def test_label_smoothing_is_torchs(epsilon: float) -> None:
    changes = {
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.1,
        "lanes.0.training.batch_size": 250,
        "lanes.0.regularization.label_smoothing": epsilon,
    }
    trainer = Trainer(experiment(changes))
    _, data, before = trainer.parameters("A")
    trainer.step()
    network = torch_network((2, 5, 4, 2), "tanh", before)
    inputs, target = data.inputs[: data.training], torch.from_numpy(data.target[: data.training]).long()
    nn.CrossEntropyLoss(label_smoothing=epsilon)(network(inputs), target).backward()
    torch.testing.assert_close(row(trainer), before - 0.1 * flat_of(network, "grad"), atol=1e-6, rtol=1e-4)


def test_losses_on_screen_know_no_smoothing_and_no_moves() -> None:
    """They are those of the points as they are."""
    changes = {"lanes.0.regularization.label_smoothing": 0.3, "lanes.0.regularization.input_noise": 1.0}
    plain, other = Trainer(experiment()), Trainer(experiment(changes))
    plain.measure()
    other.measure()
    np.testing.assert_array_equal(plain.runs[0].now.loss, other.runs[0].now.loss)


# -- what has no meaning


@pytest.mark.parametrize(
    ("task", "path", "value"),
    [
        ("curve", "augmentation.rotate", 10.0),
        ("curve", "augmentation.shear", 0.1),
        ("curve", "label_smoothing", 0.1),
        ("curve", "mixup", 0.2),
        ("surface", "label_smoothing", 0.1),
        ("surface", "mixup", 0.2),
    ],
)
def test_what_would_change_a_points_meaning_is_refused_and_goes_with_the_task(
    task: str, path: str, value: float
) -> None:
    place = f"lanes.0.regularization.{path}"
    with pytest.raises(ExperimentError, match="set it to 0") as caught:
        experiment({place: value}, task=task)
    assert caught.value.path == place
    switched = switch_task(edit_many(default_experiment(), {place: value}), task)
    assert switched.data.task == task


def test_curves_keep_their_heights_under_shift_and_scale_of_x() -> None:
    settings = edit_many(
        switch_generator(default_experiment(), "sine"),
        {"lanes.0.regularization.augmentation.shift": 0.5, "lanes.0.regularization.augmentation.scale": 0.2},
    )
    trainer = Trainer(settings)
    trainer.step()
    ghosts, points = observed(trainer, GHOSTS)["A"], trainer.points.of_split(0)
    nearest = np.abs(ghosts.xy[:, None, :] - points.xy).min(1)
    assert nearest[:, 1].max() < 1e-5
    assert nearest[:, 0].max() > 1e-3


# -- ghosts


@pytest.mark.parametrize("task", ["classification", "surface", "curve"])
def test_ghosts_are_the_latest_batch_as_it_was_trained_on(task: str) -> None:
    changes = {"lanes.0.regularization.augmentation.shift": 0.5, "lanes.0.training.batch_size": 7}
    trainer = Trainer(experiment(changes, task=task))
    assert observed(trainer, GHOSTS) == {}
    for _ in range(3):
        trainer.step()
    ghosts = observed(trainer, GHOSTS)["A"]
    assert ghosts.xy.shape == (7, 2)
    points = trainer.points.of_split(0)
    assert set(ghosts.target.round(4)) <= set(points.target.round(4))
    if task == "curve":
        np.testing.assert_allclose(ghosts.xy[:, 1], ghosts.target, rtol=1e-6)
    # Each ghost lies near a training point of its own target, and on none.
    for place, target in zip(ghosts.xy, ghosts.target, strict=True):
        distance = np.abs(points.xy[np.isclose(points.target, target, atol=1e-5)] - place).max(1).min()
        assert 0.0 < distance <= 0.5 + 1e-5


def test_without_augmentation_there_are_no_ghosts() -> None:
    trainer = trained(with_lanes(experiment(), lane("A"), lane("B", MOVING["rotate"])), 1)
    assert set(observed(trainer, GHOSTS)) == {"B"}
    assert observed(trainer, GHOSTS, lanes=[0]) == {}


def test_ghosts_do_not_change_what_is_learned() -> None:
    settings = experiment({"lanes.0.regularization.input_noise": 0.3})
    looked, plain = Trainer(settings), Trainer(settings)
    for _ in range(7):
        looked.step()
        observed(looked, GHOSTS)
        plain.step()
    assert torch.equal(row(looked), row(plain))
