"""The engine in a process of its own: what a process adds to the protocol that both engines keep."""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.data.kept_run import RunFolder, facts, read_kept
from engine.experiment import Points, default_experiment, edit
from engine.experiment.kept_run import Kept
from engine.observation.observables import PREDICTION
from engine.observation.snapshot import Snapshot
from engine.service import child_process as child_process_module
from engine.service import heartbeat as heartbeat_module
from engine.service import messages as m
from engine.service import process as process_module
from engine.service.interface import Mailbox
from engine.service.kept import KeptRun
from engine.service.process import LOADS, NOT_LOADED, RESTARTS, ProcessEngine
from engine.service.shared_memory import Key
from engine.service.wire import pack
from tests.deadline import DEADLINE
from tests.engine.driving import Driver, alive, reaped, until
from tests.engine.helpers import experiment, with_points
from tests.observing import prediction_of, watch_prediction

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks processes and descriptors up in /proc")
posix = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")


def child_of(driver: Driver) -> int:
    """The process id of the engine's child, which there must be."""
    assert isinstance(driver.engine, ProcessEngine)
    pid = driver.engine.pid
    assert pid is not None
    return pid


@pytest.fixture
def driver() -> Iterator[Driver]:
    """An engine that has not been started."""
    driver = Driver(ProcessEngine())
    yield driver
    assert driver.engine.close(DEADLINE)
    assert isinstance(driver.engine, ProcessEngine)
    if driver.engine.pid is not None:
        assert reaped(driver.engine.pid)


@pytest.fixture(scope="module")
def one_for_all() -> Iterator[Driver]:
    driver = Driver(ProcessEngine())
    driver.engine.start()
    yield driver
    assert driver.engine.close(DEADLINE)


@pytest.fixture
def shared(one_for_all: Driver) -> Driver:
    """An engine that outlives the test, which must leave it alive."""
    one_for_all.start_over()
    return one_for_all


@pytest.fixture
def running(forked: None, driver: Driver) -> Driver:
    """An engine that may be done anything to."""
    driver.send(m.SetExperiment(default_experiment()))
    driver.engine.start()
    driver.until(lambda: driver.snapshot)
    driver.settled()
    return driver


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is not waited for longer than others."""
    monkeypatch.setattr(heartbeat_module, "FIRST", heartbeat_module.SILENT)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that is ended by force is waited for as long as that takes."""
    monkeypatch.setattr(process_module, "LAST_MOMENT", DEADLINE)


