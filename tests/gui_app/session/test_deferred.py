"""Jobs that wait for the window: one a turn of the event loop, in their order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui_app.session.deferred import Deferred


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def later(qapp: QApplication, done: list[str]) -> Deferred:
    """Three jobs; the second one takes two steps."""

    def two_steps() -> Iterator[None]:
        done.append("b1")
        yield
        done.append("b2")

    later = Deferred()
    later.add("a", lambda: done.append("a"))
    later.add("b", two_steps)
    later.add("c", lambda: done.append("c"))
    return later


def turn() -> None:
    """One turn of the event loop, with all that is due in it."""
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    loop.exec()


def begin_the_second(done: list[str]) -> None:
    while done[-1:] != ["b1"]:
        QApplication.processEvents()


def test_nothing_runs_before_the_start(later: Deferred, done: list[str]) -> None:
    for _ in range(5):
        turn()
    assert done == []
    assert later.waiting == ("a", "b", "c")


def test_each_step_has_a_turn_of_its_own(later: Deferred, done: list[str], qtbot: QtBot) -> None:
    seen: list[int] = []
    between = QTimer(interval=0)
    between.timeout.connect(lambda: seen.append(len(done)))
    between.start()
    later.start()
    qtbot.waitUntil(lambda: not later.waiting)
    between.stop()
    assert done == ["a", "b1", "b2", "c"]
    assert {0, 1, 2, 3} <= set(seen), "others have a turn between any two steps"


def test_all_can_be_done_at_once(later: Deferred, done: list[str]) -> None:
    later.finish()
    assert done == ["a", "b1", "b2", "c"]
    later.finish()
    later.start()
    turn()
    assert done == ["a", "b1", "b2", "c"]


def test_a_job_that_has_begun_is_finished(later: Deferred, done: list[str]) -> None:
    later.start()
    begin_the_second(done)
    assert later.waiting == ("b", "c")
    later.finish()
    assert done == ["a", "b1", "b2", "c"]


def test_what_is_dropped_never_runs(later: Deferred, done: list[str]) -> None:
    later.start()
    begin_the_second(done)
    later.drop()
    assert later.waiting == ()
    for _ in range(5):
        turn()
    assert done == ["a", "b1"]


@pytest.mark.parametrize("steps", [False, True])
def test_a_job_that_fails_is_heard_of_and_keeps_no_other_waiting(qtbot: QtBot, steps: bool) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    def fails_later() -> Iterator[None]:
        yield
        raise ZeroDivisionError

    later, done = Deferred(), []
    later.add("bad", fails_later if steps else fails)
    later.add("good", lambda: done.append("good"))
    with qtbot.capture_exceptions() as failures:
        later.start()
        qtbot.waitUntil(lambda: bool(done))
    assert [kind for kind, *_ in failures] == [ZeroDivisionError]
    assert later.waiting == ()
