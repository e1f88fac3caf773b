"""A view asks for an observable that the app does not have, and shows it."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.observation.observables import PREDICTION, Prediction, Request
from engine.observation.snapshot import CANVAS_EXTENT, Observed, Snapshot
from gui_app.session.snapshot_view import SnapshotView, same
from gui_app.window.main_window import MainWindow
from tests.engine.helpers import lane, with_lanes
from tests.engine.observation.made_up_observable import SUM, Sum, Times


class SumView(SnapshotView[Sum | None, None, Sum | None]):
    """Keeps what it has drawn; ``is_seen`` says whether it is on the screen."""

    is_seen = True
    options = None

    def __init__(self) -> None:
        self.drawn: list[Sum | None] = []

    @property
    def requests(self) -> tuple[Request, ...]:
        return (SUM.request(Times(3)),)

    @staticmethod
    def model_of(snapshot: Snapshot | None) -> Sum | None:
        return None if snapshot is None else SUM.of(snapshot.lanes[0])

    @staticmethod
    def compose(model: Sum | None, options: None) -> Sum | None:
        return model

    def draw(self, shown: Sum | None) -> None:
        self.drawn.append(shown)


@pytest.mark.parametrize("engine", ["thread", "process"])
def test_a_view_is_shown_what_it_asks_for_while_it_is_on_the_screen(
    window: MainWindow, qtbot: QtBot, engine: str
) -> None:
    two_lanes = with_lanes(window.document.experiment, lane("A"), lane("B"))
    window.document.replace(two_lanes, "Change")
    view = SumView()
    window.dispatcher.add(view)
    qtbot.waitUntil(lambda: bool(view.drawn) and view.drawn[-1] is not None)
    first = view.drawn[-1]
    assert first is not None
    assert (first.step, len(first.values)) == (0, 3)
    assert [SUM.of(shown) is not None for shown in window.link.latest.lanes] == [True, False]
    window.link.step_batch()
    qtbot.waitUntil(lambda: view.drawn[-1] is not None and view.drawn[-1].step == 1)
    assert not np.array_equal(view.drawn[-1].values, first.values)
    view.is_seen = False
    qtbot.waitUntil(lambda: SUM.of(window.link.latest.lanes[0]) is None)
    # What other views ask for is computed all the while.
    assert PREDICTION.of(window.link.latest.lanes[0]) is not None


def test_observed_values_are_compared_part_by_part() -> None:
    def observed(values: np.ndarray) -> Observed:
        return Observed.of({PREDICTION.key: Prediction(CANVAS_EXTENT, values)})

    long = np.zeros(10_000)
    assert same(observed(np.zeros(4)), observed(np.zeros(4)))
    assert same(observed(long), observed(long))
    assert not same(observed(np.zeros(4)), observed(np.ones(4)))
    assert not same(observed(long), observed(long.copy()))
    assert not same(observed(long), Observed())
