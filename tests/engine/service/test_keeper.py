"""The engine keeps its run in a folder, and goes on from one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.data.kept_run import facts, read_kept
from engine.experiment import Points, edit_many
from engine.experiment.kept_run import Kept, lanes_without_history, pack
from engine.observation.report import Report
from engine.service import keeper
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, row, with_points


class Served:
    """A worker whose rounds are the test's."""

    def __init__(self) -> None:
        self.inbox: Inbox[m.Command] = Inbox()
        self.mailbox: Mailbox[Report] = Mailbox(Report.merged)
        self.outbox: Inbox[m.Event] = Inbox()
        self.worker = Worker(self.inbox, self.mailbox, self.outbox)

    def round(self, *commands: m.Command) -> list[m.Event]:
        for command in commands:
            self.inbox.put(command)
        self.worker._serve_once()
        return self.outbox.drain()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "AT_REST", 0.0)
    monkeypatch.setattr(keeper, "INTERVAL", 0.0)


def settled(folder: Path, served: Served, epoch: int) -> list[m.Event]:
    """Serve round after round until the folder holds this epoch; at rest, keeping takes at most half of the time."""
    events = []
    for _ in range(1000):
        run = read_kept(folder)
        if run is not None and facts(run).epoch == epoch and not served.worker._keeper.waits:
            return events
        events += served.round()
    raise AssertionError("it was not kept")


def test_the_folder_follows_what_happens_at_rest(tmp_path: Path) -> None:
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path / "run")))
    settled(tmp_path / "run", served, 0)
    served.round(m.StepEpoch(3))
    while served.worker.busy:
        served.round()
    settled(tmp_path / "run", served, 3)
    edited = edit_many(experiment(), {"lanes.0.regularization.l2": 0.01})
    served.round(m.SetExperiment(edited))
    settled(tmp_path / "run", served, 3)
    run = read_kept(tmp_path / "run")
    assert run is not None
    trainer = Trainer.of_run(run)
    assert trainer.runs[0].lane == edited.lanes[0]
    assert bits(trainer) == bits(served.worker.trainer)


def test_keeping_costs_no_report(tmp_path: Path) -> None:
    """What is kept is no news for the window."""
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path / "run")))
    published = served.worker.published
    settled(tmp_path / "run", served, 0)
    assert served.worker.published == published


def test_while_it_trains_the_share_and_the_interval_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(keeper, "INTERVAL", 1.0)
    one = keeper.Keeper(lambda sentence: None)
    one._training = keeper.Budget(0.02, 1.0, clock=lambda: seconds[0])
    one._waiting = keeper.Budget(0.1, clock=lambda: seconds[0])
    one.keep_in(str(tmp_path / "run"))
    trainer = Trainer(experiment())
    assert one.is_due(trains=True)
    one.keep(trainer)
    assert not one.is_due(trains=True)
    one.note()
    assert not one.is_due(trains=True)
    seconds[0] = 1.01
    assert one.is_due(trains=True)


@pytest.mark.parametrize(
    ("took", "effort", "pause"), [(0.05, 0.01, 1.0), (0.05, 0.05, 2.5), (0.4, 0.01, 4.0)]
)
def test_a_busy_machine_does_not_make_keeping_rare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, took: float, effort: float, pause: float
) -> None:
    """Training may cost 2 % of the processor's time, and be held up for a tenth of the time."""
    now, spent = [0.0], [0.0]
    one = keeper.Keeper(lambda event: None)
    one._training = keeper.Budget(0.02, 1.0, clock=lambda: now[0], effort=lambda: spent[0])
    one._waiting = keeper.Budget(0.1, clock=lambda: now[0])

    def write(*arguments: object) -> None:
        now[0] += took
        spent[0] += effort

    monkeypatch.setattr(keeper.RunFolder, "write", write)
    one.keep_in(str(tmp_path))
    one.keep(Trainer(experiment()))
    one.note()
    now[0] = pause - 0.01
    assert not one.is_due(trains=True)
    now[0] = pause + 0.01
    assert one.is_due(trains=True)


def test_shutdown_keeps_the_last_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path / "run")))
    settled(tmp_path / "run", served, 0)
    served.worker.obey(m.StepEpoch(2))
    while served.worker.busy:
        served.worker.train()
    served.inbox.put(m.Shutdown())
    assert not served.worker._serve_once()
    run = read_kept(tmp_path / "run")
    assert run is not None
    assert facts(run).epoch == 2


