from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.observation.snapshot import EditMark, Stop
from gui_app.plots.drawing.edit_marks import EditMarks
from gui_app.plots.drawing.marks import Curve, EpochMark, Sentence
from gui_app.plots.loss_plot import LossPlot
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.plots.runs import history_of, lane_a, run_of, snapshot_of


@pytest.fixture
def plot(shown):
    """One with a logarithmic axis."""
    plot = shown(LossPlot)
    plot.scale_button.choose("logarithmic")
    return plot


def curves(plot) -> dict[str, Curve]:
    return {mark.name: mark for mark in plot.picture.marks if isinstance(mark, Curve)}


def marks(plot, kind):
    return [mark for mark in plot.picture.marks if isinstance(mark, kind)]


def labels(plot) -> list[str]:
    return [entry.label for entry in plot.picture.entries]


def hover(plot, epoch: float) -> None:
    """The mouse over an epoch, in the middle of the plot."""
    mapping = plot.plot_area.mapping()
    scene = plot.plot_area.view_box.mapToScene(QPointF(float(mapping.x(epoch)), mapping.height / 2))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))


def test_curves_are_the_history(plot):
    snapshot = run_of(100, penalty=np.full(100, 0.02))
    plot.show_snapshot(snapshot)
    history = snapshot.lanes[0].history
    drawn = curves(plot)
    for index, name in enumerate(("training", "validation", "test")):
        assert drawn[name].x.tolist() == history.epoch.tolist()
        assert drawn[name].y == pytest.approx(np.log10(history.loss[:, index]))
        assert drawn[name].colour == getattr(LIGHT, name)
    assert drawn["penalty"].dashed
    assert not drawn["training"].dashed
    assert drawn["test"].width < drawn["training"].width


def test_a_long_history_is_thinned_to_the_width(plot):
    loss = np.full((5000, 3), 0.5)
    loss[3210, 0] = 40.0
    plot.show_snapshot(run_of(5000, loss=loss))
    training = curves(plot)["training"]
    assert len(training.x) <= 2 * plot.plot_area.mapping().width
    assert training.y.max() == pytest.approx(np.log10(40.0))


def test_everything_drawn_lies_inside_the_axes(plot):
    plot.show_snapshot(run_of(300, penalty=np.linspace(0, 5, 300)))
    picture = plot.picture
    for curve in curves(plot).values():
        assert picture.y_range[0] <= curve.y.min()
        assert curve.y.max() <= picture.y_range[1]
        assert picture.x_range[0] <= curve.x[0]
        assert curve.x[-1] <= picture.x_range[1]


def test_a_loss_of_zero_lies_on_the_floor(plot):
    loss = np.full((50, 3), 0.1)
    loss[20:] = 0.0
    plot.show_snapshot(run_of(50, loss=loss))
    assert curves(plot)["training"].y[30] == plot.picture.y_range[0]
    plot.show_snapshot(run_of(50, loss=np.zeros((50, 3))))
    assert np.isfinite(curves(plot)["training"].y).all()


def test_a_split_without_points_has_neither_curve_nor_legend(plot):
    loss = np.full((50, 3), 0.1)
    loss[:, 2] = np.nan
    plot.show_snapshot(run_of(50, loss=loss))
    assert set(curves(plot)) == {"training", "validation"}
    assert labels(plot) == ["training", "validation"]


def test_the_penalty_is_shown_while_it_is_or_was_above_zero(plot):
    plot.show_snapshot(run_of(50))
    assert "penalty" not in labels(plot)
    penalty = np.zeros(50)
    penalty[10:20] = 0.3
    plot.show_snapshot(run_of(50, penalty=penalty))
    assert labels(plot)[-2:] == ["penalty", "cost"]
    assert "penalty" in curves(plot)


def test_a_tiny_penalty_does_not_stretch_the_axis(plot):
    plot.show_snapshot(run_of(50, loss=np.full((50, 3), 0.1), penalty=np.full(50, 1e-15)))
    assert plot.picture.y_range[0] > -6.0


