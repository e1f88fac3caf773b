"""The way is that of the trainer's argument, down to each program, and a run says which it really was."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from engine.tape import recording as tape_module
from engine.tape.recording import Recorded, Unrecordable
from engine.tape.ways import Way, resolve
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, trained, with_lanes


def test_names_of_the_command_line() -> None:
    assert [way.value for way in Way] == ["eager", "replay", "compiled", "auto"]
    assert Way("replay") is Way.REPLAY
    with pytest.raises(ValueError, match="is not a valid Way"):
        Way("fast")


@pytest.mark.parametrize("parameters", [2, 186, 10_000_000])
def test_what_was_asked_for_is_what_runs(parameters: int) -> None:
    assert resolve(Way.EAGER, parameters) is Way.EAGER
    assert resolve(Way.REPLAY, parameters) is Way.REPLAY
    for way in (Way.COMPILED, Way.AUTO):
        found = {resolve(way, parameters) for _ in range(3)}
        assert len(found) == 1
        assert found <= {Way.REPLAY, Way.COMPILED}


@pytest.mark.parametrize("way", Way)
def test_each_way_trains_and_says_so(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[object] = []
    record = tape_module.record
    monkeypatch.setattr(tape_module, "record", lambda f, *rest: (recorded.append(f), record(f, *rest))[1])
    trainer = Trainer(experiment(), way=way.value)
    assert trainer.runs[0].way is None
    trainer.train_epoch()
    assert trainer.runs[0].way in {Way.EAGER: {Way.EAGER}, Way.REPLAY: {Way.REPLAY}}.get(
        way, {Way.REPLAY, Way.COMPILED}
    )
    assert bool(recorded) == (trainer.runs[0].way is Way.REPLAY)
    trainer.reset()
    assert trainer.runs[0].way is None


def test_a_way_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a valid Way"):
        Trainer(experiment(), way="fastest")


def test_a_lane_that_has_ended_keeps_what_its_steps_were() -> None:
    stopping = {"regularization.early_stopping": {"patience": 1, "min_delta": 10.0}}
    trainer = trained(with_lanes(experiment(), lane("A", stopping), lane("B", {})), 5, way="replay")
    assert [run.status for run in trainer.runs] == ["stopped", "training"]
    assert [run.way for run in trainer.runs] == [Way.REPLAY, Way.REPLAY]


@pytest.mark.expects_log("cannot be replayed")
def test_what_cannot_be_recorded_is_eager(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(function: Any) -> Any:
        function()
        raise Unrecordable("aten::odd")

    monkeypatch.setattr(tape_module, "record", refuse)
    program = Recorded(lambda: None, name="nothing")
    assert program.way is Way.REPLAY
    with caplog.at_level(logging.WARNING):
        program()
    assert program.way is Way.EAGER
    refused = trained(experiment(), 2, way="replay")
    assert refused.runs[0].way is Way.EAGER
    assert bits(refused) == bits(trained(experiment(), 2, way="eager"))


@pytest.mark.expects_log("llvmlite does not work here")
@pytest.mark.parametrize("error", [AttributeError("no Target"), OSError("cannot load"), KeyError("x")])
def test_an_installation_that_does_not_work_is_told_once_and_passed_by(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from engine.tape.compiler import available, native

    def broken() -> None:
        raise error

    monkeypatch.setattr(native, "machine", broken)
    monkeypatch.setattr(available, "_said", [])
    available._missing.cache_clear()
    try:
        with caplog.at_level(logging.INFO):
            assert {resolve(way, 10) for way in (Way.AUTO, Way.COMPILED, Way.AUTO)} == {Way.REPLAY}
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert record.message == f"steps are replayed, not compiled: llvmlite does not work here ({error})"
    finally:
        monkeypatch.undo()
        available._missing.cache_clear()
