from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from engine.observation.snapshot import Snapshot, Stop
from gui_app.plots.drawing.bars import Bars
from gui_app.plots.drawing.marks import Curve, LevelMark, Sentence
from gui_app.plots.drawing.readout_columns import columns_width
from gui_app.plots.loss_plot import LossPlot
from gui_app.theme.tokens import DARK, LIGHT, layer_colours
from tests.gui_app.plots.runs import history_of, layers_now, run_of, snapshot_of


def bars_of(plot) -> Bars:
    (mark,) = (mark for mark in plot.picture.marks if isinstance(mark, Bars))
    return mark


def lines(plot) -> list[LevelMark]:
    return [mark for mark in plot.picture.marks if isinstance(mark, LevelMark)]


def clipped_at(threshold: float | None, snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, lanes=(replace(snapshot.lanes[0], clip_norm=threshold),))


def curves(plot) -> list[Curve]:
    return [mark for mark in plot.picture.marks if isinstance(mark, Curve)]


def hover(plot, x: float, y: float = 0.5) -> None:
    """The mouse at ``x`` on the axis and a share of the height."""
    mapping = plot.plot_area.mapping()
    scene = plot.plot_area.view_box.mapToScene(QPointF(float(mapping.x(x)), mapping.height * y))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))


def test_bars_are_as_high_as_the_norms(bars):
    weights, biases = [1e-4, 1e-2, 1.0], [1e-5, 1e-3, 0.5]
    bars.show_snapshot(layers_now(weights, biases))
    mark = bars_of(bars)
    assert mark.heights == pytest.approx(np.log10(weights))
    assert mark.ticks == pytest.approx(np.log10(biases))
    assert mark.colours == tuple(layer_colours(LIGHT, 3))
    mapping = bars.plot_area.mapping()
    tops = [box.top() for box in mark.boxes(mapping)]
    assert tops == pytest.approx([float(mapping.y(np.log10(weight))) for weight in weights])


@pytest.mark.parametrize("least", [1e-9, 1e-3, 0.01, 0.5, 1.0])
def test_every_bar_can_be_seen(bars, least):
    bars.show_snapshot(layers_now([least, 1.0], [least, 1.0]))
    assert min(box.height() for box in bars_of(bars).boxes(bars.plot_area.mapping())) > 3.0


@pytest.mark.parametrize("layers", [1, 2, 8, 65])
def test_any_depth(plot, layers):
    plot.show_snapshot(layers_now(10.0 ** -np.arange(layers, dtype=float)[::-1]))
    assert not plot.grab().isNull()
    for share in (0.0, 0.5, 0.99):
        hover(plot, share * plot.picture.x_range[1])
        box = plot.plot_area.hover.box(plot.plot_area.mapping())
        assert plot.plot_area.mapping().bounds.contains(box)
    assert not plot.grab().isNull()


def test_zeros_are_empty_bars_at_the_floor(bars):
    bars.show_snapshot(layers_now([0.0, 0.1], [0.0, 0.0]))
    mark, floor = bars_of(bars), bars.picture.y_range[0]
    assert mark.heights[0] == floor < mark.heights[1]
    assert next(mark.boxes(bars.plot_area.mapping())).height() == 0.0
    bars.show_snapshot(layers_now([0.0, 0.0], [0.0, 0.0]))
    assert (bars_of(bars).heights == bars.picture.y_range[0]).all()
    assert not bars.grab().isNull()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_a_bar_as_high_as_the_plot(bars, bad):
    bars.show_snapshot(layers_now([bad, bad, 0.1], [bad, 0.1, bad]))
    mark = bars_of(bars)
    boxes = list(mark.boxes(bars.plot_area.mapping()))
    assert boxes[0].top() == 0.0
    assert boxes[0].height() == bars.plot_area.mapping().height
    image = bars.grab().toImage()
    assert LIGHT.danger in {image.pixelColor(x, 100).name() for x in range(image.width())}
    hover(bars, 0.5)
    assert bars.plot_area.hover.readings[0].value in ("–", "∞")


def test_all_not_finite(plot):
    plot.show_snapshot(layers_now([np.nan, np.inf]))
    assert not plot.grab().isNull()