class Launches:
    """Takes the place of ``launch``: counts, and holds back what must not start yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.allowed = threading.Semaphore(0)
        self.ended = False
        self._launch = child_process_module.launch
        monkeypatch.setattr(child_process_module, "launch", self._wait_and_launch)

    def _wait_and_launch(self, key: Key, place: object) -> subprocess.Popen[bytes]:
        self.count += 1
        assert self.allowed.acquire(timeout=DEADLINE)
        return self._launch(key, place)


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> Launches:
    return Launches(monkeypatch)


def test_snapshots_wait_until_the_last_one_is_taken(shared: Driver) -> None:
    serials: list[int] = []

    def goes_on() -> bool:
        snapshot = shared.engine.take_snapshot()
        serials.extend([snapshot.serial] if snapshot else [])
        return bool(snapshot) and snapshot.epoch > 20

    shared.send(m.Play())
    until(goes_on)
    assert serials == sorted(set(serials))


def test_large_arrays_arrive_read_only_and_stay_as_they_are(shared: Driver) -> None:
    shared.send(watch_prediction(100), m.StepBatch())
    first = shared.settled()
    values = prediction_of(first.lanes[0]).values
    assert values.shape == (100, 100, 2)
    assert not values.flags.writeable
    before = values.tobytes()
    shared.send(m.StepEpoch(3))
    second = shared.settled()
    assert prediction_of(second.lanes[0]).values.tobytes() != before
    assert values.tobytes() == before


# -- one that starts slowly, badly or not at all


@pytest.mark.usefixtures("forked")
def test_nothing_waits_while_a_process_is_started(driver: Driver, launches: Launches) -> None:
    driver.send(m.SetExperiment(experiment()))
    driver.engine.start()
    until(lambda: launches.count == 1)
    driver.send(watch_prediction(5), m.StepEpoch(2))
    assert driver.engine.take_snapshot() is None
    assert driver.engine.take_events() == []
    launches.allowed.release()
    assert driver.settled().epoch == 2
    os.kill(child_of(driver), signal.SIGTERM)
    until(lambda: launches.count == 2)
    driver.send(watch_prediction(6))
    driver.look()
    assert driver.events == [m.EngineReady()]
    driver.snapshot = None
    launches.allowed.release()
    driver.until(lambda: driver.snapshot and PREDICTION.of(driver.snapshot.lanes[0]))
    assert driver.events == [m.EngineReady(), m.EngineRestarted(), m.EngineReady()]


def test_closing_while_a_process_is_started_ends_what_comes_of_it(driver: Driver, launches: Launches) -> None:
    driver.engine.start()
    until(lambda: launches.count == 1)
    assert not driver.engine.close(0.0)
    launches.allowed.release()
    assert driver.engine.close(DEADLINE)
    assert reaped(child_of(driver))
    driver.look()
    assert driver.events == []


def said(driver: Driver) -> m.EngineFailed:
    """The one sentence of an engine that starts no more by itself, and then holds still."""
    driver.until(lambda: driver.events_of(m.EngineFailed))
    driver.send(m.SetExperiment(experiment()), m.Play())
    assert driver.engine.take_snapshot() is None
    assert driver.engine.close(DEADLINE)
    driver.look()
    (failure,) = driver.events
    assert isinstance(failure, m.EngineFailed)
    assert "\n" not in failure.sentence
    return failure


def test_without_an_interpreter_it_says_so_once(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    driver.engine.start()
    failure = said(driver)
    assert "cannot start" in failure.sentence
    assert failure.final
    assert "/nowhere/python" in failure.sentence
    assert child_or_none(driver) is None


def child_or_none(driver: Driver) -> int | None:
    assert isinstance(driver.engine, ProcessEngine)
    return driver.engine.pid


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import a_module_that_nobody_has", "its process ended before it was ready"),
        ("raise SystemExit(0)", "its process ended before it was ready"),
        (
            "import sys; print('early', flush=True); sys.modules['engine.service.worker'] = None; {code}",
            "The training engine cannot load",
        ),
    ],
    ids=["no module", "ends", "no torch"],
)
def test_a_process_that_cannot_work_is_not_tried_again_by_itself(
    driver: Driver, launches: Launches, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    launches.allowed.release(10)
    monkeypatch.setattr(child_process_module, "CODE", code.replace("{code}", child_process_module.CODE))
    driver.engine.start()
    failure = said(driver)
    assert words in failure.sentence
    assert failure.final
    assert launches.count == 1


@pytest.mark.expects_log("cannot understand the training engine")
@posix
def test_a_process_that_makes_no_sense_is_replaced_as_one_that_dies(
    driver: Driver, launches: Launches, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    launches.allowed.release(10)
    babble = (
        "import sys, time; sys.path[:] = {path!r}; key = {key!r}\n"
        "from engine.service.wire import Wire\n"
        "Wire(sys.stdin.buffer, sys.stdout.buffer).greet(); print('x' * 100, flush=True); time.sleep(600)\n"
    )
    monkeypatch.setattr(child_process_module, "CODE", babble)
    monkeypatch.setattr(child_process_module, "LAST_MOMENT", 0.01)
    monkeypatch.setattr(process_module, "RESTART_SPAN", math.inf)
    with caplog.at_level(logging.WARNING):
        driver.engine.start()
        driver.until(lambda: driver.events_of(m.EngineFailed))
    assert "keeps ending" in driver.events_of(m.EngineFailed)[0].sentence
    assert launches.count == RESTARTS + 1
    assert "a message cannot begin with b'xxxx'" in caplog.text


# -- one that dies


@posix
def test_a_killed_engine_comes_back_with_its_experiment_its_watch_and_its_speed(running: Driver) -> None:
    pid = child_of(running)
    running.send(m.SetExperiment(experiment()), watch_prediction(7), watch_prediction(9), m.Play())
    running.until(lambda: running.snapshot and running.snapshot.epoch > 0)
    running.send(m.SetSpeed(0.003))
    os.kill(pid, signal.SIGKILL)
    running.until(lambda: m.EngineRestarted() in running.events)
    running.snapshot = None
    running.until(lambda: running.snapshot)
    first = running.settled()
    assert (first.step, first.playing) == (0, False)
    running.send(m.StepBatch())
    snapshot = running.settled()
    assert child_of(running) != pid
    assert reaped(pid)
    assert (snapshot.step, snapshot.playing, snapshot.training_points) == (1, False, 30)
    assert prediction_of(snapshot.lanes[0]).values.shape == (9, 9, 2)
    assert running.events == [m.EngineReady(), m.EngineRestarted(), m.EngineReady()]
    running.send(m.Play())
    running.until(lambda: running.snapshot and running.snapshot.playing and running.snapshot.step == 2)
    running.send(m.Pause())
    assert running.settled().step == 2, "the next batch would come in a hundred seconds"


@posix
def test_what_a_dead_engine_has_left_is_not_taken_for_the_news_of_the_next(
    running: Driver, tmp_path: Path
) -> None:
    running.send(watch_prediction(100), m.Play())
    running.until(lambda: running.snapshot and running.snapshot.epoch > 2)

    def told(event: Callable[[m.Event], bool]) -> bool:
        """Whether there was such an event, without a look at snapshots."""
        running.hear()
        return any(event(one) for one in running.events)

    for folder in (tmp_path / "one", tmp_path / "two"):
        # With the answer to the second, the snapshot after the first has come, and nobody takes it.
        folder.mkdir()
        running.send(m.SaveRun(str(folder)))
        until(lambda folder=folder: told(lambda one: str(folder) in repr(one)))  # type: ignore[misc]
    os.kill(child_of(running), signal.SIGKILL)
    until(lambda: told(lambda one: one == m.EngineRestarted()))
    running.snapshot = None
    running.until(lambda: running.snapshot)
    assert running.snapshot is not None
    assert (running.snapshot.epoch, running.snapshot.serial) == (0, 1)
    running.send(m.StepEpoch())
    assert running.settled().epoch == 1


@posix
def test_an_engine_that_keeps_dying_is_not_started_again_by_itself_and_says_so(
    running: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "RESTART_SPAN", math.inf)
    for round_ in range(RESTARTS + 1):
        pid = child_of(running)
        os.kill(pid, signal.SIGKILL)
        running.look()
        if round_ < RESTARTS:
            running.until(lambda pid=pid: child_of(running) != pid)  # type: ignore[misc]
    running.until(lambda: running.events_of(m.EngineFailed))
    assert running.events.count(m.EngineRestarted()) == RESTARTS
    running.send(m.SetExperiment(experiment()), m.Play())
    assert running.engine.close(DEADLINE)
    running.look()
    (failure,) = running.events_of(m.EngineFailed)
    assert "keeps ending" in failure.sentence
    assert failure.final
    assert child_of(running) == pid
    assert reaped(pid)


@posix
def test_one_that_rests_is_restarted_whenever_that_is_asked_for(
    driver: Driver, launches: Launches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    launches.allowed.release(100)
    code = child_process_module.CODE
    monkeypatch.setattr(child_process_module, "CODE", "raise SystemExit(0)")
    driver.send(m.SetExperiment(experiment()))
    driver.engine.start()
    for number in range(1, 11):
        driver.until(lambda number=number: len(driver.events_of(m.EngineFailed)) == number)  # type: ignore[misc]
        driver.send(m.SaveRun(str(tmp_path)), m.Play())
        driver.engine.restart()
    assert [event.folder for event in driver.events_of(m.RunNotSaved)] == [str(tmp_path)] * 9
    driver.until(lambda: len(driver.events_of(m.EngineFailed)) == 11)
    monkeypatch.setattr(child_process_module, "CODE", code)
    driver.engine.restart()
    driver.until(lambda: driver.snapshot)
    driver.send(m.StepEpoch(2))
    assert driver.settled().epoch == 2
    assert driver.settled().acknowledged == driver.sent


@posix
def test_a_killed_engine_goes_on_with_the_run_that_it_kept(running: Driver, tmp_path: Path) -> None:
    running.send(m.KeepRun(str(tmp_path / "run")), m.StepEpoch(5))
    running.settled()
    running.until(lambda: (run := read_kept(tmp_path / "run")) is not None and facts(run).epoch == 5)
    os.kill(child_of(running), signal.SIGKILL)
    running.until(lambda: running.events_of(m.RunLoaded))
    assert running.events == [
        m.EngineReady(), m.EngineRestarted(5), m.EngineReady(), m.RunLoaded(5),
    ]  # fmt: skip
    running.send(m.StepEpoch())
    snapshot = running.settled()
    assert (snapshot.epoch, snapshot.acknowledged) == (6, running.sent)
    assert snapshot.lanes[0].history.epoch.tolist() == list(range(7))


@posix
@pytest.mark.long
def test_a_run_that_kills_the_engine_is_given_up(
    driver: Driver, launches: Launches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    launches.allowed.release(100)
    deadly = (
        "import os, signal, sys; sys.path[:] = {path!r}\n"
        "from engine.service import child, worker\n"
        "worker.Worker._load_run = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "child.main({key!r})\n"
    )
    monkeypatch.setattr(child_process_module, "CODE", deadly)
    driver.send(m.SetExperiment(experiment()), m.KeepRun(str(tmp_path / "run")), m.StepEpoch(3))
    driver.engine.start()
    driver.settled()
    driver.until(lambda: (run := read_kept(tmp_path / "run")) is not None and facts(run).epoch == 3)
    os.kill(child_of(driver), signal.SIGKILL)
    driver.until(lambda: len(driver.events_of(m.EngineRestarted)) == 3)
    assert driver.events_of(m.EngineRestarted) == [
        m.EngineRestarted(3), m.EngineRestarted(3), m.EngineRestarted(None, NOT_LOADED),
    ]  # fmt: skip
    driver.snapshot = None
    driver.until(lambda: driver.snapshot)
    assert driver.snapshot is not None
    assert driver.snapshot.epoch == 0


class Loading:
    """Takes the place of a child that has not got further than loading its run when it ends."""

    fails_to_load = ready = True

    def __init__(self, ends: Callable[[], None]) -> None:
        self._ends = ends

    def start(self) -> int:
        return 1

    def serve(self, _: object) -> int:
        self._ends()
        return -9

    def kill(self) -> bool:
        return True


@pytest.mark.parametrize("asked", [True, False])
def test_only_ends_that_nobody_asked_for_speak_against_a_run(asked: bool) -> None:
    engine = ProcessEngine()
    for _ in range(LOADS):
        engine._child = Loading(engine.restart if asked else lambda: None)  # type: ignore[assignment]
        engine._serve_child(None)
    assert (engine._replace_child().reason == NOT_LOADED) == (not asked)


class Obedient:
    """Takes the place of a child that works until it is ended, and has loaded what it was to load."""

    fails_to_load, ready, refused = False, True, False
    made: list[Obedient]

    def __init__(self, driven_before: int, loads: bool = False, place: object = None) -> None:
        self.sent: list[object] = []
        self.snapshots: Mailbox[Snapshot] = Mailbox()
        self._ends = threading.Event()
        self.made.append(self)

    def send(self, command: object, message: bytes | None = None) -> None:
        self.sent.append(command)
        if isinstance(command, m.Shutdown):
            self._ends.set()

    def start(self) -> int:
        return len(self.made)

    def serve(self, _: object) -> int:
        assert self._ends.wait(DEADLINE)
        return -9

    def kill(self) -> bool:
        self._ends.set()
        return True


@pytest.fixture
def obedient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    """An engine whose children are made up; the one that runs has an experiment and a save under way."""
    monkeypatch.setattr(Obedient, "made", [], raising=False)
    monkeypatch.setattr(process_module, "ChildProcess", Obedient)
    driver = Driver(ProcessEngine())
    driver.send(m.SetExperiment(experiment()), m.SaveRun("folder"))
    driver.engine.start()
    until(lambda: child_or_none(driver))
    yield driver
    assert driver.engine.close(DEADLINE)


def fail(*_: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("asked", [True, False])
def test_an_engine_that_cannot_be_replaced_says_so_answers_for_its_saves_and_is_started_when_that_is_asked_for(
    obedient: Driver, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(KeptRun, "read", fail)
        if asked:
            obedient.engine.restart()
        else:
            Obedient.made[0].kill()
        obedient.until(lambda: obedient.events_of(m.EngineFailed))
    unsaved, failed = obedient.events
    assert isinstance(unsaved, m.RunNotSaved)
    assert unsaved.folder == "folder"
    assert isinstance(failed, m.EngineFailed)
    assert failed.final
    assert failed.sentence.startswith(
        "The training engine cannot be started again: there is not enough memory."
    )
    assert "MemoryError" in failed.details
    obedient.send(m.SaveRun("other"))
    obedient.look()
    assert [one.folder for one in obedient.events_of(m.RunNotSaved)] == ["folder", "other"]
    obedient.engine.restart()
    obedient.until(lambda: obedient.events_of(m.EngineRestarted))
    assert obedient.events[3:] == [m.EngineRestarted(asked=True)]
    assert len(Obedient.made) == 2
    assert Obedient.made[1].sent == [m.SetExperiment(experiment())]


def test_memory_that_is_short_however_often_gives_no_run_up(
    obedient: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    obedient.send(m.KeepRun(str(folder)))
    RunFolder(folder).write(Kept(200, 1, {}, {}), {})
    with monkeypatch.context() as patch:
        patch.setattr(KeptRun, "read", fail)
        for number in range(1, LOADS + 2):
            obedient.engine.restart()
            obedient.until(lambda number=number: len(obedient.events_of(m.EngineFailed)) == number)  # type: ignore[misc]
    obedient.engine.restart()
    obedient.until(lambda: obedient.events_of(m.EngineRestarted))
    assert obedient.events_of(m.EngineRestarted) == [m.EngineRestarted(200, "", True)]


@pytest.mark.usefixtures("forked")
@posix
@pytest.mark.expects_log("cannot understand the training engine")
def test_where_no_thread_can_be_started_a_child_is_ended_and_nobody_waits(
    driver: Driver, launches: Launches, monkeypatch: pytest.MonkeyPatch
) -> None:
    launches.allowed.release(10)
    start = threading.Thread.start

    def refuse(self: threading.Thread) -> None:
        if self.name == "engine writer" and launches.count == 1:
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    driver.send(m.SetExperiment(experiment()))
    driver.engine.start()
    assert driver.settled().epoch == 0
    assert launches.count == 2


@posix
def test_deaths_long_ago_do_not_count(running: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "RESTART_SPAN", 0.0)
    for _ in range(RESTARTS + 2):
        pid = child_of(running)
        os.kill(pid, signal.SIGKILL)
        running.until(lambda pid=pid: child_of(running) != pid)  # type: ignore[misc]
    running.until(lambda: running.events.count(m.EngineRestarted()) == RESTARTS + 2)
    assert not running.events_of(m.EngineFailed)


# -- one that hangs


def stop(driver: Driver) -> None:
    """Stop the engine's process until that is noticed, which is more than that it has been slow before."""
    driver.until(lambda: driver.beats[-1:] != [m.EngineSilent()])
    driver.beats.clear()
    os.kill(child_of(driver), signal.SIGSTOP)
    driver.until(lambda: m.EngineSilent() in driver.beats)


