from dataclasses import replace

import numpy as np
import pytest

from engine.data import Append
from engine.data.kept_run import RunFolder, facts
from engine.experiment import default_experiment, edit, switch_generator, switch_task, without_drawings
from engine.experiment.kept_run import Kept
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from engine.observation.observables import POINTS, PREDICTION
from engine.observation.snapshot import CANVAS_EXTENT
from engine.service import messages as m
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import FRAME, RETRIES, RETRY, EngineLink, Requests
from tests.gui_app.hands import draw, with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of
from tests.observing import prediction_request, watch_prediction

RATE = "lanes.0.training.learning_rate"


@pytest.fixture
def document(qapp):
    return Document()


@pytest.fixture
def link(document, fake_engine):
    """Started; the test pulls by hand."""
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    link._timer.stop()
    fake_engine.take_commands()
    yield link
    link.close()


@pytest.fixture
def heard(link):
    """What the link tells, in order."""
    heard = []
    link.snapshot_taken.connect(lambda snapshot: heard.append(snapshot))
    link.event_taken.connect(lambda event: heard.append(event))
    link.playing_changed.connect(lambda playing: heard.append(playing))
    return heard


# -- commands


def test_starting_loads_the_engine_once_with_the_document(document, fake_engine):
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.watch(lambda: Requests([prediction_request(50)]))
    link.start()
    link.start()
    assert fake_engine.started == 1
    assert fake_engine.commands == [
        m.SetExperiment(document.experiment, 0),
        watch_prediction(50, CANVAS_EXTENT, (0,)),
    ]
    link.close()


def test_what_is_asked_before_the_start_finds_an_experiment(document, fake_engine):
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.set_playing(True)
    assert [type(command) for command in fake_engine.commands] == [m.SetExperiment, m.Play]
    link.start()
    assert len(fake_engine.commands) == 2
    link.close()


def test_a_closed_link_starts_no_engine(document, fake_engine):
    link = EngineLink(document, CurrentLane(document), fake_engine)
    assert link.close()
    link.start()
    assert fake_engine.started == 0
    assert fake_engine.closed == 1


def test_edits_of_one_frame_are_one_command(link, document, fake_engine):
    for rate in np.linspace(0.01, 0.02, 20):
        document.change({RATE: float(rate)}, "rate")
    draw(document, [[0, 0], [1, 1]], edits=2)
    link.watch(lambda: Requests([prediction_request(80)]))
    assert fake_engine.commands == []
    link.pull()
    assert fake_engine.take_commands() == [
        m.SetExperiment(document.experiment, 2, former={"A": "A"}),
        watch_prediction(80, CANVAS_EXTENT, (0,)),
    ]
    link.pull()
    link.watch(lambda: Requests([prediction_request(80)]))
    link.pull()
    assert fake_engine.commands == []


def test_a_data_set_that_is_chosen_starts_training_anew_but_not_its_undoing(link, document, fake_engine):
    before = document.experiment
    document.clear_points()
    link.pull()
    assert fake_engine.take_commands()[-1].turn == 0
    document.replace(before, "Data set", other_data=True)
    document.change({RATE: 0.01}, "rate")
    link.pull()
    assert fake_engine.take_commands() == [m.SetExperiment(document.experiment, 3, turn=1, former={"A": "A"})]
    for act, turn in (("undo", 1), ("undo", 1), ("undo", 1), ("redo", 1), ("redo", 2)):
        getattr(document.stack, act)()
        link.pull()
        (command,) = fake_engine.take_commands()
        assert command.turn == link.turn == turn
    assert document.experiment == before


def test_edits_go_before_the_command_that_follows_them(link, document, fake_engine):
    document.change({RATE: 0.01}, "rate")
    first = document.experiment
    link.step_batch()
    document.replace(edit(first, RATE, 0.02), "rate")
    link.step_epoch()
    link.pull()
    assert fake_engine.take_commands() == [
        m.SetExperiment(first, 1, former={"A": "A"}),
        m.StepBatch(),
        m.SetExperiment(document.experiment, 2, former={"A": "A"}),
        m.StepEpoch(),
    ]


