"""A step that cannot be recorded trains to the bits of one that never is, whichever part of it is the reason."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.entry import Entry, Family
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.experiment import Experiment, default_experiment, edit_many
from engine.training.trainer import Trainer

pytestmark = pytest.mark.expects_log("cannot be replayed and runs more slowly")

NETWORK, TRAINING, REGULARIZATION = (f"lanes.0.{part}" for part in ("network", "training", "regularization"))


def hinge(output: Tensor, encoded: Tensor, task: str) -> Tensor:
    return (1.0 - (2.0 * encoded - 1.0) * output).clamp(min=0.0).sum(-1)


def clipped_line(z: Tensor) -> Tensor:
    return z.clamp(-1.0)


def clipped_descent(w: Tensor, g: Tensor, slots: Mapping[str, Tensor], hyper: Mapping[str, Tensor]) -> None:
    w.sub_(hyper["learning_rate"] * torch.where(g > -0.05, g, -0.05))


# Each makes a scalar tensor forward or backward, and that call has no form that writes into given memory.
UNRECORDABLE: dict[str, tuple[Family[Any], Entry]] = {
    "loss": (LOSSES, replace(LOSSES["squared"], per_point=hinge)),
    "activation": (ACTIVATIONS, replace(ACTIVATIONS["tanh"], function=clipped_line)),
    "optimizer": (OPTIMIZERS, replace(OPTIMIZERS["sgd"], update=clipped_descent)),
}
AROUND: dict[str, dict[str, Any]] = {
    "alone": {},
    "penalty and clipping": {
        f"{REGULARIZATION}.l1": 0.01,
        f"{REGULARIZATION}.gradient_clipping": {"kind": "norm"},
    },
    "batch normalization": {f"{NETWORK}.normalization": {"kind": "batch"}},
    "dropout": {f"{REGULARIZATION}.dropout.rate": 0.3},
    "moved points": {f"{REGULARIZATION}.input_noise": 0.2},
}


def trained(experiment: Experiment, way: str) -> Trainer:
    trainer = Trainer(experiment, way=way)
    for _ in range(10):
        trainer.train_epoch()
    trainer.measure()
    return trainer


@pytest.fixture(params=UNRECORDABLE)
def experiment(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, Any]], Experiment]:
    """The default one, with a part that cannot be recorded and some changes."""
    family, entry = UNRECORDABLE[request.param]
    monkeypatch.setitem(family._entries, entry.key, entry)
    path = {"activation": NETWORK}.get(request.param, TRAINING)
    start = {
        "data.generator.points": 50,
        f"{path}.{request.param}": entry.key,
        f"{TRAINING}.learning_rate": 0.03,
    }
    return lambda changes: edit_many(default_experiment(), {**start, **changes})


@pytest.mark.parametrize("around", AROUND)
def test_a_step_that_cannot_be_recorded_trains_as_an_eager_one(
    around: str, experiment: Callable[[dict[str, Any]], Experiment], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        fallen_back = trained(experiment(AROUND[around]), "replay")
    assert any(record.message.startswith("the training step") for record in caplog.records)
    eager = trained(experiment(AROUND[around]), "eager")
    rows = [trainer.parameters("A")[2] for trainer in (fallen_back, eager)]
    assert torch.equal(rows[0].view(torch.int32), rows[1].view(torch.int32))
    histories = [trainer.runs[0].history.view() for trainer in (fallen_back, eager)]
    assert histories[0].loss.tobytes() == histories[1].loss.tobytes()


def test_the_reason_names_each_step_once(
    experiment: Callable[[dict[str, Any]], Experiment], caplog: pytest.LogCaptureFixture
) -> None:
    """The rest of an epoch is the same step as a whole batch; a step is no gradient here and update there."""
    changes = {f"{TRAINING}.batch_size": 20, "data.split.validation": 0.0, "data.split.test": 0.0}
    with caplog.at_level(logging.WARNING):
        trainer = Trainer(experiment(changes))
        for _ in range(9):
            trainer.step()
    steps = [record.message for record in caplog.records if record.message.startswith("the training step")]
    reason = (
        "cannot be replayed and runs more slowly: aten.scalar_tensor.default cannot write into given memory"
    )
    assert steps == [f"the training step on 20 rows {reason}"]
