from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from engine.experiment import default_experiment, edit_many
from engine.observation.snapshot import Chain
from engine.training.trainer import Trainer
from gui_app.plots.chain_plot import ChainPlot
from gui_app.plots.drawing.bars import Bars
from gui_app.plots.drawing.factor_texts import FactorTexts
from gui_app.plots.drawing.marks import LevelMark, Sentence
from gui_app.plots.gradient_bars import GradientBars
from gui_app.theme.tokens import LIGHT, layer_colours
from tests.gui_app.plots.runs import history_of, lane_a, probing, run_of

CHAIN = Chain(
    labels=("σ′(z1)", "w2", "σ′(z2)", "∂C/∂a2"),
    sample=np.array([0.25, -2.0, 0.1, 0.5]),
    mean=np.array([0.2, -2.0, 0.15, 0.4]),
    gradients=(-0.025, -0.02),
)


@pytest.fixture
def plot(shown):
    return shown(ChainPlot)


def chained(chain=CHAIN):
    snapshot = run_of(5, weights=np.ones((5, 3)))
    return replace(snapshot, lanes=(replace(snapshot.lanes[0], chain=chain),))


def factors_back(numbers):
    numbers = np.array([*numbers, np.nan])
    history = history_of(np.arange(4), weights=np.ones((4, len(numbers))))
    return probing(history, backward_factor=np.tile(numbers, (4, 1)))


def mark(plot, kind):
    (found,) = (mark for mark in plot.picture.marks if isinstance(mark, kind))
    return found


def hover(plot, x):
    mapping = plot.plot_area.mapping()
    scene = plot.plot_area.view_box.mapToScene(QPointF(float(mapping.x(x)), mapping.height / 2))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))


def test_each_factor_of_the_chain_is_a_bar_from_1(plot):
    plot.show_snapshot(chained())
    bars = mark(plot, Bars)
    assert bars.heights == pytest.approx(np.log10(np.abs(CHAIN.sample)))
    assert bars.base == 0.0
    assert bars.ticks[[0, 2, 3]] == pytest.approx(np.log10(CHAIN.mean[[0, 2, 3]]))
    assert np.isnan(bars.ticks[1]), "a weight is the same for all points"
    assert [text for _, text in plot.picture.x_ticks] == ["σ′(z₁)", "w₂", "σ′(z₂)", "∂C/∂a₂"]
    colours = layer_colours(LIGHT, 3)
    assert bars.colours == (colours[0], colours[1], colours[1], colours[2])
    mapping = plot.plot_area.mapping()
    one = float(mapping.y(0.0))
    shrinks, grows, *_ = bars.boxes(mapping)
    assert shrinks.top() == pytest.approx(one)
    assert grows.bottom() == pytest.approx(one)
    assert mark(plot, LevelMark).level == 0.0
    assert not plot.grab().isNull()


def test_where_there_is_little_room_names_are_short_and_none_is_missing(plot, qtbot):
    plot.show_snapshot(chained())
    plot.resize(plot.width() - plot.plot_area.width() + 190, plot.height())
    qtbot.waitUntil(lambda: plot.picture.x_ticks[0][1] == "σ′₁")
    assert [text for _, text in plot.picture.x_ticks] == ["σ′₁", "w₂", "σ′₂", "∂/∂a₂"]
    shown = mark(plot, FactorTexts).placed(plot.plot_area.mapping())
    assert [text for _, text in shown] == ["0.25", "−2", "0.1", "0.5"]
    assert all(one.right() <= other.left() for (one, _), (other, _) in pairwise(shown))


def test_numbers_that_would_meet_are_left_out(plot, qtbot):
    plot.show_snapshot(factors_back([0.123] * 40))
    assert mark(plot, FactorTexts).placed(plot.plot_area.mapping()) == []


def test_numbers_stand_at_the_bars_with_their_signs(plot):
    plot.show_snapshot(chained())
    texts, mapping = mark(plot, FactorTexts), plot.plot_area.mapping()
    assert texts.texts == ("0.250", "−2.00", "0.100", "0.500")
    bars = list(mark(plot, Bars).boxes(mapping))
    boxes, shown = zip(*texts.placed(mapping), strict=True)
    assert shown == texts.texts
    assert all(mapping.bounds.contains(box) for box in boxes)
    assert not any(box.intersects(bar) for box, bar in zip(boxes, bars, strict=True))


def test_the_product_is_told(plot):
    plot.show_snapshot(chained())
    assert ("∂C/∂b₁", "−0.0250") in [(entry.label, entry.value) for entry in plot.picture.entries]
    hover(plot, 1.5)
    readout = plot.plot_area.hover
    assert readout.title == "w₂"
    assert [(reading.label, reading.value) for reading in readout.readings] == [
        ("first point", "−2.00"),
        ("mean", "−2.00"),
        ("∂C/∂b₁ of the point", "−0.0250"),
        ("∂C/∂b₁ of all", "−0.0200"),
    ]


def test_wider_networks_show_by_what_the_error_is_multiplied(plot):
    plot.show_snapshot(factors_back([0.1, 0.5, 2.0]))
    assert mark(plot, Bars).heights == pytest.approx(np.log10([0.1, 0.5, 2.0]))
    assert [text for _, text in plot.picture.x_ticks] == ["layer 1", "layer 2", "layer 3"]
    hover(plot, 2.5)
    assert plot.plot_area.hover.title == "layer 3"
    assert [(r.label, r.value) for r in plot.plot_area.hover.readings] == [("factor", "2.00")]


@pytest.mark.parametrize("numbers", [[0.0, 0.5], [np.inf, 0.5], [1.0, 1.0], [0.7] * 64])
def test_any_factors_can_be_drawn(plot, numbers):
    plot.show_snapshot(factors_back(numbers))
    assert not plot.grab().isNull()
    hover(plot, 0.5)
    mapping = plot.plot_area.mapping()
    assert mapping.bounds.contains(plot.plot_area.hover.box(mapping))


def test_without_hidden_layers_or_points_there_is_a_sentence(plot, qtbot):
    bars = GradientBars(lane_a(), LIGHT)
    qtbot.addWidget(bars)
    bars.resize(450, 220)
    bars.show()
    plot.show_snapshot(probing(history_of(np.arange(3), weights=np.ones((3, 1)))))
    assert mark(plot, Sentence).text == "No hidden layer: nothing to propagate"
    nothing = run_of(3, loss=np.full((3, 3), np.nan), weights=np.ones((3, 3)))
    for view in (plot, bars):
        view.show_snapshot(replace(nothing, training_points=7))
        assert mark(view, Sentence).text == "The gradient is not finite"
        view.show_snapshot(replace(nothing, training_points=0))
        assert mark(view, Sentence).text == "No training points: no gradient"
    assert mark(plot, Sentence).text == "No training points: no gradient"
    hover(plot, 0.5)
    assert plot.plot_area.hover is None


def test_the_bars_of_a_trained_network_multiply_to_its_gradient(plot):
    changes = {"lanes.0.network.hidden": (1, 1, 1), "lanes.0.network.activation": "sigmoid"}
    trainer = Trainer(edit_many(default_experiment(), changes))
    trainer.train_epoch()
    (lane,) = trainer.lane_snapshots()
    plot.show_snapshot(replace(chained(), lanes=(lane,)))
    product = 10.0 ** mark(plot, Bars).heights.sum()
    assert product == pytest.approx(abs(lane.chain.gradients[0]), rel=1e-5)
