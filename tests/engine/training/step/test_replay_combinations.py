"""Replay equals eager to the bit where everything there is to choose from comes together."""

from __future__ import annotations

import random
from itertools import cycle, islice
from typing import Any

import pytest

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.generators import GENERATORS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, ExperimentError
from tests.engine.training.step.test_replay import DROPOUTS, PENALTIES, REGULARIZED, assert_same, small

COMBINATIONS = 40
NORMALIZATIONS = [None, {"kind": "batch"}, {"kind": "batch", "position": "after"}, {"kind": "layer"}]
AXES: dict[str, list[Any]] = {
    "training.optimizer": list(OPTIMIZERS),
    "training.schedule": list(SCHEDULES),
    "training.batch_size": [1, 7, 10, 50],
    "network.activation": list(ACTIVATIONS),
    "network.initializer": list(INITIALIZERS),
    "network.input_scaling": ["none", "unit", "standardize"],
    "network.normalization": NORMALIZATIONS,
    "network.residual": [False, True],
    "network.hidden": [(1,), (5, 3), (4, 4, 4)],
}
TASK_LOSSES = [(task, key) for task in TASKS for key, entry in LOSSES.items() if applies(entry, task, 2)]


def spread(values: list[Any], seed: int) -> list[Any]:
    """As many as there are combinations, each value about as often as the others, in an order of its own."""
    assert len(values) <= COMBINATIONS, "not every entry has its turn: raise COMBINATIONS"
    shuffled = list(islice(cycle(values), COMBINATIONS))
    random.Random(seed).shuffle(shuffled)
    return shuffled


COLUMNS = {f"lanes.0.{path}": spread(values, seed) for seed, (path, values) in enumerate(AXES.items())}
REGULARIZERS = spread([*PENALTIES.values(), *REGULARIZED.values()], 100)
DROPOUT = spread([*DROPOUTS.values()], 101)
TASK_LOSS = spread(TASK_LOSSES, 102)


@pytest.mark.parametrize("number", range(COMBINATIONS))
def test_all_at_once(number: int, caplog: pytest.LogCaptureFixture) -> None:
    """Every entry of every registry is in one of them, whatever is added; the rest is chance that stays the same."""
    try:
        experiment = combined(number, *TASK_LOSS[number])
    except ExperimentError:
        # What this regularizer does has no meaning in that task.
        experiment = combined(number, "classification", "cross_entropy")
    assert_same(experiment, caplog)


def combined(number: int, task: str, loss: str) -> Experiment:
    generator = next(key for key, entry in GENERATORS.items() if entry.task == task)
    changes = {path: values[number] for path, values in COLUMNS.items()}
    # A rate at which no combination diverges.
    changes |= {"lanes.0.training.loss": loss, "lanes.0.training.learning_rate": 0.001}
    return small({**changes, **DROPOUT[number], **REGULARIZERS[number]}, generator)
