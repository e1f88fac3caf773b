"""The histogram of weights counts every weight once, and exact zeros apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment
from engine.observation.observables import WEIGHTS, LayerWeights, Weights
from engine.observation.snapshot import Observed, Snapshot
from gui_app.plots.drawing.histogram import Histogram, bin_width, counted_weights, percent
from gui_app.plots.drawing.sections import SectionName
from gui_app.plots.weights_plot import WeightsPlot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.conftest import Show
from tests.gui_app.plots.mouse import click
from tests.gui_app.plots.runs import history_of, snapshot_of

FIRST = [0.0, 0.0, 0.02, -0.02, 1.2]
SECOND = [0.0, -0.6, 0.6]


def layer(values: list[float], each: int = 1) -> LayerWeights:
    numbers = np.array(values, dtype=np.float32)
    return LayerWeights(each * len(values), each * int((numbers == 0.0).sum()), numbers)


def snapshot(**lanes: list[list[float]]) -> Snapshot:
    whole = snapshot_of(history_of([0, 1]))
    (lane,) = whole.lanes
    made = {name: Weights(tuple(map(layer, layers))) for name, layers in lanes.items()}
    seen = [
        replace(lane, name=name, observed=Observed.of({WEIGHTS.key: found})) for name, found in made.items()
    ]
    return replace(whole, lanes=tuple(seen))


@pytest.fixture
def plot(shown: Show) -> WeightsPlot:
    plot = shown(WeightsPlot)
    plot.show_snapshot(snapshot(A=[FIRST, SECOND]))
    return plot


def histograms(plot: WeightsPlot) -> list[Histogram]:
    marks = [mark for section in plot.picture.sections for mark in section] or plot.picture.marks
    return [mark for mark in marks if isinstance(mark, Histogram)]


def test_every_weight_is_counted_once_and_zeros_apart(plot: WeightsPlot) -> None:
    (histogram,) = histograms(plot)
    counts = histogram.counts
    assert (counts.weights, counts.zeros, counts.counts.sum()) == (8, 3, 5)
    at = {round(float(middle), 6): int(n) for middle, n in zip(counts.middles, counts.counts, strict=True)}
    assert {middle: n for middle, n in at.items() if n} == {0.0: 2, -0.6: 1, 0.6: 1, 1.2: 1}
    assert counts.zero_text == "exactly 0: 38 %"


def test_a_large_layer_counts_each_value_as_often_as_it_stands_for() -> None:
    counts = counted_weights([layer([0.0, 0.5, 0.5, -0.5], each=3)], 0.1)
    assert (counts.weights, counts.zeros) == (12, 3)
    assert counts.counts[[0, -1]].tolist() == [3.0, 6.0]


def test_bars_stand_where_the_weights_are(plot: WeightsPlot) -> None:
    (histogram,) = histograms(plot)
    mapping = plot.picture.on_screen(plot.options.size)
    middles = [mapping.x_value(box.center().x()) for box in histogram.boxes(mapping)]
    np.testing.assert_allclose(middles, [-0.6, 0.0, 0.6, 1.2], atol=histogram.counts.width / 2)
    zero = histogram.zero_box(mapping)
    assert zero is not None
    assert mapping.x_value(zero.center().x()) == pytest.approx(0.0, abs=1e-9)
    # Three zeros are higher than two weights near zero.
    assert zero.top() < min(box.top() for box in histogram.boxes(mapping))


@pytest.mark.parametrize(("scale", "floor"), [("linear", 0.0), ("logarithmic", -0.3)])
def test_heights_are_counts_on_the_chosen_scale(plot: WeightsPlot, scale: str, floor: float) -> None:
    assert plot.scale_button is not None
    plot.scale_button.choose(scale)
    (histogram,) = histograms(plot)
    assert plot.picture.y_range[0] == floor
    expected = 3.0 if scale == "linear" else np.log10(3.0)
    assert histogram.zero_height == pytest.approx(expected)
    assert np.isnan(histogram.heights).sum() == len(histogram.heights) - 4


def test_a_layer_is_hidden_and_shown_by_its_name(plot: WeightsPlot) -> None:
    plot.controls.toggle("output")
    (histogram,) = histograms(plot)
    assert (histogram.counts.weights, histogram.counts.zeros) == (5, 2)
    plot.controls.toggle("layer 1")
    assert not histograms(plot)
    plot.controls.toggle("output")
    assert histograms(plot)[0].counts.weights == 3


def test_lanes_have_sections_on_one_scale_and_a_click_chooses_one(qtbot: QtBot) -> None:
    document = Document(with_lanes(default_experiment(), A={}, B={}))
    current = CurrentLane(document, document)
    plot = WeightsPlot(current)
    document.setParent(plot)
    qtbot.addWidget(plot)
    plot.resize(700, 260)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.show_snapshot(snapshot(A=[FIRST], B=[[0.0, 12.0]]))
    names = [mark.look.name for one in plot.picture.sections for mark in one if isinstance(mark, SectionName)]
    assert names == ["A", "B"]
    first, second = histograms(plot)
    assert first.counts.width == second.counts.width == bin_width(12.0)
    assert plot.picture.x_range[1] >= 12.0
    assert second.counts.zero_text == "exactly 0: 50 %"
    found = plot.read(plot._model, plot.options, plot.picture, 0.1, 0.0)
    assert found is not None
    assert [[one.value for one in section] for section in found.sections] == [["2", "2"], ["0", "1"]]
    cell = plot.picture.grid.cells(plot.plot_area.size_of_content)[1]
    click(plot, (cell.center().x(), cell.center().y()))
    assert current.name == "B"


def test_it_asks_for_the_weights_of_all_lanes_that_are_shown(plot: WeightsPlot) -> None:
    assert plot.requests == (WEIGHTS.request(),)
    assert plot.shows_lanes


def test_weights_that_are_not_finite_have_no_bar() -> None:
    counts = counted_weights([layer([float("nan"), float("inf"), 0.0, 1.0])], 0.5)
    assert (counts.weights, counts.zeros, counts.counts.sum()) == (4, 1, 1)


def test_shares_are_rounded_but_not_to_none_or_all() -> None:
    assert [percent(*one) for one in ((0, 9), (9, 9), (1, 1000), (999, 1000))] == [
        "0 %",
        "100 %",
        "< 1 %",
        "> 99 %",
    ]
