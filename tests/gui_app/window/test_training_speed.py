"""The speed of training in a whole window: chosen by mouse and key, remembered, and no part of the experiment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from gui_app.session.training_speed import FULL, SLOWEST, STOPS, TrainingSpeed, short_text, speed_text
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.plots.runs import history_of, snapshot_of

pytestmark = pytest.mark.bare


@pytest.fixture
def bare(fake_engine: FakeEngine, still: MainWindow) -> MainWindow:
    """A window whose engine only listens."""
    return still


def speeds(engine: FakeEngine) -> list[m.SetSpeed]:
    return [command for command in engine.take_commands() if isinstance(command, m.SetSpeed)]


def drag_to(window: MainWindow, share: float) -> None:
    slider = window.transport.speed_slider.slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, 9))
    QTest.mouseMove(slider, QPoint(round(share * slider.width()), 9))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(share * slider.width()), 9))


def entry(window: MainWindow, text: str) -> QAction:
    (action,) = (one for one in window.findChildren(QAction) if one.text().replace("&", "") == text)
    return action


def test_a_new_window_trains_at_full_speed_after_a_slow_start(
    bare: MainWindow, fake_engine: FakeEngine
) -> None:
    assert speeds(fake_engine) == [m.SetSpeed(None, slow_start=True)]
    assert bare.transport.speed_slider.reading.text() in ("Full speed", "Full")


def test_the_slider_chooses_and_says_the_speed(bare: MainWindow, fake_engine: FakeEngine) -> None:
    control, before = bare.transport.speed_slider, bare.document.experiment
    fake_engine.take_commands()
    drag_to(bare, 0.0)
    assert speeds(fake_engine)[-1] == m.SetSpeed(None, slow_start=True, steps_per_second=1.0)
    assert control.reading.text() == "1 step/s"
    assert control.reading.fontMetrics().horizontalAdvance("10 steps/s") <= control.reading.width()
    assert control.slider.accessibleName() == "Speed"
    assert control.slider.accessibleDescription().startswith("1 step/s.")
    drag_to(bare, 0.5)
    assert 20.0 < bare.speed.value < 500.0
    assert "epochs/s" in speed_text(bare.speed.value)
    drag_to(bare, 1.0)
    assert speeds(fake_engine)[-1] == m.SetSpeed(None, slow_start=True)
    assert bare.document.experiment is before
    assert not bare.document.stack.canUndo(), "watching faster is no edit"


def test_keys_go_slower_and_faster(bare: MainWindow, fake_engine: FakeEngine) -> None:
    fake_engine.take_commands()
    for _ in range(3):
        QTest.keyClick(bare.canvas, Qt.Key.Key_Minus)
    assert bare.speed.value == STOPS[-4]
    QTest.keyClick(bare.canvas, Qt.Key.Key_Plus)
    assert bare.speed.value == STOPS[-3]
    limits = [command.epochs_per_second for command in speeds(fake_engine)]
    assert limits == [STOPS[-2], STOPS[-3], STOPS[-4], STOPS[-3]]


def test_the_slider_is_moved_by_keys(bare: MainWindow) -> None:
    slider = bare.transport.speed_slider.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert bare.speed.value == SLOWEST
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert SLOWEST < bare.speed.value < 2.0
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert bare.speed.value == FULL


def test_a_slow_start_is_switched_in_the_menu(bare: MainWindow, fake_engine: FakeEngine) -> None:
    fake_engine.take_commands()
    action = entry(bare, "Start slowly")
    assert action.isChecked()
    action.trigger()
    assert speeds(fake_engine) == [m.SetSpeed(None, slow_start=False)]


def playing_at(epochs_per_second: float, epoch: int) -> Snapshot:
    """A run with ten steps an epoch, as in the histories of tests."""
    shown = snapshot_of(history_of(range(epoch - 20, epoch + 1)), playing=True)
    return replace(shown, epoch=epoch, steps_per_second=10.0 * epochs_per_second)


@pytest.mark.parametrize("width", [1280, 1600])
def test_while_the_slow_start_holds_a_run_back_the_slider_says_so(bare: MainWindow, width: int) -> None:
    words = "Slow start"
    bar = bare.transport
    bare.resize(width, 720)
    QTest.qWait(1)
    reading = bar.speed_slider.reading
    full = reading.text()
    bar.show_snapshot(playing_at(85.0, 100))
    assert reading.text() == words
    assert reading.fontMetrics().horizontalAdvance(words) <= reading.width()
    assert "starting slowly" in bar.speed_slider.slider.accessibleDescription()
    bar.show_snapshot(playing_at(85.0, 1000))
    assert reading.text() == full, "the machine makes no more"
    bar.show_snapshot(playing_at(700.0, 1000))
    assert reading.text() == words
    bar.show_snapshot(replace(playing_at(700.0, 1000), playing=False))
    assert reading.text() == full


def test_a_slow_start_is_told_only_where_it_is_slower_than_the_choice(bare: MainWindow, qtbot: QtBot) -> None:
    control = bare.transport.speed_slider
    bare.transport.show_snapshot(playing_at(700.0, 1000))
    started = control.reading.text()
    bare.speed.choose(5000.0)
    assert control.reading.text() in ("5,000 epochs/s", "5,000/s"), "what was chosen is read first"
    qtbot.waitUntil(lambda: control.reading.text() == started)
    bare.speed.choose(500.0)
    assert not bare.speed.is_starting(1000, 500.0)
    bare.speed.choose(FULL)
    bare.speed.start_slowly(False)
    assert not bare.speed.is_starting(1000, 700.0)
    bare.speed.start_slowly(True)
    assert bare.speed.is_starting(0, 0.0), "not yet measured"


def test_the_entries_of_the_speed_say_what_they_do(bare: MainWindow) -> None:
    for text in ("Start slowly", "Slower", "Faster"):
        action = entry(bare, text)
        assert action.toolTip() == action.statusTip() != action.text()
        assert "epochs" in action.toolTip()
        assert any(menu.toolTipsVisible() for menu in action.associatedObjects() if isinstance(menu, QMenu))


def test_speed_is_remembered(settings: QSettings, bare: MainWindow) -> None:
    bare.speed.choose(25.0)
    bare.speed.start_slowly(False)
    settings.sync()
    again = TrainingSpeed(QSettings(settings.fileName(), QSettings.Format.IniFormat))
    assert again.command == m.SetSpeed(25.0, slow_start=False)


@pytest.mark.parametrize(
    ("stored", "speed"), [("a lot", FULL), ("nan", FULL), ("-3", SLOWEST), ("1e9", FULL), ("12.5", 12.5)]
)
def test_what_was_remembered_is_an_allowed_speed(settings: QSettings, stored: str, speed: float) -> None:
    settings.setValue("speed/epochs_per_second", stored)
    assert TrainingSpeed(settings).value == speed


@pytest.mark.parametrize(
    ("speed", "text", "short"),
    [
        (0.1, "1 step/s", "1 step/s"),
        (0.2, "2 steps/s", "2 steps/s"),
        (0.99, "10 steps/s", "10 steps/s"),
        (1.0, "1 epoch/s", "1/s"),
        (2.5, "2.5 epochs/s", "2.5/s"),
        (10_000.0, "10,000 epochs/s", "10,000/s"),
        (FULL, "Full speed", "Full"),
    ],
)
def test_speeds_in_words(speed: float, text: str, short: str) -> None:
    assert (speed_text(speed), short_text(speed)) == (text, short)


def test_each_stop_below_an_epoch_a_second_counts_steps(qapp: object) -> None:
    speed = TrainingSpeed()
    speed.choose(2.0)
    words = []
    for _ in range(4):
        speed.go_slower()
        words.append((speed.text, speed.command.epochs_per_second, speed.command.steps_per_second))
    assert words == [
        ("1 epoch/s", 1.0, None),
        ("5 steps/s", None, 5.0),
        ("2 steps/s", None, 2.0),
        ("1 step/s", None, 1.0),
    ]
    assert not speed.is_starting(0, 0.0), "no start is slower"


def test_the_ends_of_the_keys_stay(qapp: object) -> None:
    speed = TrainingSpeed()
    speed.go_faster()
    assert speed.value == FULL
    for _ in STOPS:
        speed.go_slower()
    speed.go_slower()
    assert speed.value == SLOWEST


def test_a_slow_speed_is_obeyed_and_the_steps_per_second_are_true(window: MainWindow, qtbot) -> None:
    window.speed.choose(4.0)
    window.link.set_playing(True)
    batches = 250 // window.document.experiment.lanes[0].training.batch_size
    # The first step takes longer; after that the rate comes to what was chosen.
    near = pytest.approx(4.0 * batches, rel=0.25)
    qtbot.waitUntil(lambda: window.link.latest.step > 10 and window.link.latest.steps_per_second == near)
    window.link.set_playing(False)
    qtbot.waitUntil(lambda: window.link.settled)


def test_steps_are_not_slowed(window: MainWindow, qtbot) -> None:
    window.speed.choose(SLOWEST)
    for _ in range(40):
        window.link.step_epoch()
    qtbot.waitUntil(lambda: window.link.settled and window.link.latest.epoch == 40)
