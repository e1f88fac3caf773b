"""Model files: plain state dicts that torch.nn understands and that reproduce the reported losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.tasks import TASKS
from engine.data.scaling import feature_values
from engine.experiment import Experiment
from engine.export.model import ExportedNetwork, exported_network, write_model
from engine.training.models import export_lane, save_models
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, mostly_replayed, torch_network, trained, with_lanes


def reloaded(trainer: Trainer, folder: Path) -> ExportedNetwork:
    """A module of the same shape that knows nothing but the file."""
    path, *_ = save_models(trainer, folder)
    run, data, row = trainer.parameters("A")
    blank = exported_network(run.layout, run.lane.network.activation, data.scaling, torch.zeros_like(row))
    for buffer in blank.buffers():
        buffer.zero_()
    blank.load_state_dict(torch.load(path, weights_only=True))
    return blank


def losses(network: nn.Module, trainer: Trainer, settings: Experiment) -> list[float]:
    found = []
    for split in range(3):
        points = trainer.points.of_split(split)
        features = feature_values(settings.lanes[0].network.features, points.xy)
        with torch.no_grad():
            output = network(torch.tensor(features, dtype=torch.float32))
        target = torch.tensor(points.target, dtype=torch.float32)
        found.append(loss_of(output, target, settings.data.task).item())
    return found


def loss_of(output: Tensor, target: Tensor, task: str) -> Tensor:
    if task == "classification":
        return nn.functional.cross_entropy(output, target.long())
    return nn.functional.mse_loss(output[:, 0], target)


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
def test_a_file_reproduces_the_losses(task: str, scaling: str, tmp_path: Path) -> None:
    changes: dict[str, Any] = {"lanes.0.network.input_scaling": scaling}
    if task != "curve":
        changes["lanes.0.network.features"] = ["x1", "sin_x2", "x1_x2"]
    settings = experiment(changes, task=task)
    trainer = trained(settings, 3)
    network = reloaded(trainer, tmp_path)
    expected = trainer.lane_snapshots()[0].now.loss
    assert losses(network, trainer, settings) == pytest.approx(expected.tolist(), rel=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [[], [3], [4, 3, 2]], ids=str)
def test_every_activation_and_depth_can_be_exported(
    activation: str, hidden: list[int], tmp_path: Path
) -> None:
    settings = experiment(
        {"lanes.0.network.activation": activation, "lanes.0.network.hidden": hidden,
         "lanes.0.network.input_scaling": "none"}
    )  # fmt: skip
    trainer = trained(settings, 1, mostly_replayed(list(ACTIVATIONS).index(activation) + len(hidden)))
    run, _, row = trainer.parameters("A")
    reference = torch_network(run.layout.widths, activation, row, **ACTIVATIONS[activation].defaults())
    features = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(reloaded(trainer, tmp_path)(features), reference(features))


def test_an_export_is_a_copy() -> None:
    trainer = trained(experiment(), 1)
    network = export_lane(trainer, "A")
    before = network.layers[0].weight.clone()
    trainer.train_epoch()
    assert torch.equal(network.layers[0].weight, before)
    with pytest.raises(KeyError, match="no lane named 'B'"):
        export_lane(trainer, "B")


def test_a_file_holds_plain_tensors_under_plain_names(tmp_path: Path) -> None:
    trainer = trained(experiment(), 1)
    write_model(export_lane(trainer, "A"), tmp_path / "x.pt")
    state = torch.load(tmp_path / "x.pt", weights_only=True)
    assert list(state) == [
        "input_shift", "input_scale", "output_shift", "output_scale",
        "layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias", "layers.4.weight", "layers.4.bias",
    ]  # fmt: skip
    assert all(type(value) is torch.Tensor for value in state.values())


def test_the_same_model_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one.pt", "two.pt"):
        write_model(export_lane(trained(experiment(), 1), "A"), tmp_path / name)
    assert (tmp_path / "one.pt").read_bytes() == (tmp_path / "two.pt").read_bytes()


def test_lanes_with_names_alike_keep_their_own_files(tmp_path: Path) -> None:
    lanes = [lane("x/y", {"seed": 1}), lane("x y", {"seed": 2})]
    trainer = trained(with_lanes(experiment(), *lanes), 0)
    first, second = (torch.load(path, weights_only=True) for path in save_models(trainer, tmp_path)[:2])
    assert not torch.equal(first["layers.0.weight"], second["layers.0.weight"])


def test_a_folder_that_is_none_raises_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        save_models(trained(experiment(), 0), tmp_path / "missing")
