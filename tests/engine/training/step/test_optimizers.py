"""Every optimizer equals its namesake in torch.optim, each lane with its own numbers in one batch of lanes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, optim

from engine.catalogue.optimizers import OPTIMIZERS
from tests.engine.oracles import Oracles

Make = Callable[..., optim.Optimizer]
TORCH: Oracles[Make] = Oracles(
    "TORCH",
    __file__,
    {
        "sgd": lambda p, lr: optim.SGD(p, lr),
        "momentum": lambda p, lr, momentum: optim.SGD(p, lr, momentum=momentum),
        "nesterov": lambda p, lr, momentum: optim.SGD(p, lr, momentum=momentum, nesterov=True),
        "rmsprop": lambda p, lr, alpha, eps: optim.RMSprop(p, lr, alpha=alpha, eps=eps),
        "adagrad": lambda p, lr, eps: optim.Adagrad(p, lr, eps=eps),
        "adam": lambda p, lr, beta1, beta2, eps: optim.Adam(p, lr, (beta1, beta2), eps),
        "adamw": lambda p, lr, beta1, beta2, eps, weight_decay: optim.AdamW(
            p, lr, (beta1, beta2), eps, weight_decay
        ),
    },
)
OTHER = Oracles(
    "OTHER",
    __file__,
    {
        "momentum": (0.95, 0.5, 0.1),
        "alpha": (0.0, 0.9, 0.999),
        "eps": (1e-3, 1e-6, 1e-8),
        "beta1": (0.0, 0.5, 0.95),
        "beta2": (0.5, 0.9, 0.99),
        "weight_decay": (0.0, 0.5, 0.1),
    },
)
RATES = (0.001, 0.01, 0.1)
UPDATES = 150


def run_ours(
    name: str, lanes: list[dict[str, float]], start: Tensor, gradient: Callable[[Tensor], Tensor]
) -> Tensor:
    entry = OPTIMIZERS[name]
    w = start.clone()
    slots = {key: torch.zeros_like(w) for key in entry.slots}
    rows = [{**lane, **entry.derive(lane)} for lane in lanes]
    columns = {key: np.array([[row[key]] for row in rows]) for key in rows[0]}
    hyper = {key: torch.tensor(column, dtype=w.dtype) for key, column in columns.items()}
    for update in range(1, UPDATES + 1):
        numbers = entry.per_step(columns, np.full((len(lanes), 1), float(update))) if entry.per_step else {}
        now = {key: torch.tensor(column, dtype=w.dtype) for key, column in numbers.items()}
        entry.update(w, gradient(w).clone(), slots, hyper | now)
    return w


def run_torch(
    name: str, lane: dict[str, float], start: Tensor, gradient: Callable[[Tensor], Tensor]
) -> Tensor:
    w = start.clone().requires_grad_()
    others = {key: value for key, value in lane.items() if key != "learning_rate"}
    optimizer = TORCH[name]([w], lane["learning_rate"], **others)
    for _ in range(UPDATES):
        w.grad = gradient(w.detach()).clone()
        optimizer.step()
    return w.detach()


def bowl(w: Tensor) -> Tensor:
    """Gradient of a bent bowl, different for each parameter and with some zeros."""
    slopes = torch.linspace(0.0, 3.0, w.shape[-1], dtype=w.dtype)
    return slopes * (w - 0.5) + 0.3 * torch.sin(5 * w) * (slopes > 0)


def noting(met: list[Tensor]) -> Callable[[Tensor], Tensor]:
    """The bowl's gradient; appends what it returns to ``met``."""

    def gradient(w: Tensor) -> Tensor:
        met.append(bowl(w))
        return met[-1]

    return gradient


def start_of(lanes: int, dtype: torch.dtype) -> Tensor:
    return torch.randn(lanes, 30, generator=torch.Generator().manual_seed(0)).to(dtype)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)], ids=str)
def test_each_lane_equals_its_own_torch_optimizer(name: str, dtype: torch.dtype, tolerance: float) -> None:
    lanes = [{"learning_rate": rate, **OPTIMIZERS[name].defaults()} for rate in RATES]
    start = start_of(len(lanes), dtype)
    ours = run_ours(name, lanes, start, bowl)
    for lane, settings in enumerate(lanes):
        expected = run_torch(name, settings, start[lane], bowl)
        torch.testing.assert_close(ours[lane], expected, rtol=tolerance, atol=tolerance)
    assert not torch.allclose(ours[0], ours[1])


@pytest.mark.parametrize("name", [key for key, entry in OPTIMIZERS.items() if entry.parameters])
def test_each_lane_has_its_own_numbers(name: str) -> None:
    """With the gradients that torch met: numbers like these leap about, which would blow rounding errors up."""
    lanes = [
        {"learning_rate": rate, **{key: OTHER[key][lane] for key in OPTIMIZERS[name].defaults()}}
        for lane, rate in enumerate(RATES)
    ]
    start = start_of(len(lanes), torch.float64)
    met: list[list[Tensor]] = [[] for _ in lanes]
    expected = [
        run_torch(name, settings, start[lane], noting(met[lane])) for lane, settings in enumerate(lanes)
    ]
    gradients = iter([torch.stack(of_lanes) for of_lanes in zip(*met, strict=True)])
    ours = run_ours(name, lanes, start, lambda _: next(gradients))
    torch.testing.assert_close(ours, torch.stack(expected), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_lane_does_not_feel_its_neighbours(name: str) -> None:
    lanes = [{"learning_rate": rate, **OPTIMIZERS[name].defaults()} for rate in RATES]
    start = torch.randn(len(lanes), 31, generator=torch.Generator().manual_seed(0))
    together = run_ours(name, lanes, start, bowl)
    for lane, settings in enumerate(lanes):
        assert torch.equal(together[lane], run_ours(name, [settings], start[lane : lane + 1], bowl)[0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rate_of_zero_moves_nothing(name: str) -> None:
    lanes = [{"learning_rate": 0.0, **OPTIMIZERS[name].defaults()}]
    start = torch.randn(1, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(run_ours(name, lanes, start, bowl), start)
