"""Each view gets the newest snapshot, one view a turn of the event loop while training runs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import Snapshot
from gui_app.session import engine_link
from gui_app.session.snapshot_dispatcher import FRAME, SnapshotDispatcher, ThrottledView

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
    SnapshotDispatcher(list(views)).show(snapshot)
    assert [view.shown for view in views] == [[snapshot]] * 3


def test_views_take_turns_while_training_runs(qtbot: QtBot, views: list[View]) -> None:
    dispatcher = SnapshotDispatcher(list(views))
    dispatcher.show(PLAYING)
    assert counts(views) == [1, 0, 0]
    qtbot.waitUntil(lambda: counts(views) == [1, 1, 1])
    QTest.qWait(20)
    assert counts(views) == [1, 1, 1]


def test_a_newer_snapshot_is_drawn_first_by_those_that_wait(qtbot: QtBot, views: list[View]) -> None:
    newer = dataclasses.replace(PLAYING, serial=2)
    dispatcher = SnapshotDispatcher(list(views))
    dispatcher.show(PLAYING)
    dispatcher.show(newer)
    qtbot.waitUntil(lambda: counts(views) == [2, 1, 1])
    assert [view.shown[-1] for view in views] == [newer] * 3


class SlowScreen:
    """An event loop by a clock of its own, in which each view takes its time: the engine, which always has something
    new, is looked at as often as the window does, and turns come when their timer is due.
    """

    def __init__(self, costs: list[float]) -> None:
        self.now = 0.0
        self.due: float | None = None
        self.drawn = [0] * len(costs)
        self.gaps: list[float] = []
        self._last = 0.0
        self._dispatcher = SnapshotDispatcher(
            [self.View(self, *one) for one in enumerate(costs)], clock=lambda: self.now
        )
        self._dispatcher._timer = self.Timer(self)

    class View:
        def __init__(self, screen: SlowScreen, number: int, cost: float) -> None:
            self.screen, self.number, self.cost = screen, number, cost

        def show_snapshot(self, snapshot: Snapshot | None) -> None:
            screen = self.screen
            screen.now += self.cost
            screen.drawn[self.number] += 1
            if self.number == 0:
                screen.gaps.append(screen.now - screen._last)
                screen._last = screen.now

    class Timer:
        def __init__(self, screen: SlowScreen) -> None:
            self.screen = screen

        def start(self, milliseconds: int) -> None:
            self.screen.due = self.screen.now + milliseconds / 1000

        def stop(self) -> None:
            self.screen.due = None

    def live(self, seconds: float) -> None:
        look = 0.0
        while self.now < seconds:
            if self.now >= look:
                look = self.now + engine_link.FRAME / 1000
                self._dispatcher.show(PLAYING)
            elif self.due is not None and self.now >= self.due:
                self.due = None
                self._dispatcher._draw_next()
            else:
                self.now = min(look, self.due if self.due is not None else look)


costs_of_plots = st.lists(st.floats(0.0, 0.02), min_size=1, max_size=8)


@given(st.floats(0.0, 0.013), costs_of_plots)
def test_on_a_slow_screen_the_canvas_keeps_its_frames_and_the_plots_share_what_is_left(
    canvas: float, plots: list[float]
) -> None:
    screen = SlowScreen([canvas, *plots])
    screen.live(5.0)
    assert max(screen.gaps[1:]) <= FRAME + 1e-9, "30 frames a second, and none later than that"
    # One turn a dispatcher at least, those first that have waited longest: nobody starves.
    assert min(screen.drawn[1:]) >= screen.drawn[0] // len(plots) - 1


def test_on_a_fast_screen_every_view_draws_every_snapshot(qtbot: QtBot) -> None:
    screen = SlowScreen([0.002] * 6)
    screen.live(0.5)
    before = screen.drawn.copy()
    screen.live(5.0)
    more = np.subtract(screen.drawn, before)
    assert more.max() - more.min() <= 1


def test_plots_that_did_not_fit_are_drawn_when_nothing_new_comes(qtbot: QtBot, views: list[View]) -> None:
    now = 0.0
    dispatcher = SnapshotDispatcher(list(views), clock=lambda: now)
    dispatcher.show(PLAYING)
    now = 10.0
    qtbot.waitUntil(lambda: counts(views) == [1, 1, 1])


def test_a_rest_in_between_leaves_nobody_behind(qtbot: QtBot, views: list[View]) -> None:
    dispatcher = SnapshotDispatcher(list(views))
    dispatcher.show(PLAYING)
    dispatcher.show(STOPPED)
    assert [view.shown[-1] for view in views] == [STOPPED] * 3
    QTest.qWait(20)
    assert counts(views) == [2, 1, 1]


def test_a_view_that_comes_late_gets_what_the_others_have(qtbot: QtBot, views: list[View]) -> None:
    dispatcher = SnapshotDispatcher([])
    dispatcher.show(STOPPED)
    dispatcher.add(views[0])
    assert views[0].shown == [STOPPED]


def test_running_numbers_are_shown_now_and_then_and_the_newest_at_last(qtbot: QtBot) -> None:
    view = View()
    slowly = ThrottledView(view, interval=50)
    running = [dataclasses.replace(PLAYING, serial=serial) for serial in range(20)]
    for snapshot in running:
        slowly.show_snapshot(snapshot)
    assert view.shown == [running[0]]
    qtbot.waitUntil(lambda: len(view.shown) == 2)
    assert view.shown[-1] is running[-1]


def test_another_run_is_shown_at_once(qtbot: QtBot) -> None:
    view = View()
    slowly = ThrottledView(view, interval=60_000)
    again = dataclasses.replace(PLAYING, run=PLAYING.run + 1)
    for snapshot in (PLAYING, dataclasses.replace(PLAYING, serial=2), again):
        slowly.show_snapshot(snapshot)
    assert view.shown == [PLAYING, again]


@pytest.mark.parametrize("snapshot", [STOPPED, None])
def test_what_stands_still_is_shown_at_once_and_stays(qtbot: QtBot, snapshot: Snapshot | None) -> None:
    view = View()
    slowly = ThrottledView(view, interval=20)
    slowly.show_snapshot(PLAYING)
    slowly.show_snapshot(dataclasses.replace(PLAYING, serial=2))
    slowly.show_snapshot(snapshot)
    QTest.qWait(60)
    assert view.shown == [PLAYING, snapshot]


@pytest.mark.parametrize("snapshot", [STOPPED, PLAYING])
@pytest.mark.parametrize("failing", [0, 1])
def test_a_view_that_fails_is_reported_and_stops_no_other(
    qtbot: QtBot, views: list[View], snapshot: Snapshot, failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(snapshot: Snapshot | None) -> None:
        raise ValueError("cannot be drawn")

    monkeypatch.setattr(views[failing], "show_snapshot", fail)
    dispatcher = SnapshotDispatcher(list(views))
    rest = [view for n, view in enumerate(views) if n != failing]
    with qtbot.captureExceptions() as seen:
        dispatcher.show(snapshot)
        qtbot.waitUntil(lambda: counts(rest) == [1, 1] and len(seen) == 1)
    assert [str(error) for _, error, _ in seen] == ["cannot be drawn"]