def test_what_was_damaged_on_the_disk_is_kept_anew_when_it_is_asked_for(tmp_path: Path) -> None:
    """It still has the rows that are damaged, and would only append to them."""
    one, trainer = keeper.Keeper(lambda event: None), Trainer(experiment())
    one.keep_in(str(tmp_path))
    one.keep(trainer)
    for path in tmp_path.glob("rows-*"):
        path.write_bytes(bytes(len(path.read_bytes())))
    trainer.train_epoch()
    one.keep(trainer)
    damaged = read_kept(tmp_path)
    assert damaged is not None
    assert lanes_without_history(damaged) == ["A"]
    one.keep_in(str(tmp_path))
    assert one.waits
    one.keep(trainer)
    run = read_kept(tmp_path)
    assert run is not None
    assert lanes_without_history(run) == []
    assert facts(run).epoch == 1


@pytest.mark.expects_log("the run cannot be kept")
def test_what_cannot_be_kept_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    served = Served()
    events = served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path / "file" / "run")))
    for _ in range(3):
        events += served.round(m.SetExperiment(experiment({"lanes.0.seed": 3})))
    (said,) = [event for event in events if isinstance(event, m.RunNotKept)]
    assert "Not a directory" in said.sentence
    served.round(m.KeepRun(str(tmp_path / "run")))
    settled(tmp_path / "run", served, 0)


def test_a_run_goes_on_in_another_engine(tmp_path: Path) -> None:
    first, second = Served(), Served()
    first.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path)), m.StepEpoch(5))
    while first.worker.busy:
        first.round()
    settled(tmp_path, first, 5)
    run = read_kept(tmp_path)
    assert run is not None
    assert second.round(m.LoadRun(experiment(), run, 3)) == [m.RunLoaded(5, turn=3)]
    report = second.mailbox.take()
    assert report is not None
    assert (report.snapshot.epoch, report.snapshot.playing, report.snapshot.acknowledged) == (5, False, 1)
    assert len(report.deltas[0].epochs) == 6
    for served in (first, second):
        served.round(m.StepEpoch(2))
        while served.worker.busy:
            served.round()
    assert bits(first.worker.trainer) == bits(second.worker.trainer)


def test_what_differs_from_the_run_is_an_edit() -> None:
    trainer = Trainer(experiment())
    trainer.train_epoch()
    served = Served()
    edited = edit_many(experiment(), {"lanes.0.regularization.l2": 0.01})
    events = served.round(m.LoadRun(edited, run_bytes(trainer.lanes)))
    assert m.RunLoaded(1) in events
    assert served.worker.trainer is not None
    (run,) = served.worker.trainer.runs
    assert run.lane == edited.lanes[0]
    assert [mark.kind for mark in run.marks.view] == ["setting"]


@pytest.mark.parametrize("bad", [b"", b"no run at all", pack(Kept(3, 1, {}, {}))])
def test_a_run_that_cannot_be_used_begins_anew(bad: bytes) -> None:
    served = Served()
    served.round(m.SetExperiment(experiment()), m.StepEpoch(2))
    while served.worker.busy:
        served.round()
    other = msgspec.structs.replace(experiment({"lanes.0.seed": 5}))
    events = served.round(m.LoadRun(other, bad, 3))
    (said,) = [event for event in events if isinstance(event, m.RunNotLoaded)]
    assert said.turn == 3
    assert said.sentence.startswith("The run cannot be restored: ")
    assert served.worker.trainer is not None
    (run,) = served.worker.trainer.runs
    assert (run.lane, run.step) == (other.lanes[0], 0)


def test_the_number_of_the_run_changes() -> None:
    """Views take the run that was loaded for another one than that before it."""
    served = Served()
    served.round(m.SetExperiment(experiment()))
    before = served.mailbox.take()
    trainer = Trainer(experiment())
    trainer.train_epoch()
    served.round(m.LoadRun(experiment(), run_bytes(trainer.lanes)))
    after = served.mailbox.take()
    assert before is not None
    assert after is not None
    assert before.snapshot.run != after.snapshot.run


