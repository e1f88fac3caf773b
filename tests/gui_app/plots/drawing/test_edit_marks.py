"""What was done to a run, along the time of every plot that has one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import EditMark, Snapshot, Stop
from gui_app.exporting.pictures import export_picture
from gui_app.plots import PLOTS
from gui_app.plots.drawing.edit_marks import CLOSE, MOST_READ, EditMarks, groups_of, readings_at
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import Curve, Rug
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.gradient_history import GradientHistory
from gui_app.plots.loss_plot import LossPlot
from gui_app.theme.painting import painting
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.plots.runs import history_of, lane_a, snapshot_of

MARKS = (
    EditMark(100, 1000, "λ₂ 0 → 0.001", "setting"),
    EditMark(600, 6000, "data: moons", "data"),
)


def run_with(*marks: EditMark, **given) -> Snapshot:
    return snapshot_of(history_of(np.arange(101) * 10), marks=marks, **given)


def shown(kind: type[PlotFrame], qtbot: QtBot, snapshot: Snapshot) -> PlotFrame:
    plot = kind(lane_a())
    qtbot.addWidget(plot)
    plot.resize(700, 240)
    plot.show()
    plot.show_snapshot(snapshot)
    return plot


KINDS = [plot.plot_class() for plot in PLOTS.values()]
OVER_EPOCHS = [kind for kind in KINDS if kind.over_epochs]


@pytest.fixture(params=OVER_EPOCHS)
def plot(request: pytest.FixtureRequest, qtbot: QtBot) -> PlotFrame:
    return shown(request.param, qtbot, run_with(*MARKS))


def read_at(plot: PlotFrame, epoch: float) -> list[tuple[str, str]]:
    mapping = plot.plot_area.mapping()
    scene = plot.plot_area.view_box.mapToScene(QPointF(float(mapping.x(epoch)), mapping.height / 2))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))
    return [(reading.label, reading.value) for reading in plot.plot_area.hover.readings]


@pytest.mark.parametrize("kind", KINDS)
def test_every_plot_over_epochs_has_them_and_says_that_it_is_one(kind: type[PlotFrame], qtbot: QtBot) -> None:
    plot = shown(kind, qtbot, run_with(*MARKS))
    counts_epochs = plot.picture.x_ticks[0][1].startswith("epoch") if plot.picture.x_ticks else False
    assert kind.over_epochs == counts_epochs
    drawn = [mark for mark in plot.picture.marks if isinstance(mark, EditMarks)]
    assert [mark.marks for mark in drawn] == ([MARKS] if counts_epochs else [])
    plot.show_snapshot(run_with())
    assert not any(isinstance(mark, EditMarks) for mark in plot.picture.marks)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_triangle_stands_where_the_edit_was(plot: PlotFrame, theme) -> None:
    plot.apply_theme(theme)
    (marks,) = (mark for mark in plot.picture.marks if isinstance(mark, EditMarks))
    mapping = plot.plot_area.mapping()
    place = plot.plot_area.view_box.mapToScene(
        QPointF(round(float(mapping.x(600))) + 0.5, 2.0 if marks.at_top else mapping.height - 3.0)
    )
    at = plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(place))
    image = plot.grab().toImage()
    near = {image.pixelColor(at.x() + x, at.y() + y).name() for x in (-1, 0, 1) for y in (-1, 0, 1)}
    assert theme.muted in near


def test_the_mouse_reads_what_was_done(plot: PlotFrame) -> None:
    assert read_at(plot, 100.0)[-1] == ("λ₂ 0 → 0.001", "epoch 100")
    assert read_at(plot, 602.0)[-1] == ("data: moons", "epoch 600")
    assert not {label for label, _ in read_at(plot, 350.0)} & {mark.text for mark in MARKS}


def test_a_picture_to_keep_says_it_in_words(plot: PlotFrame, tmp_path: Path) -> None:
    export_picture(plot, tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    assert all(mark.text in text for mark in MARKS)


def test_labels_and_triangles_are_at_opposite_edges(qtbot: QtBot) -> None:
    calm = shown(LossPlot, qtbot, run_with(*MARKS))
    calm.scale_button.choose("logarithmic")
    (marks,) = (mark for mark in calm.picture.marks if isinstance(mark, EditMarks))
    assert marks.at_top
    stop = Stop("divergence", 1000, None, "why")
    calm.show_snapshot(run_with(*MARKS, stop=stop))
    (marks,) = (mark for mark in calm.picture.marks if isinstance(mark, EditMarks))
    assert not marks.at_top


# -- many of them


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=80), st.floats(50.0, 2000.0))
def test_marks_that_would_lie_on_one_another_are_one(epochs: list[int], width: float) -> None:
    marks = [EditMark(epoch, 0, f"edit {number}", "setting") for number, epoch in enumerate(sorted(epochs))]
    groups = groups_of(marks, Mapping(width, 100.0, (0.0, 5000.0), (0.0, 1.0)))
    assert [mark for group in groups for mark in group] == marks
    places = np.array([group[0].epoch for group in groups]) * width / 5000.0
    assert (np.diff(places) >= CLOSE - 1e-6).all()
    for group in groups:
        assert (group[-1].epoch - group[0].epoch) * width / 5000.0 < CLOSE


def test_edits_out_of_view_draw_nothing(qtbot: QtBot) -> None:
    picture = QImage(500, 100, QImage.Format.Format_RGB32)
    picture.fill(0)
    empty = picture.copy()
    with painting(picture) as painter:
        EditMarks(MARKS, LIGHT).paint(painter, Mapping(500.0, 100.0, (2000.0, 3000.0), (0.0, 1.0)))
    assert picture == empty
    with painting(picture) as painter:
        EditMarks(MARKS, LIGHT).paint(painter, Mapping(500.0, 100.0, (0.0, 3000.0), (0.0, 1.0)))
    assert picture != empty


def test_the_mouse_reads_all_of_a_few_and_counts_the_rest() -> None:
    marks = [EditMark(10 + number, 0, f"edit {number}", "setting") for number in range(MOST_READ + 3)]
    mapping = Mapping(500.0, 100.0, (0.0, 5000.0), (0.0, 1.0))
    read = list(readings_at(marks, 12.0, mapping, LIGHT.muted))
    assert [reading.label for reading in read] == [*(f"edit {n}" for n in range(MOST_READ)), "and 3 more"]
    assert [reading.label for reading in readings_at(marks[:1], 12.0, mapping, LIGHT.muted)] == ["edit 0"]


def test_the_readout_with_many_edits_stays_inside_the_plot(qtbot: QtBot) -> None:
    marks = tuple(EditMark(500 + n // 10, 0, f"learning rate 0.003 → 0.0{n}", "setting") for n in range(40))
    plot = shown(LossPlot, qtbot, run_with(*marks))
    read_at(plot, 500.0)
    mapping = plot.plot_area.mapping()
    assert mapping.bounds.contains(plot.plot_area.hover.box(mapping))


def test_long_words_are_read_phrase_by_phrase(qtbot: QtBot) -> None:
    phrases = [
        "hidden layers 8-8-8 → 4-4",
        "activation tanh → ReLU",
        "initializer Glorot uniform → He normal",
    ] * 2
    plot = shown(LossPlot, qtbot, run_with(EditMark(500, 0, ", ".join(phrases), "setting")))
    read = [(label, value) for label, value in read_at(plot, 500.0) if "→" in label]
    assert ", ".join(label for label, _ in read) == ", ".join(phrases)
    assert [value for _, value in read] == ["epoch 500"] + [""] * (len(read) - 1)
    assert 1 < len(read) <= len(phrases)
    mapping = plot.plot_area.mapping()
    assert mapping.bounds.contains(plot.plot_area.hover.box(mapping))
    assert not plot.grab().isNull()


# -- what was measured in some epochs only


def test_layers_are_drawn_where_they_were_measured_and_these_epochs_are_marked(qtbot: QtBot) -> None:
    measured = [0, 1, 2, 4, 8, 16, 32, 64, 100]
    weights = np.exp(np.random.default_rng(0).normal(size=(101, 3)))
    history = history_of(np.arange(101) * 10, weights=weights, measured=measured)
    plot = shown(GradientHistory, qtbot, snapshot_of(history))
    curves = [mark for mark in plot.picture.marks if isinstance(mark, Curve)]
    for layer, curve in enumerate(curves):
        assert curve.x.tolist() == [10.0 * row for row in measured]
        assert curve.y == pytest.approx(np.log10(weights[measured, layer]))
    (rug,) = (mark for mark in plot.picture.marks if isinstance(mark, Rug))
    assert rug.epochs.tolist() == [10 * row for row in measured]
    read_at(plot, 470.0)
    assert plot.plot_area.hover.title == "epoch 320", "the nearest at which layers were measured"
    plot.show_snapshot(snapshot_of(history_of(np.arange(101) * 10, weights=weights)))
    assert not any(isinstance(mark, Rug) for mark in plot.picture.marks)


def test_all_plots_over_epochs_end_at_the_same_epoch(qtbot: QtBot) -> None:
    snapshot = snapshot_of(history_of(np.arange(1001), measured=[0, 500, 800]))
    ranges = {shown(kind, qtbot, snapshot).picture.x_range for kind in OVER_EPOCHS}
    assert len(ranges) == 1
