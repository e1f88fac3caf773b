"""Losses against torch.nn.functional and closed forms, values and gradients, and where each applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.tasks import TASKS
from tests.engine.oracles import Oracles

LANES, POINTS = 3, 40


def reference_cross_entropy(output: Tensor, target: Tensor, classes: int) -> Tensor:
    return F.cross_entropy(output, target.long(), reduction="none")


def reference_brier(output: Tensor, target: Tensor, classes: int) -> Tensor:
    one_hot = F.one_hot(target.long(), classes)
    return ((output.exp() / output.exp().sum(1, keepdim=True) - one_hot) ** 2).sum(1)


def reference_playground(output: Tensor, target: Tensor, classes: int) -> Tensor:
    sign = torch.where(target == 0, 1.0, -1.0)
    return 0.5 * (torch.tanh(output[:, 0]) - sign) ** 2


def reference_huber(output: Tensor, target: Tensor, delta: float) -> Tensor:
    r = (output[:, 0] - target).abs()
    return torch.where(r <= delta, r**2 / 2, delta * (r - delta / 2))


Reference = Callable[..., Tensor]
CLASSIFIERS: Oracles[Reference] = Oracles(
    "CLASSIFIERS",
    __file__,
    {
        "cross_entropy": reference_cross_entropy,
        "squared": reference_brier,
        "playground": reference_playground,
    },
)
REGRESSORS: Oracles[Reference] = Oracles(
    "REGRESSORS",
    __file__,
    {
        "squared": lambda output, target: F.mse_loss(output[:, 0], target, reduction="none"),
        "huber": lambda output, target, delta=1.0: reference_huber(output, target, delta),
        "playground": lambda output, target: 0.5 * (output[:, 0] - target) ** 2,
    },
)


def case(
    name: str, task: str, classes: int, **parameters: float
) -> tuple[Tensor, Tensor, Callable[[Tensor], Tensor]]:
    """Random outputs [lanes, n, outputs], targets [n], and the loss of each point as a function of outputs."""
    entry = LOSSES[name]
    rng = np.random.default_rng(0)
    target = (
        rng.integers(0, classes, POINTS).astype(float)
        if task == "classification"
        else rng.normal(0, 2, POINTS)
    )
    output = torch.tensor(
        rng.normal(0, 2, (LANES, POINTS, entry.outputs(task, classes))), dtype=torch.float32
    )
    encoded = torch.from_numpy(entry.encode(target, task, classes))
    assert encoded.dtype == torch.float32
    assert encoded.shape == output.shape[1:]
    given = {**entry.defaults(), **parameters}
    return (
        output,
        torch.tensor(target, dtype=torch.float32),
        lambda z: entry.per_point(z, encoded, task=task, **given),
    )


def assert_same(
    output: Tensor, loss: Callable[[Tensor], Tensor], reference: Callable[[Tensor], Tensor]
) -> None:
    ours = output.clone().requires_grad_()
    losses = loss(ours)
    assert losses.shape == (LANES, POINTS)
    (gradient,) = torch.autograd.grad(losses.sum(), ours)
    for lane in range(LANES):
        theirs = output[lane].clone().requires_grad_()
        expected = reference(theirs)
        torch.testing.assert_close(losses[lane], expected, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(
            gradient[lane], torch.autograd.grad(expected.sum(), theirs)[0], rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("name", [key for key, entry in LOSSES.items() if "classification" in entry.tasks])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_a_classification_loss_equals_its_reference(name: str, classes: int) -> None:
    if applies(LOSSES[name], "classification", classes):
        output, target, loss = case(name, "classification", classes)
        assert_same(output, loss, lambda z: CLASSIFIERS[name](z, target, classes))


@pytest.mark.parametrize("name", [key for key, entry in LOSSES.items() if "curve" in entry.tasks])
@pytest.mark.parametrize("task", ["curve", "surface"])
def test_a_regression_loss_equals_its_reference(name: str, task: str) -> None:
    output, target, loss = case(name, task, 2)
    assert_same(output, loss, lambda z: REGRESSORS[name](z, target))


def test_a_missing_reference_is_asked_for() -> None:
    asked = "add what is right for 'absolute' to REGRESSORS in tests/engine/catalogue/test_losses.py"
    with pytest.raises(KeyError, match=asked):
        REGRESSORS["absolute"]


@pytest.mark.parametrize("delta", [0.1, 1.0, 2.5])
def test_huber_bends_at_delta(delta: float) -> None:
    output, target, loss = case("huber", "curve", 2, delta=delta)
    assert_same(output, loss, lambda z: reference_huber(z, target, delta))
    assert torch.allclose(
        loss(output)[0], F.huber_loss(output[0, :, 0], target, reduction="none", delta=delta)
    )


@pytest.mark.parametrize("name", [key for key, entry in LOSSES.items() if "curve" in entry.tasks])
def test_a_regression_loss_is_homogeneous_of_its_degree(name: str) -> None:
    """What makes a scaled loss one in the user's own units; Huber's δ scales along."""
    scale = 3.0
    output, target, _ = case(name, "surface", 2)
    entry = LOSSES[name]
    parameters = entry.defaults()
    larger = {key: value * scale for key, value in parameters.items()}
    small = entry.per_point(output, target[:, None], task="surface", **parameters)
    large = entry.per_point(output * scale, target[:, None] * scale, task="surface", **larger)
    assert entry.degree is not None
    torch.testing.assert_close(large, small * scale**entry.degree, rtol=1e-5, atol=1e-5)


def test_a_regression_loss_without_a_degree_is_refused() -> None:
    with pytest.raises(
        ValueError, match="'huber' trains regression, so it needs a degree: 2 if twice as large"
    ):
        replace(LOSSES["huber"], degree=None)


@pytest.mark.parametrize("name", [key for key, entry in LOSSES.items() if "classification" in entry.tasks])
def test_predictions_are_probabilities_and_the_likeliest_class_costs_least(name: str) -> None:
    entry = LOSSES[name]
    output, _, _ = case(name, "classification", 2)
    probabilities = entry.predict(output, "classification")
    if entry.max_classes > 2:
        torch.testing.assert_close(probabilities, output.softmax(-1))
    assert probabilities.shape == (LANES, POINTS, 2)
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(LANES, POINTS))
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    costs = [
        entry.per_point(
            output,
            torch.from_numpy(entry.encode(np.full(POINTS, float(number)), "classification", 2)),
            task="classification",
        )
        for number in range(2)
    ]
    assert torch.equal(probabilities.argmax(-1), (costs[1] < costs[0]).long())


@pytest.mark.parametrize("name", [key for key, entry in LOSSES.items() if "curve" in entry.tasks])
def test_a_regression_predicts_its_output(name: str) -> None:
    output, _, _ = case(name, "curve", 2)
    assert torch.equal(LOSSES[name].predict(output, "curve"), output)


def test_extreme_logits_stay_finite() -> None:
    encoded = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    output = torch.tensor([[[1e4, -1e4], [1e4, -1e4]]])
    losses = LOSSES["cross_entropy"].per_point(output, encoded, task="classification")
    assert losses.tolist() == [[0.0, 2e4]]


ALLOWED = {
    "cross_entropy": {("classification", 2), ("classification", 10)},
    "squared": {("classification", 2), ("classification", 10), ("curve", 2), ("surface", 2)},
    "huber": {("curve", 2), ("surface", 2)},
    "playground": {("classification", 2), ("curve", 2), ("surface", 2)},
}


@pytest.mark.parametrize("name", ALLOWED)
@pytest.mark.parametrize(
    "case", [("classification", 2), ("classification", 10), ("curve", 2), ("surface", 2)]
)
def test_a_loss_applies_where_the_table_says(name: str, case: tuple[str, int]) -> None:
    assert applies(LOSSES[name], *case) == (case in ALLOWED[name])


def test_classes_do_not_count_in_regression() -> None:
    assert applies(LOSSES["playground"], "curve", 10)


@pytest.mark.parametrize("task", list(TASKS))
def test_every_task_has_a_loss(task: str) -> None:
    assert any(applies(entry, task, 10) for entry in LOSSES.values())


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("points", [10, 32, 64])
@pytest.mark.parametrize("mixed", [False, True])
def test_cross_entropy_is_torchs_for_any_number_of_points(classes: int, points: int, mixed: bool) -> None:
    """Also where it goes a faster way, and for targets [lanes, n, classes] that mixup or smoothing have made."""
    random = torch.Generator().manual_seed(0)
    output = 3.0 * torch.randn(3, points, classes, generator=random, dtype=torch.float64)
    shape = (3, points, classes) if mixed else (points, classes)
    encoded = torch.rand(shape, generator=random, dtype=torch.float64).softmax(-1)
    losses = LOSSES["cross_entropy"].per_point(output, encoded, task="classification")
    expected = -(output.log_softmax(-1) * encoded).sum(-1)
    torch.testing.assert_close(losses, expected)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("right", [0, 1])
def test_a_small_cross_entropy_and_its_gradient_keep_their_digits(classes: int, right: int) -> None:
    """Down to 10⁻³⁰, where one minus a probability is 0: against double precision, of the same outputs."""
    margin = torch.linspace(0.0, 69.0, POINTS)
    output = torch.linspace(-1.5, 0.0, classes).repeat(LANES, POINTS, 1)
    output[..., right] = margin
    target = np.full(POINTS, float(right))
    encoded = torch.from_numpy(LOSSES["cross_entropy"].encode(target, "classification", classes))
    ours = output.clone().requires_grad_()
    losses = LOSSES["cross_entropy"].per_point(ours, encoded, task="classification")
    (gradient,) = torch.autograd.grad(losses.sum(), ours)
    others = output.double() - output.double()[..., right : right + 1]
    others[..., right] = -torch.inf
    odds = others.exp().sum(-1)
    wrong = others.exp() / (1.0 + odds)[..., None]
    wrong[..., right] = -wrong.sum(-1)
    assert odds.log1p().min() < 1e-28
    torch.testing.assert_close(losses.double(), odds.log1p(), rtol=1e-5, atol=0.0)
    torch.testing.assert_close(gradient.double(), wrong, rtol=1e-5, atol=0.0)


def test_a_cross_entropy_of_equally_likely_classes() -> None:
    """Two or more may be the largest."""
    output = torch.tensor([[[3.0, 3.0, 3.0], [2.0, 2.0, -50.0]]])
    encoded = torch.eye(3)[[1, 0]]
    losses = LOSSES["cross_entropy"].per_point(output, encoded, task="classification")
    torch.testing.assert_close(losses, torch.tensor([[3.0, 2.0]]).log())
