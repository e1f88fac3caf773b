"""What the window itself does: keys, messages, places of docks, themes, coming and going."""

import subprocess
import sys
from dataclasses import replace
from math import nan

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMessageBox

from engine.experiment import edit_many
from engine.experiment.repeats import members
from engine.observation.snapshot import CANVAS_EXTENT, Best, EditMark, Stop, StopOfSeeds
from engine.service import messages as m
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.plots import PLOTS
from gui_app.theme.appearance import Appearance
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.window.main_window import SMALLEST
from gui_app.window.run_messages import LaneOutcome, RunMessages
from tests.gui_app.hands import LEFT, choose, dock_of, draw, part_of, stroke, with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of
from tests.observing import watch_prediction

pytestmark = pytest.mark.usefixtures("fake_engine")


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def tell(window, fake_engine, *events) -> None:
    fake_engine.events = list(events)
    window.link.pull()


# -- keys


@pytest.mark.bare
@pytest.mark.parametrize(
    ("key", "modifiers", "commands"),
    [
        (Qt.Key.Key_Space, NONE, [m.Play()]),
        (Qt.Key.Key_Period, NONE, [m.StepBatch()]),
        (Qt.Key.Key_Period, SHIFT, [m.StepEpoch()]),
        (Qt.Key.Key_R, CONTROL, [m.Reset(1)]),
    ],
)
def test_keys_drive_training(still, key, modifiers, commands, fake_engine):
    still.link.pull()
    fake_engine.take_commands()
    QTest.keyClick(still.canvas, key, modifiers)
    assert fake_engine.take_commands() == commands


@pytest.mark.bare
def test_space_plays_and_pauses(still):
    QTest.keyClick(still.canvas, Qt.Key.Key_Space)
    assert still.link.playing
    assert still.transport.play.text() == "Pause"
    QTest.keyClick(still.canvas, Qt.Key.Key_Space)
    assert not still.link.playing
    assert still.transport.play.text() == "Play"


@pytest.mark.bare
def test_a_key_draws_another_seed_and_undo_brings_the_old_one_back(still):
    seed = still.document.experiment.lanes[0].seed
    QTest.keyClick(still.canvas, Qt.Key.Key_R, CONTROL | SHIFT)
    assert still.document.experiment.lanes[0].seed != seed
    QTest.keyClick(still.canvas, Qt.Key.Key_Z, CONTROL)
    assert still.document.experiment.lanes[0].seed == seed


