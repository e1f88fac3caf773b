"""A lane with several seeds has a band from quartile to quartile in the loss plot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import default_experiment
from engine.observation.snapshot import Snapshot
from gui_app.plots.drawing.area import Area
from gui_app.plots.loss_plot import LossPlot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of

ROWS = 300


def snapshot(*seeds: int) -> Snapshot:
    whole = snapshot_of(history_of(range(ROWS)))
    (lane,) = whole.lanes
    made = []
    for index, count in enumerate(seeds):
        middle = lane.history
        low, high = (replace(middle, loss=middle.loss * factor) for factor in (0.8, 1.5))
        one = replace(lane, name="AB"[index])
        made.append(replace(one, repeats=(one,) * count, quartiles=(low, high)) if count > 1 else one)
    return replace(whole, lanes=tuple(made), training_points=10)


def plot_of(qtbot: QtBot, lanes: str) -> LossPlot:
    document = Document(with_lanes(default_experiment(), **{name: {} for name in lanes}))
    plot = LossPlot(CurrentLane(document, document), LIGHT)
    document.setParent(plot)
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def bands(plot: LossPlot) -> list[Area]:
    return [mark for mark in plot.picture.marks if isinstance(mark, Area)]


@pytest.mark.parametrize("lanes", ["A", "AB"])
def test_the_band_lies_between_the_quartiles(qtbot: QtBot, lanes: str) -> None:
    plot = plot_of(qtbot, lanes)
    shown = snapshot(*[5] * len(lanes))
    plot.show_snapshot(shown)
    found = bands(plot)
    assert len(found) == 2 * len(lanes)
    colours = {LIGHT.training, LIGHT.validation} if lanes == "A" else {*LIGHT.lanes[:2]}
    assert {band.colour for band in found} == colours
    assert shown.lanes[0].quartiles is not None
    low, high = shown.lanes[0].quartiles
    log = bool(plot.picture.limits.log)
    for band in found:
        index = 1 if "validation" in band.name else 0
        for edge, history in ((band.low, low), (band.high, high)):
            right = np.interp(band.x, history.epoch, history.loss[:, index])
            np.testing.assert_allclose(edge, np.log10(right) if log else right, rtol=1e-9)
    said = [entry.label for entry in plot.header.entries]
    assert "medians and quartiles of 5 seeds" in said


def test_one_network_has_no_band(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "AB")
    plot.show_snapshot(snapshot(1, 1))
    assert bands(plot) == []
    assert not any("quartiles" in entry.label for entry in plot.header.entries)


def test_a_hidden_split_hides_its_band(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "A")
    plot.show_snapshot(snapshot(5))
    options = replace(plot.options, hidden=frozenset({"validation"}))
    model = plot._newest_model()
    assert model is not None
    marks = plot.compose(model, options).marks
    assert [mark.name for mark in marks if isinstance(mark, Area)] == ["quartiles of training"]


def readings(plot: LossPlot, epoch: float, hidden: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    model, options = plot._newest_model(), replace(plot.options, hidden=hidden)
    assert model is not None
    read = plot.read(model, options, plot.compose(model, options), epoch, 0.0)
    assert read is not None
    return [(reading.label, reading.value) for reading in read.readings]


def test_the_mouse_reads_the_quartiles_of_the_validation_loss(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "A")
    plot.show_snapshot(snapshot(5))
    training, validation, test = history_of(range(ROWS)).loss[50].tolist()
    spread = f"({value_text(0.8 * validation)} to {value_text(1.5 * validation)})"
    assert readings(plot, 50.0) == [
        ("training", value_text(training)),
        ("validation", f"{value_text(validation)} {spread}"),
        ("test", value_text(test)),
    ]
    assert not any("to" in value.split() for _, value in readings(plot, 50.0, frozenset({"validation"})))


def test_of_several_lanes_only_those_with_seeds_have_quartiles_to_read(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "AB")
    plot.show_snapshot(snapshot(5, 1))
    training, validation, test = map(value_text, history_of(range(ROWS)).loss[50].tolist())
    exact = float(history_of(range(ROWS)).loss[50, 1])
    spread = f"({value_text(0.8 * exact)} to {value_text(1.5 * exact)})"
    assert readings(plot, 50.0) == [
        ("A", f"{training}   {validation} {spread}   {test}"),
        ("B", f"{training}   {validation}   {test}"),
    ]
    plot.show_snapshot(snapshot(1, 5))
    assert [spread in value for _, value in readings(plot, 50.0)] == [False, True]


@pytest.mark.parametrize("scale", ["linear", "logarithmic"])
def test_the_axis_shows_a_wide_band_whole(qtbot: QtBot, scale: str) -> None:
    plot = plot_of(qtbot, "A")
    plot.scale_button.choose(scale)
    shown = snapshot(5)
    (lane,) = shown.lanes
    low, high = (replace(lane.history, loss=lane.history.loss * factor) for factor in (0.05, 6.0))
    plot.show_snapshot(replace(shown, lanes=(replace(lane, quartiles=(low, high)),)))
    start, end = plot.picture.y_range
    for band in bands(plot):
        assert np.nanmax(band.high) <= end
        assert np.nanmin(band.low) >= start


def test_the_cost_of_a_group_is_the_median_of_its_seeds_costs(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "A")
    rows, pairs = 20, [(0.1, 0.9), (0.4, 0.4), (0.5, 0.0)]
    networks = []
    for loss, penalty in pairs:
        history = history_of(range(rows), loss=np.full((rows, 3), loss), penalty=np.full(rows, penalty))
        networks.append(snapshot_of(history).lanes[0])
    ended = replace(networks[2], status="stopped", history=networks[2].history.head(5))
    networks[2] = ended
    middle = history_of(range(rows), loss=np.full((rows, 3), 0.4), penalty=np.full(rows, 0.4))
    whole = snapshot_of(middle)
    lane = replace(whole.lanes[0], repeats=tuple(networks), quartiles=(middle, middle))
    plot.show_snapshot(replace(whole, lanes=(lane,)))
    values = {entry.label: entry.value for entry in plot.picture.entries}
    assert values["cost"] == value_text(0.8)
    model = plot._model
    assert model is not None
    found = plot.read(model, plot.options, plot.picture, 12.0, 0.0)
    assert found is not None
    right = float(np.median([1.0, 0.8, 0.5]))
    assert {one.label: one.value for one in found.readings}["median of costs"] == value_text(right)


def test_a_seed_that_trains_does_not_count_after_its_history(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "A")
    whole = snapshot_of(history_of(range(20), penalty=np.full(20, 0.5)))
    (lane,) = whole.lanes
    behind = replace(lane, history=lane.history.head(5), now=replace(lane.now, penalty=100.0))
    group = replace(lane, repeats=(lane, behind, behind), quartiles=(lane.history, lane.history))
    plot.show_snapshot(replace(whole, lanes=(group,)))
    assert plot._model is not None
    assert plot._model.cost_at(12) == pytest.approx(float(lane.history.cost[12]))


def test_the_costs_of_all_epochs_are_those_of_each(qtbot: QtBot) -> None:
    plot = plot_of(qtbot, "A")
    whole = snapshot_of(history_of(range(20), penalty=np.linspace(0.0, 1.0, 20)))
    (lane,) = whole.lanes
    cut = replace(lane, history=lane.history.head(5), now=replace(lane.now, penalty=100.0))
    ended, nothing = replace(cut, status="stopped"), replace(cut, history=lane.history.head(0))
    for others in ((cut,), (ended,), (ended, ended), (nothing, replace(nothing, status="diverged"))):
        group = replace(lane, repeats=(lane, *others), quartiles=(lane.history, lane.history))
        plot.show_snapshot(replace(whole, lanes=(group,)))
        model = plot._model
        assert model is not None
        np.testing.assert_allclose(model.costs, [model.cost_at(epoch) for epoch in range(20)])