def test_edits_of_one_drag_or_stroke_are_one_gesture(link, document, fake_engine):
    gestures: list[list[int]] = []

    def sent() -> None:
        link.pull()
        gestures[-1] += [edit.gesture for edit in fake_engine.take_commands()]

    def drag() -> None:
        for rate in (0.01, 0.02, 0.03):
            document.change({RATE: rate}, "rate")
            sent()

    def stroke() -> None:
        for x in (1.0, 2.0, 3.0):
            document.apply_edit(Append(document.new_points(np.array([[x, 0.0]]), np.zeros(1))))
            sent()
        document.finish_gesture("Draw")
        sent()

    for act in (drag, stroke, stroke, lambda: (document.change({RATE: 0.5}, "rate"), sent())):
        gestures.append([])
        act()
    assert all(len(set(numbers)) == 1 for numbers in gestures)
    assert len({numbers[0] for numbers in gestures}) == 4


def test_each_request_is_the_command_of_its_name(link, fake_engine, tmp_path):
    link.set_playing(True)
    link.set_playing(False)
    link.step_batch()
    link.step_epoch()
    link.restart()
    link.restore_best()
    link.save_run(tmp_path)
    assert fake_engine.commands == [
        m.Play(), m.Pause(), m.StepBatch(), m.StepEpoch(), m.Reset(1), m.RestoreBest((0,)),
        m.SaveRun(str(tmp_path)),
    ]  # fmt: skip


# -- snapshots


def test_a_frame_takes_all_events_and_the_newest_snapshot(link, fake_engine, heard):
    fake_engine.events = [m.EngineReady(), m.RunSaved(("a.pt",))]
    snapshot = fake_engine.answer(acknowledged=0)
    link.pull()
    link.pull()
    assert heard == [m.EngineReady(), m.RunSaved(("a.pt",)), snapshot]
    assert link.latest is snapshot


def test_settled_waits_for_the_answer_to_the_last_command(link, document, fake_engine):
    assert not link.settled
    fake_engine.answer(acknowledged=0)
    link.pull()
    assert link.settled
    link.step_batch()
    link.step_batch()
    assert not link.settled
    for acknowledged, settled in ((0, False), (1, False), (2, True)):
        fake_engine.answer(acknowledged)
        link.pull()
        assert link.settled == settled
    document.change({RATE: 0.01}, "rate")
    assert not link.settled


def test_play_does_not_flicker_back_from_an_older_snapshot(link, fake_engine, heard):
    link.set_playing(True)
    assert heard == [True]
    fake_engine.answer(acknowledged=0, playing=False)
    link.pull()
    assert link.playing
    fake_engine.answer(acknowledged=1, playing=True)
    link.pull()
    link.set_playing(False)
    fake_engine.answer(acknowledged=1, playing=True)
    link.pull()
    assert not link.playing
    assert [told for told in heard if isinstance(told, bool)] == [True, False]


def test_an_end_of_training_is_shown(link, fake_engine, heard):
    link.set_playing(True)
    fake_engine.answer(acknowledged=1, playing=False)
    link.pull()
    assert not link.playing
    assert [told for told in heard if isinstance(told, bool)] == [True, False]


@pytest.mark.parametrize(
    "event", [m.EngineFailed("no memory", "…"), m.EngineRestarted(), m.EngineRestarted(None, "damaged")]
)
def test_a_failed_engine_does_not_play(link, fake_engine, event):
    link.set_playing(True)
    fake_engine.events = [event]
    link.pull()
    assert not link.playing


def test_what_is_asked_of_a_lost_engine_is_answered_by_its_last_word(link, fake_engine, heard, tmp_path):
    lost = m.EngineFailed("keeps ending", "…", final=True)
    fake_engine.events = [lost]
    link.pull()
    heard.clear()
    link.set_playing(True)
    assert heard == [True, False, lost]
    assert not link.playing
    link.save_run(tmp_path)
    link.step_epoch()
    assert heard[3:] == [lost, lost]
    link.set_playing(False)
    link.restart()
    assert heard[5:] == []


@pytest.mark.parametrize("event", [m.EngineRestarted(), m.EngineReady()])
def test_an_engine_that_was_restarted_is_asked_again(link, fake_engine, heard, event):
    fake_engine.events = [m.EngineFailed("keeps ending", "…", final=True)]
    link.pull()
    link.restart_engine()
    assert fake_engine.restarted == 1
    assert link.health.lost is not None
    fake_engine.events = [event]
    link.pull()
    assert link.health.lost is None
    heard.clear()
    link.set_playing(True)
    assert heard == [True]