def test_the_bars_readout(bars):
    bars.show_snapshot(layers_now([0.0123, 0.5], [0.0034, 0.25]))
    hover(bars, 0.3)
    readout = bars.plot_area.hover
    assert readout.title == "layer 1"
    assert [(reading.label, reading.value) for reading in readout.readings] == [
        ("‖∂C/∂W‖", "0.0123"),
        ("‖∂C/∂b‖", "0.0034"),
    ]
    hover(bars, 1.5)
    assert bars.plot_area.hover.title == "output"


def test_the_axis_comes_back_from_its_maximum_and_rests_where_it_would_have_begun(bars, qtbot):
    bars.show_snapshot(layers_now([1e-3, 1e-2]))
    rest = bars.picture.y_range
    bars.show_snapshot(layers_now([1e6, 1e6]))
    bars.show_snapshot(layers_now([1e-3, 1e-2]))
    assert bars.picture.y_range[1] > 5.0
    qtbot.waitUntil(lambda: bars.picture.y_range == rest)


def test_one_curve_a_layer(history):
    weights = np.exp(np.random.default_rng(0).normal(size=(60, 4)))
    history.show_snapshot(run_of(60, weights=weights))
    drawn = curves(history)
    assert [curve.name for curve in drawn] == ["layer 1", "layer 2", "layer 3", "output"]
    assert [curve.colour for curve in drawn] == layer_colours(LIGHT, 4)
    for index, curve in enumerate(drawn):
        assert curve.x.tolist() == (np.arange(60) * 10).tolist()
        assert curve.y == pytest.approx(np.log10(weights[:, index]))


def test_many_layers_are_thinned_and_keep_their_extremes(history):
    weights = np.full((2000, 65), 0.1)
    weights[777, 30] = 50.0
    history.show_snapshot(run_of(2000, weights=weights))
    drawn = curves(history)
    assert sum(len(curve.x) for curve in drawn) <= 10000
    assert drawn[30].y.max() == pytest.approx(np.log10(50.0))


def test_a_dead_layer_runs_along_the_floor(history):
    weights = np.full((60, 2), 0.1)
    weights[:, 0] = 0.0
    history.show_snapshot(run_of(60, weights=weights))
    assert (curves(history)[0].y == history.picture.y_range[0]).all()


def test_the_history_readout_has_the_nearest_row(history):
    weights = np.exp(np.random.default_rng(0).normal(size=(60, 3)))
    history.show_snapshot(run_of(60, weights=weights))
    hover(history, 123.0)
    readout = history.plot_area.hover
    assert (readout.x, readout.title) == (120.0, "epoch 120")
    assert [reading.label for reading in readout.readings] == ["layer 1", "layer 2", "output"]
    assert [float(reading.value) for reading in readout.readings] == pytest.approx(weights[12], rel=0.02)


def test_of_many_layers_the_nearest_is_read(history):
    weights = np.tile(10.0 ** np.linspace(-12, 0, 13), (60, 1))
    history.show_snapshot(run_of(60, weights=weights))
    low, high = history.picture.y_range
    hover(history, 100.0, (high + 5.0) / (high - low))
    assert [reading.label for reading in history.plot_area.hover.readings] == ["layer 1", "layer 8", "output"]


def test_empty_plots_say_what_to_do(plot):
    plot.show_snapshot(None)
    (sentence,) = plot.picture.marks
    assert isinstance(sentence, Sentence)
    hover(plot, 0.5)
    assert plot.plot_area.hover is None
    assert not plot.grab().isNull()


def test_a_run_that_ended_at_once_says_so(history):
    first = history_of([0])
    history.show_snapshot(snapshot_of(first, playing=False))
    history.show_snapshot(snapshot_of(first, playing=False, stop=Stop("divergence", 1, None, "why")))
    assert history.picture.marks[0].text.startswith("Diverged in epoch 1:")


def test_the_first_gradient_is_shown_before_training(bars, history):
    first = snapshot_of(run_of(1).lanes[0].history, playing=False)
    bars.show_snapshot(first)
    history.show_snapshot(first)
    assert isinstance(bars_of(bars), Bars)
    assert isinstance(history.picture.marks[0], Sentence)