@pytest.mark.bare
def test_keys_undo_redo_and_clear(still):
    first = still.document.experiment
    QTest.keyClick(still.canvas, Qt.Key.Key_Backspace, CONTROL | SHIFT)
    assert len(still.document.points) == 0
    QTest.keyClick(still.canvas, Qt.Key.Key_Z, CONTROL)
    assert still.document.experiment == first
    QTest.keyClick(still.canvas, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert len(still.document.points) == 0
    QTest.keyClick(still.canvas, Qt.Key.Key_Z, CONTROL)
    QTest.keyClick(still.canvas, Qt.Key.Key_Y, CONTROL)
    assert len(still.document.points) == 0


@pytest.mark.bare
@pytest.mark.parametrize(
    ("key", "modifiers", "dialog"),
    [
        (Qt.Key.Key_O, CONTROL, "Open"),
        (Qt.Key.Key_S, CONTROL, "Save as"),
        (Qt.Key.Key_S, CONTROL | SHIFT, "Save as"),
        (Qt.Key.Key_I, CONTROL, "Import data"),
        (Qt.Key.Key_E, CONTROL, "Export everything into a folder"),
    ],
)
def test_keys_open_dialogs(still, files, key, modifiers, dialog):
    QTest.keyClick(still.canvas, key, modifiers)
    assert files.asked == [dialog]


def test_a_point_typed_into_a_field_steps_nothing(still, fake_engine):
    field = next(box for box in still.findChildren(QLineEdit) if box.isVisible() and box.isEnabled())
    field.setFocus()
    still.link.pull()
    fake_engine.take_commands()
    QTest.keyClick(field, Qt.Key.Key_Period)
    assert fake_engine.take_commands() == []


@pytest.mark.bare
def test_keys_wait_for_the_end_of_a_stroke(still):
    """A save or an undo in its middle would cut it."""
    before = still.document.points
    draw(still.document, [[0, 0]])
    stroke(still, (-2, 0), (2, 0), release=False)
    QTest.keyClick(still.canvas, Qt.Key.Key_Z, CONTROL)
    drawn = len(still.document.points)
    assert drawn > len(before) + 1
    QTest.mouseRelease(still.canvas, LEFT)
    assert still.document.stack.count() == 2


# -- messages


@pytest.mark.bare
def test_failures_of_the_engine_are_told_without_waiting(still, fake_engine):
    failures = [m.EngineFailed(f"failure {n}", f"Traceback {n}") for n in range(10)]
    still.link.set_playing(True)
    tell(still, fake_engine, *failures)
    boxes = still.findChildren(QMessageBox)
    assert [(box.isVisible(), box.isModal()) for box in boxes] == [(True, False)]
    assert boxes[0].informativeText() == "failure 9"
    assert boxes[0].detailedText() == "Traceback 9"
    assert not still.link.playing
    boxes[0].close()


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        (
            Stop("early_stopping", 1460, 1410, "no better for 50 epochs"),
            "Stopped early at epoch 1,460: no better for 50 epochs.",
        ),
        (
            Stop("divergence", 3, None, "the loss is not finite"),
            "Diverged in epoch 3: the loss is not finite.",
        ),
    ],
)
def test_how_a_run_ended_is_told_until_it_goes_on(still, stop, words, fake_engine):
    said = []
    still.run_messages.reported.connect(said.append)
    ended = snapshot_of(history_of([0, 1]), stop=stop, playing=False)
    still.dispatcher.show(ended)
    still.dispatcher.show(replace(ended, serial=2))
    assert said == [words]
    # Of a run that diverged, the line of diagnosis has more to say.
    assert still.statusBar().currentMessage() == (words if stop.kind == "early_stopping" else "")
    still.dispatcher.show(snapshot_of(history_of([0]), playing=False))
    assert still.statusBar().currentMessage() == ""
    still.dispatcher.show(ended)
    still.show_message("Saved")
    still.dispatcher.show(None)
    assert still.statusBar().currentMessage() == "Saved"


@pytest.mark.bare
def test_another_task_and_the_way_back_say_that_the_run_is_over(still, fake_engine):
    def run(epochs, serial):
        fake_engine.snapshot = replace(snapshot_of(history_of(epochs), playing=False), serial=serial)
        still.link.pull()

    said = still.statusBar().currentMessage
    over = ": training restarts from the initial weights; the run of {} is over."
    run([0, 1116], 1)
    choose(still.transport.task, "curve")
    assert said() == "Regression: curve" + over.format("1,116 epochs")
    still.statusBar().clearMessage()
    # Nothing was trained in between.
    choose(still.transport.task, "classification")
    assert said() == ""
    run([0, 1], 2)
    QTest.keyClick(still.canvas, Qt.Key.Key_Z, CONTROL)
    assert said() == "Regression: curve" + over.format("1 epoch")


BEST = Best(5, 50, (0.25, 0.5, nan))


def test_the_message_names_the_lane_that_has_ended():
    one = LaneOutcome("A", Stop("divergence", 3, None, "why"), (), None)
    two = LaneOutcome("B", Stop("early_stopping", 7, 5, "why not"), (BEST,), None)
    calm, compose = LaneOutcome("C", None, (BEST,), None), RunMessages.compose
    assert compose((one, calm), None) == "A diverged in epoch 3: why."
    assert compose((one, two, calm), None) == (
        "B stopped early at epoch 7: why not. Best epoch 5, with losses of training 0.250, validation 0.500. "
        "Its weights are back. 2 of 3 lanes have ended."
    )
    assert compose((replace(two, continues_from=7),), None).endswith(
        "Its weights are back; Play continues from those of epoch 7."
    )
    assert compose((calm,), None) == compose((), None) == ""
    of_seeds = StopOfSeeds(
        "early_stopping", 7, None, "all 2 seeds stopped early in epochs 5 to 7", seeds="all 2 seeds"
    )
    repeated = LaneOutcome("R", of_seeds, (BEST, Best(7, 70, (0.35, 0.4, nan))), None)
    assert compose((repeated, calm), None) == (
        "R: all 2 seeds stopped early in epochs 5 to 7. Best epochs of 2 seeds: 5 to 7, in the median 6, with median "
        "losses of training 0.300, validation 0.450."
    )