def test_training_goes_on_by_itself_where_the_run_was_kept(link, fake_engine, heard):
    link.set_playing(True)
    fake_engine.answer(acknowledged=1, playing=True)
    link.pull()
    fake_engine.take_commands()
    heard.clear()
    fake_engine.events = [m.EngineRestarted(1240)]
    link.pull()
    assert fake_engine.take_commands() == [m.Play()]
    assert heard == [m.EngineRestarted(1240)]
    assert link.playing
    assert link.latest is not None, "what was seen last stays on the screen"
    assert not link.settled
    heard.clear()
    new = fake_engine.answer(acknowledged=2, playing=True)
    link.pull()
    assert heard == [None, new], "views begin anew with what comes of another engine"
    assert link.settled


@pytest.mark.parametrize(
    "act",
    [
        lambda link: link.set_playing(False),
        lambda link: link.step_batch(),
        lambda link: link.step_epoch(),
    ],
    ids=["pause", "batch", "epoch"],
)
def test_a_restarted_engine_plays_only_what_was_played_until_a_pause(link, fake_engine, act):
    link.set_playing(True)
    act(link)
    fake_engine.answer(acknowledged=2, playing=True)
    link.pull()
    fake_engine.take_commands()
    fake_engine.events = [m.EngineRestarted(3)]
    link.pull()
    assert fake_engine.take_commands() == []
    assert not link.playing


def test_what_does_not_answer_is_known(link, fake_engine):
    assert link.health.responding
    for event, responding in (
        (m.EngineSilent(), False), (m.EngineAnswers(), True), (m.EngineSilent(), False),
        (m.EngineRestarted(2), True),
    ):  # fmt: skip
        fake_engine.events = [event]
        link.pull()
        assert link.health.responding == responding


# -- kept runs


def keep(folder, epoch, turn=0):
    RunFolder(folder).write(Kept(epoch, 1, {}, {}), {}, turn)


def test_the_kept_run_is_that_of_the_open_document(link, document, fake_engine, tmp_path):
    assert (link.run_folder, link.kept_run()) == (None, None)
    folder = tmp_path / "run"
    keep(folder, 5)
    link.keep_run(folder)
    assert fake_engine.take_commands() == [m.KeepRun(str(folder))]
    assert (link.run_folder, link.kept_run()) == (folder, None)
    keep(folder, 7)
    fake_engine.answer(acknowledged=link.commands)
    link.pull()
    assert facts(link.kept_run()).epoch == 7
    document.reset(switch_task(document.experiment, "curve"))
    assert link.kept_run() is None, "this is still the former document's"
    keep(folder, 8)
    assert link.kept_run() is None, "so is what the engine keeps before it has the command"
    keep(folder, 1, link.turn)
    assert facts(link.kept_run()).epoch == 1
    link.restart()
    keep(folder, 2, link.turn - 1)
    assert link.kept_run() is None, "it has been reset since"
    link.keep_run(None)
    assert fake_engine.take_commands()[-1] == m.KeepRun(None)
    assert (link.run_folder, link.kept_run()) == (None, None)


def test_a_document_that_was_saved_with_its_run_goes_on_with_it(link, document, fake_engine, heard):
    link.set_playing(True)
    fake_engine.take_commands()
    document.reset(switch_task(document.experiment, "curve"), run=b"run")
    assert fake_engine.take_commands() == [
        m.LoadRun(without_drawings(document.experiment), b"run", link.turn)
    ]
    assert not link.playing
    link.pull()
    assert fake_engine.take_commands() == [], "the experiment has been sent with the run"
    fake_engine.answer(acknowledged=link.commands - 1)
    link.pull()
    assert link.latest is None, "this is still the former document's"
    new = fake_engine.answer(acknowledged=link.commands)
    link.pull()
    assert link.latest is new


BEGINNINGS = {
    "a document with its run": lambda link, document: document.reset(document.experiment, run=b"run"),
    "a document without one": lambda link, document: document.reset(document.experiment),
    "a reset": lambda link, document: link.restart(),
    "other data": lambda link, document: document.replace(
        edit(document.experiment, "data.generator.seed", 9), "Data set", other_data=True
    ),
}


