"""Where a sweep is trained, and what is said of it."""

import json
from pathlib import Path

import pytest
import torch

from engine.__main__ import main
from engine.experiment import ExperimentError
from engine.sweep.devices import WORTH_A_DEVICE, where
from engine.sweep.plan import SweepPlan
from tests.engine.sweep.sweeps import DOCUMENT, plan, write_spec

MANY = [{"setting": "regularization.l2", "from": 0.0, "to": 0.1, "count": WORTH_A_DEVICE}]
STOPPING = {**DOCUMENT["lanes"][0], "regularization": {"early_stopping": {"patience": 3}}}


@pytest.fixture(params=[True, False])
def device(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)
    return request.param


def test_many_lanes_go_to_a_device_where_there_is_one(device: bool):
    found = where("auto", plan(axes=MANY), "float32")
    assert found.device == ("cuda" if device else "cpu")
    assert found.why == f"PyTorch sees {'a' if device else 'no'} CUDA device"
    assert where("cpu", plan(axes=MANY), "float32") == ("cpu", "")


def test_few_lanes_stay(device: bool):
    assert where("auto", plan(), "float32").device == "cpu"


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
def test_what_a_device_cannot_train_is_trained_by_processors_in_batches_for_them(word: str, device: bool):
    made, precision = OBSTACLES[word]
    found = where("auto", made, precision)
    assert found.device == "cpu"
    assert word in found.why
    with pytest.raises(ExperimentError, match=word):
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
