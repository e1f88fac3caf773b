"""Scripts for scikit-learn train as the engine does, as far as scikit-learn can."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.criteria import CRITERIA
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.experiment import SPLITS
from tests.engine.export.code.cases import AWAY, BENT, CASES, EPOCHS, NET, REG, TRAIN, Case
from tests.engine.export.code.running import run_script
from tests.engine.helpers import experiment, trained
from tests.interop.spread import assert_within_spread

THREE = {"data.generator.name": "three_spirals", "data.classes": 3}


def cases() -> dict[str, Case]:
    """What scikit-learn computes as the engine does; of two classes it makes something else."""
    found: dict[str, Case] = {}
    for key, activation in ACTIVATIONS.items():
        if activation.code.sklearn:
            found[f"activation {key}"] = {f"{NET}.activation": key, **THREE}, "classification"
    for key, optimizer in OPTIMIZERS.items():
        if optimizer.code.sklearn:
            with_l2 = {f"{TRAIN}.optimizer": key, f"{REG}.l2": 0.02}
            found[f"{key} with L2"] = {**with_l2, **THREE}, "classification"
            found[f"{key} with L2 of values"] = with_l2, "surface"
    for key, loss in LOSSES.items():
        for task, code in loss.codes.items():
            if code.sklearn and task != "classification":
                found[f"loss {key} of {task}"] = {f"{TRAIN}.loss": key, f"{REG}.l2": 0.02}, task
    for key in INPUT_SCALINGS:
        found[f"scaling {key}"] = {f"{NET}.input_scaling": key, **BENT, **AWAY}, "curve"
    found["no hidden layer"] = {f"{NET}.hidden": [], **THREE}, "classification"
    found["a class without points"] = CASES["three classes"]
    return found


AGREES = cases()


@pytest.mark.parametrize("case", AGREES.values(), ids=AGREES)
def test_the_losses_after_some_epochs_are_those_of_the_engine(case: Case, tmp_path: Path) -> None:
    settings = experiment(*case)
    title, losses = run_script(settings, "sklearn", tmp_path, EPOCHS)[-1]
    expected = trained(settings, EPOCHS, "eager").runs[0].history.view().loss[-1]
    assert title == f"epoch {EPOCHS}"
    assert losses == pytest.approx(dict(zip(SPLITS, expected.tolist(), strict=True)), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "with_weights"),
    [
        ({}, True),
        ({}, False),
        ({f"{REG}.input_noise": 1.0}, True),
        ({f"{REG}.augmentation": {"rotate": 30.0, "shift": 0.5}}, True),
    ],
    ids=["two classes", "weights of its own", "input noise", "augmentation"],
)
def test_what_is_drawn_otherwise_ends_within_the_spread_of_our_own_seeds(
    changes: dict[str, object], with_weights: bool, tmp_path: Path
) -> None:
    settings = experiment({"data.generator.name": "circle", f"{TRAIN}.learning_rate": 0.02, **changes})
    _, losses = run_script(settings, "sklearn", tmp_path, 60, with_weights)[-1]
    assert_within_spread(losses["training"], settings, 60)


@pytest.mark.parametrize("key", CRITERIA)
def test_early_stopping_ends_with_the_best_epoch(key: str, tmp_path: Path) -> None:
    stops = {
        f"{REG}.early_stopping": {"criterion": key, "patience": 3, "strips": 1},
        f"{TRAIN}.learning_rate": 0.1,
        "data.generator.noise": 0.5,
        **THREE,
    }
    settings = experiment(stops)
    printed = run_script(settings, "sklearn", tmp_path, 60)
    (run,) = trained(settings, 60, "eager").runs
    assert run.stop is not None
    assert run.stop.kind == "early_stopping"
    assert run.best is not None
    titles = [title for title, _ in printed]
    assert titles[-2:] == [f"stopped after epoch {run.stop.epoch}", f"best epoch {run.best.epoch}"]
    assert printed[-1][1] == pytest.approx(dict(zip(SPLITS, run.best.loss, strict=True)), rel=1e-3)


@pytest.mark.parametrize("with_weights", [True, False], ids=["its weights", "weights of its own"])
def test_the_best_weights_are_there_where_no_epoch_beats_the_first_ones(
    with_weights: bool, tmp_path: Path
) -> None:
    """So much to gain that no epoch counts as better: not even the first one, without weights to begin with."""
    stopping = {"patience": 2, "min_delta": 1e6}
    steep = {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 50.0}
    settings = experiment({f"{REG}.early_stopping": stopping, **steep, **THREE})
    printed = run_script(settings, "sklearn", tmp_path, 6, with_weights)
    titles = [title for title, _ in printed]
    if not with_weights:
        assert titles[-1].startswith("best epoch ")
        return
    (run,) = trained(settings, 6, "eager").runs
    assert run.best is not None
    assert run.best.epoch == 0
    assert titles == ["stopped after epoch 2", "best epoch 0"]
    assert printed[-1][1] == pytest.approx(dict(zip(SPLITS, run.best.loss, strict=True)), rel=1e-3)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_script_runs(case: Case, tmp_path: Path) -> None:
    printed = run_script(experiment(*case), "sklearn", tmp_path, 1)
    assert [title for title, _ in printed] == ["epoch 1"]
