"""A call that nothing lowers is replayed between pieces of code; a program that computes something else is replayed."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

pytest.importorskip("llvmlite")

from engine.catalogue.activations import ACTIVATIONS
from engine.experiment import Experiment
from engine.tape.compiler import code as code_module
from engine.tape.compiler import programs
from engine.tape.compiler.arithmetic import Arithmetic
from engine.tape.compiler.operations import OPERATIONS
from engine.tape.object_cache import ObjectCache
from engine.tape.ways import Way
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes

pytestmark = pytest.mark.expects_log("is replayed, not compiled")

EPOCHS = 10


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No code and no program of others, so that a changed entry has an effect, and none of its code stays."""
    monkeypatch.setattr(code_module, "_LOADED", OrderedDict())
    monkeypatch.setattr(code_module, "_KERNELS", OrderedDict())
    monkeypatch.setattr(code_module, "_CACHE", [ObjectCache(tmp_path)])
    monkeypatch.setattr(programs, "_REMEMBERED", OrderedDict())


def inverse(z: Tensor) -> Tensor:
    return torch.erfinv(z.tanh() * 0.5)


def running(z: Tensor) -> Tensor:
    return z.cumsum(-1).tanh()


def largest(z: Tensor) -> Tensor:
    """The larger of the first two neurons and of all, found by their numbers."""
    at = z.argmax(-1, keepdim=True)
    return z.tanh() + 0.3 * z.gather(-1, at)


@pytest.fixture(params=[inverse, running, largest])
def settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Experiment]:
    """Experiments with lanes of these names and an activation that nothing lowers."""
    entry = replace(ACTIVATIONS["tanh"], function=request.param)
    monkeypatch.setitem(ACTIVATIONS._entries, "tanh", entry)
    return lambda *names: with_lanes(
        experiment(),
        *(lane(name, {"seed": ord(name), "training.learning_rate": 0.01}) for name in names),
    )


def test_it_trains_as_eager_and_says_what_is_replayed(
    settings: Callable[..., Experiment], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        mixed = trained(settings("A", "B", "C"), EPOCHS, way="compiled")
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]
    assert any(
        message.startswith("in the training step on") and " is replayed: " in message for message in said
    )
    assert mixed.runs[0].way is Way.COMPILED
    eager = trained(settings("A", "B", "C"), EPOCHS, way="eager")
    for name in "ABC":
        torch.testing.assert_close(row(mixed, name), row(eager, name), rtol=1e-4, atol=1e-5)
        assert not torch.equal(row(mixed, name), row(trained(settings(name), 1), name))


def test_a_lane_is_the_same_alone(settings: Callable[..., Experiment]) -> None:
    together = trained(settings("A", "B", "C"), EPOCHS, way="compiled")
    for name in "AC":
        assert torch.equal(row(together, name), row(trained(settings(name), EPOCHS, way="compiled"), name))


def times(entry: str, factor: float) -> Callable[..., Any]:
    right = OPERATIONS[entry]

    def wrong(m: Arithmetic, *operands: Any) -> Any:
        return m.mul(right(m, *operands), m.number(factor))

    return wrong


WRONG = {
    "a little, forward": ("tanh.default", 1.001),
    "a little, backward": ("tanh_backward.default", 1.001),
    "the sign, backward": ("tanh_backward.default", -1.0),
    "much": ("sub.Tensor", 1.5),
}


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("wrong", WRONG)
def test_what_computes_something_else_is_replayed(
    wrong: str, optimizer: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However little the wrong parameters differ from the right ones after a single step."""
    settings = experiment({"lanes.0.training.optimizer": optimizer, "lanes.0.training.learning_rate": 0.003})
    entry, factor = WRONG[wrong]
    monkeypatch.setitem(OPERATIONS, entry, times(entry, factor))
    with caplog.at_level(logging.WARNING):
        found = trained(settings, 3, way="compiled")
    assert any(
        record.getMessage().startswith("the training step on")
        and "is replayed, not compiled: compiled, it computes another" in record.getMessage()
        for record in caplog.records
    )
    assert found.runs[0].way is Way.REPLAY
    eager = trained(settings, 3, way="eager")
    torch.testing.assert_close(row(found), row(eager), rtol=1e-5, atol=1e-6)


def test_code_that_llvm_refuses_is_replayed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = OPERATIONS["tanh.default"]
    monkeypatch.setitem(
        OPERATIONS,
        "tanh.default",
        lambda m, a: m.builder.shl(right(m, a), a),
    )
    settings = experiment()
    with caplog.at_level(logging.WARNING):
        found = trained(settings, 2, way="compiled")
    assert "LLVM refuses its code" in caplog.text
    assert bits(found) == bits(trained(settings, 2, way="replay"))