@posix
def test_a_stopped_process_holds_nobody_up_and_can_be_closed(running: Driver, patient: None) -> None:
    crowd = with_points(experiment(), Points([[0.0, 1.0]] * 5000, [1] * 5000))
    os.kill(child_of(running), signal.SIGSTOP)
    for _ in range(50):
        # Together much more than a pipe holds.
        running.send(m.SetExperiment(crowd), m.Pause())
        running.engine.take_snapshot()
    assert running.engine.close(0.1)
    assert reaped(child_of(running))


@posix
def test_edits_to_a_stopped_process_wait_as_one_and_the_last_arrives(running: Driver) -> None:
    assert isinstance(running.engine, ProcessEngine)
    crowd = with_points(experiment(), Points([[0.0, 1.0]] * 5000, [1] * 5000))
    edits = [m.SetExperiment(edit(crowd, "lanes.0.training.learning_rate", rate)) for rate in (0.1, 0.2)]
    length = len(pack(edits[0]))
    os.kill(child_of(running), signal.SIGSTOP)
    most = 0
    for number in range(10_000):
        running.send(edits[number % 2])
        if not number % 10:
            running.send(watch_prediction(2 + number % 7), m.SetSpeed(float(number + 1)))
        most = max(most, running.engine.waiting_bytes)
    assert most < 3 * length
    os.kill(child_of(running), signal.SIGCONT)
    running.send(m.SetSpeed(), m.StepBatch())
    assert running.settled().training_points == 5000