@pytest.mark.bare
def test_the_message_of_a_return_to_the_best_weights_stays_until_training_continues(still, fake_engine):
    back = EditMark(10, 1000, "weights of epoch 5 restored", "restore")
    snapshot = snapshot_of(history_of([0, 10]), best=0, playing=False, marks=(back,))
    (lane,) = snapshot.lanes
    there = replace(snapshot, lanes=(replace(lane, now=replace(lane.now, step=1000)),))
    further = replace(snapshot, lanes=(replace(lane, now=replace(lane.now, step=1001)),))
    still.dispatcher.show(there)
    assert (
        still.statusBar().currentMessage().startswith("Weights of epoch 5 restored. The epoch count goes on")
    )
    still.dispatcher.show(further)
    assert still.statusBar().currentMessage() == ""


@pytest.mark.parametrize(
    ("best", "step", "offered"), [(None, 100, False), (10, 100, False), (0, 100, True), (0, 0, False)]
)
def test_there_is_a_way_back_where_the_best_weights_are_others(
    still, qtbot, best, step, offered, fake_engine
):
    """At the top, in the card of early stopping and by key."""
    snapshot = snapshot_of(history_of([0, 10]), best=best, playing=False)
    lane = snapshot.lanes[0]
    resting = replace(snapshot, lanes=(replace(lane, now=replace(lane.now, step=step)),))
    card = next(
        panel.stopping for panel in still.dock_layout.panels if isinstance(panel, RegularizationPanel)
    )
    buttons = still.transport.best, card.go_back
    still.dispatcher.show(resting)
    assert [not button.isHidden() for button in buttons] == [offered] * 2
    if offered:
        fake_engine.take_commands()
        for button in buttons:
            button.click()
        QTest.keyClick(still, Qt.Key.Key_B, CONTROL)
        assert [c for c in fake_engine.take_commands() if isinstance(c, m.RestoreBest)] == [
            m.RestoreBest((0,))
        ] * 3
    still.dispatcher.show(replace(resting, playing=True))
    qtbot.waitUntil(lambda: all(button.isHidden() for button in buttons))


@pytest.mark.bare
@pytest.mark.parametrize("epoch", [0, 1200, None])
def test_the_message_that_there_are_no_best_weights_follows_the_engine_event(still, epoch, fake_engine):
    QTest.keyClick(still, Qt.Key.Key_B, CONTROL)
    still.link.pull()
    assert still.statusBar().currentMessage() == ""
    tell(still, fake_engine, m.NotRestored("A", epoch))
    assert still.statusBar().currentMessage() == (
        "There are no best weights: they need a validation loss."
        if epoch is None
        else f"These already are the best weights, those of epoch {epoch:,}."
    )


@pytest.mark.bare
def test_the_message_of_a_return_during_training_stays(still, fake_engine):
    """The next step comes at once, so that no snapshot need show a lane that rests at its best weights."""
    still.link.set_playing(True)
    tell(still, fake_engine, m.Restored("A", "weights of epoch 5 restored"))
    words = "Weights of epoch 5 restored. The epoch count goes on; Reset starts over."
    assert still.statusBar().currentMessage() == words
    back = EditMark(10, 100, "weights of epoch 5 restored", "restore")
    for playing_from in ([0, 10], [0, 10, 11]):
        newest = snapshot_of(history_of(playing_from), best=0, marks=(back,))
        still.dispatcher.show(newest)
        still.run_messages.show_snapshot(newest)
        assert still.statusBar().currentMessage() == words


