"""What the window says of an engine that does not answer or has ended, and that it can always be restarted."""

import os
import signal
import sys
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from engine.experiment.kept_run import facts
from engine.observation.snapshot import Stop
from engine.service import heartbeat
from engine.service import messages as m
from gui_app.window.corner_notice import MARGIN, WIDEST, CornerNotice
from gui_app.window.engine_notice import AGAIN, BUSY, LARGE, SILENT
from tests.gui_app.hands import draw
from tests.gui_app.plots.runs import history_of, snapshot_of

pytestmark = pytest.mark.bare

posix = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")


def tell(window, engine, *events):
    engine.events = list(events)
    window.link.pull()


def test_silence_is_told_calmly_and_goes_away_by_itself(still, fake_engine):
    notice = still.engine_notice
    assert not notice.isVisible()
    focus = still.focusWidget()
    tell(still, fake_engine, m.EngineSilent())
    assert notice.isVisible()
    assert notice.headline.text() == SILENT == "The engine does not answer: wait or restart it"
    assert not notice.isWindow()
    assert still.focusWidget() is focus
    assert still.rect().contains(notice.geometry())
    tell(still, fake_engine, m.EngineAnswers())
    assert not notice.isVisible()
    assert fake_engine.restarted == 0


@pytest.mark.parametrize(
    "event", [m.EngineSilent(), m.EngineBusy(), m.EngineFailed("It has ended.", "", True)]
)
def test_no_speed_is_shown_of_an_engine_that_does_not_obey(still, fake_engine, event, qtbot):
    speed = still.transport.speed.number
    for epoch in (1, 2):
        snapshot = snapshot_of(history_of(range(epoch + 1)))
        fake_engine.snapshot = replace(
            snapshot,
            acknowledged=still.link.commands,
            playing=True,
            steps_per_second=640.0,
            training_points=250,
        )
        still.link.pull()
        qtbot.waitUntil(lambda: speed.text() == "640")
        tell(still, fake_engine, event)
        assert speed.text() == "–"
        tell(still, fake_engine, m.EngineAnswers(), m.EngineReady())


def test_one_may_wait_until_the_next_silence(still, fake_engine):
    tell(still, fake_engine, m.EngineSilent())
    still.engine_notice.wait.click()
    assert not still.engine_notice.isVisible()
    assert fake_engine.restarted == 0
    tell(still, fake_engine, m.EngineAnswers(), m.EngineSilent())
    assert still.engine_notice.isVisible()


@pytest.mark.parametrize("command", ["step_batch", "step_epoch", "restart", "restore_best"])
def test_after_waiting_the_next_command_brings_the_notice_back(still, fake_engine, command):
    notice = still.engine_notice
    for event, words in ((m.EngineSilent(), SILENT), (m.EngineBusy(), BUSY)):
        tell(still, fake_engine, event)
        notice.wait.click()
        getattr(still.link, command)()
        assert notice.isVisible()
        assert notice.headline.text() == words


def test_after_waiting_in_vain_for_a_while_the_notice_comes_back_by_itself(still, fake_engine):
    notice = still.engine_notice
    assert notice.again.interval() == AGAIN == 20_000
    tell(still, fake_engine, m.EngineSilent())
    notice.wait.click()
    assert notice.again.isActive()
    notice.again.timeout.emit()
    assert notice.isVisible()
    notice.wait.click()
    tell(still, fake_engine, m.EngineAnswers())
    assert not notice.again.isActive()
    still.link.step_batch()
    assert not notice.isVisible()


def test_a_busy_engine_is_not_called_hung(still, fake_engine):
    notice = still.engine_notice
    tell(still, fake_engine, m.EngineBusy())
    assert notice.isVisible()
    assert (notice.headline.text(), notice.detail.text()) == (BUSY, LARGE)
    assert "busy" in BUSY
    assert "large network" in LARGE
    notice.wait.click()
    assert not notice.again.isActive(), "it works, and asks for nothing"
    tell(still, fake_engine, m.EngineSilent())
    assert notice.headline.text() == SILENT
    tell(still, fake_engine, m.EngineAnswers())
    assert not notice.isVisible()