@posix
def test_a_stopped_process_is_noticed_and_can_go_on_or_be_restarted(impatient: None, running: Driver) -> None:
    pid = child_of(running)
    for _ in range(2):
        stop(running)
        os.kill(pid, signal.SIGCONT)
        running.until(lambda: running.beats[-1] == m.EngineAnswers())
    stop(running)
    running.send(*[m.Play(), m.Pause(), m.StepEpoch(), m.Reset()] * 100)
    running.engine.restart()
    running.until(lambda: running.events_of(m.EngineRestarted))
    running.snapshot = None
    running.until(lambda: running.snapshot)
    assert running.events_of(m.EngineRestarted) == [m.EngineRestarted(asked=True)]
    assert child_of(running) != pid
    assert reaped(pid)
    running.send(m.StepEpoch())
    assert running.settled().epoch == 1
    assert not running.events_of(m.EngineFailed)


@posix
def test_what_is_driven_while_it_hangs_is_merged_and_counted(impatient: None, running: Driver) -> None:
    stop(running)
    running.send(*[m.Play(), m.Pause()] * 200, *[m.StepEpoch()] * 50)
    os.kill(child_of(running), signal.SIGCONT)
    assert running.settled().epoch == 50
    assert running.settled().acknowledged == running.sent


# -- one with a save under way


