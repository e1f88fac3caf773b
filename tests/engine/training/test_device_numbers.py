"""What a device's steps read of the optimizer is what each lane's own rule says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from engine.catalogue.optimizers import OPTIMIZERS
from engine.experiment import default_experiment, edit_many
from engine.network import Layout
from engine.training import device_numbers
from engine.training.device_numbers import DeviceNumbers
from engine.training.lane_run import LaneRun
from engine.training.step.step_rule import step_rule

BATCHES = 5
TRAIN = "lanes.0.training"


def runs_of(changes: list[dict[str, Any]]) -> list[LaneRun]:
    found = []
    for number, one in enumerate(changes):
        experiment = edit_many(default_experiment(), {f"{TRAIN}.{key}": value for key, value in one.items()})
        (lane,) = experiment.lanes
        found.append(LaneRun(replace(lane, name=str(number)), Layout.of(lane, experiment.data)))
    return found


def expected_of(runs: list[LaneRun], optimizer: str, epoch: int, epochs: int) -> np.ndarray:
    for run in runs:
        run.epoch = epoch
    rule = step_rule(runs, optimizer, [epoch * BATCHES] * len(runs), BATCHES)
    numbers = list(rule(0, epochs * BATCHES).values())
    return (
        np.stack(numbers).transpose(2, 0, 1)[..., None] if numbers else np.zeros((epochs * BATCHES, 0, 3, 1))
    )


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_numbers_are_those_of_each_lane(optimizer: str, schedule: str) -> None:
    runs = runs_of(
        [{"optimizer": optimizer, "learning_rate": rate, "schedule": schedule} for rate in (1e-4, 0.3, 0.07)]
    )
    numbers = DeviceNumbers(runs, optimizer, BATCHES, "cpu")
    for epoch in (0, 7):
        found, expected = numbers.of(epoch, 3).numpy(), expected_of(runs, optimizer, epoch, 3)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=2e-7, atol=0.0)


def test_lanes_of_several_settings_have_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = runs_of(
        [
            {"optimizer": "adam", "learning_rate": rate, "optimizer.beta1": beta, "schedule": schedule}
            for rate in (0.001, 0.1)
            for beta in (0.5, 0.9)
            for schedule in ("constant", "cosine")
        ]
    )
    made: list[int] = []

    def counted(kinds: list[LaneRun], *others: Any) -> Any:
        made.append(len(kinds))
        return step_rule(kinds, *others)

    monkeypatch.setattr(device_numbers, "step_rule", counted)
    found = DeviceNumbers(runs, "adam", BATCHES, "cpu").of(2, 4).numpy()
    np.testing.assert_allclose(found, expected_of(runs, "adam", 2, 4), rtol=2e-7, atol=0.0)
    assert set(made) == {4}, "once for all lanes that differ by their rates alone"
