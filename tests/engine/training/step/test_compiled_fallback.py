"""A step that cannot be compiled, or whose code is wrong, is replayed: with a warning, and as if nobody had tried."""

from __future__ import annotations

import logging
from typing import Any

import pytest

pytest.importorskip("llvmlite")

from engine.tape.compiler import operations, programs
from engine.tape.compiler import program as program_module
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, trained, with_lanes

pytestmark = pytest.mark.expects_log("is replayed, not compiled")


def forget_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory or on the disk has been checked."""
    monkeypatch.setenv("NEURAL_SKETCHBOOK_CACHE", "")
    monkeypatch.setattr("engine.tape.compiler.code._LOADED", programs.OrderedDict())
    monkeypatch.setattr("engine.tape.compiler.code._KERNELS", programs.OrderedDict())
    monkeypatch.setattr("engine.tape.compiler.code._CACHE", [])
    monkeypatch.setattr(programs, "_REMEMBERED", programs.OrderedDict())


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program fails its check."""
    monkeypatch.setattr(program_module, "other_result", lambda *arguments: "weight")
    forget_code(monkeypatch)


@pytest.mark.usefixtures("refused")
def test_it_trains_as_by_replay(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        refused = trained(experiment(), 3)
    assert any("the training step on" in record.message for record in caplog.records)
    assert refused.runs[0].way == "replay"
    assert bits(refused) == bits(trained(experiment(), 3, "replay"))


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize(("hidden", "batch"), [([1, 1], 250), ([1], 300), ([8, 8], 10)], ids=str)
def test_a_lane_alone_is_as_among_others(hidden: list[int], batch: int) -> None:
    """A lane that PyTorch would compute in another way alone is computed twice, as without the attempt."""
    base = experiment({"data.generator.points": 700})
    lanes = [
        lane(name, {"seed": seed, "network.hidden": hidden, "training.batch_size": batch})
        for seed, name in enumerate("ABC")
    ]
    together, alone = (trained(with_lanes(base, *some), 3) for some in (lanes, lanes[:1]))
    assert bits(together) == bits(alone)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("name", ["tanh_backward.default", "tanh.default", "addcmul.default"])
def test_wrong_code_is_found(
    name: str, optimizer: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With any optimizer: the gradient is compared as well as the weights."""
    right = operations.OPERATIONS[name]

    def wrong(m: Any, *values: Any) -> Any:
        return m.mul(right(m, *values), m.number(0.9))

    settings = experiment({"lanes.0.training.optimizer": optimizer, "lanes.0.network.hidden": [7, 5, 3]})
    monkeypatch.setitem(operations.OPERATIONS, name, wrong)
    forget_code(monkeypatch)
    with caplog.at_level(logging.WARNING):
        trainer = Trainer(settings, way="compiled")
        trainer.train_epoch()
    assert trainer.runs[0].way == "replay"
    assert any("computes another" in record.message for record in caplog.records)