@posix
@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_each_save_is_answered_once_whatever_becomes_of_the_engine(
    running: Driver, patient: None, tmp_path: Path, how: str
) -> None:
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        folder.mkdir()
    running.send(m.SaveRun(str(folders[0])))
    running.until(lambda: running.events_of(m.RunSaved))
    os.kill(child_of(running), signal.SIGSTOP)
    running.send(m.SaveRun(str(folders[1])), m.SaveRun(str(folders[2])))
    if how == "killed":
        os.kill(child_of(running), signal.SIGKILL)
    else:
        running.engine.restart()
    running.until(lambda: len(running.events_of(m.RunNotSaved)) == 2)
    for event, folder in zip(running.events_of(m.RunNotSaved), folders[1:], strict=True):
        assert event.folder == str(folder)
        assert event.folder in event.sentence
    running.until(lambda: running.events_of(m.EngineRestarted))
    running.send(m.SaveRun(str(folders[1])))
    running.until(lambda: len(running.events_of(m.RunSaved)) == 2)
    assert [event.folder for event in running.events_of(m.RunSaved)] == [str(one) for one in folders[:2]]
    os.kill(child_of(running), signal.SIGSTOP)
    running.send(m.SaveRun(str(folders[0])))
    assert running.engine.close(0.1)
    running.send(m.SaveRun(str(folders[2])))
    running.look()
    assert [event.folder for event in running.events_of(m.RunNotSaved)[2:]] == [
        str(folders[0]),
        str(folders[2]),
    ]


