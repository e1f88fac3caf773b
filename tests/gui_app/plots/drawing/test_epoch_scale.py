"""Long runs over a logarithmic axis of epochs: where epochs lie, how the scale comes, and what is read from it."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import EditMark, MarkKind, Snapshot
from gui_app.exporting.pictures import export_picture
from gui_app.plots import PLOTS
from gui_app.plots.drawing.epoch_axis import CHOICES, epoch_axis
from gui_app.plots.drawing.epoch_scale import LINEAR, LONG, EasedBend, EpochScale, is_logarithmic
from gui_app.plots.drawing.marks import Curve, EpochMark
from gui_app.plots.drawing.picture import Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.series import thin
from gui_app.plots.loss_plot import LossPlot
from gui_app.theme.text import text_width
from gui_app.theme.tokens import LIGHT
from tests.gui_app.plots.runs import history_of, lane_a, run_of, snapshot_of

LOG = EpochScale(1.0)
OVER_EPOCHS = [entry.plot_class() for entry in PLOTS.values() if entry.plot_class().over_epochs]


def long_run(last: int = 20_000, **given: object) -> Snapshot:
    return snapshot_of(history_of(np.arange(0, last + 1, 10)), **given)  # type: ignore[arg-type]


def shown(kind: type[PlotFrame], qtbot: QtBot, width: int = 700) -> PlotFrame:
    plot = kind(lane_a())
    qtbot.addWidget(plot)
    plot.resize(width, 240)
    plot.show()
    return plot


def settled(plot: PlotFrame, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: plot._ranges.settled)


@pytest.fixture(params=OVER_EPOCHS)
def plot(request: pytest.FixtureRequest, qtbot: QtBot) -> PlotFrame:
    return shown(request.param, qtbot)


# -- the scale


@given(st.floats(0.5, 1e6), st.lists(st.floats(0.0, 1e7), min_size=2, max_size=20))
def test_epochs_keep_their_order_and_come_back(bend: float, epochs: list[float]) -> None:
    scale, sorted_epochs = EpochScale(bend), np.sort(np.array(epochs))
    units = scale.units(sorted_epochs)
    assert (np.diff(units) >= 0.0).all()
    assert scale.epochs(units) == pytest.approx(sorted_epochs, rel=1e-6, abs=1e-6)


def test_epoch_0_has_a_place_and_decades_have_equal_room() -> None:
    assert LOG.units(0.0) == 0.0
    rooms = np.diff([LOG.units(10.0**decade) for decade in range(2, 7)])
    assert rooms == pytest.approx([math.log(10.0)] * 4, rel=0.01)
    assert LINEAR.units(42.0) == LINEAR.epochs(42.0) == 42.0


@pytest.mark.parametrize("logarithmic", [True, False])
def test_the_scale_comes_in_small_steps_and_arrives(logarithmic: bool) -> None:
    bend, places = EasedBend(), []
    bend.update(not logarithmic, 1000.0)
    for _ in range(60):
        scale = bend.update(logarithmic, 1000.0)
        places.append(scale.units(100.0) / scale.units(1000.0))
        if bend.settled:
            break
    assert bend.settled
    assert scale == (LOG if logarithmic else LINEAR)
    goal = math.log(101.0) / math.log(1001.0) if logarithmic else 0.1
    assert places[-1] == pytest.approx(goal)
    assert max(abs(one - other) for one, other in pairwise(places)) < 0.2


def test_a_new_axis_has_its_scale_at_once() -> None:
    assert EasedBend().update(True, 5000.0) == LOG
    assert EasedBend().update(False, 5000.0) == LINEAR


@pytest.mark.parametrize("last", [LONG + 1, 4_321, 30_000, 100_000, 3_000_000])
@pytest.mark.parametrize("width", [220, 390, 600, 1500])
def test_ticks_of_a_long_run_can_be_read(last: int, width: int, qtbot: QtBot) -> None:
    axis = epoch_axis(last, PlotOptions(LIGHT, (width, 100.0), False, False), Ranges())
    assert axis.ticks[0] == (0.0, "epoch 0")
    units = [float(axis.scale.units(epoch)) for epoch, _ in axis.ticks]
    places = np.array(units) * width / float(axis.scale.units(axis.range[1]))
    assert len(places) >= 3
    for (place, after), ((_, text), (_, next_text)) in zip(
        pairwise(places), pairwise(axis.ticks), strict=True
    ):
        # Only epoch 1 may be too near to epoch 0; it is then left out.
        if next_text != "1":
            assert place + text_width(text) / 2 < after - text_width(next_text) / 2, (text, next_text)
    assert all(float(text.replace(",", "")) == epoch for epoch, text in axis.ticks[1:])


def test_thinning_leaves_two_rows_a_pixel_of_a_logarithmic_axis_and_the_first_epochs() -> None:
    epochs, values = np.arange(50_001), np.random.default_rng(0).random(50_001)
    values[[3, 40_000]] = 5.0, -5.0
    x, y = thin(epochs, values, 300, LOG)
    assert len(x) <= 600
    assert (x[0], x[-1]) == (0.0, 50_000.0)
    assert set(range(5)) <= set(x.tolist())
    assert (y.max(), y.min()) == (5.0, -5.0)
    pixels = LOG.units(x) / LOG.units(50_000.0) * 300
    _, counts = np.unique(np.floor(pixels), return_counts=True)
    assert counts.max() <= 4


# -- on the screen


def test_a_plot_over_epochs_becomes_logarithmic_when_the_run_is_long(plot: PlotFrame, qtbot: QtBot) -> None:
    plot.show_snapshot(run_of(101))
    assert plot.picture.x_scale == LINEAR
    plot.show_snapshot(long_run())
    settled(plot, qtbot)
    assert plot.picture.x_scale == LOG
    assert [text for _, text in plot.picture.x_ticks][:1] == ["epoch 0"]
    assert {"10", "100", "1,000", "10,000"} <= {text for _, text in plot.picture.x_ticks}
    mapping = plot.plot_area.mapping()
    curves = [mark for mark in plot.picture.marks if isinstance(mark, Curve)]
    assert curves
    for curve in curves:
        pixels = mapping.x(curve.x)
        assert pixels[0] == 0.0
        assert 0.9 * mapping.width < pixels[-1] <= mapping.width
        assert np.isfinite(pixels).all()


@pytest.mark.parametrize(
    ("kind", "linear"), [("setting", True), ("data", True), ("weight", True), ("restore", False)]
)
def test_a_late_edit_keeps_its_room_on_the_screen_and_in_an_export(
    plot: PlotFrame, qtbot: QtBot, tmp_path: Path, kind: MarkKind, linear: bool
) -> None:
    plot.show_snapshot(long_run(150_000))
    settled(plot, qtbot)
    assert plot.picture.x_scale == LOG
    plot.show_snapshot(long_run(200_000, marks=(EditMark(150_000, 1_500_000, "λ₂ 0 → 0.001", kind),)))
    assert plot.picture.x_scale not in ((LINEAR, LOG) if linear else (LINEAR,)), "eased"
    settled(plot, qtbot)
    assert plot.picture.x_scale == (LINEAR if linear else LOG)
    mapping = plot.plot_area.mapping()
    if linear:
        assert float(mapping.x(200_000.0) - mapping.x(150_000.0)) > 0.2 * mapping.width
    export_picture(plot, tmp_path / "plot.svg")
    assert (">1,000<" in (tmp_path / "plot.svg").read_text()) == (not linear)


@pytest.mark.parametrize("edited", [1500, 20_000, 199_000])
def test_an_edit_counts_until_what_follows_has_a_quarter_of_a_logarithmic_axis(edited: int) -> None:
    early = EditMark(40, 400, "η 0.1 → 0.2", "setting")
    marks = (EditMark(edited, 10 * edited, "λ₂ 0 → 0.001", "setting"), early)
    room = [
        (last, 1.0 - LOG.units(float(edited)) / LOG.units(float(last)))
        for last in np.geomspace(edited, edited**1.5, 50).astype(int).tolist()
    ]
    assert {is_logarithmic("automatic", last, marks) for last, _ in room} == {True, False}
    for last, share in room:
        assert is_logarithmic("automatic", last, marks) == (share >= 0.25), last
        assert is_logarithmic("logarithmic", last, marks)
        assert not is_logarithmic("linear", last, marks)
        assert is_logarithmic("automatic", last, (early,))


def test_another_run_is_linear_again(plot: PlotFrame, qtbot: QtBot) -> None:
    plot.show_snapshot(long_run())
    settled(plot, qtbot)
    plot.show_snapshot(snapshot_of(history_of(np.arange(50)), run=2))
    assert plot.picture.x_scale == LINEAR


@pytest.mark.parametrize("last", [200, 20_000])
def test_the_menu_chooses_the_scale(plot: PlotFrame, qtbot: QtBot, last: int) -> None:
    plot.show_snapshot(long_run(last))
    for choice, scale in (("logarithmic", LOG), ("linear", LINEAR)):
        plot.epochs_button.choose(choice)
        settled(plot, qtbot)
        assert plot.picture.x_scale == scale
        assert choice in plot.epochs_button.toolTip()
        assert plot.epochs_button.accessibleDescription().startswith(CHOICES[choice])
    plot.epochs_button.choose("automatic")
    settled(plot, qtbot)
    assert plot.picture.x_scale == (LOG if last > LONG else LINEAR)


def test_the_menu_opens_by_key(plot: PlotFrame, qtbot: QtBot) -> None:
    plot.show_snapshot(long_run(100))
    button = plot.epochs_button
    assert button.accessibleName()
    plot.activateWindow()
    qtbot.waitUntil(plot.isActiveWindow)
    button.setFocus()
    opened = []

    def choose() -> None:
        opened.append(button.menu().isVisible())
        for _ in range(3):
            QTest.keyClick(button.menu(), Qt.Key.Key_Down)
        QTest.keyClick(button.menu(), Qt.Key.Key_Return)

    QTimer.singleShot(50, choose)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert opened == [True]
    assert button.choice == "logarithmic"


@pytest.mark.parametrize("epoch", [0, 10, 250, 19_990])
def test_the_mouse_reads_the_epoch_below_it(plot: PlotFrame, qtbot: QtBot, epoch: int) -> None:
    snapshot = long_run(marks=(EditMark(250, 2500, "λ₂ 0 → 0.001", "setting"),))
    plot.show_snapshot(snapshot)
    settled(plot, qtbot)
    mapping = plot.plot_area.mapping()
    pixel = min(float(mapping.x(float(epoch))), mapping.width - 0.01)
    scene = plot.plot_area.view_box.mapToScene(QPointF(pixel, mapping.height / 2))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))
    readout = plot.plot_area.hover
    assert abs(float(mapping.x(readout.x)) - pixel) <= 1.5
    assert mapping.bounds.contains(readout.box(mapping))
    says = any(reading.label == "λ₂ 0 → 0.001" for reading in readout.readings)
    assert says == (epoch == 250)


def test_the_best_epoch_is_marked_where_it_is(qtbot: QtBot) -> None:
    plot = shown(LossPlot, qtbot)
    plot.show_snapshot(long_run(best=100))
    settled(plot, qtbot)
    (mark,) = (mark for mark in plot.picture.marks if isinstance(mark, EpochMark))
    assert (mark.epoch, mark.text) == (100, "best: epoch 100")
    mapping = plot.plot_area.mapping()
    curve = next(one for one in plot.picture.marks if isinstance(one, Curve))
    at = int(np.searchsorted(curve.x, 100.0))
    assert float(mapping.x(100.0)) == pytest.approx(float(mapping.x(curve.x[at])), abs=2.0)


def test_an_exported_picture_has_the_same_scale_and_ticks(
    plot: PlotFrame, qtbot: QtBot, tmp_path: Path
) -> None:
    marks = (
        EditMark(100, 1000, "λ₂ 0 → 0.001", "setting"),
        EditMark(18_000, 180_000, "data: moons", "data"),
    )
    plot.show_snapshot(long_run(marks=marks))
    plot.epochs_button.choose("logarithmic")
    settled(plot, qtbot)
    export_picture(plot, tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    assert all(f">{tick}<" in text for tick in ("epoch 0", "100", "1,000", "10,000"))
    assert all(mark.text in text for mark in marks), "also of an edit at the right edge"


def test_an_axis_from_the_latest_edit_on_shows_little_but_its_effect_and_one_click_goes_back(
    plot: PlotFrame, qtbot: QtBot
) -> None:
    edits = tuple(EditMark(epoch, 10 * epoch, "η 0.1 → 0.2", "setting") for epoch in (40, 5000))
    plot.show_snapshot(long_run(5100, marks=edits))
    settled(plot, qtbot)
    assert plot.picture.x_range[0] == 0.0
    plot.epochs_button.choose("since_edit")
    settled(plot, qtbot)
    first, last = plot.picture.x_range
    assert 4980.0 <= first < 5000.0
    assert 5100.0 <= last <= 5110.0
    assert plot.picture.x_scale.is_linear
    qtbot.mouseClick(plot.whole_button, Qt.MouseButton.LeftButton)
    assert plot.epochs_button.choice == "automatic"
    settled(plot, qtbot)
    assert plot.picture.x_range[0] == 0.0
    assert not plot.whole_button.isVisible()


def test_an_axis_from_the_latest_edit_on_is_the_whole_one_without_an_edit(
    plot: PlotFrame, qtbot: QtBot
) -> None:
    plot.epochs_button.choose("since_edit")
    plot.show_snapshot(long_run(5100))
    settled(plot, qtbot)
    assert plot.picture.x_range[0] == 0.0
    assert not plot.picture.x_scale.is_linear
    assert not plot.whole_button.isVisible()


@pytest.mark.parametrize("scale", ["automatic", "linear", "logarithmic"])
def test_showing_everything_after_an_edit_keeps_the_scale(plot: PlotFrame, qtbot: QtBot, scale: str) -> None:
    plot.show_snapshot(long_run(5100, marks=(EditMark(5000, 50_000, "η 0.1 → 0.2", "setting"),)))
    plot.epochs_button.choose(scale)
    plot.epochs_button.choose("since_edit")
    settled(plot, qtbot)
    qtbot.mouseClick(plot.whole_button, Qt.MouseButton.LeftButton)
    assert plot.epochs_button.choice == scale
    settled(plot, qtbot)
    assert plot.picture.x_range[0] == 0.0