@pytest.mark.parametrize("begin", BEGINNINGS.values(), ids=BEGINNINGS)
def test_what_an_engine_keeps_is_wanted_once_it_has_the_command_and_not_before(
    link, document, fake_engine, tmp_path, monkeypatch, begin
):
    folder = tmp_path / "run"
    link.keep_run(folder)
    keep(folder, 7)
    before, told = link.turn, []

    def send(command):
        # A slow engine keeps the former run once more, a quick one what it was told at once.
        keep(folder, 8, before)
        told.append(link.has_kept_run)
        if hasattr(command, "turn"):
            keep(folder, 3, command.turn)
            told.append(facts(link.kept_run()).epoch)

    monkeypatch.setattr(fake_engine, "send", send)
    begin(link, document)
    link.pull()
    assert told[:2] == [False, 3]


def test_a_kept_run_that_is_damaged_is_kept_anew(link, fake_engine, tmp_path):
    folder = tmp_path / "run"
    link.keep_run(folder)
    keep(folder, 7)
    fake_engine.take_commands()
    assert link.kept_run() is not None
    assert fake_engine.take_commands() == []
    (folder / "state").write_bytes(b"damaged")
    assert link.kept_run() is None
    assert fake_engine.take_commands() == [m.KeepRun(str(folder))]


def choose_moons(document):
    document.replace(switch_generator(document.experiment, "moons"), "moons", other_data=True)


@pytest.mark.parametrize(
    "edits",
    [
        lambda document: choose_moons(document),
        lambda document: (choose_moons(document), document.stack.undo()),
        lambda document: (choose_moons(document), document.stack.undo(), document.stack.redo()),
        lambda document: document.replace(switch_task(document.experiment, "curve"), "task"),
        lambda document: (
            document.replace(switch_task(document.experiment, "curve"), "task"),
            document.stack.undo(),
        ),
        lambda document: document.set_classes(3),
        lambda document: document.change({"data.generator.noise": 0.3}, "noise"),
        lambda document: document.change({"lanes.0.network.hidden": (4,)}, "shape"),
        lambda document: (document.change({"lanes.0.seed": 7}, "seed"), document.stack.undo()),
    ],
    ids=["other", "undone", "redone", "task", "task undone", "classes", "noise", "shape", "seed undone"],
)
def test_what_starts_training_again_leaves_the_run_behind(link, document, tmp_path, edits):
    """Also before the engine has obeyed: a file saved at once must not hold the run of what was there before."""
    link.keep_run(tmp_path / "run")
    keep(tmp_path / "run", 500)
    document.opened_run = b"run"
    edits(document)
    assert (link.kept_run(), document.opened_run) == (None, None)


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: draw(document, [[1, 1]]),
        lambda document: (draw(document, [[1, 1]]), document.stack.undo()),
        lambda document: document.change({RATE: 0.5}, "rate"),
        lambda document: document.change({"data.split.validation": 0.4}, "split"),
        lambda document: document.clear_points(),
    ],
    ids=["stroke", "stroke undone", "rate", "split", "all erased"],
)
def test_what_training_goes_on_with_keeps_the_run(link, document, tmp_path, edit):
    link.keep_run(tmp_path / "run")
    keep(tmp_path / "run", 500)
    edit(document)
    assert facts(link.kept_run()).epoch == 500


def test_a_lane_that_starts_again_leaves_the_run_of_the_others(link, document, tmp_path):
    document.reset(with_lanes(document.experiment, A={}, B={}))
    link.keep_run(tmp_path / "run")
    keep(tmp_path / "run", 500, link.turn)
    document.change({"lanes.0.network.hidden": (4,)}, "shape")
    assert facts(link.kept_run()).epoch == 500
    document.change({"lanes.0.network.hidden": (3,), "lanes.1.network.hidden": (3,)}, "shape")
    assert link.kept_run() is None


