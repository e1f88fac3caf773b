"""A script for PyTorch looks at its losses as the engine does: it stops, restores and slows down in the same epochs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.criteria import CRITERIA
from engine.experiment import SPLITS
from engine.experiment.settings import EarlyStoppingSettings
from engine.training.early_stopping import StoppingWatch
from tests.engine.export.code.running import run_script
from tests.engine.helpers import experiment, trained

TRAIN, REG = "lanes.0.training", "lanes.0.regularization"
UNSTEADY = {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 0.5, f"{TRAIN}.batch_size": 4}
SOON: dict[str, dict[str, Any]] = {
    "patience": {"patience": 3},
    "generalization_loss": {"alpha": 10.0},
    "quotient": {"alpha": 0.05},
    "up": {"strips": 1},
}
EPOCHS = 60


def as_losses(values: Any) -> Any:
    return pytest.approx(dict(zip(SPLITS, values.tolist(), strict=True)), rel=1e-4)


def test_each_criterion_is_tried() -> None:
    assert SOON.keys() == CRITERIA.keys()


@pytest.mark.parametrize("restores", [True, False], ids=["with its best weights", "as it is"])
@pytest.mark.parametrize("criterion", SOON)
def test_it_stops_in_the_same_epoch(criterion: str, restores: bool, tmp_path: Path) -> None:
    stopping = {"criterion": criterion, "restore_best": restores, **SOON[criterion]}
    settings = experiment({f"{REG}.early_stopping": stopping, **UNSTEADY})
    run = trained(settings, EPOCHS, "eager").runs[0]
    assert run.stop is not None
    assert run.stop.epoch < EPOCHS
    printed = run_script(settings, "torch", tmp_path, EPOCHS)
    ended = [(title, losses) for title, losses in printed if title.startswith("stopped")]
    history = run.history.view()
    assert ended == [(f"stopped after epoch {run.stop.epoch}", as_losses(history.loss[-1]))]
    if restores:
        best = run.stop.best_epoch
        assert printed[-1] == (f"best epoch {best}", as_losses(history.loss[best]))
    else:
        assert printed[-1] == ended[0]


def test_only_a_gain_counts_as_better(tmp_path: Path) -> None:
    stopping = {"patience": 3, "min_delta": 0.05}
    settings = experiment({f"{REG}.early_stopping": stopping, f"{TRAIN}.learning_rate": 0.003})
    run = trained(settings, EPOCHS, "eager").runs[0]
    assert run.stop is not None
    titles = [title for title, _ in run_script(settings, "torch", tmp_path, EPOCHS)]
    assert titles[-2:] == [f"stopped after epoch {run.stop.epoch}", f"best epoch {run.stop.best_epoch}"]


def test_without_validation_points_it_trains_on(tmp_path: Path) -> None:
    nothing = {"data.split.validation": 0.0, f"{REG}.early_stopping": {"patience": 1}}
    printed = run_script(experiment({**nothing, **UNSTEADY}), "torch", tmp_path, 20)
    assert [title for title, _ in printed] == ["epoch 10", "epoch 20"]


@pytest.mark.parametrize("validation", [0.2, 0.0])
def test_a_plateau_lowers_the_rate(validation: float, tmp_path: Path) -> None:
    """Of the training loss, where there are no validation points."""
    plateau = {f"{TRAIN}.schedule": {"name": "plateau", "patience": 1, "factor": 0.1}}
    settings = experiment({"data.split.validation": validation, **plateau, **UNSTEADY})
    run = trained(settings, 20, "eager").runs[0]
    assert run.progress.plateau.reductions >= 1
    _, losses = run_script(settings, "torch", tmp_path, 20)[-1]
    expected = run.history.view().loss[-1]
    assert losses["training"] == pytest.approx(expected[0], rel=1e-4)
    assert losses["test"] == pytest.approx(expected[2], rel=1e-4)


@pytest.mark.parametrize("losses", [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.5, 0.25], [0.25, 0.5]])
@pytest.mark.parametrize("criterion", ["generalization_loss", "quotient"])
def test_a_condition_agrees_with_the_engine_where_losses_are_zero(
    criterion: str, losses: list[float]
) -> None:
    """Losses of exactly 0 come of a hinge; nothing may be divided by them."""
    settings = EarlyStoppingSettings(criterion=criterion, alpha=0.1)  # type: ignore[arg-type]
    for training in ([0.0] * 6, [1.0, 0.5, 0.0, 0.0, 0.0, 0.0], [6.0, 5.0, 4.0, 3.0, 2.0, 1.0], [1.0] * 6):
        validation = [losses[0]] * 5 + [losses[1]]
        watch = StoppingWatch()
        for epoch, pair in enumerate(zip(training, validation, strict=True)):
            watch.note(epoch, *pair, settings)
        condition = CRITERIA[criterion].code.written("torch", {"alpha": settings.alpha})
        found = eval(condition, {"epoch": 5, "training": training, "validation": validation})
        assert found is (watch.verdict(settings) is not None)


def test_best_weights_come_back_where_training_did_not_stop(tmp_path: Path) -> None:
    """As ``python -m engine run`` ends."""
    settings = experiment({f"{REG}.early_stopping": {"patience": 1000}, **UNSTEADY})
    trainer = trained(settings, 20, "eager")
    trainer.restore_best(wished=True)
    best = trainer.runs[0].best
    assert best is not None
    assert best.epoch < 20
    title, losses = run_script(settings, "torch", tmp_path, 20)[-1]
    assert title == f"best epoch {best.epoch}"
    assert losses == pytest.approx(dict(zip(SPLITS, best.loss, strict=True)), rel=1e-4)
