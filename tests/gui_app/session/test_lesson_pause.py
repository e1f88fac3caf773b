"""*Play* pauses once a step has seen the epochs that it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.service import messages as m
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.lesson_pause import LessonPause
from gui_app.session.lesson_player import LessonPlayer
from gui_app.session.pause_at import PauseEpoch
from tests.gui_app.lessons.sample import course, lesson
from tests.gui_app.plots.runs import history_of, snapshot_of

TRAIN = 1
ASKED = 5


@pytest.fixture
def link(qapp, fake_engine):
    document = Document()
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    link._timer.stop()
    yield link
    link.close()


@pytest.fixture
def pause(link):
    return PauseEpoch(link._document, link)


@pytest.fixture
def player(link, pause, settings):
    player = LessonPlayer(link._document, link, pause, settings)
    LessonPause(player, link, pause, player)
    player.open(lesson(), course())
    return player


def train(link, fake_engine, epoch, run=0, playing=True):
    """Let the engine report an epoch of lane A."""
    link._flush()
    made = snapshot_of(history_of(range(epoch + 1)))
    fake_engine.snapshot = replace(
        made, acknowledged=link.commands, playing=playing, run=run, serial=epoch + 1000 * run
    )
    link.pull()


def pauses(fake_engine):
    return [one.epoch for one in fake_engine.take_commands() if isinstance(one, m.PauseAt)]


def test_play_pauses_when_the_epochs_are_over_and_goes_on_when_it_is_pressed_again(
    player, link, pause, fake_engine
):
    train(link, fake_engine, 0, playing=False)
    player.go(TRAIN)
    fake_engine.take_commands()
    link.set_playing(True)
    assert pauses(fake_engine) == [ASKED]
    train(link, fake_engine, 3)
    assert pauses(fake_engine) == []
    train(link, fake_engine, ASKED, playing=False)
    assert player.is_met
    assert pauses(fake_engine) == [None]
    link.set_playing(True)
    assert pauses(fake_engine) == []


def test_epochs_count_from_where_the_step_began(player, link, pause, fake_engine):
    train(link, fake_engine, 100, playing=False)
    player.go(TRAIN)
    link.set_playing(True)
    assert pause.epoch == 100 + ASKED
    train(link, fake_engine, 103)
    assert pause.epoch == 100 + ASKED


def test_after_a_reset_they_count_from_0(player, link, pause, fake_engine):
    train(link, fake_engine, 100, playing=False)
    player.go(TRAIN)
    link.restart()
    link.set_playing(True)
    assert pause.epoch == ASKED
    train(link, fake_engine, 2, run=1)
    assert pause.epoch == ASKED


def test_a_pause_of_ones_own_comes_before_and_back(player, link, pause, fake_engine):
    train(link, fake_engine, 0, playing=False)
    pause.choose(3)
    player.go(TRAIN)
    link.set_playing(True)
    assert pause.epoch == 3
    pause.choose(50)
    train(link, fake_engine, 1)
    assert pause.epoch == ASKED
    player.go_on()
    assert pause.epoch == ASKED, "what the next step is about is trained to its end"
    fake_engine.events = [m.PausedAt(ASKED)]
    link.pull()
    assert pause.epoch == 50


def test_a_step_that_asks_for_no_epochs_leaves_training_alone(player, link, pause, fake_engine):
    train(link, fake_engine, 0, playing=False)
    link.set_playing(True)
    train(link, fake_engine, 10)
    assert pause.epoch is None
