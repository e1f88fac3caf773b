"""A view asks for an observable that the app does not have, and shows it."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.network import Layout, initial_parameters
from engine.observation.observables import PREDICTION, Prediction, Request
from engine.observation.snapshot import CANVAS_EXTENT, LaneSnapshot, Observed, Snapshot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.snapshot_view import SnapshotView, same
from gui_app.window.main_window import MainWindow
from tests.engine.helpers import lane, with_lanes
from tests.engine.observation.made_up_observable import SUM, Sum, Times


class SumView(SnapshotView[Sum | None, str, str]):
    """The sum of the current lane's parameters, with a unit; it keeps what it has drawn."""

    def __init__(self, current: CurrentLane) -> None:
        self.unit = "units"
        self.visible = True
        self.drawn: list[str] = []
        self.follow_lane(current)

    @property
    def requests(self) -> tuple[Request, ...]:
        return (SUM.request(Times(3)),)

    @property
    def is_seen(self) -> bool:
        return self.visible

    @property
    def options(self) -> str:
        return self.unit

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Sum | None:
        return None if lane is None else SUM.of(lane)

    @staticmethod
    def compose(model: Sum | None, options: str) -> str:
        return "nothing" if model is None else f"step {model.step}: {model.values.round(6)} {options}"

    def draw(self, shown: str) -> None:
        self.drawn.append(shown)


def sum_text(window: MainWindow, index: int) -> str:
    """What is right to draw for a lane: its initial parameters added up, three times."""
    experiment = window.document.experiment
    one = experiment.lanes[index]
    total = initial_parameters(one, Layout.of(one, experiment.data)).double().sum()
    return f"step 0: {np.full(3, float(total)).round(6)} units"


@pytest.fixture
def view(window: MainWindow) -> SumView:
    """In a window with two lanes."""
    two_lanes = with_lanes(window.document.experiment, lane("A"), lane("B", {"seed": 5}))
    window.document.replace(two_lanes, "Change")
    view = SumView(window.current_lane)
    window.dispatcher.add(view)
    return view


@pytest.mark.parametrize("engine", ["thread", "process"])
def test_a_view_is_shown_what_it_asks_for_while_it_is_on_the_screen(
    window: MainWindow, view: SumView, qtbot: QtBot, engine: str
) -> None:
    qtbot.waitUntil(lambda: view.drawn[-1] == sum_text(window, 0))
    window.link.step_batch()
    qtbot.waitUntil(lambda: view.drawn[-1].startswith("step 1: "))
    view.visible = False
    qtbot.waitUntil(lambda: SUM.of(window.link.latest.lanes[0]) is None)
    # What other views ask for is computed all the while.
    assert PREDICTION.of(window.link.latest.lanes[0]) is not None


def test_a_view_is_shown_its_observable_of_the_current_lane(
    window: MainWindow, view: SumView, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: view.drawn[-1] == sum_text(window, 0))
    assert [SUM.of(shown) is not None for shown in window.link.latest.lanes] == [True, False]
    window.current_lane.choose(1)
    qtbot.waitUntil(lambda: view.drawn[-1] == sum_text(window, 1))
    assert sum_text(window, 1) != sum_text(window, 0)
    qtbot.waitUntil(
        lambda: [SUM.of(shown) is not None for shown in window.link.latest.lanes] == [False, True]
    )


def test_a_view_draws_again_when_its_options_change(window: MainWindow, view: SumView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.drawn[-1] == sum_text(window, 0))
    before = list(view.drawn)
    view.catch_up()
    assert view.drawn == before
    view.unit = "pounds"
    view.catch_up()
    assert view.drawn == [*before, before[-1].replace("units", "pounds")]


def test_observed_values_are_compared_part_by_part() -> None:
    def observed(values: np.ndarray) -> Observed:
        return Observed.of({PREDICTION.key: Prediction(CANVAS_EXTENT, values)})

    long = np.zeros(10_000)
    assert same(observed(np.zeros(4)), observed(np.zeros(4)))
    assert same(observed(long), observed(long))
    assert not same(observed(np.zeros(4)), observed(np.ones(4)))
    assert not same(observed(long), observed(long.copy()))
    assert not same(observed(long), Observed())
