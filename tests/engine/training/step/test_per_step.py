"""Numbers of an optimizer that change with every step, computed ahead."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.catalogue.optimizers import OPTIMIZERS
from engine.training.step.per_step import Rule, StepNumbers

PARAMETERS = {
    "learning_rate": np.array([[0.1], [0.001]]),
    "beta1": np.array([[0.9], [0.5]]),
    "beta2": np.array([[0.999], [0.0]]),
    "eps": np.array([[1e-8], [1e-3]]),
    "weight_decay": np.array([[0.0], [0.3]]),
}
Floats = NDArray[np.float64]


def numbers_of(optimizer: str, updates: list[int], parameters: dict[str, Floats] = PARAMETERS) -> Rule:
    per_step = OPTIMIZERS[optimizer].per_step
    made = np.array(updates, dtype=np.float64)[:, None]

    def rule(first: int, count: int) -> dict[str, Floats]:
        return per_step(parameters, made + np.arange(first + 1, first + count + 1)) if per_step else {}

    return rule


def loaded(numbers: StepNumbers, rule: Rule, step: int) -> dict[str, torch.Tensor]:
    numbers.load(numbers.of(rule, step + 1)[step])
    return numbers.now


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_they_are_those_of_each_lanes_own_count(optimizer: str) -> None:
    rule = numbers_of(optimizer, [0, 1000])
    numbers = StepNumbers(rule)
    memory = dict(numbers.now)
    for step in (0, 1, 63, 300):
        now = loaded(numbers, rule, step)
        for name, value in rule(step, 1).items():
            assert now[name] is memory[name]
            assert torch.equal(now[name], torch.from_numpy(value.astype(np.float32)))


def test_corrected_rates_are_those_of_the_paper() -> None:
    """α·√(1 − β₂ᵗ) / (1 − β₁ᵗ)."""
    rule = numbers_of("adam", [3, 3])
    now = loaded(StepNumbers(rule), rule, 0)
    expected = [0.1 * (1 - 0.999**4) ** 0.5 / (1 - 0.9**4), 0.001 / (1 - 0.5**4)]
    assert now["corrected_rate"][:, 0].tolist() == pytest.approx(expected, rel=1e-6)


def test_they_follow_another_rule_with_the_same_names() -> None:
    faster = numbers_of("adam", [0, 0], {**PARAMETERS, "learning_rate": 2.0 * PARAMETERS["learning_rate"]})
    rule = numbers_of("adam", [0, 0])
    numbers = StepNumbers(rule)
    before = loaded(numbers, rule, 0)["corrected_rate"].clone()
    torch.testing.assert_close(loaded(numbers, faster, 0)["corrected_rate"], 2.0 * before)


def test_an_optimizer_without_them_has_none() -> None:
    rule = numbers_of("sgd", [0, 0])
    numbers = StepNumbers(rule)
    assert not numbers
    assert numbers.now == {}
    assert numbers.of(rule, 3).shape == (3, 0, 0, 1)