def test_a_gap_between_run_and_kept_run_is_known(link, document, fake_engine, tmp_path):
    link.keep_run(tmp_path / "run")
    fake_engine.answer(acknowledged=link.commands)
    link.pull()
    assert link.run_gap() == ""
    fake_engine.snapshot = replace(snapshot_of(history_of([0])), acknowledged=link.commands, epoch=0, step=2)
    link.pull()
    assert link.run_gap() == "its first epoch is not finished"
    fake_engine.snapshot = replace(snapshot_of(history_of([0, 3])), acknowledged=link.commands, epoch=3)
    link.pull()
    assert link.run_gap() == "it is not kept yet; save again in a moment"
    assert link.run_gap(0) == "it is not kept yet; save again in a moment"
    keep(tmp_path / "run", 3)
    assert link.run_gap(3) == ""
    assert link.run_gap(0) == "it is not kept yet; save again in a moment", "only its beginning is"
    failed = m.RunNotKept("The run cannot be kept in x: No space left.", "No space left")
    fake_engine.events = [failed]
    link.pull()
    assert link.run_gap() == "the newest epochs are not kept: No space left"
    fake_engine.events = [m.RunKept()]
    link.pull()
    assert link.run_gap() == ""
    fake_engine.events = [failed, m.RunKept()]
    link.pull()
    assert link.run_gap() == "", "it has worked again before anybody looked"
    fake_engine.events = [failed, m.EngineRestarted(3)]
    link.pull()
    assert link.run_gap() == "", "another engine tries it anew"
    fake_engine.events = [failed]
    link.pull()
    link.restart()
    assert link.run_gap() == "the newest epochs are not kept: No space left", "the disk is as full as before"


def test_an_answer_for_a_former_document_is_no_news(link, document, fake_engine, heard):
    for run in (b"first", b"second"):
        document.reset(document.experiment, run=run)
    # A hanging engine gets the second alone.
    first, second = m.RunLoaded(9, turn=1), m.RunLoaded(3, turn=2)
    for answers in ([first, second], [second], [m.RunNotLoaded("No.", 2)]):
        fake_engine.events = answers
        heard.clear()
        link.pull()
        assert heard == answers[-1:]
    document.reset(document.experiment)
    heard.clear()
    fake_engine.events = [second]
    link.pull()
    assert heard == []


def test_a_loaded_run_that_was_reset_since_is_answered(link, document, fake_engine, heard):
    document.reset(document.experiment, run=b"run")
    link.restart()
    heard.clear()
    fake_engine.events = [m.RunNotLoaded("No.", link.turn - 1)]
    link.pull()
    assert heard == [m.RunNotLoaded("No.", link.turn - 1)]


def test_an_opened_run_is_the_document_s_until_the_engine_has_kept_what_came_of_it(
    link, document, fake_engine, tmp_path
):
    link.keep_run(tmp_path / "run")
    document.reset(document.experiment, run=b"run")
    for kept in (False, True):
        assert document.opened_run == b"run"
        if kept:
            keep(tmp_path / "run", 3, link.turn)
        fake_engine.answer(acknowledged=link.commands)
        link.pull()
    assert document.opened_run is None


def test_an_engine_that_is_restarted_between_two_looks_is_seen(link, fake_engine, monkeypatch):
    """Its restart is told while the window takes the events, and its first snapshot just after that."""
    fake_engine.answer(acknowledged=0)
    link.pull()
    looks = iter([[], [m.EngineRestarted()]])
    monkeypatch.setattr(fake_engine, "take_events", lambda: next(looks, []))
    first = fake_engine.answer(acknowledged=0)
    link.pull()
    link.pull()
    assert link.settled
    assert link.latest is first


@pytest.mark.parametrize("epoch", [None, 3])
def test_what_is_seen_of_an_engine_just_before_its_end_is_not_continued(
    link, fake_engine, heard, monkeypatch, epoch
):
    looks = iter([[], [m.EngineRestarted(epoch)]])
    monkeypatch.setattr(fake_engine, "take_events", lambda: next(looks, []))
    fake_engine.answer(acknowledged=0)
    link.pull()
    heard.clear()
    new = fake_engine.answer(acknowledged=0)
    link.pull()
    assert heard == [None, new], "views begin anew with what comes of another engine"


def test_after_another_failure_the_engine_is_asked_again(link, fake_engine, heard):
    fake_engine.events = [m.EngineFailed("no memory", "…")]
    link.pull()
    heard.clear()
    link.set_playing(True)
    assert heard == [True]


def test_a_single_step_pauses(link, fake_engine):
    link.set_playing(True)
    link.step_batch()
    assert not link.playing