def test_legend_has_the_current_values(plot):
    loss = np.full((50, 3), 0.5)
    loss[-1] = (0.0312, 0.044, np.inf)
    plot.show_snapshot(run_of(50, loss=loss))
    assert [(entry.value, entry.alarming) for entry in plot.picture.entries] == [
        ("0.0312", False),
        ("0.0440", False),
        ("∞", True),
    ]


def test_linear_axis(plot):
    snapshot = run_of(100)
    plot.scale_button.choose("linear")
    plot.show_snapshot(snapshot)
    assert curves(plot)["validation"].y == pytest.approx(snapshot.lanes[0].history.loss[:, 1])
    assert plot.picture.y_range[0] == 0.0
    plot.scale_button.choose("logarithmic")
    assert curves(plot)["validation"].y == pytest.approx(np.log10(snapshot.lanes[0].history.loss[:, 1]))


def test_the_mouse_near_the_best_epoch_reads_its_losses(plot):
    snapshot = snapshot_of(history_of(np.arange(101) * 10), best=410)
    plot.show_snapshot(snapshot)
    for epoch in (406.0, 410.0, 414.0):
        hover(plot, epoch)
        readout = plot.plot_area.hover
        assert (readout.x, readout.title) == (410.0, "epoch 410, the best")
        read = [float(reading.value) for reading in readout.readings]
        assert read == pytest.approx(snapshot.lanes[0].best.loss, rel=5e-3)
    hover(plot, 460.0)
    assert plot.plot_area.hover.title == "epoch 460"


def test_a_sentence_has_no_readout(plot):
    plot.show_snapshot(snapshot_of(history_of([0]), playing=False))
    hover(plot, 0.0)
    assert plot.plot_area.hover is None


def test_best_epoch_is_marked_once_it_is_left_behind(plot):
    history = history_of(np.arange(101) * 10)
    plot.show_snapshot(snapshot_of(history, best=410))
    (mark,) = marks(plot, EpochMark)
    assert (mark.epoch, mark.text) == (410, "best: epoch 410")
    plot.show_snapshot(snapshot_of(history, best=1000))
    assert marks(plot, EpochMark) == []
    plot.show_snapshot(snapshot_of(history, best=None))
    assert marks(plot, EpochMark) == []


@pytest.mark.parametrize(
    ("kind", "text", "colour"),
    [
        ("early_stopping", "stopped: epoch 1,000", LIGHT.text),
        ("divergence", "diverged: epoch 1,000", LIGHT.danger),
    ],
)
def test_the_end_of_a_run_is_marked(plot, kind, text, colour):
    snapshot = snapshot_of(history_of(np.arange(101) * 10), best=410, stop=Stop(kind, 1000, 410, "why"))
    plot.show_snapshot(snapshot)
    best, stop = marks(plot, EpochMark)
    assert (stop.epoch, stop.text, stop.colour) == (1000, text, colour)
    assert best.row != stop.row


def test_divergence_leaves_a_gap_and_no_warning(plot):
    loss = np.full((40, 3), 0.5)
    loss[30:39] *= 10.0 ** np.arange(0, 27, 3)[:, None]
    loss[39] = np.nan
    plot.show_snapshot(
        snapshot_of(history_of(range(40), loss=loss), stop=Stop("divergence", 39, None, "why"))
    )
    assert np.isnan(curves(plot)["training"].y[-1])
    assert not plot.grab().isNull()


def test_the_readout_has_the_nearest_row(plot):
    snapshot = run_of(100, penalty=np.full(100, 0.02))
    plot.show_snapshot(snapshot)
    hover(plot, 423.0)
    readout = plot.plot_area.hover
    assert (readout.x, readout.title) == (420.0, "epoch 420")
    row = snapshot.lanes[0].history.loss[42]
    assert [reading.label for reading in readout.readings] == [
        "training", "validation", "test", "penalty", "cost = training + penalty",
    ]  # fmt: skip
    shown = [float(reading.value) for reading in readout.readings]
    assert shown == pytest.approx([*row, 0.02, row[0] + 0.02], abs=5e-3)
    assert readout.readings[0].y == pytest.approx(np.log10(row[0]))


