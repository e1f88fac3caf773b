"""Memory that cannot be had is one plain sentence; the engine lives on, and smaller settings go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.data.kept_run import facts, read_kept
from engine.experiment import Experiment, dumps, edit_many
from engine.observation.report import Reader, Report
from engine.service import messages as m
from engine.service.child import PipeMailbox
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.tape.out_of_memory import NOT_ENOUGH_MEMORY, is_out_of_memory
from engine.training import lane_stack
from engine.training.keeping import run_bytes
from engine.training.lanes import Lanes
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes

ALLOCATOR = RuntimeError(
    "[enforce fail at alloc_cpu.cpp:121] data. DefaultCPUAllocator: can't allocate memory: you"
)


class Service:
    """A worker without a thread; ``round`` is one round of its loop, which obeys these commands."""

    def __init__(self, mailbox: Mailbox[Report] | None = None) -> None:
        self.inbox: Inbox[m.Command] = Inbox()
        self.outbox: Inbox[m.Event] = Inbox()
        self.mailbox = mailbox or Mailbox(Report.merged)
        self.worker = Worker(self.inbox, self.mailbox, self.outbox)

    def round(self, *commands: m.Command) -> list[str]:
        """Returns the sentences about failures."""
        for command in commands:
            self.inbox.put(command)
        self.worker._serve_once()
        return [event.sentence for event in self.outbox.drain() if isinstance(event, m.EngineFailed)]


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Networks with a layer of 50 neurons cannot be stacked."""
    stack = lane_stack._stack

    def allocate(key: lane_stack.StackKey, *arguments: object) -> object:
        if 50 in key.layout.widths:
            raise ALLOCATOR
        return stack(key, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(lane_stack, "_stack", allocate)
    return monkeypatch


def _large(settings: Experiment, lane: int = 0) -> Experiment:
    return edit_many(settings, {f"lanes.{lane}.network.hidden": [50]})


def test_a_network_too_large_pauses_and_smaller_settings_go_on(no_memory: pytest.MonkeyPatch) -> None:
    service, settings = Service(), experiment()
    service.round(m.SetExperiment(settings), m.Play())
    assert service.worker.trainer is not None
    assert service.round(m.SetExperiment(_large(settings))) == [NOT_ENOUGH_MEMORY]
    assert not service.worker.busy
    # Nothing is reported of lanes that the window no longer shows, and nothing trains; whoever wants to is told why.
    service.mailbox.take()
    for command in (m.Play(), m.StepEpoch(), m.StepBatch()):
        assert service.round(command) == [NOT_ENOUGH_MEMORY]
    assert service.round(m.Pause()) == []
    assert not service.worker.busy
    assert service.mailbox.take() is None
    smaller = edit_many(settings, {"lanes.0.network.hidden": [3]})
    assert service.round(m.SetExperiment(smaller), m.StepEpoch()) == []
    while service.worker.busy:
        service.round(m.SetSpeed())
    (run,) = service.worker.trainer.runs
    assert run.lane == smaller.lanes[0]
    assert run.epoch == 1


def test_the_other_lanes_keep_what_they_have_learned(no_memory: pytest.MonkeyPatch) -> None:
    service, settings = Service(), with_lanes(experiment(), lane("A"), lane("B"))
    service.round(m.SetExperiment(settings), m.StepEpoch(3))
    while service.worker.busy:
        service.round(m.SetSpeed())
    assert service.worker.trainer is not None
    rows = [service.worker.trainer.parameters(name)[2] for name in "AB"]
    edited = edit_many(_large(settings, lane=1), {"lanes.0.training.learning_rate": 0.5})
    assert service.round(m.SetExperiment(edited)) == [NOT_ENOUGH_MEMORY]
    assert service.round(m.SetExperiment(settings)) == []
    trainer = service.worker.trainer
    assert trainer is not None
    assert [run.epoch for run in trainer.runs] == [3, 3]
    assert [run.lane for run in trainer.runs] == list(settings.lanes)
    assert all(row.equal(trainer.parameters(name)[2]) for row, name in zip(rows, "AB", strict=True))


def _trained(service: Service) -> int | None:
    """Let a service train as far as it is told to; returns the epoch, None where it has nothing to train."""
    while service.worker.busy:
        service.round(m.SetSpeed())
    return None if service.worker.trainer is None else service.worker.trainer.epoch


@pytest.mark.parametrize(
    ("meanwhile", "then", "epoch"),
    [
        ((), {}, 3),
        ((), {"data.class_names": ["cat", "dog"]}, 3),
        ((), {"lanes.0.training.learning_rate": 0.5}, 3),
        ((), {"data.generator.seed": 8}, 0),
        ((m.Reset(2),), {}, 0),
    ],
    ids=["undone", "undone, other looks", "undone, edited", "other data again", "reset meanwhile"],
)
def test_other_data_that_do_not_fit_cost_no_run_once_they_are_undone(
    no_memory: pytest.MonkeyPatch,
    tmp_path: Path,
    meanwhile: tuple[m.Command, ...],
    then: dict[str, object],
    epoch: int,
) -> None:
    service, settings = Service(), experiment()
    service.round(m.KeepRun(str(tmp_path)), m.SetExperiment(settings), m.StepEpoch(3))
    assert _trained(service) == 3
    other = edit_many(_large(settings), {"data.generator.seed": 9})
    assert service.round(m.SetExperiment(other, turn=1)) == [NOT_ENOUGH_MEMORY]
    # Undoing it is no turn of its own.
    turn = 2 if meanwhile else 1
    service.round(m.SetSpeed(), *meanwhile)
    service.round(m.SetExperiment(edit_many(settings, then), turn=turn))
    assert _trained(service) == epoch
    kept = read_kept(tmp_path, turn)
    assert kept is not None
    assert facts(kept).epoch == epoch


def test_another_document_never_goes_on_with_the_run_of_the_one_before(no_memory: pytest.MonkeyPatch) -> None:
    service, settings = Service(), experiment()
    service.round(m.SetExperiment(settings), m.StepEpoch(3))
    assert _trained(service) == 3
    assert service.round(m.SetExperiment(_large(settings), turn=1, document=1)) == [NOT_ENOUGH_MEMORY]
    assert service.round(m.SetExperiment(settings, turn=1, document=1)) == []
    assert _trained(service) == 0


def test_an_edit_that_fails_in_another_way_costs_no_run_either(monkeypatch: pytest.MonkeyPatch) -> None:
    service, settings = Service(), experiment()
    service.round(m.SetExperiment(settings), m.StepEpoch(3))
    assert _trained(service) == 3
    other = edit_many(settings, {"data.generator.seed": 9})
    with monkeypatch.context() as patch:
        patch.setattr(Lanes, "start", _fail(RuntimeError("No.")))
        assert service.round(m.SetExperiment(other, turn=1)) == ["No."]
    assert service.round(m.SetExperiment(settings, turn=1)) == []
    assert _trained(service) == 3


def _fail(error: Exception) -> Callable[..., None]:
    def fail(*arguments: object, **more: object) -> None:
        raise error

    return fail


def _unloaded(service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception) -> tuple[str, Experiment]:
    """Let a service with another document fail to load the run of one; returns what is said, and the document."""
    opened = edit_many(experiment(), {"lanes.0.seed": 5})
    trainer = Trainer(opened)
    trainer.train_epoch()
    service.round(m.SetExperiment(experiment()), m.StepEpoch(3))
    assert _trained(service) == 3
    service.mailbox.take()
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "of_run", _fail(error))
        service.inbox.put(m.LoadRun(opened, run_bytes(trainer.lanes), 1))
        service.inbox.put(m.Play())
        service.worker._serve_once()
    said = [event for event in service.outbox.drain() if isinstance(event, m.RunNotLoaded)]
    assert [(event.turn, event.waits) for event in said] == [(1, is_out_of_memory(error))]
    # What trained before is another document's, and nothing is shown or trained of it.
    assert service.mailbox.take() is None
    assert not service.worker.busy
    return said[0].sentence, opened


