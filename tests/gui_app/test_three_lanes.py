"""A window on three trained lanes: whichever is current, it is what every view shows and every command is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import Experiment, default_experiment, edit_many
from engine.observation.observables import INSIDE, PREDICTION
from engine.service import messages as m
from engine.training.lane_run import LaneRun
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.panes.lanes_shown import ONE
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagram.diagram import NetworkDiagram
from gui_app.exporting.pictures import Exportable, export_picture
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.loss_plot import LossPlot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.looked_at import LookedAtNeuron
from gui_app.session.tool_settings import ToolSettings
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, with_lanes
from tests.gui_app.panels.conftest import moved
from tests.gui_app.test_every_view import SMALL, Watched, show_all_plots
from tests.gui_app.truth import Truth, Workers

CALM, STOPPED, DIVERGED = LANES = range(3)
EXPERIMENT = with_lanes(
    edit_many(default_experiment(), SMALL),
    calm={"regularization.l2": 0.01},
    stopped={
        "network.hidden": [5],
        "training.optimizer": "momentum",
        "regularization.dropout.rate": 0.3,
        "regularization.early_stopping": {"patience": 1, "min_delta": 1.0},
    },
    diverged={
        "network.hidden": [3, 3, 3],
        "training.optimizer": "sgd",
        "training.learning_rate": 100.0,
        "regularization.l2": 10.0,
    },
)
EPOCHS = 12


@pytest.fixture
def watched(open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Watched:
    workers = Workers(monkeypatch)
    window = open_window((1920, 1080))
    window.complete()
    show_all_plots(window, qtbot)
    window.document.reset(EXPERIMENT)
    qtbot.waitUntil(lambda: window.link.latest is not None)
    watched = Watched(window, workers, qtbot, CALM)
    watched.rest()
    watched.train(EPOCHS)
    return watched


def choose(watched: Watched, index: int) -> Truth:
    """Make a lane current and return the truth about it."""
    watched.index = index
    watched.window.current_lane.choose(index)
    watched.pull()
    window = watched.window
    watched.qtbot.waitUntil(
        lambda: not window.diagram.is_seen or INSIDE.of(window.link.latest.lanes[index]) is not None
    )
    return Truth.of(watched.workers.newest.trainer, index)


def runs(watched: Watched) -> list[LaneRun]:
    return watched.workers.newest.trainer.runs


def test_every_view_shows_the_lane_that_is_chosen(watched: Watched) -> None:
    assert [run.status for run in runs(watched)] == ["training", "stopped", "diverged"]
    faults = {}
    for index in (CALM, STOPPED, DIVERGED, STOPPED, CALM):
        truth = choose(watched, index)
        faults[truth.lane.name] = watched.faults(truth)
        bar = watched.window.transport
        assert bool(bar.status.full_text) == (index != CALM)
        assert bar.epoch.number.text().startswith(f"{truth.now.epoch:,}")
    assert faults == {"calm": [], "stopped": [], "diverged": []}
    epochs = [run.epoch for run in runs(watched)]
    assert len(set(epochs)) == 3, "they have ended at different epochs, so that mixing them up would show"


def test_views_change_at_once_while_training_runs(watched: Watched) -> None:
    """Another lane is shown when it is chosen, and not when the next snapshot comes."""
    window, link = watched.window, watched.window.link
    link.set_playing(True)
    watched.qtbot.waitUntil(lambda: link.latest.playing)
    link._timer.stop()
    window.dispatcher.show(link.latest)
    watched.qtbot.waitUntil(lambda: all(view.snapshot is link.latest for view in window.dispatcher.views))
    (plot,) = (plot for plot in window.dock_layout.plots if isinstance(plot, LossPlot))
    for index in (DIVERGED, CALM, STOPPED):
        window.current_lane.choose(index)
        lane = link.latest.lanes[index]
        legend = {entry.label: entry.value for entry in plot.header.entries}
        assert legend["training"] == value_text(float(lane.now.loss[0]))
        assert window.transport.step_count.number.text() == f"{lane.now.step:,}"
    link._timer.start()
    link.set_playing(False)
    watched.rest()


def test_exported_pictures_are_those_of_the_lane_as_if_it_were_alone(
    watched: Watched, tmp_path: Path, qtbot: QtBot
) -> None:
    watched.window.canvas.lanes_shown.choose(ONE)
    for view in watched.window.exports.views:
        pictures = []
        for index in LANES:
            choose(watched, index)
            alone = alone_of(view, watched.window, index)
            qtbot.addWidget(alone)
            pictures.append(picture(view, tmp_path))
            assert pictures[-1] == picture(alone, tmp_path), view.export_title
        assert len(set(pictures)) == len(LANES), "each lane has a picture of its own"


def alone_of(view: Exportable, window: MainWindow, index: int) -> Canvas | PlotFrame | NetworkDiagram:
    """A view of the same kind that has seen no lane but this one."""
    current = CurrentLane(window.document, window)
    current.choose(index)
    if isinstance(view, Canvas):
        alone: Canvas | PlotFrame | NetworkDiagram = Canvas(window.document, current, ToolSettings(window))
        alone.lanes_shown.choose(ONE)
        alone.apply_theme(window.appearance.theme)
    elif isinstance(view, NetworkDiagram):
        looked_at = LookedAtNeuron(window.document, current, window)
        alone = NetworkDiagram(
            window.document, current, looked_at, window.weight_edits, lambda: window.canvas.extent
        )
        alone.apply_theme(window.appearance.theme)
        alone.want_values(True)
    else:
        assert isinstance(view, PlotFrame)
        alone = type(view)(current, window.appearance.theme)
    snapshot = window.link.latest
    if isinstance(view, PlotFrame) and view.shows_lanes:
        # They show all lanes; which one is current decides about values, marks, widths and weights of names.
        alone.show_snapshot(snapshot)
        return alone
    alone.show_snapshot(replace(snapshot, lanes=(snapshot.lanes[index],)))
    return alone


def picture(view: Exportable, folder: Path) -> bytes:
    path = folder / "picture.png"
    export_picture(view, path, 1.0)
    return path.read_bytes()


def test_the_engine_predicts_for_the_shown_lanes_alone(watched: Watched) -> None:
    changes = {f"lanes.{index}.hidden": True for index in (STOPPED, DIVERGED)}
    watched.window.document.change(changes, "Hide")
    for index in LANES:
        choose(watched, index)
        watched.rest()
        lanes = watched.window.link.latest.lanes
        shown = {CALM, index}
        assert [PREDICTION.of(lane) is not None for lane in lanes] == [one in shown for one in LANES]
        # What one lane alone is looked at for is asked of the current one. Two panes leave no room for the diagram.
        asked = index if index == CALM else None
        assert [INSIDE.of(lane) is not None for lane in lanes] == [one == asked for one in LANES]


def test_going_back_to_the_best_weights_is_about_the_selected_lanes(watched: Watched) -> None:
    events: list[m.Event] = []
    watched.window.link.event_taken.connect(events.append)
    watched.change(training__learning_rate=0.5)
    watched.train(5)
    for index in (STOPPED, CALM):
        choose(watched, index)
        watched.go_back()
    told = [event.lane for event in events if isinstance(event, m.Restored | m.NotRestored)]
    assert told == ["stopped", "calm"]
    back = {run.lane.name for run in runs(watched) if any(mark.kind == "restore" for mark in run.marks.view)}
    assert back == {event.lane for event in events if isinstance(event, m.Restored)}
    events.clear()
    watched.window.current_lane.select((STOPPED, CALM))
    watched.go_back()
    told = [event.lane for event in events if isinstance(event, m.Restored | m.NotRestored)]
    assert sorted(told) == ["calm", "stopped"]


def test_a_new_seed_is_that_of_all_lanes_that_share_theirs_or_else_the_current_lanes(
    watched: Watched,
) -> None:
    window = watched.window
    before = window.document.experiment
    QTest.mouseClick(window.transport.seed, LEFT)
    assert moved(before, window.document.experiment) == {f"lanes.{index}.seed" for index in LANES}
    window.document.change({f"lanes.{STOPPED}.seed": 77}, "Seed")
    watched.pull()
    for index in LANES:
        before = window.document.experiment
        choose(watched, index)
        QTest.mouseClick(window.transport.seed, LEFT)
        assert moved(before, window.document.experiment) == {f"lanes.{index}.seed"}
        watched.pull()


def test_the_lane_of_the_most_pressing_finding_is_cured_whichever_is_current(watched: Watched) -> None:
    window, line = watched.window, watched.window.dock_layout.diagnosis_line
    before = window.document.experiment
    choose(watched, CALM)
    watched.qtbot.waitUntil(lambda: "divergence" in codes(window, "diverged"))
    assert "divergence" not in codes(window, "calm") + codes(window, "stopped")
    assert line.title.text().startswith("Lane diverged: ")
    marks, theme = window.canvas.titles.findings, window.appearance.theme
    assert (marks["diverged"].icon, marks["diverged"].colour) == ("error", theme.danger)
    assert line.title.text() == f"Lane diverged: {marks['diverged'].title}."
    QTest.mouseClick(line.cures[0], LEFT)
    edited = moved(before, window.document.experiment)
    assert edited
    assert all(path.startswith(f"lanes.{DIVERGED}.") for path in edited)
    assert window.current_lane.index == DIVERGED
    window.link.set_playing(False)
    watched.rest()


def test_a_finding_that_was_dismissed_stays_so_for_its_lane(watched: Watched) -> None:
    line = watched.window.dock_layout.diagnosis_line
    watched.qtbot.waitUntil(lambda: "divergence" in codes(watched.window, "diverged"))
    while codes(watched.window, "diverged"):
        assert line.title.text().startswith("Lane diverged: ")
        QTest.mouseClick(line.dismiss, LEFT)
    others = codes(watched.window, "calm"), codes(watched.window, "stopped")
    choose(watched, STOPPED)
    choose(watched, DIVERGED)
    assert codes(watched.window, "diverged") == []
    assert (codes(watched.window, "calm"), codes(watched.window, "stopped")) == others


def test_a_cure_is_tried_beside_the_lane_and_no_history_of_another_is_touched(watched: Watched) -> None:
    window, line = watched.window, watched.window.dock_layout.diagnosis_line
    watched.qtbot.waitUntil(lambda: "divergence" in codes(window, "diverged"))
    before, former = window.document.experiment, window.link.latest.lanes
    QTest.mouseClick(line.beside, LEFT)
    watched.qtbot.waitUntil(lambda: [lane.now.epoch > 0 for lane in window.link.latest.lanes] == [True] * 4)
    window.link.set_playing(False)
    watched.rest()
    *others, tried = window.link.latest.lanes
    assert tried.name.startswith("diverged + ")
    assert window.current_lane.name == tried.name
    assert tried.history.epoch[0] == 0, "it starts anew"
    assert window.document.experiment.lanes[-1].seed == before.lanes[DIVERGED].seed
    for old, now in zip(former, others, strict=True):
        rows = len(old.history)
        assert np.array_equal(old.history.loss, now.history.loss[:rows], equal_nan=True)
    assert [now.stop for now in others[1:]] == [old.stop for old in former[1:]]
    assert [len(now.history) for now in others[1:]] == [len(old.history) for old in former[1:]]
    window.document.stack.undo()
    assert window.document.experiment == before
    watched.pull()
    assert [lane.name for lane in window.link.latest.lanes] == ["calm", "stopped", "diverged"]


def codes(window: MainWindow, lane: str) -> list[str]:
    (diagnosis,) = (view for view in window.dispatcher.views if isinstance(view, Diagnosis))
    return [one.finding.code for one in diagnosis.findings if one.lane == lane]


def test_a_lane_that_is_taken_away_leaves_no_view_behind(watched: Watched) -> None:
    """Also for the snapshots that come before the engine has taken the edit."""
    window, document = watched.window, watched.window.document
    choose(watched, DIVERGED)
    document.replace(without_last(document.experiment), "Remove a lane")
    assert window.current_lane.name == "stopped"
    latest = window.link.latest
    assert window.transport.epoch.number.text().startswith(f"{latest.lanes[1].now.epoch:,}")
    watched.pull()
    assert watched.faults(Truth.of(watched.workers.newest.trainer, 1)) == []
    document.stack.undo()
    assert window.current_lane.name == "stopped"
    watched.pull()
    assert watched.faults(Truth.of(watched.workers.newest.trainer, 1)) == []


def without_last(experiment: Experiment) -> Experiment:
    return msgspec.structs.replace(experiment, lanes=experiment.lanes[:-1])
