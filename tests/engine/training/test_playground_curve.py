"""TensorFlow Playground's known curve, with its data, network, loss, rate and order of magnitude."""

from __future__ import annotations

import pytest

from engine.experiment import Lane, edit_many, from_json
from engine.training.trainer import Trainer

SEEDS = 10


def playground(seed: int) -> Lane:
    start = from_json({"format": "neural-sketchbook/1", "lanes": [{"name": str(seed), "seed": seed}]})
    return edit_many(
        start,
        {
            "lanes.0.network.hidden": [4, 2],
            "lanes.0.network.initializer": "playground",
            "lanes.0.network.input_scaling": "none",
            "lanes.0.training.optimizer": "sgd",
            "lanes.0.training.learning_rate": 0.03,
            "lanes.0.training.loss": "playground",
        },
    ).lanes[0]


@pytest.mark.parametrize("data_seed", [0, 1])
def test_the_default_circle_is_learned_within_100_epochs_from_most_seeds(data_seed: int) -> None:
    document = {
        "format": "neural-sketchbook/1",
        "data": {
            "generator": {"name": "circle", "points": 500, "noise": 0.0, "seed": data_seed},
            "split": {"validation": 0.0, "test": 0.5},
        },
    }
    settings = edit_many(from_json(document), {"lanes": [playground(seed) for seed in range(SEEDS)]})
    trainer = Trainer(settings)
    before = [lane.now.loss for lane in trainer.lane_snapshots(None)]
    assert all(loss[0] == pytest.approx(0.5, abs=0.1) for loss in before)
    for _ in range(100):
        trainer.train_epoch()
    after = [lane.now.loss for lane in trainer.lane_snapshots(None)]
    assert sum(loss[0] <= 0.02 for loss in after) >= 7
    assert sum(loss[2] <= 0.03 for loss in after) >= 7
    assert trainer.runs[0].step == 100 * 25
