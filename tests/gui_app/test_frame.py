"""Each view gets the newest snapshot, one view a turn of the event loop while training runs."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import Snapshot
from gui_app.frame import Frame, Slowly

STOPPED = Snapshot(1, 1, 0, "classification", 2, False, 0, 0, 0.0, 10, ())
PLAYING = dataclasses.replace(STOPPED, playing=True)


class View:
    def __init__(self) -> None:
        self.shown: list[Snapshot | None] = []

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        self.shown.append(snapshot)


@pytest.fixture
def views() -> list[View]:
    return [View(), View(), View()]


def counts(views: list[View]) -> list[int]:
    return [len(view.shown) for view in views]


@pytest.mark.parametrize("snapshot", [STOPPED, None])
def test_all_views_are_up_to_date_at_once_when_training_rests(
    qtbot: QtBot, views: list[View], snapshot: Snapshot | None
) -> None:
    Frame(list(views)).show(snapshot)
    assert [view.shown for view in views] == [[snapshot]] * 3


def test_views_take_turns_while_training_runs(qtbot: QtBot, views: list[View]) -> None:
    frame = Frame(list(views))
    frame.show(PLAYING)
    assert counts(views) == [1, 0, 0]
    qtbot.waitUntil(lambda: counts(views) == [1, 1, 1])
    QTest.qWait(20)
    assert counts(views) == [1, 1, 1]


def test_a_newer_snapshot_is_drawn_first_by_those_that_wait(qtbot: QtBot, views: list[View]) -> None:
    newer = dataclasses.replace(PLAYING, serial=2)
    frame = Frame(list(views))
    frame.show(PLAYING)
    frame.show(newer)
    qtbot.waitUntil(lambda: counts(views) == [2, 1, 1])
    assert [view.shown[-1] for view in views] == [newer] * 3


def test_a_rest_in_between_leaves_nobody_behind(qtbot: QtBot, views: list[View]) -> None:
    frame = Frame(list(views))
    frame.show(PLAYING)
    frame.show(STOPPED)
    assert [view.shown[-1] for view in views] == [STOPPED] * 3
    QTest.qWait(20)
    assert counts(views) == [2, 1, 1]


def test_a_view_that_comes_late_gets_what_the_others_have(qtbot: QtBot, views: list[View]) -> None:
    frame = Frame([])
    frame.show(STOPPED)
    frame.add(views[0])
    assert views[0].shown == [STOPPED]


def test_running_numbers_are_shown_now_and_then_and_the_newest_at_last(qtbot: QtBot) -> None:
    view = View()
    slowly = Slowly(view, interval=50)
    running = [dataclasses.replace(PLAYING, serial=serial) for serial in range(20)]
    for snapshot in running:
        slowly.show_snapshot(snapshot)
    assert view.shown == [running[0]]
    qtbot.waitUntil(lambda: len(view.shown) == 2)
    assert view.shown[-1] is running[-1]


@pytest.mark.parametrize("snapshot", [STOPPED, None])
def test_what_stands_still_is_shown_at_once_and_stays(qtbot: QtBot, snapshot: Snapshot | None) -> None:
    view = View()
    slowly = Slowly(view, interval=20)
    slowly.show_snapshot(PLAYING)
    slowly.show_snapshot(dataclasses.replace(PLAYING, serial=2))
    slowly.show_snapshot(snapshot)
    QTest.qWait(60)
    assert view.shown == [PLAYING, snapshot]