def test_another_document_starts_over_and_forgets_the_former_run(link, document, fake_engine, heard):
    link.set_playing(True)
    old = fake_engine.answer(acknowledged=1, playing=True)
    link.pull()
    document.reset(switch_task(document.experiment, "curve"))
    assert link.latest is None
    assert not link.playing
    assert heard == [True, old, False, None]
    assert fake_engine.take_commands() == [
        m.Play(), m.SetExperiment(without_drawings(document.experiment), 0, turn=1, document=1), m.Pause(),
    ]  # fmt: skip
    fake_engine.answer(acknowledged=1, playing=False)
    link.pull()
    assert link.latest is None, "this is still the former document's"
    new = fake_engine.answer(acknowledged=2)
    link.pull()
    assert link.latest is new
    assert link.settled


def test_the_frame_goes_on_by_itself(document, fake_engine, qtbot):
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    snapshot = fake_engine.answer(acknowledged=0)
    qtbot.waitUntil(lambda: link.latest is snapshot)
    link.close()
    late = fake_engine.answer(acknowledged=0)
    assert not link._timer.isActive()
    assert fake_engine.snapshot is late


# -- with the real engine


def train(window, qtbot, epochs):
    epoch = window.link.latest.epoch
    window.link.set_playing(True)
    qtbot.waitUntil(lambda: window.link.playing and window.link.latest.epoch >= epoch + epochs)


def settle(window, qtbot):
    qtbot.waitUntil(lambda: window.link.settled)
    return window.link.latest


def restarted(window, qtbot):
    window.link.set_playing(False)
    window.link.restart()
    now = settle(window, qtbot).lanes[0].now
    return now.loss.tolist(), now.weight_gradient.tolist(), now.score.tolist()


@pytest.mark.parametrize(
    ("path", "value", "run_grows"),
    [
        (RATE, 0.01, 0),
        ("lanes.0.regularization.l2", 0.01, 0),
        ("lanes.0.regularization.dropout.rate", 0.3, 0),
        ("lanes.0.network.hidden", (4, 4), 1),
        ("lanes.0.network.activation", "tanh", 1),
    ],
)
def test_live_edits_go_on_and_shape_edits_begin_anew(window, qtbot, path, value, run_grows):
    train(window, qtbot, 2)
    before = window.link.latest
    window.document.change({path: value}, "edit")
    goal = before.epoch + 5 if not run_grows else 1
    qtbot.waitUntil(
        lambda: window.link.latest.run == before.run + run_grows and window.link.latest.epoch >= goal,
    )
    assert window.link.playing
    if path.endswith("hidden"):
        assert len(window.link.latest.lanes[0].now.weight_gradient) == 3


def test_a_changed_rate_is_what_trains(window, qtbot):
    """With a rate of almost nothing the loss stands still."""
    train(window, qtbot, 2)
    window.document.change({RATE: 1e-6, "lanes.0.training.optimizer": "sgd"}, "edit")
    window.link.set_playing(False)
    before = settle(window, qtbot)
    train(window, qtbot, 20)
    after = window.link.latest
    assert after.lanes[0].now.loss[0] == pytest.approx(before.lanes[0].now.loss[0], rel=1e-3)


def test_reset_gives_the_same_first_measurement_to_the_bit_and_a_new_seed_another(window, qtbot):
    first = restarted(window, qtbot)
    train(window, qtbot, 3)
    trained = window.link.latest.lanes[0].now.loss.tolist()
    assert trained != first[0]
    assert restarted(window, qtbot) == first
    seed = window.document.experiment.lanes[0].seed
    window.transport.seed.click()
    assert window.document.experiment.lanes[0].seed != seed
    assert restarted(window, qtbot) != first
    window.document.stack.undo()
    assert restarted(window, qtbot) == first


def test_a_step_is_one_batch_and_an_epoch_all_of_them(window, qtbot):
    restarted(window, qtbot)
    for step in (1, 2, 3):
        window.link.step_batch()
        qtbot.waitUntil(lambda: window.link.settled)
        assert (window.link.latest.epoch, window.link.latest.step) == (0, step)
        assert not window.link.latest.playing
    window.link.step_epoch()
    qtbot.waitUntil(lambda: window.link.settled and not window.link.playing)
    assert (window.link.latest.epoch, window.link.latest.step) == (1, 25)


def test_predictions_cover_the_canvas_and_follow_the_task(window, qtbot):
    prediction = PREDICTION.of(settle(window, qtbot).lanes[0])
    assert prediction.extent == CANVAS_EXTENT
    assert prediction.values.shape == (100, 100, 2)
    window.document.replace(switch_task(window.document.experiment, "curve"), "Task")
    qtbot.waitUntil(lambda: PREDICTION.of(window.link.latest.lanes[0]).values.shape == (300,))


