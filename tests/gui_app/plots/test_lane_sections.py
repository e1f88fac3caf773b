"""Bars of several lanes side by side, on one scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import default_experiment
from engine.observation.snapshot import Snapshot, layer_block
from gui_app.plots.chain_plot import ChainPlot
from gui_app.plots.drawing.bars import Bars
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.sections import GAP, LaneSection, starts_of
from gui_app.plots.gradient_bars import GradientBars
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.mouse import click
from tests.gui_app.plots.runs import history_of, snapshot_of

NORMS = {"A": [1e-3, 1e-2, 1e-1], "B": [1e-6, 1e-4], "C": [0.5, 0.4, 0.3, 0.2]}


def snapshot(norms: dict[str, list[float]]) -> Snapshot:
    whole = snapshot_of(history_of([0, 1]))
    (lane,) = whole.lanes
    lanes = tuple(
        replace(
            lane,
            name=name,
            now=replace(
                lane.now,
                step=3,
                layers=layer_block(weight_gradient=np.array(values), bias_gradient=np.array(values) / 2),
            ),
        )
        for name, values in norms.items()
    )
    return replace(whole, lanes=lanes, training_points=10)


@pytest.fixture
def plot(qtbot: QtBot) -> GradientBars:
    document = Document(with_lanes(default_experiment(), A={}, B={}, C={}))
    plot = GradientBars(CurrentLane(document, document))
    document.setParent(plot)
    qtbot.addWidget(plot)
    plot.resize(700, 260)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.show_snapshot(snapshot(NORMS))
    return plot


def bars_of(plot: GradientBars) -> list[Bars]:
    return [mark for mark in plot.picture.marks if isinstance(mark, Bars)]


def test_each_lane_has_its_bars_on_one_scale(plot: GradientBars) -> None:
    bars = bars_of(plot)
    assert [bar.start for bar in bars] == [0.0, 3 + GAP, 5 + 2 * GAP]
    for bar, norms in zip(bars, NORMS.values(), strict=True):
        np.testing.assert_allclose(bar.heights, np.log10(norms), atol=1e-12)
        np.testing.assert_allclose(bar.ticks, np.log10(np.array(norms) / 2), atol=1e-12)
    low, high = plot.picture.y_range
    assert low < -6
    assert high > np.log10(0.5)
    sections = [mark for mark in plot.picture.marks if isinstance(mark, LaneSection)]
    assert [section.look.name for section in sections] == ["A", "B", "C"]


def test_the_readout_names_lane_and_layer(plot: GradientBars) -> None:
    model, options = plot._newest_model(), plot.options
    assert model is not None
    for start, (name, norms) in zip(starts_of([3, 2, 4]), NORMS.items(), strict=True):
        for index, norm in enumerate(norms):
            found = plot.read(model, options, plot.picture, start + index + 0.4, -1.0)
            assert found is not None
            assert found.title == f"{name}, {'output' if index == len(norms) - 1 else f'layer {index + 1}'}"
            assert found.readings[0].value == value_text(norm)
            assert found.x == start + index + 0.5


def test_ticks_name_the_layers_of_each_lane(plot: GradientBars) -> None:
    texts = [text for _, text in plot.picture.x_ticks]
    assert [text[:3] for text in texts].count("out") == 3
    starts = starts_of([3, 2, 4])
    first = [at for at, text in plot.picture.x_ticks if text in ("1", "layer 1")]
    assert first == [start + 0.5 for start in starts]


def test_one_shown_lane_has_the_plot_of_before(plot: GradientBars, qtbot: QtBot) -> None:
    document = Document(default_experiment())
    alone = GradientBars(CurrentLane(document, document))
    document.setParent(alone)
    qtbot.addWidget(alone)
    only = snapshot({"A": NORMS["A"]})
    hidden = plot.current._document
    hidden.change({"lanes.1.hidden": True, "lanes.2.hidden": True}, "Hide")
    plot.show_snapshot(snapshot(NORMS))
    options = plot.options
    one, other = (
        part.compose(part.model_of(shown.lanes[0], shown), options)
        for part, shown in ((plot, only), (alone, only))
    )
    assert not any(isinstance(mark, LaneSection) for mark in plot.picture.marks)
    assert (one.x_range, one.x_ticks) == (other.x_range, other.x_ticks)
    assert [bar.start for bar in bars_of(plot)] == [0.0]


def test_a_lane_without_numbers_keeps_its_section(plot: GradientBars) -> None:
    plot.show_snapshot(snapshot({"A": NORMS["A"], "B": [np.nan, np.nan]}))
    sections = [mark.look.name for mark in plot.picture.marks if isinstance(mark, LaneSection)]
    assert sections == ["A", "B"]


@pytest.mark.parametrize("kind", [ChainPlot])
def test_plots_of_one_lane_say_whose_they_are(qtbot: QtBot, kind: type) -> None:
    document = Document(with_lanes(default_experiment(), A={}, B={}))
    current = CurrentLane(document, document)
    plot = kind(current)
    document.setParent(plot)
    qtbot.addWidget(plot)
    plot.resize(700, 260)
    current.choose(1)
    assert plot.heading.endswith(", lane B")
    document.change({"lanes.0.hidden": True}, "Hide")
    assert "lane" not in plot.heading


def test_a_click_on_another_section_chooses_its_lane(plot: GradientBars) -> None:
    for start, name in list(zip(starts_of([3, 2, 4]), NORMS, strict=True))[::-1]:
        click(plot, (float(plot.plot_area.mapping().x(start + 0.5)), 60.0))
        assert plot.current.name == name


def test_a_repeated_lane_has_medians(plot: GradientBars) -> None:
    whole = snapshot(NORMS)
    many = replace(whole.lanes[1], repeats=(whole.lanes[1],) * 3)
    plot.show_snapshot(replace(whole, lanes=(whole.lanes[0], many, whole.lanes[2])))
    assert plot.picture.entries[-1].label == "medians of 3 seeds"


def test_names_stand_above_all_bars_in_a_low_plot(plot: GradientBars) -> None:
    plot.resize(700, 150)
    plot.show_snapshot(snapshot(NORMS))
    mapping = plot.plot_area.mapping()
    tops = [box.top() for bars in bars_of(plot) for box in bars.boxes(mapping)]
    assert min(tops) >= row_height()
