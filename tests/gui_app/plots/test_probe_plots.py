"""The quantity that a plot of layers shows is chosen in its title."""

from dataclasses import replace
from html import escape

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from engine.catalogue.probes import PROBES
from gui_app.plots.drawing.bars import Bars
from gui_app.plots.drawing.marks import Curve, LevelMark, Sentence
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.hands import choose
from tests.gui_app.plots.runs import history_of, probing

ROWS, LAYERS = 30, 3
NUMBERS = np.random.default_rng(0).uniform(0.1, 0.9, (ROWS, LAYERS))
WEIGHTS = np.tile([0.01, 0.1, 1.0], (ROWS, 1))


def numbers_of(key):
    return np.where([False] * (LAYERS - 1) + [PROBES[key].hidden], np.nan, NUMBERS)


def run(**probes):
    return probing(history_of(np.arange(ROWS) * 10, weights=WEIGHTS), **probes)


def marks(plot, kind):
    return [mark for mark in plot.picture.marks if isinstance(mark, kind)]


def expected(key, numbers):
    return np.log10(numbers) if PROBES[key].log else numbers


@pytest.mark.parametrize("key", PROBES)
def test_bars_show_every_quantity(bars, key):
    bars.show_snapshot(run(**{key: numbers_of(key)}))
    choose(bars.box, key)
    (mark,) = marks(bars, Bars)
    there = LAYERS - PROBES[key].hidden
    assert mark.heights[:there] == pytest.approx(expected(key, NUMBERS[-1, :there]))
    assert mark.missing.tolist() == [False] * there + [True] * PROBES[key].hidden
    assert bars.export_title == f"{PROBES[key].label} per layer"
    assert not bars.grab().isNull()


@pytest.mark.parametrize("key", PROBES)
def test_curves_show_every_quantity(history, key):
    history.show_snapshot(run(**{key: numbers_of(key)}))
    choose(history.box, key)
    drawn = marks(history, Curve)
    there = LAYERS - PROBES[key].hidden
    assert [curve.name for curve in drawn] == ["layer 1", "layer 2", "output"][:there]
    for index, curve in enumerate(drawn):
        assert curve.y == pytest.approx(expected(key, NUMBERS[:, index]))
    low, high = history.picture.y_range
    assert all(low <= curve.y.min() and curve.y.max() <= high for curve in drawn)


@pytest.mark.parametrize("key", PROBES)
def test_the_readout_names_the_quantity(bars, key):
    bars.show_snapshot(run(**{key: numbers_of(key)}))
    bars.show_probe(key)
    mapping = bars.plot_area.mapping()
    scene = bars.plot_area.view_box.mapToScene(QPointF(float(mapping.x(0.5)), mapping.height / 2))
    bars.hover_at(QPointF(bars.plot_area.mapTo(bars, bars.plot_area.mapFromScene(scene))))
    reading = bars.plot_area.hover.readings[0]
    assert reading.label == ("‖∂C/∂W‖" if key == "weight_gradient" else PROBES[key].label)
    assert float(reading.value) == pytest.approx(NUMBERS[-1, 0], abs=1e-3)


@pytest.mark.parametrize("key", [key for key, probe in PROBES.items() if probe.share])
def test_shares_lie_between_0_and_1_on_an_axis_that_stays(plot, key):
    plot.show_probe(key)
    for factor in (0.01, 1.0):
        plot.show_snapshot(run(**{key: numbers_of(key) * factor}))
        assert plot.picture.y_range == (0.0, 1.0)


def test_a_mean_below_0_hangs_from_0(bars):
    bars.show_probe("activation_mean")
    bars.show_snapshot(run(activation_mean=np.tile([-0.5, 0.25, np.nan], (ROWS, 1))))
    (mark,) = marks(bars, Bars)
    mapping = bars.plot_area.mapping()
    below, above, _ = mark.boxes(mapping)
    foot = float(mapping.y(0.0))
    assert (below.top(), below.bottom()) == pytest.approx((foot, float(mapping.y(-0.5))))
    assert (above.top(), above.bottom()) == pytest.approx((float(mapping.y(0.25)), foot))


