"""Lessons and a real engine: what is trained is what the open step is about, or the way there is offered."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui_app.lessons.sample import course, lesson

LOOK, TRAIN, CURE, DRAW, END = range(5)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(window):
    window.lessons.__dict__["course"] = course()
    window.lessons.open_built_in(lesson())
    return window


def test_who_skips_the_training_catches_up_and_who_comes_back_gets_the_first_weights(opened, qtbot):
    player, panel = opened.lessons.player, opened.lessons.panel
    player.go(DRAW)
    qtbot.waitUntil(lambda: player.is_behind)
    assert panel.strayed.isVisible()
    assert (panel.catch_up.isVisible(), panel.come_back.isVisible()) == (True, False)
    assert panel.catch_up.text() == "Train as in step 3"
    QTest.mouseClick(panel.catch_up, LEFT)
    qtbot.waitUntil(lambda: opened.link.settled and opened.link.latest.epoch == 3)
    qtbot.waitUntil(lambda: not opened.link.playing)
    assert panel.strayed.isHidden()
    player.go(LOOK)
    qtbot.waitUntil(lambda: player.is_ahead)
    assert panel.offer.text() == "This step begins with the first weights."
    QTest.mouseClick(panel.come_back, LEFT)
    qtbot.waitUntil(lambda: opened.link.settled and opened.link.latest.epoch == 0)
    assert panel.strayed.isHidden()


def test_what_is_done_for_a_person_is_trained_to_its_end_and_noticed(opened, qtbot):
    player = opened.lessons.player
    player.go(TRAIN)
    player.do_it()
    qtbot.waitUntil(lambda: player.is_met and not player.is_doing)
    assert (opened.link.latest.epoch, opened.pause_epoch.epoch) == (5, None)
    player.go_on()
    qtbot.waitUntil(lambda: opened.link.settled)
    assert not player.is_ahead
    assert not player.is_behind