@pytest.mark.parametrize("epoch", [0.0, 200.0, 500.0, 985.0])
def test_the_readout_stays_inside_the_plot(plot, epoch):
    plot.show_snapshot(run_of(100, penalty=np.full(100, 0.02)))
    hover(plot, epoch)
    mapping = plot.plot_area.mapping()
    assert mapping.bounds.contains(plot.plot_area.hover.box(mapping))
    assert not plot.grab().isNull()


def test_the_readout_goes_with_the_mouse(plot):
    plot.show_snapshot(run_of(100))
    hover(plot, 100.0)
    plot.hover_at(QPointF(2.0, 2.0))
    assert plot.plot_area.hover is None
    hover(plot, 100.0)
    plot.hover_at(None)
    assert plot.plot_area.hover is None


def test_the_readout_follows_the_data(plot):
    plot.show_snapshot(run_of(100))
    hover(plot, 500.0)
    plot.show_snapshot(run_of(100, loss=np.full((100, 3), 0.25)))
    assert plot.plot_area.hover.readings[0].value == "0.250"


def test_an_empty_plot_says_what_to_do(plot):
    plot.show_snapshot(None)
    (sentence,) = marks(plot, Sentence)
    assert sentence.text == "Press play (Space) to train"
    plot.show_snapshot(snapshot_of(history_of([0]), playing=False))
    assert marks(plot, Sentence)
    assert labels(plot) == ["training", "validation", "test"]
    plot.show_snapshot(snapshot_of(history_of([0]), playing=True))
    assert not marks(plot, Sentence)
    assert "training" in curves(plot)
    assert not plot.grab().isNull()


def test_nobody_is_asked_twice_for_one_snapshot(plot, spied):
    calls = spied(plot)
    snapshot = run_of(50)
    for _ in range(3):
        plot.show_snapshot(snapshot)
    assert len(calls) == 1


def test_a_hidden_plot_does_no_work_and_catches_up(qtbot, spied):
    room = QWidget()
    qtbot.addWidget(room)
    plot = LossPlot(lane_a(), LIGHT, room)
    plot.hide()
    room.show()
    calls = spied(plot)
    for _ in range(3):
        plot.show_snapshot(run_of(50))
    plot.apply_theme(DARK)
    assert calls == []
    plot.show()
    assert len(calls) >= 1
    assert curves(plot)["training"].colour == DARK.training


@pytest.fixture
def spied(monkeypatch):
    def spy(plot) -> list:
        calls, compose = [], plot.compose
        monkeypatch.setattr(plot, "compose", lambda *given: calls.append(given) or compose(*given))
        return calls

    return spy


def test_another_theme_recolours(plot):
    plot.show_snapshot(snapshot_of(history_of(np.arange(101) * 10), best=410))
    light = plot.grab().toImage().pixelColor(3, 100).name()
    plot.apply_theme(DARK)
    assert (light, plot.grab().toImage().pixelColor(3, 100).name()) == (LIGHT.panel, DARK.panel)
    assert curves(plot)["training"].colour == DARK.training
    assert marks(plot, EpochMark)[0].colour == DARK.text
    assert plot.picture.entries[0].colours == (DARK.training,)


def test_axes_start_afresh_with_another_run(plot):
    plot.show_snapshot(snapshot_of(history_of(np.arange(100) * 100)))
    plot.show_snapshot(snapshot_of(history_of([0, 1, 2]), run=2))
    assert plot.picture.x_range == (0.0, 10.0)


def test_axes_ease_within_a_run(plot):
    plot.show_snapshot(run_of(50, loss=np.full((50, 3), 1e-6)))
    low = plot.picture.y_range[0]
    plot.show_snapshot(run_of(50, loss=np.full((50, 3), 1.0)))
    assert low < plot.picture.y_range[0] < -1.0