@pytest.mark.bare
@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            m.Restored("B", "weights of epoch 5 restored"),
            "B: weights of epoch 5 restored. The epoch count goes on",
        ),
        (m.NotRestored("B", None), "B: there are no best weights: they"),
    ],
)
def test_of_several_lanes_the_one_that_goes_back_is_named(still, event, words, fake_engine):
    experiment = still.document.experiment
    (one,) = experiment.lanes
    still.document.replace(
        msgspec.structs.replace(experiment, lanes=(one, msgspec.structs.replace(one, name="B"))), "two"
    )
    tell(still, fake_engine, event)
    assert still.statusBar().currentMessage().startswith(words)


@pytest.mark.bare
def test_lanes_that_go_back_at_once_are_one_sentence(still, fake_engine):
    still.document.replace(with_lanes(still.document.experiment, A={}, B={}, C={}), "three")
    still.current_lane.select((0, 1, 2))
    still.link.restore_best()
    assert fake_engine.commands[-1] == m.RestoreBest((0, 1, 2))
    restored = [m.Restored(name, "weights of epoch 5 restored") for name in "AB"]
    tell(still, fake_engine, *restored, m.NotRestored("C", 5))
    said = "“A” and “B” have gone back to their best weights. “C” stays as it is. "
    assert still.statusBar().currentMessage().startswith(said)
    marks = {name: (EditMark(10, 100, "weights of epoch 5 restored", "restore"),) for name in "AB"}
    assert seeds_say(still, fake_engine, marks | {"C": ()}).startswith(said)
    assert seeds_say(still, fake_engine, dict.fromkeys("ABC", ())) == ""


def names_of_seeds(window):
    experiment = edit_many(window.document.experiment, {"lanes.0.seed": 4, "lanes.0.repeats": 3})
    window.document.reset(experiment)
    window.link.set_playing(True)
    return [one.name for one in members(experiment)[0]]


def seeds_say(window, fake_engine, marks):
    """A snapshot of all seeds, each with these marks."""
    whole = replace(snapshot_of(history_of([0, 10]), best=5), acknowledged=window.link.commands)
    lanes = [replace(whole.lanes[0], name=name, marks=own) for name, own in marks.items()]
    fake_engine.snapshot = replace(whole, lanes=tuple(lanes))
    window.link.pull()
    return window.statusBar().currentMessage()


@pytest.mark.bare
@pytest.mark.parametrize(
    ("back", "said"),
    [
        (3, "All 3 seeds have gone back to their best weights. The epoch count"),
        (1, "1 of 3 seeds has gone back to its best weights; the others stay as they are."),
        (0, "These already are the best weights, those of epoch 5."),
    ],
)
def test_seeds_that_go_back_to_their_best_weights_are_one_sentence_which_stays(
    still, fake_engine, back, said
):
    names = names_of_seeds(still)
    texts = [f"weights of epoch {epoch} restored" for epoch in (5, 6, 7)]
    returned = [m.Restored(name, text) for name, text in zip(names, texts, strict=True)]
    kept = [m.NotRestored(name, 5) for name in names]
    heard = []
    still.statusBar().messageChanged.connect(heard.append)
    tell(still, fake_engine, *returned[:back], *kept[back:])
    assert len(heard) == 1
    assert heard[0].startswith(said)
    marks = {
        name: (EditMark(10, 100, text, "restore"),) if index < back else ()
        for index, (name, text) in enumerate(zip(names, texts, strict=True))
    }
    assert seeds_say(still, fake_engine, marks) == heard[0]
    if back:
        assert seeds_say(still, fake_engine, dict.fromkeys(names, ())) == ""


def test_the_message_names_the_lane_that_is_back_at_its_best_weights():
    back = EditMark(10, 1000, "weights of epoch 5 restored", "restore")
    one, two = LaneOutcome("A", None, (BEST,), None), LaneOutcome("B", None, (BEST,), back)
    assert RunMessages.compose((one, two), None).startswith(
        "B: weights of epoch 5 restored. The epoch count goes on"
    )
    assert RunMessages.compose((two,), None).startswith(
        "Weights of epoch 5 restored. The epoch count goes on"
    )
    both = RunMessages.compose((replace(one, back=back), two), None)
    assert both.startswith("“A” and “B” have gone back to their best weights. The epoch count goes on")