def test_the_menu_restarts_an_engine_at_any_time(still, fake_engine):
    (train,) = [action.menu() for action in still.menuBar().actions() if action.text() == "&Train"]
    (entry,) = [
        action for action in train.actions() if action.text().replace("&", "") == "Restart the engine"
    ]
    assert entry.isEnabled()
    entry.trigger()
    assert fake_engine.restarted == 1


def test_the_button_restarts_the_engine_as_often_as_one_likes(still, fake_engine):
    for number in range(1, 11):
        tell(still, fake_engine, m.EngineFailed("It keeps ending.", "exit status -9", final=True))
        assert still.engine_notice.isVisible()
        assert still.engine_notice.detail.text() == "It keeps ending."
        still.engine_notice.restart.click()
        assert fake_engine.restarted == number
        assert not still.engine_notice.isVisible()
        tell(still, fake_engine, m.EngineRestarted(None, asked=True), m.EngineReady())
    assert not [box for box in still.findChildren(QMessageBox) if box.isVisible()]


def test_a_command_to_an_engine_that_has_ended_shows_the_notice_again(still, fake_engine):
    tell(still, fake_engine, m.EngineFailed("It keeps ending.", "", final=True))
    still.engine_notice.wait.click()
    still.transport.play.click()
    assert still.engine_notice.isVisible()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            m.EngineRestarted(1240),
            "The training engine ended unexpectedly and was started again; Play goes on from epoch 1,240.",
        ),
        (
            m.EngineRestarted(0, asked=True),
            "The training engine was started again; Play goes on from epoch 0.",
        ),
        (
            m.EngineRestarted(None, "It is damaged."),
            "The training engine ended unexpectedly and was started again. It is damaged. "
            "Training begins anew from the initial weights; the drawing is untouched.",
        ),
        (m.RunLoaded(1240), "The saved run is back, at epoch 1,240."),
        (
            m.RunLoaded(1240, ("B",)),
            "The saved run is back, at epoch 1,240, without the history of lane B, which could not be read.",
        ),
        (
            m.RunLoaded(1240, ("A", "C")),
            "The saved run is back, at epoch 1,240, without the history of lanes A, C, which could not be read.",
        ),
        (m.RunNotLoaded("The run cannot be restored."), "The run cannot be restored."),
        (m.RunNotKept("No space left on device"), "No space left on device"),
    ],
)
def test_the_status_bar_says_where_training_goes_on(still, fake_engine, event, words):
    tell(still, fake_engine, event)
    assert still.statusBar().currentMessage() == words


def test_what_a_restart_was_about_to_load_silences_no_other_run(still, fake_engine):
    tell(still, fake_engine, m.EngineRestarted(1240))
    tell(still, fake_engine, m.RunNotLoaded("The run cannot be restored."))
    tell(still, fake_engine, m.RunLoaded(7))
    assert still.statusBar().currentMessage() == "The saved run is back, at epoch 7."
    tell(still, fake_engine, m.EngineRestarted(1240))
    # Its answer comes to another document, which does not take it.
    still.files.new()
    tell(still, fake_engine, m.RunLoaded(1240))
    tell(still, fake_engine, m.RunLoaded(500, turn=still.link.turn))
    assert still.statusBar().currentMessage() == "The saved run is back, at epoch 500."


def test_where_play_would_go_on_is_not_said_of_a_run_that_is_over(still, fake_engine):
    snapshot = fake_engine.answer(acknowledged=0)
    stop = Stop("divergence", 33, 11, "the loss is not finite")
    fake_engine.snapshot = replace(snapshot, lanes=tuple(replace(lane, stop=stop) for lane in snapshot.lanes))
    still.link.pull()
    tell(still, fake_engine, m.EngineRestarted(32))
    ended = "The training engine ended unexpectedly and was started again; the run is as it ended."
    assert still.statusBar().currentMessage() == ended


def test_training_that_plays_goes_on(still, fake_engine):
    still.link.set_playing(True)
    tell(still, fake_engine, m.EngineRestarted(7))
    assert still.statusBar().currentMessage().endswith("; training goes on from epoch 7.")


def test_a_run_that_comes_back_after_a_restart_is_told_once(still, fake_engine):
    tell(still, fake_engine, m.EngineRestarted(7), m.EngineReady(), m.RunLoaded(7))
    assert "started again" in still.statusBar().currentMessage()
    tell(still, fake_engine, m.RunLoaded(9))
    assert still.statusBar().currentMessage() == "The saved run is back, at epoch 9."


