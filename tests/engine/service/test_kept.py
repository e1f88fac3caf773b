"""What another engine is told, and which kept run it goes on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.kept_run import RunFolder, state_file
from engine.experiment import Experiment, edit
from engine.experiment.kept_run import Kept, pack
from engine.service import messages as m
from engine.service.kept import DAMAGED, KeptRun, Memory
from tests.engine.helpers import experiment
from tests.observing import watch_prediction


def keep(folder: Path, epoch: int, turn: int = 0) -> None:
    RunFolder(folder).write(Kept(epoch, 1, {}, {}), {}, turn)


def with_rate(rate: float) -> Experiment:
    return edit(experiment(), "lanes.0.training.learning_rate", rate)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def memory(folder: Path) -> Memory:
    """Of an engine that keeps its run."""
    memory = Memory()
    for command in (watch_prediction(7), m.SetSpeed(3.0), m.SetExperiment(with_rate(0.1), 4)):
        memory.note(command)
    memory.note(m.KeepRun(str(folder)))
    return memory


def epoch_of(memory: Memory) -> int | None:
    return memory.beginning(memory.kept.read()).epoch


def test_it_goes_on_where_it_was_kept_with_the_latest_settings(memory: Memory, folder: Path) -> None:
    keep(folder, 12)
    memory.note(m.SetExperiment(with_rate(0.2), 5))
    beginning = memory.beginning(memory.kept.read())
    *settings, load, kept = beginning.commands
    assert settings == [watch_prediction(7), m.SetSpeed(3.0)]
    assert isinstance(load, m.LoadRun)
    assert load.experiment == with_rate(0.2)
    assert load.run == memory.kept.read()
    assert kept == m.KeepRun(str(folder))
    assert (beginning.epoch, beginning.reason, beginning.loads) == (12, "", True)


def test_without_a_kept_run_it_begins_anew(memory: Memory, folder: Path) -> None:
    beginning = memory.beginning(memory.kept.read())
    assert m.SetExperiment(with_rate(0.1), 4) in beginning.commands
    assert (beginning.epoch, beginning.reason, beginning.loads) == (None, "", False)


def test_what_is_damaged_is_said_and_not_used(memory: Memory, folder: Path) -> None:
    keep(folder, 12)
    state_file(folder, 0).write_bytes(b"nonsense")
    beginning = memory.beginning(memory.kept.read())
    assert (beginning.epoch, beginning.reason) == (None, DAMAGED)


@pytest.mark.parametrize(
    "command",
    [
        m.Reset(1),
        m.SetExperiment(experiment(), turn=1),
        m.LoadRun(experiment(), pack(Kept(3, 1, {}, {})), 1),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_run_from_before_a_new_beginning_never_comes_back(
    memory: Memory, folder: Path, command: m.Command
) -> None:
    keep(folder, 12)
    assert epoch_of(memory) == 12
    memory.note(command)
    loaded = 3 if isinstance(command, m.LoadRun) else None
    assert epoch_of(memory) == loaded
    # The engine has not obeyed yet, and keeps the former run once more.
    keep(folder, 13)
    assert epoch_of(memory) == loaded
    keep(folder, 4, turn=1)
    assert epoch_of(memory) == 4


@pytest.mark.parametrize("kept", [True, False])
def test_another_engine_goes_on_with_the_turn_that_is_wanted(
    memory: Memory, folder: Path, kept: bool
) -> None:
    memory.note(m.Reset(1))
    memory.note(m.SetExperiment(with_rate(0.2), 5, turn=1))
    if kept:
        keep(folder, 4, turn=1)
    begun = [one for one in memory.beginning(memory.kept.read()).commands if hasattr(one, "turn")]
    assert [(type(one), one.turn) for one in begun] == [(m.LoadRun if kept else m.SetExperiment, 1)]


def test_what_lies_in_a_folder_already_is_no_run_of_this_engine(folder: Path) -> None:
    keep(folder, 12)
    kept = KeptRun()
    kept.follow(folder)
    assert (kept.read(), folder.exists()) == (None, False)
    keep(folder, 3)
    kept.follow(folder)
    assert kept.is_there, "it looks there already"
    kept.follow(None)
    assert kept.read() is None


def test_to_remember_what_is_sent_touches_no_file(memory: Memory, tmp_path: Path) -> None:
    """It is done while nothing else can be sent, and what the engine keeps meanwhile must not go."""
    keep(tmp_path / "other", 12)
    memory.note(m.KeepRun(str(tmp_path / "other")))
    assert epoch_of(memory) == 12
    memory.note(m.KeepRun(None))
    assert memory.kept.read() is None


def test_a_reason_not_to_load_it_is_told(memory: Memory, folder: Path) -> None:
    keep(folder, 12)
    beginning = memory.beginning(None, "It failed.")
    assert (beginning.epoch, beginning.reason, beginning.loads) == (None, "It failed.", False)