SHARES = ", or lower the validation and test shares"


def show(window, fake_engine, acknowledged, training_points=250, **shown):
    """A snapshot from the engine, made after so many commands."""
    snapshot = replace(snapshot_of(history_of([0, 10]), **shown), acknowledged=acknowledged)
    fake_engine.snapshot = replace(snapshot, training_points=training_points)
    window.link.pull()
    return window.statusBar().currentMessage()


@pytest.mark.bare
@pytest.mark.parametrize(("empty", "shares"), [(False, SHARES), (True, "")])
def test_the_message_that_there_are_no_training_points_stays_until_there_are_some(
    still, empty, shares, fake_engine
):
    if empty:
        still.document.clear_points()
    still.link.set_playing(True)
    acknowledged = still.link.commands
    tell(still, fake_engine, m.NoTrainingPoints())
    words = f"There are no training points: draw some{shares}."
    assert show(still, fake_engine, acknowledged - 1) == words, "a snapshot from before it was said"
    assert show(still, fake_engine, acknowledged, training_points=0, playing=False) == words
    assert still.transport.play.text() == "Play"
    assert show(still, fake_engine, acknowledged, playing=False) == ""


@pytest.mark.bare
@pytest.mark.parametrize(("empty", "shares"), [(False, SHARES), (True, "")])
def test_a_message_is_shown_while_training_waits_for_points(still, empty, shares):
    if empty:
        still.document.clear_points()
    gone = replace(snapshot_of(history_of([0, 10])), training_points=0)
    still.run_messages.show_snapshot(gone)
    assert still.statusBar().currentMessage() == (
        f"Training continues when there are training points: draw some{shares}."
    )
    still.transport.show_snapshot(gone)
    assert still.transport.speed.number.text() == "–"
    still.run_messages.show_snapshot(snapshot_of(history_of([0, 10])))
    assert still.statusBar().currentMessage() == ""


@pytest.mark.bare
def test_a_reset_withdraws_the_message_of_a_return_during_training(still, fake_engine):
    still.link.set_playing(True)
    QTest.keyClick(still, Qt.Key.Key_B, CONTROL)
    acknowledged = still.link.commands
    tell(still, fake_engine, m.Restored("A", "weights of epoch 5 restored"))
    words = "Weights of epoch 5 restored. The epoch count goes on; Reset starts over."
    assert show(still, fake_engine, acknowledged - 1, best=0) == words, "a snapshot from before it was said"
    back = EditMark(9, 90, "weights of epoch 5 restored", "restore")
    assert show(still, fake_engine, acknowledged, best=0, marks=(back,)) == words
    still.link.set_playing(False)
    assert show(still, fake_engine, still.link.commands, best=0, marks=(back,), playing=False) == words
    QTest.keyClick(still, Qt.Key.Key_R, CONTROL)
    assert show(still, fake_engine, still.link.commands, best=0, run=2, playing=False) == ""


@pytest.mark.bare
@pytest.mark.parametrize(("epoch", "before", "after"), [(10, 10, 0), (None, None, 0)])
def test_that_there_was_nothing_to_go_back_to_is_over_with_its_run(still, epoch, before, after, fake_engine):
    still.link.set_playing(True)
    tell(still, fake_engine, m.NotRestored("A", epoch))
    words = still.statusBar().currentMessage()
    assert words
    assert show(still, fake_engine, still.link.commands, best=before) == words
    assert show(still, fake_engine, still.link.commands, best=after) == ""