def test_a_history_that_a_restart_has_lost_is_told(still, fake_engine):
    tell(still, fake_engine, m.EngineRestarted(7), m.EngineReady(), m.RunLoaded(7, ("A",)))
    assert "without the history of lane A" in still.statusBar().currentMessage()


@posix
def test_training_goes_on_after_a_death_and_after_a_hang(
    window, process_engine, qtbot, tmp_path, monkeypatch
):
    """With the real engine: killed, then stopped and restarted by the button."""
    for name in ("FIRST", "SILENT"):
        monkeypatch.setattr(heartbeat, name, 8)
    link, notice = window.link, window.engine_notice
    link.keep_run(tmp_path / "run")
    draw(window.document, [[0.5, 0.5]])
    link.set_playing(True)
    epoch = trained_and_kept(link, qtbot)
    os.kill(process_engine.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: "; training goes on from epoch" in window.statusBar().currentMessage())
    qtbot.waitUntil(lambda: link.latest is not None and link.latest.epoch > epoch > 0)
    assert link.playing
    epoch = trained_and_kept(link, qtbot)
    qtbot.waitUntil(lambda: not notice.isVisible())
    pid = process_engine.pid
    os.kill(pid, signal.SIGSTOP)
    qtbot.waitUntil(notice.isVisible)
    assert notice.headline.text() == SILENT
    notice.restart.click()
    qtbot.waitUntil(lambda: process_engine.pid != pid and link.latest is not None)
    qtbot.waitUntil(lambda: link.latest.epoch > epoch)
    assert link.playing
    qtbot.waitUntil(lambda: not notice.isVisible())


def trained_and_kept(link, qtbot):
    """Some epochs more than those that are kept now; returns a number of epochs that is kept."""
    before = link.latest.epoch if link.latest else 0
    qtbot.waitUntil(lambda: link.latest is not None and link.latest.epoch > before + 5)
    epoch = link.latest.epoch
    qtbot.waitUntil(lambda: (run := link.kept_run()) is not None and facts(run).epoch >= epoch)
    return epoch


def test_both_notices_stay_in_their_corners(still, fake_engine):
    tell(still, fake_engine, m.EngineSilent())
    fault = still.fault_messages.notice
    fault.tell("Something went wrong.", "Your drawing is safe.")
    still.resize(1400, 800)
    notices = (still.engine_notice, fault)
    assert all(isinstance(notice, CornerNotice) for notice in notices)
    assert still.engine_notice.x() == MARGIN
    assert fault.geometry().right() + 1 == still.width() - MARGIN
    for notice in notices:
        assert notice.geometry().bottom() < still.statusBar().y()


def test_a_notice_told_before_the_window_is_shown_covers_no_button_of_a_finding(still):
    still.hide()
    fault = still.fault_messages.notice
    fault.tell("The app crashed last time.", "What was unsaved is offered.")
    still.show()
    QApplication.processEvents()
    assert fault.isVisible()
    assert fault.geometry().bottom() < still.statusBar().y()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_notices_cover_neither_canvas_nor_plots(still, fake_engine, size, qtbot):
    still.resize(*size)
    fault = still.fault_messages.notice
    fault.tell("Something went wrong.", "Your drawing is safe, and a copy of it was made.")
    for event in (m.EngineSilent(), m.EngineBusy(), m.EngineFailed("It has ended.", "", True)):
        tell(still, fake_engine, event)
        for notice in (still.engine_notice, fault):
            place = notice.geometry()
            assert not place.intersects(still.central_area.geometry())
            shown = [dock for dock in still.dock_layout.docks[2:] if not dock.visibleRegion().isEmpty()]
            assert not any(place.intersects(dock.geometry()) for dock in shown)
            for part in (notice.headline, notice.detail, *notice.findChildren(QPushButton)):
                assert notice.rect().contains(part.geometry()), part.text()
    for dock in still.dock_layout.docks[:2]:
        dock.hide()
    tell(still, fake_engine, m.EngineSilent())
    qtbot.waitUntil(lambda: still.engine_notice.width() == WIDEST)