def test_play_on_an_empty_canvas_says_why_nothing_trains_and_works_when_there_are_points(window, qtbot):
    window.document.clear_points()
    window.transport.play.click()
    words = "There are no training points: draw some."
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == words)
    qtbot.waitUntil(lambda: window.link.settled and not window.link.playing)
    assert window.transport.play.text() == "Play"
    draw(window.document, [[-3.0, 1.0], [3.0, 1.0], [2.0, -1.0]])
    train(window, qtbot, 2)
    assert window.transport.play.text() == "Pause"
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "")


def test_what_is_watched_and_what_goes_back_is_the_current_lane(qapp, fake_engine):
    document = Document(with_lanes(default_experiment(), A={}, B={}, C={}))
    current = CurrentLane(document)
    link = EngineLink(document, current, fake_engine)
    link.watch(lambda: Requests([prediction_request(50)]))
    asked = []
    for index in (2, 1, 1, 0):
        current.choose(index)
        link.pull()
        link.restore_best()
        commands = fake_engine.take_commands()
        watched = [(c.more, c.of) for c in commands if isinstance(c, m.Watch)]
        asked.append((watched, [c.lanes for c in commands if isinstance(c, m.RestoreBest)]))
    wanted = (prediction_request(50),)
    assert asked == [
        ([(wanted, (2,))], [(2,)]),
        ([(wanted, (1,))], [(1,)]),
        ([], [(1,)]),
        ([(wanted, (0,))], [(0,)]),
    ], "watching is asked for once a change"
    link.close()


def test_views_of_several_lanes_are_asked_for_all_shown_lanes_and_all_their_seeds(qapp, fake_engine):
    document = Document(with_lanes(default_experiment(), A={"repeats": 3}, B={"hidden": True}, C={}))
    current = CurrentLane(document)
    link = EngineLink(document, current, fake_engine)
    own, shared = prediction_request(50), POINTS.request()
    link.watch(lambda: Requests([own, shared], [shared]))
    asked = []
    for index in (0, 2, 1):
        current.choose(index)
        link.pull()
        asked += [c for c in fake_engine.take_commands() if isinstance(c, m.Watch)]
    document.change({"lanes.2.hidden": True, "lanes.0.hidden": True}, "Hide")
    link.pull()
    asked += [c for c in fake_engine.take_commands() if isinstance(c, m.Watch)]
    assert asked == [
        m.Watch((shared,), (0, 1, 2, 4), (own,), (0, 1, 2)),
        m.Watch((shared,), (0, 1, 2, 4), (own,), (4,)),
        m.Watch((shared,), (0, 1, 2, 3, 4), (own,), (3,)),
        m.Watch((shared, own), (3,)),
    ]
    link.set_parameter(m.SetParameter(2, 1, "weight", 0, 0, 0.5))
    assert [c.lane for c in fake_engine.take_commands() if isinstance(c, m.SetParameter)] == [4]
    link.close()


def test_views_of_a_sweep_are_asked_for_all_its_cells_and_all_their_seeds(qapp, fake_engine):
    document = Document(with_lanes(default_experiment(), A={}, B={}))
    current = CurrentLane(document)
    link = EngineLink(document, current, fake_engine)
    axis = SweepAxis(setting="regularization.l2", values=(0.0, 0.01))
    document.replace(with_sweep(document.experiment, 1, (axis,), seeds=2), "Sweep")
    own, small = prediction_request(50), prediction_request(16)
    link.watch(lambda: Requests([own], [], [small]))
    for index in (0, 2):
        current.choose(index)
        link.pull()
    assert [c for c in fake_engine.take_commands() if isinstance(c, m.Watch)] == [
        m.Watch((own,), (0,), wide=(small,), wide_of=(1, 2, 3, 4)),
        m.Watch((), (0, 3, 4), (own,), (3, 4), wide=(small,), wide_of=(1, 2, 3, 4)),
    ]
    link.close()


def test_a_lane_continues_from_another_one_seed_by_seed_after_the_edit_that_made_it(
    link, document, fake_engine
):
    document.replace(with_lanes(default_experiment(), A={"repeats": 3}, B={"repeats": 2}), "Two lanes")
    link.copy_lane(1, 0)
    edit, *copies = fake_engine.take_commands()
    assert [lane.name for lane in edit.experiment.lanes] == [
        "A",
        "A (seed 1)",
        "A (seed 2)",
        "B",
        "B (seed 1)",
    ]
    assert copies == [m.CopyLane("B", "A"), m.CopyLane("B (seed 1)", "A (seed 1)")]
    assert link.commands == 2
    assert document.modified