@pytest.mark.bare
def test_that_all_lanes_are_muted_stays_until_one_is_not(still, fake_engine):
    still.link.set_playing(True)
    tell(still, fake_engine, m.AllLanesMuted())
    words = "All lanes are muted; unmute one to train."
    snapshot = replace(snapshot_of(history_of([0, 10]), playing=False), acknowledged=still.link.commands)
    for muted, expected in ((True, words), (False, "")):
        lanes = tuple(replace(lane, muted=muted) for lane in snapshot.lanes)
        fake_engine.snapshot = replace(snapshot, lanes=lanes)
        still.link.pull()
        assert still.statusBar().currentMessage() == expected
    tell(still, fake_engine, m.LaneNotCopied("B", "Lane B cannot continue from lane A: why."))
    assert still.statusBar().currentMessage() == "Lane B cannot continue from lane A: why."
    tell(still, fake_engine, m.TrainingNotKept(3))
    assert still.statusBar().currentMessage() == (
        "What 3 networks had learned took too much memory and was not kept: training starts again there."
    )


@pytest.mark.bare
def test_a_later_sentence_stays_when_an_answer_is_over(still, fake_engine):
    tell(still, fake_engine, m.NoTrainingPoints())
    still.show_message("Something else")
    assert show(still, fake_engine, still.link.commands) == "Something else"


def test_before_the_first_snapshot_plots_say_that_training_begins(still):
    def words():
        return {mark.text for plot in still.dock_layout.plots for mark in plot.picture.marks}

    assert words() == {"Press play (Space) to train"}
    QTest.keyClick(still.canvas, Qt.Key.Key_Space)
    assert words() == {"Training begins"}
    QTest.keyClick(still.canvas, Qt.Key.Key_Space)
    assert words() == {"Press play (Space) to train"}


def test_plots_that_come_while_training_begins_say_so(open_window):
    window = open_window(early=True)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    window.complete()
    assert {mark.text for plot in window.dock_layout.plots for mark in plot.picture.marks} == {
        "Training begins"
    }


def test_plots_over_time_say_that_there_are_no_training_points(still):
    still.resize(1920, 1080)
    for playing in (False, True):
        empty = replace(snapshot_of(history_of([0]), playing=playing), training_points=0)
        for plot in still.dock_layout.plots:
            plot.show_snapshot(empty)
        over_time = [
            plot for plot in still.dock_layout.plots if plot.export_name in ("loss", "gradient-over-time")
        ]
        assert [[mark.text for mark in plot.picture.marks] for plot in over_time] == [
            ["No training points: nothing to train"]
        ] * 2


@pytest.mark.bare
def test_a_message_goes_by_itself(still, qtbot, monkeypatch):
    monkeypatch.setattr("gui_app.window.messages.MESSAGE_TIME", 20)
    still.show_message("Saved")
    assert still.statusBar().currentMessage() == "Saved"
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == "")


def test_a_snapshot_reaches_every_view(still, fake_engine):
    snapshot = fake_engine.answer(acknowledged=0)
    still.link.pull()
    assert still.dispatcher.views
    assert all(view.snapshot is snapshot for view in still.dispatcher.views)
    still.document.reset(still.document.experiment)
    assert all(view.snapshot is None for view in still.dispatcher.views)


def test_a_minimized_window_asks_for_no_picture_of_what_is_predicted(still, qtbot, fake_engine):
    fake_engine.take_commands()
    still.showMinimized()
    qtbot.waitUntil(lambda: m.Watch(lanes=(0,)) in fake_engine.commands)
    still.showNormal()
    qtbot.waitUntil(lambda: watched_again(fake_engine))


def watched_again(fake_engine) -> bool:
    """Whether canvas and diagram are what is asked for, the canvas as finely as before."""
    command = fake_engine.commands[-1]
    asked = {request.key: request for request in command.requests} if isinstance(command, m.Watch) else {}
    (prediction,) = watch_prediction(100, CANVAS_EXTENT, (0,)).requests
    return set(asked) == {"prediction", "inside"} and asked["prediction"] == prediction


