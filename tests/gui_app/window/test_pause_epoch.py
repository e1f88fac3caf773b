"""Pause at an epoch, chosen in the Train menu."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment
from engine.service import messages as m
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine

pytestmark = pytest.mark.bare


def entry(window: MainWindow) -> QAction:
    found = (
        one
        for one in window.findChildren(QAction)
        if one.text().replace("&", "").startswith("Pause at epoch")
    )
    (action,) = found
    return action


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """What a person answers to the question for an epoch, one after another."""
    answers: list[tuple[int, bool]] = []
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: answers.pop(0))
    return answers


def pauses(engine: FakeEngine) -> list[int | None]:
    return [command.epoch for command in engine.take_commands() if isinstance(command, m.PauseAt)]


def test_the_menu_chooses_the_epoch_and_says_it(
    still: MainWindow, fake_engine: FakeEngine, asked: list[tuple[int, bool]]
) -> None:
    action = entry(still)
    assert (action.text(), action.isChecked()) == ("Pause at epo&ch …", False)
    asked += [(1500, True), (7, False), (0, True)]
    action.trigger()
    assert (action.text(), action.isChecked()) == ("Pause at epo&ch 1,500 …", True)
    assert (still.pause_epoch.epoch, pauses(fake_engine)) == (1500, [1500])
    action.trigger()
    assert (action.isChecked(), still.pause_epoch.epoch, pauses(fake_engine)) == (True, 1500, [])
    action.trigger()
    assert (action.isChecked(), still.pause_epoch.epoch, pauses(fake_engine)) == (False, None, [None])


def test_what_the_engine_answers_is_said_and_another_document_pauses_nowhere(
    still: MainWindow, fake_engine: FakeEngine
) -> None:
    for event, words in (
        (m.EpochPassed(100, 2500), "Epoch 100 is over: training is at epoch 2,500. After a reset"),
        (m.PausedAt(100), "Paused at epoch 100, as chosen"),
    ):
        fake_engine.events = [event]
        still.link.pull()
        assert still.statusBar().currentMessage().startswith(words)
    # Another document pauses nowhere.
    still.pause_epoch.choose(40)
    assert pauses(fake_engine) == [40]
    still.document.forget_changes()
    still.document.reset(default_experiment())
    assert (still.pause_epoch.epoch, pauses(fake_engine)) == (None, [None])


def test_training_stops_there_and_the_window_says_so(window: MainWindow, qtbot: QtBot) -> None:
    window.speed.start_slowly(False)
    window.pause_epoch.choose(90)
    window.link.set_playing(True)
    qtbot.waitUntil(
        lambda: window.link.latest is not None and window.link.latest.epoch > 0 and not window.link.playing
    )
    assert (window.link.latest.epoch, window.link.latest.pause_at) == (90, 90)