def test_a_run_that_there_is_no_memory_to_load_is_loaded_with_the_next_edit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service = Service()
    service.round(m.KeepRun(str(tmp_path)))
    sentence, opened = _unloaded(service, monkeypatch, ALLOCATOR)
    assert sentence == "There is not enough memory to restore the run; the next edit tries it again."
    assert read_kept(tmp_path, 1) is None
    assert service.round(m.Play()) == [sentence]
    edited = edit_many(opened, {"lanes.0.training.learning_rate": 0.5})
    service.inbox.put(m.SetExperiment(edited, turn=1, document=1))
    service.worker._serve_once()
    assert service.outbox.drain() == [m.RunLoaded(1, turn=1)]
    assert service.worker.trainer is not None
    assert [(run.lane, run.epoch) for run in service.worker.trainer.runs] == [(edited.lanes[0], 1)]


def test_a_run_that_cannot_be_loaded_for_another_reason_begins_anew_with_the_next_edit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service()
    sentence, opened = _unloaded(service, monkeypatch, ValueError("No."))
    assert sentence == "The run cannot be restored: No.; the next edit begins training anew."
    service.round(m.SetExperiment(opened, turn=1, document=1))
    assert service.worker.trainer is not None
    assert [(run.lane, run.step) for run in service.worker.trainer.runs] == [(opened.lanes[0], 0)]
    report = service.mailbox.take()
    assert report is not None
    # Views take it for another run than that before.
    assert report.snapshot.run == 2