# -- one whose parent ends

PARENT = """
import os, signal, sys, time
from engine.experiment import default_experiment, edit_many
from engine.observation.observables import PREDICTION, Grid
from engine.service import messages as m
from engine.service.process import ProcessEngine

# Whoever starts the tests in the background leaves signals ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
how, when = sys.argv[1:]
engine = ProcessEngine()
engine.send(m.SetExperiment(edit_many(default_experiment(), {"lanes.0.network.hidden": [256, 256, 256]})))
engine.send(m.Watch((PREDICTION.request(Grid(100)),)))
engine.send(m.Play())
engine.start()
while engine.pid is None:
    time.sleep(0.001)
while when == "busy" and not ((snapshot := engine.take_snapshot()) and snapshot.step):
    time.sleep(0.001)
try:
    print(engine.pid, flush=True)
    if how == "exits":
        os._exit(3)
    if how == "raises":
        raise RuntimeError("nobody handles this")
    time.sleep(600)
except KeyboardInterrupt:
    while not ((snapshot := engine.take_snapshot()) and snapshot.step):
        time.sleep(0.001)
    events = [type(event).__name__ for event in engine.take_events()]
    # They come on a busy machine also where nothing is wrong.
    events = [name for name in events if name not in ("EngineSilent", "EngineBusy", "EngineAnswers")]
    print(events, engine.close(60.0), flush=True)
"""