def test_the_tip_has_the_formula(plot):
    for key, probe in PROBES.items():
        plot.show_probe(key)
        assert probe.formula in plot.header.toolTip()
        assert probe.tooltip in plot.header.toolTip()
        assert plot.box.key() == key
        assert escape(probe.formula) in plot.box.toolTip()


def test_the_mouse_opens_the_list(plot, qtbot):
    QTest.mouseClick(plot.box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(plot.box.view().isVisible)
    plot.box.hidePopup()


def test_an_undefined_probe_is_explained(plot):
    plot.show_snapshot(run(dead=np.full((ROWS, LAYERS), np.nan)))
    plot.show_probe("dead")
    (sentence,) = marks(plot, Sentence)
    assert sentence.text == "Dead share: not defined for this network"
    assert not plot.grab().isNull()


def test_without_a_hidden_layer_there_is_none_to_measure(plot):
    plot.show_snapshot(probing(history_of(np.arange(5), weights=np.ones((5, 1)))))
    plot.show_probe("slope")
    (sentence,) = marks(plot, Sentence)
    assert sentence.text == "No hidden layer to measure"


def test_the_gradient_is_shown_before_and_after_clipping(bars):
    clipped = WEIGHTS * [1.0, 1.0, 0.5]
    bars.show_snapshot(run(clipped_gradient=clipped))
    (mark,) = marks(bars, Bars)
    assert mark.heights == pytest.approx(np.log10(WEIGHTS[-1]))
    assert np.isnan(mark.after[:2]).all()
    assert mark.after[2] == pytest.approx(np.log10(0.5))
    assert "unclipped" in [entry.label for entry in bars.picture.entries]
    box, mapping = list(mark.boxes(bars.plot_area.mapping()))[2], bars.plot_area.mapping()
    image = bars.grab().toImage()
    scene = bars.plot_area.view_box.mapToScene(QPointF(box.center().x(), 0.0))
    x = bars.plot_area.mapTo(bars, bars.plot_area.mapFromScene(scene)).x()
    top = bars.plot_area.mapTo(bars, bars.plot_area.mapFromScene(scene)).y()
    between = round(top + (box.top() + float(mapping.y(mark.after[2]))) / 2 + 2)
    full = round(top + box.bottom() - 3)
    assert image.pixelColor(x, between).name() == LIGHT.panel
    assert image.pixelColor(x, full).name() == mark.colours[2]
    bars.show_snapshot(run(clipped_gradient=WEIGHTS))
    assert "unclipped" not in [entry.label for entry in bars.picture.entries]


def test_what_a_proximal_step_takes_care_of_is_not_shown_as_clipped(bars):
    """Then the gradient that is clipped is not the one that the bars show."""
    snapshot = run(clipped_gradient=0.5 * WEIGHTS)
    lane = replace(snapshot.lanes[0], clips_cost=False)
    bars.show_snapshot(replace(snapshot, lanes=(lane,)))
    assert "unclipped" not in [entry.label for entry in bars.picture.entries]
    (mark,) = marks(bars, Bars)
    assert np.isnan(mark.after).all()


def test_only_gradients_have_the_line_of_clipping(plot):
    snapshot = run(weight_norm=NUMBERS, clipped_gradient=WEIGHTS)
    snapshot = replace(snapshot, lanes=(replace(snapshot.lanes[0], clip_norm=0.5),))
    plot.show_snapshot(snapshot)
    for key, lines in (
        ("weight_gradient", 1),
        ("weight_norm", 0),
        ("clipped_gradient", 1),
        ("bias_gradient", 1),
    ):
        plot.show_probe(key)
        assert len(marks(plot, LevelMark)) == lines


def test_another_theme_recolours_the_title(plot):
    plot.apply_theme(DARK)
    assert plot.box.palette().text().color().name() == DARK.text
