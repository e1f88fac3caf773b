"""The weights that a histogram counts are those of the network."""

from __future__ import annotations

import numpy as np
import pytest

from engine.observation.observables import WEIGHTS
from engine.observation.observables.weights import MOST_WEIGHTS
from tests.engine.helpers import experiment, lane, trained, with_lanes

PROXIMAL = {"regularization.l1": 0.05, "regularization.l1_update": "proximal"}


def test_weights_are_those_of_each_lane_and_exact_zeros_are_counted() -> None:
    trainer = trained(with_lanes(experiment(), lane("A", {}), lane("B", PROXIMAL)), 5)
    seen = trainer.observer.observe([WEIGHTS.request()])
    for name in "AB":
        found, (run, _, row) = WEIGHTS.of(seen[name]), trainer.parameters(name)
        assert found is not None
        for layer, part in zip(found.layers, run.layout.weight_slices(), strict=True):
            np.testing.assert_array_equal(layer.values, row.numpy()[part])
            assert layer.count == len(layer.values)
            assert layer.zeros == int((layer.values == 0.0).sum())
            assert not layer.values.flags.writeable
    zeros = {name: sum(layer.zeros for layer in WEIGHTS.of(seen[name]).layers) for name in "AB"}
    assert zeros["A"] == 0
    assert zeros["B"] > 0


@pytest.mark.parametrize("width", [256, 300])
def test_of_a_large_network_some_weights_are_sent_and_all_are_counted(width: int) -> None:
    large = with_lanes(experiment(), lane("A", {"network.hidden": [width, width, width]}))
    trainer = trained(large, 0)
    found = WEIGHTS.of(trainer.observer.observe([WEIGHTS.request()])["A"])
    assert found is not None
    assert [layer.count for layer in found.layers[1:3]] == [width**2] * 2
    assert sum(len(layer.values) for layer in found.layers) <= MOST_WEIGHTS + len(found.layers)
    _, _, row = trainer.parameters("A")
    part = trainer.parameters("A")[0].layout.weight_slices()[1]
    assert float(found.layers[1].values.std()) == pytest.approx(float(row[part].std()), rel=0.05)