def test_the_networks_of_a_repeated_lane_are_shown_as_one(qapp, fake_engine):
    document = Document(with_lanes(default_experiment(), A={"repeats": 2}, B={}))
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.pull()
    sent = next(c for c in fake_engine.take_commands() if isinstance(c, m.SetExperiment))
    assert [(lane.name, lane.seed) for lane in sent.experiment.lanes] == [
        ("A", 0),
        ("A (seed 1)", 1),
        ("B", 0),
    ]
    snapshot = fake_engine.answer(acknowledged=link.commands)
    lanes = tuple(replace(snapshot.lanes[0], name=name) for name in ("A", "A (seed 1)", "B"))
    fake_engine.snapshot = replace(snapshot, lanes=lanes)
    link.pull()
    assert [(lane.name, len(lane.repeats)) for lane in link.latest.lanes] == [("A", 2), ("B", 0)]
    link.close()


def of_networks(link, **histories):
    """A snapshot with a network for each history, by name."""
    lanes = [
        replace(snapshot_of(history_of(epochs, losses)).lanes[0], name=name)
        for name, (epochs, losses) in histories.items()
    ]
    most = max(lane.now.epoch for lane in lanes)
    step = max(lane.now.step for lane in lanes)
    return replace(
        snapshot_of(history_of([0])),
        acknowledged=link.commands,
        epoch=most,
        step=step,
        lanes=tuple(lanes),
    )


def test_a_kept_run_is_whole_while_seeds_that_it_has_got_are_in_their_first_epoch(
    document, link, fake_engine, tmp_path
):
    document.replace(with_lanes(document.experiment, A={"repeats": 2}), "Two seeds")
    link.keep_run(tmp_path / "run")
    keep(tmp_path / "run", 3)
    seen = of_networks(link, **{"A": ([0, 1, 2, 3], None), "A (seed 1)": ([0], None)})
    new = replace(seen.lanes[1], now=replace(seen.lanes[1].now, step=2))
    fake_engine.snapshot = replace(seen, lanes=(seen.lanes[0], new))
    link.pull()
    assert (link.latest.epoch, link.latest.lanes[0].reached) == (0, 3)
    assert link.run_gap(3) == ""
    fake_engine.events = [m.RunNotKept("The run cannot be kept in x: No space left.", "No space left")]
    link.pull()
    assert link.unkept_part == "the newest epochs are not kept: No space left"


def test_seeds_that_are_taken_away_count_no_more_at_once(document, link, fake_engine):
    document.replace(with_lanes(document.experiment, A={"repeats": 3}), "Three seeds")
    losses = {
        name: ([0], [[loss, loss, loss]])
        for name, loss in (("A", 1.0), ("A (seed 1)", 3.0), ("A (seed 2)", 9.0))
    }
    fake_engine.snapshot = of_networks(link, **losses)
    link.pull()
    assert link.latest.lanes[0].now.loss[0] == 3.0
    document.replace(with_lanes(document.experiment, A={"repeats": 2}), "Two seeds")
    (lane,) = link.latest.lanes
    assert (lane.now.loss[0], len(lane.repeats)) == (2.0, 2)
    fake_engine.snapshot = of_networks(link, **losses)
    link.pull()
    assert [(one.name, one.now.loss[0]) for one in link.latest.lanes] == [("A", 2.0)], "it is not told yet"


def test_a_snapshot_that_comes_late_is_not_waited_for_a_whole_frame(link, fake_engine):
    link._timer.start()
    link.set_playing(True)
    intervals = []
    for _ in range(RETRIES + 2):
        link.pull()
        intervals.append(link._timer.interval())
    assert intervals == [RETRY] * RETRIES + [FRAME] * 2, "an engine that rests is not asked all the time"
    fake_engine.answer(acknowledged=link.commands, playing=True)
    link.pull()
    assert link._timer.interval() == FRAME
    link.pull()
    assert link._timer.interval() == RETRY
    link.set_playing(False)
    link.pull()
    assert link._timer.interval() == FRAME
    link._timer.stop()
