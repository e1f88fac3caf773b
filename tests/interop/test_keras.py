"""Scripts for Keras train as the engine does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.catalogue.initializers import INITIALIZERS
from engine.experiment import SPLITS, edit_many
from engine.export.code import code
from tests.engine.export.code.cases import CASES, EPOCHS, NET, REG, SGD, TRAIN, Case
from tests.engine.export.code.running import run_for_names, run_script
from tests.engine.helpers import experiment, trained
from tests.interop.spread import assert_within_spread

OTHERWISE = {
    name: case
    for name, case in CASES.items()
    if "proximal" in name
    or {"kind": "batch"}.items() <= (case[0].get(f"{NET}.normalization") or {}).items()
    or name == "residual"
    or "rates of" in name
}
"""What Keras does in another way, which its scripts say."""
AGREES = {name: case for name, case in CASES.items() if name not in OTHERWISE} | {
    "residual alone": ({f"{NET}.hidden": [5, 5, 5], f"{NET}.residual": True}, "classification"),
    "L1 and L2": ({f"{REG}.l1": 0.01, f"{REG}.l2": 0.02, f"{TRAIN}.optimizer": "momentum"}, "surface"),
    "smoothed squares": ({f"{TRAIN}.loss": "squared", f"{REG}.label_smoothing": 0.2}, "classification"),
    "decay and clipping": (
        {f"{REG}.weight_decay": 0.3, f"{REG}.gradient_clipping": {"kind": "norm", "threshold": 0.1}},
        "curve",
    ),
}


@pytest.mark.parametrize("case", AGREES.values(), ids=AGREES)
def test_the_losses_after_some_epochs_are_those_of_the_engine(case: Case, tmp_path: Path) -> None:
    settings = experiment(*case)
    title, losses = run_script(settings, "keras", tmp_path, EPOCHS)[-1]
    expected = trained(settings, EPOCHS, "eager").runs[0].history.view().loss[-1]
    assert title == f"epoch {EPOCHS}"
    assert losses == pytest.approx(dict(zip(SPLITS, expected.tolist(), strict=True)), rel=1e-4, abs=1e-4)


RANDOM: dict[str, dict[str, Any]] = {
    "dropout": {f"{REG}.dropout": {"rate": 0.3, "layers": "all", "input_rate": 0.1}},
    "input noise by a layer": {f"{REG}.input_noise": 1.0},
    "input noise of bent features": {
        f"{REG}.input_noise": 1.0,
        f"{NET}.features": ["x1", "x2", "x1_squared"],
    },
    "augmentation": {f"{REG}.augmentation": {"rotate": 30.0, "shear": 0.2, "shift": 0.5, "scale": 0.3}},
    "mixup": {f"{REG}.mixup": 0.4},
    "batch normalization": {f"{NET}.normalization": {"kind": "batch"}, **SGD},
    "proximal L1": {f"{REG}.l1": 0.01, f"{REG}.l1_update": "proximal"},
}


@pytest.mark.parametrize("name", RANDOM)
def test_what_is_drawn_otherwise_ends_within_the_spread_of_our_own_seeds(name: str, tmp_path: Path) -> None:
    settings = experiment({"data.generator.name": "circle", f"{TRAIN}.learning_rate": 0.02, **RANDOM[name]})
    _, losses = run_script(settings, "keras", tmp_path, 40)[-1]
    assert_within_spread(losses["training"], settings, 40)


def test_weights_of_its_own_end_within_the_spread_of_our_seeds(tmp_path: Path) -> None:
    settings = experiment({"data.generator.name": "circle", f"{TRAIN}.learning_rate": 0.02})
    _, losses = run_script(settings, "keras", tmp_path, 60, with_weights=False)[-1]
    assert_within_spread(losses["training"], settings, 60)


@pytest.mark.parametrize("key", INITIALIZERS)
def test_first_weights_are_spread_as_ours(key: str, tmp_path: Path) -> None:
    still = {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 1e-6}
    settings = experiment({**still, f"{NET}.initializer": key, f"{NET}.hidden": [100, 50]})
    lane = settings.lanes[0]
    choice = lane.network.initializer
    ours, _ = INITIALIZERS[key].function(100, 50, torch.Generator().manual_seed(0), **choice.parameters)
    theirs = run_for_names(settings, "keras", tmp_path)["model"].get_weights()[2]
    # Of 5,000 numbers: the deviation to within some 1 %, and the largest to within its own spread.
    assert theirs.std() == pytest.approx(float(ours.std()), rel=0.05, abs=1e-4)
    assert np.abs(theirs).max() == pytest.approx(float(ours.abs().max()), rel=0.35, abs=1e-4)


def test_early_stopping_ends_in_the_same_epoch_with_the_same_weights(tmp_path: Path) -> None:
    changes = {
        f"{TRAIN}.learning_rate": 0.1,
        f"{REG}.early_stopping": {"patience": 3},
        "data.generator.noise": 0.5,
    }
    settings = experiment(changes)
    printed = run_script(settings, "keras", tmp_path, 60)
    trainer = trained(settings, 60, "eager")
    (run,) = trainer.runs
    assert run.stop is not None
    assert run.stop.kind == "early_stopping"
    assert run.best is not None
    title, losses = printed[-1]
    assert title == "in the end"
    assert losses == pytest.approx(dict(zip(SPLITS, run.best.loss, strict=True)), rel=1e-2)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_early_stopping_looks_at_the_loss_without_the_penalty(penalty: str, tmp_path: Path) -> None:
    stops = {f"{REG}.early_stopping": {"patience": 2}, f"{TRAIN}.learning_rate": 0.05}
    settings = experiment({**stops, f"{REG}.{penalty}": 0.1})
    printed = run_script(settings, "keras", tmp_path, 30)
    (run,) = trained(settings, 30, "eager").runs
    assert run.best is not None
    assert printed[-1][1]["validation"] == pytest.approx(run.best.loss[1], rel=1e-2)
    assert 'monitor="validation"' in code(settings, "keras")
    assert "monitor" not in code(edit_many(settings, {f"{REG}.{penalty}": 0.0}), "keras")