def test_continue_anyway_plays_on_after_an_early_stop(still, qtbot, fake_engine):
    stop = Stop("early_stopping", 10, 5, "no better")
    snapshot = fake_engine.answer(acknowledged=0)
    lane = replace(snapshot.lanes[0], status="stopped", stop=stop, stops=(stop,))
    fake_engine.snapshot = replace(snapshot, lanes=(lane,))
    still.link.pull()
    fake_engine.take_commands()
    card = part_of(still, RegularizationPanel).stopping
    part_of(still, RegularizationPanel).document.change(
        {"lanes.0.regularization.early_stopping": {"patience": 50}}, "On"
    )
    assert "Stopped at epoch 10: no better." in card.mark.toolTip()
    QTest.mouseClick(card.mark, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.go_on.isVisible)
    fake_engine.take_commands()
    dock(still, "Model").widget().ensureWidgetVisible(card.go_on)
    QApplication.processEvents()
    QTest.mouseClick(card.go_on, Qt.MouseButton.LeftButton)
    assert fake_engine.take_commands()[-1] == m.Play()
    assert still.transport.playing


def test_plots_that_come_after_the_first_snapshot_show_it(open_window, qtbot, fake_engine):
    window = open_window()
    snapshot = fake_engine.answer(acknowledged=0)
    window.link.pull()
    window.complete()
    assert tuple(map(type, window.dock_layout.plots)) == tuple(plot.plot_class() for plot in PLOTS.values())
    assert all(plot.snapshot is snapshot for plot in window.dock_layout.plots)


# -- docks


def dock(window, title: str) -> QDockWidget:
    return window.findChild(QDockWidget, f"dock {title}")


def test_docks_are_where_they_were(open_window, qtbot):
    first = open_window()
    first.complete()
    dock(first, "Gradient over time").hide()
    dock(first, "Loss").setFloating(True)
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock(first, "Gradient per layer"))
    first.resizeDocks([dock(first, "Model")], [420], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: dock(first, "Model").width() > 400)
    width = dock(first, "Model").width()
    first.close()
    again = open_window()
    again.complete()
    assert dock(again, "Gradient over time").isHidden()
    assert dock(again, "Loss").isFloating()
    assert again.dockWidgetArea(dock(again, "Gradient per layer")) == Qt.DockWidgetArea.LeftDockWidgetArea
    qtbot.waitUntil(lambda: dock(again, "Model").width() == width)


def test_the_layout_can_be_restored(still, qtbot):
    places = {each.objectName(): still.dockWidgetArea(each) for each in still.dock_layout.docks}
    dock(still, "Data").hide()
    dock(still, "Loss").setFloating(True)
    still.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock(still, "Model"))
    still.resize(1920, 1080)
    still.dock_layout.arrange()
    assert all(each.isVisible() and not each.isFloating() for each in still.dock_layout.docks)
    assert {each.objectName(): still.dockWidgetArea(each) for each in still.dock_layout.docks} == places
    titles = ("Loss", "Gradient per layer", "Gradient over time")
    left, middle, right = (dock(still, title).geometry() for title in titles)
    assert left.right() < middle.left() < middle.right() < right.left()
    bars, chain = dock(still, "Gradient per layer"), dock(still, "Chain")
    assert still.tabifiedDockWidgets(bars) == [dock(still, "Weights"), chain]
    qtbot.waitUntil(lambda: bars.widget().is_seen and not chain.widget().is_seen)


@pytest.mark.parametrize("junk", ["junk", 5, b"", None])
def test_junk_in_the_settings_gives_the_first_layout(open_window, settings, junk):
    settings.setValue("layout/geometry", junk)
    settings.setValue("layout/state", junk)
    window = open_window()
    assert all(each.isVisible() for each in window.dock_layout.docks)


def test_the_canvas_has_the_keyboard_first(still, qtbot):
    qtbot.waitUntil(still.canvas.hasFocus)


def test_the_keyboard_reaches_every_room(still, qtbot):
    qtbot.waitUntil(still.canvas.hasFocus)
    met = set()
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        met |= {
            name
            for name, room in (
                ("transport", still.transport),
                ("data", still.dock_layout.data_panel),
                ("model", dock_of(still, "Model")),
                ("canvas", still.canvas),
            )
            if room is focus or room.isAncestorOf(focus)
        }
    assert met == {"transport", "data", "model", "canvas"}


