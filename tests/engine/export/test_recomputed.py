"""Every figure that a run exports, once more from its files alone: plain torch and NumPy, no engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.__main__ import main
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.probes import PROBES
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, ExperimentError, dumps
from tests.engine.export.plain import SPLITS, Exported, penalty_of, scaled_losses
from tests.engine.helpers import experiment, mostly_replayed
from tests.engine.observation.slow_probes import SlowProbes

NET, REG = "lanes.0.network", "lanes.0.regularization"
ALL_AT_ONCE = {
    f"{NET}.normalization": {"kind": "batch", "position": "before"},
    f"{NET}.residual": True,
    f"{NET}.activation": "relu",
    f"{REG}.l1": 0.01,
    f"{REG}.l2": 0.02,
    f"{REG}.dropout": {"rate": 0.2, "layers": "all"},
    f"{REG}.gradient_clipping": {"kind": "norm", "threshold": 0.05},
}
EPOCHS = 4


def documents() -> Iterator[tuple[str, Experiment]]:
    """Three tasks, without and with every regularizer, every loss and every scaling."""
    for task in TASKS:
        one_step_an_epoch = {
            f"{NET}.input_scaling": "standardize", "lanes.0.training.batch_size": 100, "data.generator.points": 40,
            "lanes.0.training.learning_rate": 0.05,
        }  # fmt: skip
        changes: dict[str, dict[str, Any]] = {
            "plain": {},
            "all at once": ALL_AT_ONCE,
            "unit": {**ALL_AT_ONCE, f"{NET}.input_scaling": "unit"},
            "none": {**ALL_AT_ONCE, f"{NET}.input_scaling": "none"},
            "proximal": {f"{REG}.l1": 0.05, f"{REG}.l1_update": "proximal"},
        }
        changes |= {
            loss: {"lanes.0.training.loss": loss, f"{REG}.l2": 0.02}
            for loss, entry in LOSSES.items()
            if applies(entry, task, 2)
        }
        for key, regularizer in REGULARIZERS.items():
            changes[key] = {f"{REG}.{path}": value for path, value in regularizer.switched_on().items()}
        for name, more in changes.items():
            try:
                yield f"{task}, {name}", experiment({**one_step_an_epoch, **more}, task=task)
            except ExperimentError:
                assert name in ("label_smoothing", "mixup", "augmentation"), "has no meaning in this task"


DOCUMENTS = dict(documents())


@dataclass(frozen=True)
class Run:
    """What a run has written into its folder and printed, and the model of one step before."""

    files: Exported
    printed: dict[str, Any]
    before: Exported

    @property
    def restored(self) -> bool:
        """Whether it has ended with the weights of its best epoch."""
        settings = self.files.lane["regularization"]["early_stopping"]
        return settings is not None and settings["restore_best"]

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table about the epoch whose weights it has ended with."""
        epoch = self.printed["best"]["epoch"] if self.restored else EPOCHS
        return [row for row in self.files.rows(name) if int(row["epoch"]) == epoch]


@pytest.fixture(params=DOCUMENTS, scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    what = DOCUMENTS[request.param]
    folders = [tmp_path_factory.mktemp("run") for _ in range(2)]
    way = mostly_replayed(list(DOCUMENTS).index(request.param))
    printed = [
        run_in(folder, what, epochs, way)
        for folder, epochs in zip(folders, (EPOCHS, EPOCHS - 1), strict=True)
    ]
    return Run(Exported(folders[0]), printed[0], Exported(folders[1]))


def run_in(folder: Path, what: Experiment, epochs: int, way: str) -> dict[str, Any]:
    file, answer = folder / "in.json", folder / "answer.json"
    file.write_text(dumps(what), "utf-8")
    with answer.open("w", encoding="utf-8") as out, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        words = ["run", str(file), "--epochs", str(epochs), "--out", str(folder), "--step", way, "--json"]
        assert main(words) == 0
    lane: dict[str, Any] = json.loads(answer.read_text("utf-8"))["lanes"][0]
    return lane


def loss_unit(files: Exported) -> float:
    """What turns the loss of scaled targets into one of targets as they are."""
    choice = files.lane["training"]["loss"]
    degree = LOSSES[choice if isinstance(choice, str) else choice["name"]].degree
    return 1.0 if degree is None else float(files.state["output_scale"]) ** degree


def losses(files: Exported, split: str) -> torch.Tensor:
    """Of each point, in the user's own units."""
    xy, target = files.of(split)
    if files.task != "classification":
        target = (target - files.state["output_shift"]) / files.state["output_scale"]
    with torch.no_grad():
        output = files.model(torch.float64).scaled(xy)
    return scaled_losses(files.lane, files.task, output, target) * loss_unit(files)


def weights(files: Exported) -> list[torch.Tensor]:
    return [layer.weight.detach() for layer in files.model(torch.float64).linear]


def number(text: str) -> float:
    return float(text) if text else np.nan


def test_losses_scores_penalty_and_cost(run: Run) -> None:
    files, printed = run.files, run.printed
    (row,) = run.rows("metrics.csv")
    assert int(row["epoch"]) == int(row["step"])
    assert printed["epochs"] == printed["steps"] == EPOCHS
    score = "accuracy" if files.task == "classification" else "r2"
    for split in SPLITS:
        loss = losses(files, split).mean().item()
        assert number(row[f"{split}_loss"]) == pytest.approx(loss, rel=1e-4)
        assert number(row[f"{split}_{score}"]) == pytest.approx(files.score(split), rel=1e-4, abs=1e-6)
        assert printed["loss"][split] == number(row[f"{split}_loss"])
        assert printed[score][split] == number(row[f"{split}_{score}"])
    unit = loss_unit(files)
    assert printed["loss_unit"] == pytest.approx(unit, rel=1e-12)
    penalty = penalty_of(files.lane, weights(files)).item() * unit
    assert number(row["penalty"]) == pytest.approx(penalty, rel=1e-5, abs=1e-12)
    assert number(row["cost"]) == number(row["training_loss"]) + number(row["penalty"])
    assert printed["penalty"] == number(row["penalty"])
    parts = [number(row[f"{part}_penalty"]) for part in ("l1", "l2")]
    assert sum(parts) == pytest.approx(number(row["penalty"]), rel=1e-15)
    assert parts == [printed[f"{part}_penalty"] for part in ("l1", "l2")]
    assert printed["cost"] == number(row["cost"])


def test_all_numbers_of_layers(run: Run) -> None:
    files, printed = run.files, run.printed
    xy, target = files.of("training")
    slow = SlowProbes(files.lane, files.task, xy, target, files.state, run.before.state)
    rows = run.rows("layers.csv")
    for key in PROBES:
        if key == "update_ratio" and run.restored:
            continue
        expected = getattr(slow, key)()
        found = [number(row[key]) for row in rows]
        largest = np.nanmax(np.abs(expected)) if np.isfinite(expected).any() else 0.0
        np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-6 * largest, err_msg=key)
    gradients = run.rows("gradients.csv")
    for name, key in (("weight_norm", "weight_gradient"), ("bias_norm", "bias_gradient")):
        assert [row[name] for row in gradients] == [row[key] for row in rows]
        assert [layer[name] for layer in printed["gradients"]] == [number(row[key]) for row in rows]


def test_the_best_epoch_is_that_of_the_lowest_validation_loss(run: Run) -> None:
    validation = [number(row["validation_loss"]) for row in run.files.rows("metrics.csv")]
    assert len(validation) == EPOCHS + 1
    best = int(np.argmin(validation))
    assert run.printed["best"]["epoch"] == best
    assert run.printed["best"]["loss"]["validation"] == validation[best]
