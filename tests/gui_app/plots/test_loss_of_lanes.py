"""The losses of lanes that are shown side by side, and of pinned runs, in one plot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAccessible, QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import Experiment, default_experiment
from engine.observation.snapshot import EditMark, Snapshot, Stop
from gui_app.exporting.pictures import export_picture
from gui_app.plots.drawing.loss_parts import STACKED
from gui_app.plots.drawing.marks import Curve, EpochMark
from gui_app.plots.drawing.picture import Picture
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.traces import DASHES, Spot
from gui_app.plots.loss_plot import LossPlot
from gui_app.session.best_weights import bests_of, describe_bests
from gui_app.session.current_lane import CurrentLane, LaneLook
from gui_app.session.document import Document
from gui_app.session.snapshot_view import LaneModel
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.mouse import click, drag
from tests.gui_app.plots.runs import history_of, lane_a, run_of, snapshot_of

HIGH, MIDDLE, LOW = 0.9, 0.6, 0.3
"""Training losses of lanes A, B and C; validation and test lie above."""


def lanes_of(*snapshots: Snapshot) -> Snapshot:
    """One snapshot with the lanes of several, named A, B, …"""
    named = zip("ABCDEFGH", snapshots, strict=False)
    return replace(snapshots[0], lanes=tuple(replace(one.lanes[0], name=name) for name, one in named))


def flat(rows: int, level: float, **more: object) -> Snapshot:
    losses = np.tile([level, level + 0.08, level + 0.16], (rows, 1))
    return snapshot_of(history_of(np.arange(rows) * 10, loss=losses), **more)


def experiment_of(count: int) -> Experiment:
    return with_lanes(default_experiment(), **{name: {} for name in "ABCDEFGH"[:count]})


THREE = lanes_of(
    flat(101, HIGH),
    flat(51, MIDDLE, best=200, stop=Stop("early_stopping", 500, 200, "why")),
    flat(101, LOW),
)


@pytest.fixture
def current() -> CurrentLane:
    document = Document()
    document.reset(experiment_of(3))
    current = CurrentLane(document)
    current.document = document
    return current


@pytest.fixture
def plot(current: CurrentLane, qtbot: QtBot) -> LossPlot:
    plot = LossPlot(current, LIGHT)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    plot.scale_button.choose("linear")
    plot.show_snapshot(THREE)
    return plot


def curves(plot: LossPlot) -> list[Curve]:
    return [mark for mark in plot.picture.marks if isinstance(mark, Curve)]


def pixel(plot: LossPlot, epoch: float, value: float) -> tuple[float, float]:
    mapping = plot.plot_area.mapping()
    return float(mapping.x(epoch)), float(mapping.y(value))


def hover(plot: LossPlot, epoch: float) -> Readout:
    mapping = plot.plot_area.mapping()
    scene = plot.plot_area.view_box.mapToScene(QPointF(float(mapping.x(epoch)), mapping.height / 2))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))
    return plot.plot_area.hover


def test_each_lane_has_the_curves_of_its_history_in_its_colour(plot: LossPlot, current: CurrentLane) -> None:
    drawn = {(curve.lane, curve.name): curve for curve in curves(plot)}
    assert set(drawn) == {(lane, name) for lane in range(3) for name in ("training", "validation", "test")}
    for (lane, name), curve in drawn.items():
        history = THREE.lanes[lane].history
        assert curve.x.tolist() == history.epoch.tolist()
        assert curve.y == pytest.approx(history.loss[:, ("training", "validation", "test").index(name)])
        assert curve.colour == LIGHT.lanes[current.looks[lane].colour]
        assert curve.dashes == DASHES[name]
    assert len({curve.colour for curve in curves(plot)}) == 3
    plot.apply_theme(DARK)
    assert {curve.colour for curve in curves(plot)} == {DARK.lanes[look.colour] for look in current.looks}


def test_axes_reach_over_all_lanes(plot: LossPlot, current: CurrentLane) -> None:
    current.choose(1)
    assert plot.picture.x_range[1] >= 1000.0
    assert plot.picture.y_range[1] >= HIGH + 0.16


@pytest.mark.parametrize("choice", ["automatic", "linear"])
def test_a_lane_that_diverged_makes_the_others_not_flat(plot: LossPlot, choice: str) -> None:
    losses = np.array([0.7, 0.9, 30.0, 1e12, 2e28])[:, None] * np.ones(3)
    falling = np.linspace(HIGH, LOW, 101)[:, None] * np.ones(3)
    history = history_of(np.arange(5), loss=losses)
    wild = snapshot_of(history, stop=Stop("divergence", 5, None, "why"))
    calm = snapshot_of(history_of(np.arange(101), loss=falling))
    plot.scale_button.choose(choice)
    for lanes in ((calm, wild), (wild, calm)):
        plot.show_snapshot(lanes_of(*lanes))
        picture = plot.picture
        assert not picture.limits.log
        assert HIGH <= picture.y_range[1] <= 12 * HIGH
        assert picture.limits.y[1] >= 2e28, "a zoom reaches all values"


def test_the_legend_names_lanes_and_styles_and_hides_both(plot: LossPlot) -> None:
    assert [(entry.label, entry.kind) for entry in plot.picture.entries] == [
        ("A", "line"),
        ("B", "line"),
        ("C", "line"),
        ("A:", "note"),
        ("training", "line"),
        ("validation", "dashed"),
        ("test", "dotted"),
    ]
    assert plot.picture.entries[4].value == value_text(HIGH)
    plot.controls.toggle("lane B")
    assert {curve.lane for curve in curves(plot)} == {0, 2}
    plot.controls.toggle("lane A")
    plot.controls.toggle("test")
    assert {(curve.lane, curve.name) for curve in curves(plot)} == {(2, "training"), (2, "validation")}


def test_the_best_epoch_of_seeds_is_the_median_that_the_button_says(plot: LossPlot) -> None:
    seeds = tuple(flat(101, HIGH, best=epoch).lanes[0] for epoch in (100, 300, 900))
    whole = flat(101, HIGH, best=700)
    repeated = replace(whole.lanes[0], repeats=seeds)
    plot.show_snapshot(lanes_of(replace(whole, lanes=(repeated,)), flat(51, MIDDLE), flat(51, LOW)))
    (mark,) = [mark for mark in plot.picture.marks if isinstance(mark, EpochMark)]
    assert (mark.epoch, mark.text) == (300, "best, median: epoch 300")
    assert "in the median 300" in describe_bests(bests_of(repeated))


def test_marks_of_other_lanes_are_small_and_in_their_colour(plot: LossPlot, current: CurrentLane) -> None:
    found = [mark for mark in plot.picture.marks if isinstance(mark, Spot)]
    assert [(mark.kind, mark.x) for mark in found] == [("best", 200.0), ("early_stopping", 500.0)]
    for mark in found:
        assert mark.colour == LIGHT.lanes[current.looks[1].colour]
        assert mark.y == pytest.approx(MIDDLE + 0.08)


def test_the_mouse_reads_all_lanes_that_have_the_epoch(plot: LossPlot) -> None:
    read = hover(plot, 402.0)
    assert read.title == "epoch 400: train, val, test"
    for reading, name, level in zip(read.readings, "ABC", (HIGH, MIDDLE, LOW), strict=True):
        values = [level, level + 0.08, level + 0.16]
        assert reading.label == name
        assert reading.value.split() == [value_text(value) for value in values]
        assert (reading.y, *reading.more) == pytest.approx(values)
    assert [reading.label for reading in hover(plot, 800.0).readings] == ["A", "C"]


def test_the_mouse_reads_lanes_beyond_the_end_of_the_current_one(
    plot: LossPlot, current: CurrentLane
) -> None:
    current.choose(1)
    read = hover(plot, 900.0)
    assert read.title.startswith("epoch 900")
    assert [reading.label for reading in read.readings] == ["A", "C"]


def test_a_click_on_a_curve_chooses_its_lane_and_pins_nothing(plot: LossPlot, current: CurrentLane) -> None:
    x, y = pixel(plot, 703.0, LOW)
    click(plot, (x, y + 4.0))
    assert current.index == 2
    assert plot.plot_area.pin is None
    click(plot, (x, y))
    assert current.index == 2
    assert plot.plot_area.pin is not None, "a click on the current lane's curve pins, as one elsewhere does"


def test_a_click_elsewhere_pins_and_a_drag_zooms(plot: LossPlot, current: CurrentLane) -> None:
    x, y = pixel(plot, 703.0, LOW)
    click(plot, (x, y + 12.0))
    assert current.index == 0
    assert plot.plot_area.pin.x == 700.0
    drag(plot, (x, y), (x + 60.0, y - 60.0))
    assert current.index == 0
    assert not plot.navigation.zoom.is_whole


def test_the_numbers_of_the_legend_are_called_after_their_lane(plot: LossPlot, current: CurrentLane) -> None:
    current.choose(2)
    labels = [entry.label for entry in plot.picture.entries]
    at = labels.index("C:")
    whose, training = plot.picture.entries[at : at + 2]
    assert whose.colours == (LIGHT.lanes[current.looks[2].colour],)
    assert (training.label, training.value) == ("training", value_text(LOW))


def test_the_legend_says_how_many_lanes_are_not_shown(plot: LossPlot, current: CurrentLane) -> None:
    assert "shown" not in [entry.label for entry in plot.picture.entries]
    current.document.reset(experiment_of(5))
    plot.show_snapshot(lanes_of(*[flat(51, MIDDLE)] * 5))
    assert [entry.value for entry in plot.picture.entries if entry.label == "shown"] == ["4 of 5"]


def test_the_stacked_cost_is_that_of_the_current_lane(
    plot: LossPlot, current: CurrentLane, qtbot: QtBot
) -> None:
    penalized = lanes_of(run_of(50, penalty=np.full(50, 0.2)), flat(50, LOW), flat(50, LOW))
    plot.show_snapshot(penalized)
    plot.controls.switch(STACKED, True)
    assert {curve.lane for curve in curves(plot)} == {None}
    assert plot.header.title.startswith("Loss of A")
    assert plot.picture.entries[0].label == "training"


def test_a_lane_alone_is_drawn_as_ever(qtbot: QtBot) -> None:
    """Also where others are hidden: to the pixel."""
    pictures = []
    for current in (lane_a(), hidden_others()):
        plot = LossPlot(current, LIGHT)
        qtbot.addWidget(plot)
        plot.resize(600, 300)
        plot.show()
        plot.show_snapshot(THREE)
        pictures.append(painted(plot))
        assert {curve.lane for curve in curves(plot)} == {None}
        assert {curve.colour for curve in curves(plot)} == {LIGHT.training, LIGHT.validation, LIGHT.test}
    assert pictures[0] == pictures[1]


def hidden_others() -> CurrentLane:
    experiment = experiment_of(3)
    first, *others = experiment.lanes
    hidden = [msgspec.structs.replace(lane, hidden=True) for lane in others]
    document = Document()
    document.reset(msgspec.structs.replace(experiment, lanes=(first, *hidden)))
    current = CurrentLane(document)
    current.document = document
    return current


def painted(plot: LossPlot) -> QImage:
    image = QImage(plot.export_size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    plot.paint_export(painter, QRectF(image.rect()))
    painter.end()
    return image


def test_an_export_shows_every_lane_in_its_colour(plot: LossPlot, current: CurrentLane) -> None:
    image = painted(plot)
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {LIGHT.lanes[look.colour] for look in current.looks} <= seen


def test_pinned_runs_are_faint_lines_with_a_name(plot: LossPlot) -> None:
    history = flat(21, 1.4).lanes[0].history
    plot.controls.session.pinned_runs = (("Run 7", history),)
    faint = [curve for curve in curves(plot) if curve.lane is None]
    assert {(curve.name, curve.dashes) for curve in faint} == {
        ("training", ()),
        ("validation", DASHES["validation"]),
    }
    for curve in faint:
        assert curve.y == pytest.approx(history.loss[:, ("training", "validation").index(curve.name)])
    assert plot.picture.entries[-1].label == "Run 7"
    assert plot.picture.y_range[1] >= 1.4
    values = {reading.label: reading.value for reading in hover(plot, 100.0).readings}
    assert values["Run 7"].split()[:2] == [value_text(1.4), value_text(1.48)]
    plot.controls.session.pinned_runs = ()
    assert all(curve.lane is not None for curve in curves(plot))


def test_a_pinned_run_beside_one_lane_leaves_its_colours(shown) -> None:
    plot = shown(LossPlot)
    plot.show_snapshot(flat(101, HIGH))
    plot.controls.session.pinned_runs = (("Run 7", flat(21, LOW).lanes[0].history),)
    assert {curve.colour for curve in curves(plot)} >= {LIGHT.training, LIGHT.validation, LIGHT.test}
    assert len(curves(plot)) == 5


LOSSES = st.lists(
    st.tuples(*[st.one_of(st.floats(1e-6, 1e6), st.just(float("nan")))] * 3), min_size=0, max_size=12
)


@pytest.mark.usefixtures("qapp")
@settings(max_examples=40, deadline=None)
@given(st.lists(LOSSES, min_size=2, max_size=4), st.booleans(), st.floats(0.0, 130.0))
def test_any_lanes_are_drawn_within_one_pair_of_axes(
    losses: list[list[tuple[float, float, float]]], log: bool, x: float
) -> None:
    models = []
    for rows in losses:
        known = snapshot_of(history_of(np.arange(max(len(rows), 1)) * 10, loss=rows or [(1.0, 1.0, 1.0)]))
        models.append(LossPlot.model_of(known.lanes[0], known))
    lanes = tuple(
        LaneModel(LaneLook(number, "ABCD"[number], number), number == 1, model)
        for number, model in enumerate(models)
    )
    model = replace(models[1], lanes=lanes)
    options = PlotOptions(LIGHT, (400.0, 200.0), False, False, scale="logarithmic" if log else "linear")
    picture: Picture = LossPlot.compose(model, options)
    for curve in (mark for mark in picture.marks if isinstance(mark, Curve)):
        history = models[curve.lane].history
        values = history.loss[:, ("training", "validation", "test").index(curve.name)]
        known = np.isfinite(values)
        assert np.isfinite(curve.y).tolist() == known.tolist()
        heights = np.log10(values[known]) if log else values[known]
        shown = np.maximum(heights, picture.y_range[0]) if log else heights
        assert curve.y[known] == pytest.approx(shown)
        assert curve.colour == LIGHT.lanes[curve.lane]
    read = LossPlot.read(model, options, picture, x, 0.0)
    assert read is not None
    assert all(reading.label[0] in "ABCD" for reading in read.readings)


def test_a_screen_reader_is_told_the_losses_of_each_lane(
    plot: LossPlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    plot.catch_up()
    said = plot.accessibleDescription()
    for name, level in zip("ABC", (HIGH, MIDDLE, LOW), strict=True):
        assert f"{name}: training {value_text(level)}, validation {value_text(level + 0.08)}" in said
    assert "Current lane A." in said


def test_an_exported_picture_has_the_names_and_values_of_all(qtbot: QtBot, tmp_path: Path) -> None:
    names = [f"{word} with a long name" for word in ("baseline", "wide", "deep", "dropout")]
    document = Document(with_lanes(default_experiment(), **{name: {} for name in names}))
    plot = LossPlot(CurrentLane(document, document), LIGHT)
    document.setParent(plot)
    qtbot.addWidget(plot)
    whole = lanes_of(*[flat(101, level) for level in (0.2, 0.3, 0.4, 0.5)])
    named = zip(whole.lanes, names, strict=True)
    plot.show_snapshot(replace(whole, lanes=tuple(replace(lane, name=name) for lane, name in named)))
    export_picture(plot, tmp_path / "loss.svg")
    text = (tmp_path / "loss.svg").read_text()
    for part in (
        *names,
        "training",
        "validation",
        "test",
        value_text(0.2),
        value_text(0.28),
        value_text(0.36),
    ):
        assert f">{part}</text>" in text


def overfitted_then_cured(edited: int | None, **edit: object) -> Snapshot:
    """The validation loss goes to 0.17, up to 0.70, and from epoch 10,000 on down to 0.001."""
    parts = [np.geomspace(0.7, 0.17, 500), np.linspace(0.17, 0.7, 500), np.geomspace(0.7, 0.001, 1000)]
    validation = np.concatenate(parts)
    losses = np.stack([validation / 2, validation, np.full(len(validation), np.nan)], axis=1)
    marks = () if edited is None else (EditMark(edited, edited, "λ₂ 0 → 0.01", "setting", **edit),)
    return snapshot_of(history_of(np.arange(len(validation)) * 10, loss=losses), marks=marks)


@pytest.mark.parametrize(
    ("edited", "more", "scale"),
    [
        (10_000, {}, "auto: linear"),
        (None, {}, "auto: log"),
        (100, {}, "auto: log"),
        (10_000, {"loss_changed": True}, "auto: log"),
    ],
)
def test_a_run_that_is_cured_late_keeps_its_scale(
    qtbot: QtBot, edited: int | None, more: dict[str, object], scale: str
) -> None:
    plot = LossPlot(lane_a(), LIGHT)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    plot.show_snapshot(overfitted_then_cured(edited, **more))
    assert plot.scale_button.text() == scale
    plot.scale_button.choose("logarithmic")
    assert plot.picture.limits.log is True