def test_it_fits_a_small_screen(still, qtbot):
    assert still.minimumWidth() <= min(SMALLEST.width(), still.screen().availableSize().width())
    still.resize(1280, 720)
    qtbot.waitUntil(lambda: (still.width(), still.height()) == (1280, 720))
    assert still.canvas.height() >= 320


# -- themes


def worn(window) -> set:
    parts = (window.transport, window.canvas)
    return {
        *(part.theme.name for part in parts),
        *(panel.theme.name for panel in window.dock_layout.panels),
        *(plot.theme.name for plot in window.dock_layout.plots),
    }


def test_a_theme_is_worn_by_all_and_remembered(still, open_window, qtbot, settings):
    assert worn(still) == {"light"}
    still.appearance.choose("dark")
    assert worn(still) == {"dark"}
    assert QApplication.instance().palette().window().color().name() == DARK.panel
    assert settings.value("appearance") == "dark"
    again = open_window()
    again.complete()
    assert worn(again) == {"dark"}
    assert again.appearance.mode == "dark"
    still.appearance.choose("light")
    assert worn(still) == {"light"}
    assert QApplication.instance().palette().window().color().name() == LIGHT.panel


def test_the_system_is_followed_only_where_it_should_be(still, monkeypatch):
    system = [DARK]
    monkeypatch.setattr("gui_app.theme.appearance.system_theme", lambda: system[0])
    hints = QApplication.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert worn(still) == {"dark"}
    still.appearance.choose("light")
    assert worn(still) == {"light"}
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert worn(still) == {"light"}
    still.appearance.choose("system")
    assert worn(still) == {"dark"}
    system[0] = LIGHT
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert worn(still) == {"light"}


def test_an_unknown_mode_is_the_systems(qapp, settings, open_window):
    settings.setValue("appearance", "purple")
    assert open_window().appearance.mode == "system"


def test_an_appearance_goes_with_its_window(qapp, open_window):
    appearances = qapp.findChildren(Appearance)
    window = open_window()
    assert window.appearance.parent() is window
    assert qapp.findChildren(Appearance) == appearances


# -- coming and going

STARTING = """
import gc, sys
from PySide6.QtCore import QSettings
from gui_app.__main__ import start
app, window = start(settings=QSettings(sys.argv[1], QSettings.Format.IniFormat))
later = sys.argv[2:]
heavy = lambda: " ".join(name for name in later if name in sys.modules) or "none"
window.first_painted.connect(lambda: print("painted with", heavy(), flush=True))
window.link.snapshot_taken.connect(lambda snapshot: app.quit())
window.show()
app.exec()
print("garbage is collected", gc.isenabled())
print("trained in", "torch" in sys.modules, "pyqtgraph" in sys.modules)
window.close()
"""


LATER = (
    "torch",
    "pyqtgraph",
    "numpy.ma",
    "charset_normalizer",
    "engine.data.importing",
    "engine.data.opening",
    "engine.data.tables",
    "engine.data.text",
)


def test_the_window_paints_before_what_nobody_needs_yet_is_loaded(tmp_path):
    command = [sys.executable, "-c", STARTING, str(tmp_path / "settings.ini"), *LATER]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    painted, garbage, trained = result.stdout.splitlines()
    assert painted == "painted with none"
    assert garbage == "garbage is collected True"
    assert trained == "trained in False True", "the engine has a process of its own"


def test_what_is_only_convenience_holds_up_no_closing(still, monkeypatch, qtbot):
    def fail(*_):
        raise ValueError("no layout")

    with monkeypatch.context() as faults, qtbot.captureExceptions() as seen:
        faults.setattr("gui_app.window.main_window.save_layout", fail)
        assert still.close()
    assert [str(error) for _, error, _ in seen] == ["no layout"]


@pytest.mark.bare
def test_the_window_says_why_a_cure_was_not_tried_beside(still):
    still.complete()
    refused = "Two lanes are named 'A'; give each its own name."
    still.dock_layout.diagnosis_line.diagnosis.remedies.reported.emit(refused)
    assert still.statusBar().currentMessage() == refused
