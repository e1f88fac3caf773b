"""Where a sweep is trained, and what is said of it."""

import json
from pathlib import Path

import pytest
import torch

from engine.__main__ import main
from engine.experiment import ExperimentError
from engine.sweep import devices
from engine.sweep.devices import where
from engine.sweep.folder import read_manifest
from engine.sweep.plan import SweepPlan
from tests.engine.sweep.sweeps import DOCUMENT, plan, write_spec

MANY = [{"setting": "regularization.l2", "from": 0.0, "to": 0.1, "count": 256}]
STOPPING = {**DOCUMENT["lanes"][0], "regularization": {"early_stopping": {"patience": 3}}}


@pytest.fixture(params=[True, False])
def device(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    work = sum(group.work for group in plan(axes=MANY).groups)
    monkeypatch.setattr(devices, "processors", lambda: 3)
    monkeypatch.setattr(devices, "WORTH_A_DEVICE", work / 3.0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)
    return request.param


def test_much_work_goes_to_a_device_where_there_is_one(device: bool):
    found = where("auto", plan(axes=MANY), "float32")
    assert found.device == ("cuda" if device else "cpu")
    assert found.why == f"because PyTorch sees {'a' if device else 'no'} CUDA device"
    assert where("cpu", plan(axes=MANY), "float32") == ("cpu", "")


def test_little_work_stays(device: bool):
    found = where("auto", plan(axes=[MANY[0] | {"count": 255}]), "float32")
    assert found == ("cpu", "because it is done before a CUDA device would be")


OBSTACLES = {
    "single precision": (plan(axes=MANY), "float64"),
    "pictures": (plan(axes=MANY, keep={"pictures": 16}), "float32"),
    "early stopping": (plan(axes=MANY, experiment={**DOCUMENT, "lanes": [STOPPING]}), "float32"),
    "some schedules": (
        plan(
            axes=[*MANY, {"setting": "training.schedule", "values": ["constant", "plateau"]}],
        ),
        "float32",
    ),
}


@pytest.mark.parametrize("word", OBSTACLES)
def test_what_no_kernel_trains_goes_to_processors_unless_somebody_asks_for_a_device(word: str, device: bool):
    made, precision = OBSTACLES[word]
    found = where("auto", made, precision)
    assert found.device == "cpu"
    assert word in found.why
    if device:
        assert where("cuda", made, precision) == (
            "cuda",
            f"by PyTorch's calls, because {found.why.partition(': ')[2]}",
        )
    else:
        with pytest.raises(ExperimentError, match="sees no CUDA device"):
            where("cuda", made, precision)


def test_a_device_gets_larger_batches():
    made: SweepPlan = plan(axes=[MANY[0] | {"count": 5000}])
    assert len(made.batches(None, device="cuda")) == 1 < len(made.batches(None))


def test_the_plan_says_where_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str], device: bool):
    path = write_spec(tmp_path / "sweep.json", axes=MANY)
    assert main(["sweep", str(path), "--plan", "--device", "auto"]) == 0
    a = "on a CUDA device, because PyTorch sees a" if device else "by processors, because PyTorch sees no"
    assert f"trained {a} CUDA device" in capsys.readouterr().out
    assert main(["sweep", str(path), "--plan", "--device", "auto", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["device"] == ("cuda" if device else "cpu")


def test_a_folder_is_gone_on_with_where_it_was_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    path, out = write_spec(tmp_path / "sweep.json"), tmp_path / "out"
    words = ["sweep", str(path), "--out", str(out), "--device", "auto", "--workers", "1"]
    assert main(words) == 0
    assert read_manifest(out).device == "cpu"
    # On a machine with fewer processors a device would be worth its start.
    monkeypatch.setattr(devices, "WORTH_A_DEVICE", 0.0)
    assert main(words) == 0