def test_a_reset_begins_anew_what_there_was_no_memory_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    _, opened = _unloaded(service, monkeypatch, ALLOCATOR)
    service.round(m.Reset(2))
    assert service.worker.trainer is not None
    assert [(run.lane, run.step) for run in service.worker.trainer.runs] == [(opened.lanes[0], 0)]
    assert service.round(m.SetExperiment(opened, turn=2, document=1), m.StepEpoch()) == []
    assert _trained(service) == 1


def test_memory_that_ends_while_training_is_the_same_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    service.round(m.SetExperiment(experiment()))
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train", lambda *arguments: np.empty(2**50))
        assert service.round(m.Play()) == [NOT_ENOUGH_MEMORY]
        assert not service.worker.busy
    assert service.round(m.StepEpoch()) == []
    while service.worker.busy:
        service.round(m.SetSpeed())
    assert service.worker.trainer is not None
    assert service.worker.trainer.epoch == 1


def test_the_command_line_says_it_in_one_line(
    no_memory: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "large.sketch.json"
    path.write_text(dumps(_large(experiment())))
    assert main(["run", str(path), "--epochs", "1"]) == 2
    assert capsys.readouterr().err == f"neural-sketchbook: {NOT_ENOUGH_MEMORY}\n"


def test_other_errors_keep_their_own_words() -> None:
    assert is_out_of_memory(ALLOCATOR)
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("not enough memory"))


class Short:
    """A wire without the memory for its first reports."""

    def __init__(self, failures: int) -> None:
        self._failures = failures
        self.sent: list[Report] = []

    def send_large(self, report: Report) -> None:
        if self._failures:
            self._failures -= 1
            raise MemoryError
        self.sent.append(report)


def test_a_report_that_cannot_be_sent_comes_with_the_next_one() -> None:
    wire = Short(2)
    service = Service(PipeMailbox(wire))  # type: ignore[arg-type]
    assert service.round(m.SetExperiment(experiment())) == [NOT_ENOUGH_MEMORY]
    assert service.round(m.StepBatch()) == [NOT_ENOUGH_MEMORY]
    assert service.round(m.StepBatch(), m.StepBatch()) == []
    (report,) = wire.sent
    assert report.snapshot.step == 3
    assert Reader().read(report).lanes[0].history.epoch.tolist() == [0, 1]


def test_a_report_that_cannot_be_sent_at_rest_is_tried_again_when_the_window_asks() -> None:
    wire = Short(2)
    mailbox = PipeMailbox(wire)  # type: ignore[arg-type]
    service = Service(mailbox)
    assert service.round(m.SetExperiment(experiment())) == [NOT_ENOUGH_MEMORY]
    with pytest.raises(MemoryError):
        mailbox.try_again()
    mailbox.try_again()
    mailbox.try_again()
    assert [report.snapshot.serial for report in wire.sent] == [1]


def test_a_report_that_came_meanwhile_is_joined_with_one_that_cannot_be_sent() -> None:
    service = Service()
    service.round(m.SetExperiment(experiment()))
    first = service.mailbox.take()
    assert first is not None
    service.round(*[m.StepBatch()] * 3)
    service.mailbox.put_back(first)
    report = service.mailbox.take()
    assert report is not None
    assert report.snapshot.serial == 2
    assert Reader().read(report).lanes[0].history.epoch.tolist() == [0, 1]
    service.mailbox.put_back(first)
    assert service.mailbox.take() is first