@pytest.mark.parametrize("size", [(220, 120), (1, 1), (2000, 900)])
def test_any_size_can_be_drawn(plot, size):
    plot.resize(*size)
    plot.show_snapshot(run_of(500))
    assert not plot.grab().isNull()


def test_controls_have_names(plot):
    assert plot.accessibleName() == "Loss"
    for button in (plot.scale_button, plot.epochs_button):
        assert button.accessibleName()
        assert button.toolTip()


def test_labels_keep_clear_of_each_other_and_of_the_edges(plot):
    snapshot = snapshot_of(
        history_of(np.arange(101) * 10), best=960, stop=Stop("early_stopping", 1000, 960, "why")
    )
    for log in (True, False):
        plot.scale_button.choose("logarithmic" if log else "linear")
        plot.show_snapshot(snapshot)
        mapping = plot.plot_area.mapping()
        first, second = (mark.box(float(mapping.x(mark.epoch)), mapping) for mark in marks(plot, EpochMark))
        assert not first.intersects(second)
        assert mapping.bounds.contains(first)
        assert mapping.bounds.contains(second)


def test_the_mouse_reaches_the_readout(plot, qtbot):
    with qtbot.waitExposed(plot):
        plot.show_snapshot(run_of(100))
    qtbot.mouseMove(plot, QPoint(200, 100))
    qtbot.waitUntil(lambda: plot.plot_area.hover is not None)
    for widget in (plot.header, plot.scale_button):
        qtbot.mouseMove(widget, QPoint(4, 4))
        qtbot.waitUntil(lambda: plot.plot_area.hover is None)
        qtbot.mouseMove(plot, QPoint(200, 100))
        qtbot.waitUntil(lambda: plot.plot_area.hover is not None)


def test_a_screen_reader_hears_the_values(plot):
    QAccessible.setActive(True)
    try:
        plot.show_snapshot(run_of(50, loss=np.full((50, 3), 0.25)))
        assert plot.accessibleDescription().endswith("training 0.250, validation 0.250, test 0.250")
    finally:
        QAccessible.setActive(False)


def test_no_lane_is_mistaken_for_one_that_is_gone(plot):
    """Identities are compared: what was drawn last must stay alive, or new arrays may get its place in memory."""
    plot.show_snapshot(run_of(50))
    plot.hide()
    for index in range(20):
        plot.show_snapshot(run_of(50, loss=np.full((50, 3), 1.0 + index)))
    plot.show()
    assert curves(plot)["training"].y == pytest.approx(np.full(50, np.log10(20.0)))


def test_an_end_after_the_last_row_is_on_the_axis(plot):
    plot.show_snapshot(snapshot_of(history_of(range(20)), stop=Stop("divergence", 95, None, "why")))
    assert plot.picture.x_range[1] >= 95.0


@pytest.mark.parametrize("epoch", [100.0, 500.0, 900.0])
def test_the_readout_stands_beside_what_it_reads(plot, epoch):
    plot.show_snapshot(run_of(100))
    hover(plot, epoch)
    mapping = plot.plot_area.mapping()
    box = plot.plot_area.hover.box(mapping)
    assert not box.left() <= float(mapping.x(plot.plot_area.hover.x)) <= box.right()


def test_every_end_is_marked_and_those_left_behind_are_faint(plot):
    ends = (Stop("early_stopping", 300, 250, "why"), Stop("divergence", 600, None, "why"))
    last = Stop("early_stopping", 1000, 950, "why")
    snapshot = snapshot_of(history_of(np.arange(101) * 10), stop=last)
    lane = replace(snapshot.lanes[0], stops=(*ends, last))
    plot.show_snapshot(replace(snapshot, lanes=(lane,)))
    assert [(mark.epoch, mark.text, mark.colour) for mark in marks(plot, EpochMark)] == [
        (300, "stopped: epoch 300", LIGHT.muted),
        (600, "diverged: epoch 600", LIGHT.danger),
        (1000, "stopped: epoch 1,000", LIGHT.text),
    ]
    going_on = replace(lane, stop=None, stops=(last,))
    plot.show_snapshot(replace(snapshot, lanes=(going_on,)))
    assert [(mark.epoch, mark.colour) for mark in marks(plot, EpochMark)] == [(1000, LIGHT.muted)]