def test_the_same_snapshot_costs_nothing_and_hiding_saves_work(plot, monkeypatch):
    calls, compose = [], plot.compose
    monkeypatch.setattr(plot, "compose", lambda *given: calls.append(given) or compose(*given))
    snapshot = run_of(50)
    for _ in range(3):
        plot.show_snapshot(snapshot)
    assert len(calls) == 1
    plot.hide()
    plot.show_snapshot(run_of(60))
    assert len(calls) == 1
    plot.show()
    assert len(calls) == 2


def test_another_theme_recolours(plot):
    plot.show_snapshot(layers_now([0.1, 0.2, 0.3]))
    plot.apply_theme(DARK)
    mark = plot.picture.marks[0]
    colour = mark.colours[0] if isinstance(mark, Bars) else mark.colour
    assert colour == layer_colours(DARK, 3)[0]
    assert plot.grab().toImage().pixelColor(3, 100).name() == DARK.panel


def test_without_training_points_there_is_a_sentence_instead_of_bars(bars):
    nothing = [[0.5, np.nan, np.nan], [np.nan] * 3]
    weights = np.array([[0.1, 0.2], [np.nan, np.nan]])
    bars.show_snapshot(run_of(2, loss=nothing, weights=weights))
    assert [type(mark).__name__ for mark in bars.picture.marks] == ["Sentence"]
    hover(bars, 0.5)
    assert bars.plot_area.hover is None


def test_the_threshold_of_clipping_is_a_line_with_its_name(plot):
    snapshot = layers_now([0.1, 0.5])
    plot.show_snapshot(snapshot)
    assert not lines(plot)
    plot.show_snapshot(clipped_at(2.0, snapshot))
    (line,) = lines(plot)
    assert line.level == pytest.approx(np.log10(2.0))
    assert line.text == "clips ‖g‖ above 2.00"
    mapping = plot.plot_area.mapping()
    assert plot.picture.y_range[0] < line.level < plot.picture.y_range[1]
    assert mapping.bounds.contains(line.box(mapping))
    image = plot.grab().toImage()
    place = plot.plot_area.view_box.mapToScene(QPointF(0.0, round(float(mapping.y(line.level))) + 0.5))
    row = plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(place)).y()
    middle = range(image.width() // 3, image.width() // 2)
    dashes = {image.pixelColor(x, y).name() for x in middle for y in (row - 1, row, row + 1)}
    assert LIGHT.muted in dashes


def test_a_threshold_far_off_does_not_squash_the_gradients(plot):
    snapshot = layers_now([0.1, 0.5])
    plot.show_snapshot(snapshot)
    before = plot.picture.y_range
    plot.show_snapshot(clipped_at(1e5, snapshot))
    assert not lines(plot)
    assert plot.picture.y_range == before


def test_curves_are_as_thick_as_the_theme_says(history, shown):
    loss = shown(LossPlot)
    for plot in (history, loss):
        plot.show_snapshot(run_of(20))
        usual = [curve.width for curve in curves(plot)]
        plot.apply_theme(replace(LIGHT, line_scale=2.0))
        assert [curve.width for curve in curves(plot)] == [2.0 * width for width in usual]
        assert usual


@pytest.mark.parametrize(("width", "height"), [(380, 120), (450, 130), (380, 140)])
@pytest.mark.parametrize("layers", [5, 6])
def test_in_a_low_plot_the_readout_of_every_layer_is_whole(history, width, height, layers):
    history.resize(width, height)
    weights = np.tile(10.0 ** np.linspace(-5, 0, layers), (60, 1))
    history.show_snapshot(run_of(60, weights=weights))
    hover(history, 100.0)
    readout, mapping = history.plot_area.hover, history.plot_area.mapping()
    columns = readout.columns(mapping)
    shown = [reading.label for column in columns for reading in column]
    assert len(columns) > 1
    assert [name[-1] for name in shown] == [*"123456"[: layers - 1], "t"]
    assert mapping.bounds.contains(readout.box(mapping))
    assert columns_width(columns) <= mapping.width