@contextlib.contextmanager
def parent(how: str, when: str) -> Iterator[subprocess.Popen[str]]:
    """A process in a group of its own that starts an engine, tells its process id, and ends in some way."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, how, when],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@linux
@pytest.mark.parametrize(
    ("how", "when"),
    [
        *[(how, "busy") for how in ("SIGKILL", "SIGTERM", "exits", "raises")],
        ("SIGKILL", "loading"),
        *[pytest.param(how, "loading", marks=pytest.mark.long) for how in ("SIGTERM", "exits", "raises")],
    ],
)
def test_the_engine_ends_with_its_parent_however_that_ends(how: str, when: str) -> None:
    with parent(how, when) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        if how.startswith("SIG"):
            assert alive(pid)
            process.send_signal(getattr(signal, how))
        process.wait(DEADLINE)
        until(lambda: not alive(pid))


@linux
@pytest.mark.parametrize("when", ["loading", "busy"])
def test_an_interrupt_from_the_terminal_leaves_the_engine_to_its_parent(when: str) -> None:
    with parent("interrupted", when) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "['EngineReady'] True\n"
        assert process.wait(DEADLINE) == 0
        assert not alive(pid)


# -- one that is used wrongly, oddly, or often


class Unwilling(m.SaveRun):
    """Can be sent, and not received."""

    def __reduce__(self) -> tuple[Any, ...]:
        return divmod, (1, 0)


def test_a_command_that_cannot_be_pickled_is_refused_and_the_next_is_obeyed(shared: Driver) -> None:
    unsendable: Callable[[], None] = lambda: None  # noqa: E731
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        shared.engine.send(m.SaveRun(unsendable))  # type: ignore[arg-type]
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        shared.engine.send(m.SetExperiment(unsendable))  # type: ignore[arg-type]
    shared.send(m.StepEpoch())
    assert shared.settled().epoch == 1
    assert shared.events == []


def test_a_command_that_does_not_arrive_is_told_and_the_next_is_obeyed(running: Driver) -> None:
    running.engine.send(Unwilling("folder"))
    running.engine.send(m.StepEpoch())
    running.until(lambda: running.snapshot and running.snapshot.epoch == 1)
    (failure,) = running.events_of(m.EngineFailed)
    assert failure.sentence.startswith("A command did not arrive")
    assert "ZeroDivisionError" in failure.details


@posix
def test_it_works_where_there_are_no_standard_streams(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time\n"
        "from engine.experiment import default_experiment\n"
        "from engine.observation.observables import PREDICTION, Grid\n"
        "from engine.service import messages as m\n"
        "from engine.service.process import ProcessEngine\n"
        "engine = ProcessEngine()\n"
        "engine.send(m.SetExperiment(default_experiment()))\n"
        "engine.send(m.Watch((PREDICTION.request(Grid(100)),)))\n"
        "engine.start()\n"
        "while (snapshot := engine.take_snapshot()) is None:\n"
        "    time.sleep(0.001)\n"
        "late = m.EngineSilent | m.EngineBusy | m.EngineAnswers\n"
        "events = [one for one in engine.take_events() if not isinstance(one, late)]\n"
        "report = sys.stderr, PREDICTION.of(snapshot.lanes[0]).values.shape, events, engine.close(60.0)\n"
        "pathlib.Path(sys.argv[1]).write_text(repr(report))\n"
    )
    found = tmp_path / "found"
    command = [sys.executable, "-c", code, str(found)]
    subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command], check=True, timeout=DEADLINE)
    assert found.read_text() == "(None, (100, 100, 2), [EngineReady()], True)"


@linux
def test_nothing_is_left_of_many_engines() -> None:
    def left() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()

    before = left()
    for round_ in range(8):
        driver = Driver(ProcessEngine())
        driver.send(m.SetExperiment(experiment()), m.Play())
        driver.engine.start()
        if round_ % 4 == 3:
            driver.until(lambda driver=driver: driver.snapshot and driver.snapshot.playing)  # type: ignore[misc]
        elif round_ % 2:
            until(lambda driver=driver: child_or_none(driver))  # type: ignore[misc]
        assert driver.engine.close(DEADLINE)
        pid = child_or_none(driver)
        assert pid is None or reaped(pid)
    assert left() == before


def test_engines_side_by_side_do_not_hold_each_others_pipes() -> None:
    drivers = [Driver(ProcessEngine()) for _ in range(3)]
    for driver in drivers:
        driver.engine.start()
    for driver in drivers:
        until(lambda driver=driver: child_or_none(driver))  # type: ignore[misc]
    for driver, other in itertools.pairwise([*drivers, drivers[0]]):
        assert driver.engine.close(DEADLINE)
        assert other is drivers[0] or alive(child_of(other))
