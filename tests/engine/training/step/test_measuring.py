"""Measuring that is replayed gives the bits that it gives without, and those of measuring afresh."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from engine.tape import recording as tape_module
from engine.training.step.measuring import EAGER
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes, with_points

LANE = "lanes.0."
CASES: list[tuple[str, dict[str, Any]]] = [
    ("classification", {}),
    ("classification", {"data.classes": 4, "data.generator.name": "gaussians"}),
    ("classification", {f"{LANE}training.loss": "playground"}),
    ("classification", {f"{LANE}training.loss": "squared", f"{LANE}network.hidden": []}),
    ("classification", {f"{LANE}network.normalization": {"kind": "batch"}, f"{LANE}network.residual": True}),
    ("curve", {f"{LANE}regularization.l1": 0.01, f"{LANE}regularization.l1_update": "proximal"}),
    (
        "surface",
        {f"{LANE}regularization.l2": 0.01, f"{LANE}regularization.gradient_clipping": {"threshold": 0.1}},
    ),
    ("surface", {f"{LANE}training.loss": "huber", f"{LANE}network.hidden": [1, 1]}),
    ("classification", {"data.split.validation": 0.0, f"{LANE}network.activation": "relu"}),
]


@pytest.mark.parametrize(("task", "changes"), CASES)
def test_replayed_and_not_replayed(
    task: str, changes: dict[str, Any], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, recorded = experiment(changes, task), []
    record = tape_module.record
    monkeypatch.setattr(
        tape_module, "record", lambda function: (recorded.append(function), record(function))[1]
    )
    epochs = 2 * EAGER + 4
    with caplog.at_level(logging.WARNING):
        replayed = trained(settings, epochs, way="replay")
    assert not caplog.records
    assert sum("compute" in function.__name__ for function in recorded) == 2, "losses, and layers"
    plain = Trainer(settings, way="eager")
    for _ in range(epochs):
        plain.train_epoch()
    assert bits(replayed) == bits(plain)


def test_a_lane_among_many_is_measured_as_all_are() -> None:
    """On a copy of its parameters and strengths, however often it and the others have changed in between."""
    changes = {"regularization.l2": 0.01, "regularization.gradient_clipping": {"threshold": 0.1}}
    settings = with_lanes(experiment(), *(lane(name, changes) for name in "ABC"))
    trainer, together = Trainer(settings), Trainer(settings)
    for step in range(3 * EAGER):
        trainer.step()
        together.step()
        if step == EAGER:
            stronger = {**changes, "regularization.l2": 0.5}
            for one in (trainer, together):
                one.set_experiment(
                    with_lanes(experiment(), lane("A", changes), lane("B", stronger), lane("C", changes))
                )
        trainer.measure([1])
        together.measure()
        mine, theirs = trainer.runs[1].now, together.runs[1].now
        assert mine is not None
        assert theirs is not None
        assert (mine.loss.tobytes(), mine.penalty) == (theirs.loss.tobytes(), theirs.penalty)
        assert mine.layers.tobytes() == theirs.layers.tobytes()


def test_going_back_to_the_best_weights_lets_early_stopping_wait_anew() -> None:
    noisy = {
        "data.generator.noise": 0.5,
        "data.generator.name": "gaussians",
        f"{LANE}training.learning_rate": 0.05,
        f"{LANE}seed": 5,
    }
    stopping = {f"{LANE}regularization.early_stopping": {"patience": 30}}
    trainer = trained(experiment({**noisy, **stopping}), 25)
    best = trainer.lane_snapshots()[0].best
    assert best is not None
    assert best.epoch < 20
    trainer.restore_best()
    for _ in range(60):
        trainer.train_epoch()
    run = trainer.runs[0]
    assert run.stop is not None
    assert run.stop.epoch >= 25 + 30


def test_what_a_lane_was_is_never_taken_for_what_it_is() -> None:
    trainer = trained(experiment(), 1)
    assert trainer.runs[0].now is not None
    trainer.step()
    assert trainer.runs[0].now is None
    trainer.measure()
    before = row(trainer)
    trainer.set_experiment(with_points(experiment(), trainer.points[1:]))
    assert trainer.runs[0].now is None
    assert row(trainer).equal(before)