def test_no_report_of_a_new_run_comes_before_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sees that a run has begun finds no former one in the folder, however long ago that was kept."""
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path)), m.StepEpoch(2))
    while served.worker.busy:
        served.round()
    settled(tmp_path, served, 2)
    monkeypatch.setattr(keeper.Budget, "allows", property(lambda self: False))
    circle = experiment({"data.generator.name": "circle"})
    for command in (m.SetExperiment(circle, turn=1), m.Reset(2)):
        served.worker.obey(m.StepBatch())
        served.round(command)
        run = read_kept(tmp_path, command.turn)
        assert run is not None
        trainer = Trainer.of_run(run)
        assert (trainer.runs[0].step, trainer.lanes.data.generator.name) == (0, "circle")


@pytest.mark.parametrize("begin", ["opened", "new", "reset", "edited"])
def test_only_another_document_leaves_the_former_run_for_a_while(tmp_path: Path, begin: str) -> None:
    """A window that puts it away may still read it; what was reset is gone at once."""
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path)), m.StepEpoch(2))
    while served.worker.busy:
        served.round()
    settled(tmp_path, served, 2)
    circle = experiment({"data.generator.name": "circle"})
    commands = {
        "opened": m.LoadRun(circle, run_bytes(Trainer(circle).lanes), 1),
        "new": m.SetExperiment(circle, turn=1, document=1),
        "reset": m.Reset(1),
        "edited": m.SetExperiment(circle, turn=1),
    }
    served.round(commands[begin])
    assert read_kept(tmp_path, 1) is not None
    former = read_kept(tmp_path, 0)
    assert (former is not None) == (begin in ("opened", "new"))
    assert former is None or lanes_without_history(former) == []


@pytest.mark.parametrize("begin", ["Reset", "SetExperiment", "LoadRun"])
def test_a_command_that_the_end_has_overtaken_leaves_the_former_run_in_its_turn(
    tmp_path: Path, begin: str
) -> None:
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path)), m.StepEpoch(2))
    while served.worker.busy:
        served.round()
    commands: dict[str, m.Command] = {
        "Reset": m.Reset(1),
        "SetExperiment": m.SetExperiment(experiment(), turn=1),
        "LoadRun": m.LoadRun(experiment(), run_bytes(Trainer(experiment()).lanes), 1),
    }
    served.round(commands[begin], m.Shutdown())
    assert read_kept(tmp_path, 1) is None
    run = read_kept(tmp_path)
    assert run is not None
    assert facts(run).epoch == 2


def trained(served: Served, *commands: m.Command) -> int:
    """Let a worker obey some commands and return how many steps its lane has made then."""
    for command in commands:
        served.worker.obey(command)
    assert served.worker.trainer is not None
    return served.worker.trainer.runs[0].step


def test_an_edit_begins_the_turn_whose_beginning_has_not_come() -> None:
    """Because the two were merged, or because what came before did not fit into memory."""
    served = Served()
    assert trained(served, m.SetExperiment(experiment()), m.StepBatch()) == 1
    edited = experiment({"lanes.0.training.learning_rate": 0.1})
    assert trained(served, m.SetExperiment(edited)) == 1
    assert trained(served, m.SetExperiment(edited, turn=1)) == 0
    assert trained(served, m.StepBatch(), m.SetExperiment(experiment(), turn=1)) == 1


def test_the_last_turn_is_the_highest_in_whatever_order_merged_commands_come(tmp_path: Path) -> None:
    served = Served()
    served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path)))
    served.round(m.SetExperiment(experiment(), turn=2), m.Reset(1))
    assert read_kept(tmp_path, 2) is not None


@pytest.mark.expects_log("the run cannot be kept")
def test_what_cannot_be_kept_is_tried_again_and_ends_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "AGAIN", 0.0)
    served = Served()
    with monkeypatch.context() as broken:
        broken.setattr(keeper.RunFolder, "write", lambda *_: 1 / 0)
        events = served.round(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path)), m.Play())
        events += [event for _ in range(5) for event in served.round()]
    assert not any(isinstance(event, m.EngineFailed) for event in events)
    assert served.worker.busy
    assert [event.reason for event in events if isinstance(event, m.RunNotKept)] == ["division by zero"]
    told = served.round(m.Pause())
    assert served.worker.trainer is not None
    told += settled(tmp_path, served, served.worker.trainer.epoch)
    told += [event for _ in range(3) for event in served.round(m.SetExperiment(experiment()))]
    assert [event for event in told if isinstance(event, m.RunKept)] == [m.RunKept()]


def test_many_edits_that_come_with_a_run_keep_its_weights() -> None:
    """Between the run and the drawing many strokes may lie: together they are no other data set."""
    trainer = Trainer(experiment())
    trainer.train_epoch()
    rng = np.random.default_rng(0)
    drawn = Points(rng.normal(size=(200, 2)), rng.integers(0, 2, 200))
    served = Served()
    served.round(m.LoadRun(with_points(experiment(), drawn), run_bytes(trainer.lanes)))
    assert served.worker.trainer is not None
    assert served.worker.trainer.points == drawn
    assert row(served.worker.trainer).equal(row(trainer))
