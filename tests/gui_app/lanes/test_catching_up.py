"""Seeds that a trained lane gets are level with its first one before anything is compared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import edit_many
from engine.observation.snapshot import LaneSnapshot
from gui_app.window.main_window import MainWindow

SMALL = {"data.generator.points": 60, "lanes.0.network.hidden": [3]}


@pytest.fixture
def engine() -> str:
    return "thread"


@pytest.fixture
def window(open_window: Callable[..., MainWindow], qtbot: QtBot) -> MainWindow:
    window = open_window((1280, 720))
    window.complete()
    window.document.replace(edit_many(window.document.experiment, SMALL), "Small")
    qtbot.waitUntil(lambda: window.link.settled)
    return window


def step(window: MainWindow, qtbot: QtBot, epochs: int) -> None:
    for _ in range(epochs):
        window.link.step_epoch()
    rest(window, qtbot)


def rest(window: MainWindow, qtbot: QtBot) -> None:
    window.link.pull()
    link = window.link
    qtbot.waitUntil(lambda: link.settled and link.latest is not None and not link.latest.playing)


def lane(window: MainWindow, name: str = "A") -> LaneSnapshot:
    assert window.link.latest is not None
    return next(one for one in window.link.latest.lanes if one.name == name)


def status(window: MainWindow, index: int = 0) -> str:
    shown = window.lanes.strip.chips[index].shown
    assert shown is not None
    return shown.status


def test_new_seeds_catch_up_and_the_window_says_so(window: MainWindow, qtbot: QtBot) -> None:
    window.lanes.actions.duplicate(0, name="B")
    step(window, qtbot, 5)
    window.lanes.actions.repeat((0,), 3)
    window.current_lane.choose(0)
    qtbot.waitUntil(lambda: len(lane(window).repeats) == 3)
    step(window, qtbot, 2)
    qtbot.waitUntil(lambda: lane(window).now.epoch == 2)
    assert lane(window).reached == 5
    assert {one.now.epoch for one in lane(window).repeats} == {2}
    assert lane(window, "B").now.epoch == 7
    assert status(window) == "catching up, epoch 2 of 5"
    transport = window.transport
    assert transport.epoch.number.text() == "2"
    assert "wait at epoch 5" in transport.epoch.toolTip()
    assert "answers on the canvas are of the seeds as they are now" in transport.epoch.toolTip()
    assert window.canvas.panes.current.answers.uneven
    step(window, qtbot, 4)
    qtbot.waitUntil(lambda: lane(window).now.epoch == 6)
    assert lane(window).reached is None
    assert transport.epoch.number.text() == "6"
    assert "wait" not in transport.epoch.toolTip()
    assert not window.canvas.panes.current.answers.uneven
    losses = [one.history.loss[:, 1] for one in lane(window).repeats]
    np.testing.assert_allclose(lane(window).history.loss[:, 1], np.median(losses, axis=0), rtol=1e-12)
