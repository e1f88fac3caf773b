"""A lane in a window trains as if it were alone there, to the bit, whatever becomes of the lanes beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import Experiment, default_experiment, edit_many
from engine.experiment.lanes import with_only
from engine.observation.snapshot import Floats, HistoryView, LaneSnapshot
from engine.training.trainer import Trainer
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import with_lanes
from tests.gui_app.test_every_view import SMALL, Watched
from tests.gui_app.truth import Workers

pytestmark = pytest.mark.window

PLAIN: dict[str, object] = {}
DROPOUT = {"regularization.dropout": {"rate": 0.4, "layers": "all"}, "regularization.input_noise": 0.1}
OTHER = {"network.hidden": [5, 5, 2], "training.batch_size": 7, "training.optimizer": "momentum", "seed": 3}
STOPS = {"regularization.early_stopping": {"patience": 2, "min_delta": 1.0}}
DIVERGES = {"training.optimizer": "sgd", "training.learning_rate": 100.0, "regularization.l2": 10.0}
EPOCHS = 12


def lanes(**settings: dict[str, object]) -> Experiment:
    return with_lanes(edit_many(default_experiment(), SMALL), **settings)


COMPARISONS = {
    "two": lanes(plain=PLAIN, dropout=DROPOUT),
    "three": lanes(other=OTHER, stops=STOPS, dropout=DROPOUT),
    "four": lanes(diverges=DIVERGES, dropout=DROPOUT, other={**OTHER, **DROPOUT}, stops={**OTHER, **STOPS}),
}


@pytest.fixture
def engine() -> str:
    return "thread"


@pytest.fixture
def watched(open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Watched:
    workers = Workers(monkeypatch)
    window = open_window()
    window.complete()
    watched = Watched(window, workers, qtbot, 0)
    watched.rest()
    return watched


def begin(watched: Watched, experiment: Experiment) -> None:
    watched.window.document.reset(experiment)
    watched.pull()
    assert [lane.name for lane in seen(watched)] == [lane.name for lane in experiment.lanes]
    assert all(lane.now.step == 0 for lane in seen(watched))


def seen(watched: Watched) -> tuple[LaneSnapshot, ...]:
    latest = watched.window.link.latest
    assert latest is not None
    return latest.lanes


def rows(history: HistoryView, count: int) -> dict[str, bytes]:
    """The first rows of everything that a history holds, as bytes."""
    head = history.head(count)
    assert len(head) == count
    return {field.name: np.ascontiguousarray(getattr(head, field.name)).tobytes() for field in fields(head)}


@pytest.mark.parametrize("experiment", COMPARISONS.values(), ids=COMPARISONS)
def test_a_lane_beside_others_is_the_lane_alone(
    watched: Watched, qtbot: QtBot, experiment: Experiment
) -> None:
    begin(watched, experiment)
    watched.train(EPOCHS)
    together = seen(watched)
    ends = {"stops": "stopped", "diverges": "diverged"}
    assert [lane.status for lane in together] == [ends.get(lane.name, "training") for lane in together]
    assert len({lane.history.loss.tobytes() for lane in together}) == len(together), "each is its own"
    for index, lane in enumerate(together):
        begin(watched, with_only(experiment, index))
        link, goal = watched.window.link, lane.now.step
        link.set_playing(True)
        qtbot.waitUntil(
            lambda goal=goal: seen(watched)[0].now.step >= goal or seen(watched)[0].stop is not None
        )
        link.set_playing(False)
        watched.rest()
        (alone,) = seen(watched)
        assert len(lane.history) > 1
        assert rows(alone.history, len(lane.history)) == rows(lane.history, len(lane.history)), lane.name
        assert (alone.status, alone.stops) == (lane.status, lane.stops)


def remove(window: MainWindow) -> None:
    assert window.lanes.actions.remove(1)


def hide(window: MainWindow) -> None:
    assert window.lanes.actions.set_hidden([1], True)


def mute(window: MainWindow) -> None:
    assert window.lanes.actions.set_muted([1], True)


def stop(window: MainWindow) -> None:
    window.document.change({f"lanes.1.{path}": value for path, value in STOPS.items()}, "Stop early")


def diverge(window: MainWindow) -> None:
    window.document.change({f"lanes.1.{path}": value for path, value in DIVERGES.items()}, "Diverge")


def reshape(window: MainWindow) -> None:
    window.document.change({"lanes.1.network.hidden": (2, 2, 2, 2)}, "Reshape")


def dress(window: MainWindow) -> None:
    actions = window.lanes.actions
    assert actions.set_name(1, "renamed")
    assert actions.recolour(1, 7)
    assert actions.move(1, 0)


def duplicate(window: MainWindow) -> None:
    assert window.lanes.actions.duplicate(1) == 2


def repeat(window: MainWindow) -> None:
    assert window.lanes.actions.repeat((1,), 2)


EVENTS = (remove, hide, mute, stop, diverge, reshape, dress, duplicate, repeat)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_what_happens_to_a_lane_leaves_the_others_untouched(
    watched: Watched, qtbot: QtBot, event: Callable[[MainWindow], None]
) -> None:
    """Also in the middle of training, which goes on meanwhile."""
    experiment = lanes(first=DROPOUT, between=PLAIN, last=OTHER)
    window, link = watched.window, watched.window.link
    begin(watched, experiment)
    link.set_playing(True)
    qtbot.waitUntil(lambda: link.latest.epoch >= EPOCHS)
    former = {lane.name: lane.history for lane in seen(watched)}
    event(window)
    link.pull()
    qtbot.waitUntil(lambda: all(one.now.epoch >= 3 * EPOCHS for one in others(watched)))
    ended = {"stop": "stopped", "diverge": "diverged"}.get(event.__name__)
    qtbot.waitUntil(lambda: ended is None or seen(watched)[1].status == ended)
    link.set_playing(False)
    watched.rest()
    for lane in others(watched):
        history, before = lane.history, former[lane.name]
        assert rows(history, len(before)) == rows(before, len(before)), "what was trained has changed"
        assert history.loss.tobytes() == loss_alone(experiment, lane.name, len(history)).tobytes(), lane.name
        assert (lane.status, lane.marks, lane.stops) == ("training", (), ())


def others(watched: Watched) -> list[LaneSnapshot]:
    found = [lane for lane in seen(watched) if lane.name in ("first", "last")]
    assert len(found) == 2
    return found


def loss_alone(experiment: Experiment, name: str, count: int) -> Floats:
    """The first rows of losses of a lane that nothing is beside, without a window."""
    (index,) = (index for index, lane in enumerate(experiment.lanes) if lane.name == name)
    alone = Trainer(with_only(experiment, index))
    while len(alone.runs[0].history) < count:
        alone.train_epoch()
    return alone.runs[0].history.view().loss[:count]


def test_a_lane_that_is_muted_waits_and_goes_on_as_if_it_had_not(watched: Watched, qtbot: QtBot) -> None:
    experiment = lanes(first=DROPOUT, between=OTHER, last=PLAIN)
    link, actions = watched.window.link, watched.window.lanes.actions
    begin(watched, experiment)
    watched.train(EPOCHS)
    actions.set_muted([1], True)
    watched.pull()
    waiting = seen(watched)[1].history
    watched.train(EPOCHS)
    assert rows(seen(watched)[1].history, len(seen(watched)[1].history)) == rows(waiting, len(waiting))
    actions.set_muted([1], False)
    watched.pull()
    link.set_playing(True)
    goal = 2 * len(waiting)
    qtbot.waitUntil(lambda: len(seen(watched)[1].history) >= goal)
    link.set_playing(False)
    watched.rest()
    for lane in seen(watched):
        count = len(lane.history)
        assert lane.history.loss.tobytes() == loss_alone(experiment, lane.name, count).tobytes(), lane.name