def boxes_of(plot):
    """The rectangles of the labels that are shown, by their text."""
    mapping = plot.plot_area.mapping()
    shown = [mark for mark in marks(plot, EpochMark) if mark.row is not None]
    return {mark.text: mark.box(float(mapping.x(mark.epoch)), mapping) for mark in shown}


def test_labels_stay_at_the_edge_and_where_they_would_overlap_the_newest_stay(plot):
    ends = tuple(Stop("early_stopping", 900 + 10 * n, None, "why") for n in range(4))
    snapshot = snapshot_of(history_of(np.arange(101) * 10), best=100, stop=ends[-1])
    plot.show_snapshot(replace(snapshot, lanes=(replace(snapshot.lanes[0], stops=ends),)))
    assert len(marks(plot, EpochMark)) == 5, "each has its line"
    mapping, boxes = plot.plot_area.mapping(), boxes_of(plot)
    assert set(boxes) == {"best: epoch 100", "stopped: epoch 920", "stopped: epoch 930"}
    for box in boxes.values():
        assert mapping.bounds.contains(box)
        assert box.bottom() <= 36.0 or box.top() >= mapping.height - 36.0
    assert not any(
        one.intersects(other) for one in boxes.values() for other in boxes.values() if one is not other
    )


@pytest.mark.parametrize("level", [1e-3, 1.0])
def test_labels_go_to_the_edge_where_no_curve_is_and_edits_to_the_other(plot, level):
    loss = np.full((101, 3), level)
    loss[:8] = [1.0 if level < 1.0 else 1e-3] * 3
    edit = EditMark(500, 5000, "η 0.1 → 0.2", "setting")
    plot.show_snapshot(snapshot_of(history_of(np.arange(101) * 10, loss=loss), best=600, marks=(edit,)))
    mapping = plot.plot_area.mapping()
    (box,) = boxes_of(plot).values()
    height = float(mapping.y(np.log10(level)))
    assert not box.top() <= height <= box.bottom()
    (edits,) = marks(plot, EditMarks)
    assert edits.at_top == (box.top() > mapping.height / 2)


def test_a_label_has_a_ground_through_which_a_curve_is_seen_faintly(plot):
    """Where curves lie at both edges, a label crosses one."""
    loss = np.tile([1e-3, 1.0, 1.0], (101, 1))
    plot.show_snapshot(snapshot_of(history_of(np.arange(101) * 10, loss=loss), best=600))
    # The curves go through the middle of where a label can be.
    mapping = plot.plot_area.mapping()
    loss[1:] = [10.0 ** mapping.y_value(mapping.height - 9.5), *[10.0 ** mapping.y_value(9.5)] * 2]
    plot.show_snapshot(snapshot_of(history_of(np.arange(101) * 10, loss=loss), best=600))
    (box,) = boxes_of(plot).values()
    mapping = plot.plot_area.mapping()
    image = QImage(round(mapping.width), round(mapping.height), QImage.Format.Format_RGB32)

    def coloured(drawn, least):
        image.fill(QColor(LIGHT.panel))
        painter = QPainter(image)
        for mark in drawn:
            painter.save()
            mark.paint(painter, mapping)
            painter.restore()
        painter.end()
        pixels = (
            image.pixelColor(x, y)
            for x in range(int(box.left()) + 2, int(box.right()) - 1)
            for y in range(max(int(box.top()), 0), min(int(box.bottom()) + 1, image.height()))
        )
        return sum(pixel.blue() - pixel.red() > least for pixel in pixels)

    curves_only = coloured(marks(plot, Curve), 50)
    assert curves_only > 50
    everything = [*marks(plot, Curve), *marks(plot, EpochMark)]
    assert coloured(everything, 50) < 0.1 * curves_only
    assert coloured(everything, 12) > 0.2 * curves_only
