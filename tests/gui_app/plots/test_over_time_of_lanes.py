"""Layers over time of several lanes: a section each, on the same axes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import default_experiment
from engine.observation.snapshot import EditMark, Snapshot
from gui_app.exporting.pictures import export_picture
from gui_app.plots.drawing.grid import GAP, Grid, grid_of
from gui_app.plots.drawing.marks import Curve, LevelMark
from gui_app.plots.drawing.readout import Readout
from gui_app.plots.drawing.sections import SectionName
from gui_app.plots.gradient_history import GradientHistory
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.whose import whose_network
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.mouse import Pixel, click, drag
from tests.gui_app.plots.runs import history_of, lane_a, snapshot_of

LEVELS = {"A": [1e-2, 1e-1], "B": [1e-6, 1e-4, 1e-3], "C": [10.0, 20.0]}
LAST = {"A": 600, "B": 300, "C": 600}
"""The newest epochs."""


def run_of(levels: list[float], last: int) -> Snapshot:
    epochs = np.arange(0, last + 1, 10)
    return snapshot_of(history_of(epochs, weights=np.tile(levels, (len(epochs), 1))))


def snapshot(**changes: object) -> Snapshot:
    lanes = tuple(
        replace(run_of(levels, LAST[name]).lanes[0], name=name, **changes) for name, levels in LEVELS.items()
    )
    return replace(run_of(LEVELS["A"], 600), lanes=lanes)


@pytest.fixture
def plot(qtbot: QtBot) -> GradientHistory:
    document = Document(with_lanes(default_experiment(), A={}, B={}, C={}))
    plot = GradientHistory(CurrentLane(document, document), LIGHT)
    document.setParent(plot)
    qtbot.addWidget(plot)
    plot.resize(700, 260)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.show_snapshot(snapshot())
    return plot


def cells(plot: GradientHistory) -> tuple[QRectF, ...]:
    return plot.picture.grid.cells(plot.plot_area.size_of_content)


def curves(plot: GradientHistory, section: int) -> list[Curve]:
    return [mark for mark in plot.picture.sections[section] if isinstance(mark, Curve)]


def names(plot: GradientHistory) -> list[SectionName]:
    return [mark for marks in plot.picture.sections for mark in marks if isinstance(mark, SectionName)]


def pixel(plot: GradientHistory, section: int, epoch: float, share: float = 0.5) -> Pixel:
    """The pixel of the plotting area at an epoch of a section, and a share of its height."""
    cell, mapping = cells(plot)[section], plot.plot_area.mapping()
    return cell.left() + float(mapping.x(epoch)), cell.top() + share * cell.height()


def hover(plot: GradientHistory, at: Pixel) -> Readout:
    scene = plot.plot_area.view_box.mapToScene(QPointF(*at))
    plot.hover_at(QPointF(plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))))
    assert plot.plot_area.hover is not None
    return plot.plot_area.hover


def test_each_lane_has_a_section_on_the_same_axes(plot: GradientHistory) -> None:
    assert [(name.text, name.is_current) for name in names(plot)] == [("A", True), ("B", False), ("C", False)]
    for section, (name, levels) in enumerate(LEVELS.items()):
        drawn = curves(plot, section)
        assert [curve.y[0] for curve in drawn] == pytest.approx(np.log10(levels))
        assert {curve.x[-1] for curve in drawn} == {LAST[name]}
    low, high = plot.picture.y_range
    assert low < -6
    assert high > np.log10(20.0)
    assert plot.picture.x_range[1] >= 600
    assert {(cell.width(), cell.height()) for cell in cells(plot)} == {
        (cells(plot)[0].width(), cells(plot)[0].height())
    }


def test_a_lane_shown_alone_has_the_plot_of_one_run(plot: GradientHistory, qtbot: QtBot) -> None:
    plot.current._document.change({"lanes.1.hidden": True, "lanes.2.hidden": True}, "Hide")
    plot.show_snapshot(snapshot())
    alone = GradientHistory(lane_a(), LIGHT)
    qtbot.addWidget(alone)
    alone.resize(700, 260)
    alone.show()
    alone.show_snapshot(run_of(LEVELS["A"], 600))
    assert not plot.picture.sections
    # The axis eases from what it showed before.
    qtbot.waitUntil(lambda: plot.picture.y_range == alone.picture.y_range)
    one, other = plot.picture, alone.picture
    assert (one.x_range, one.y_range, one.x_ticks, one.y_ticks, one.entries) == (
        other.x_range, other.y_range, other.x_ticks, other.y_ticks, other.entries,
    )  # fmt: skip
    assert [type(mark) for mark in one.marks] == [type(mark) for mark in other.marks]


def test_the_line_goes_through_all_sections_and_the_box_has_all_values(plot: GradientHistory) -> None:
    readout = hover(plot, pixel(plot, 1, 200.0))
    assert (readout.x, readout.section) == (200.0, 1)
    assert readout.title == "epoch 200: A, B, C"
    rows = {reading.label: reading.value.split() for reading in readout.readings}
    assert rows == {
        "layer 1": [value_text(levels[0]) for levels in LEVELS.values()],
        "layer 2": ["–", value_text(1e-4), "–"],
        "output": [value_text(levels[-1]) for levels in LEVELS.values()],
    }
    for section, levels in enumerate(LEVELS.values()):
        line = readout.line_in(section)
        assert [dot.y for dot in line.readings] == pytest.approx(np.log10(levels))


def test_after_its_end_a_lane_has_no_values(plot: GradientHistory) -> None:
    readout = hover(plot, pixel(plot, 0, 500.0))
    rows = {reading.label: reading.value.split() for reading in readout.readings}
    assert rows["output"] == [value_text(0.1), "–", value_text(20.0)]
    assert readout.line_in(1).readings == ()


def test_where_the_box_would_cover_the_plot_it_has_one_section(plot: GradientHistory) -> None:
    plot.resize(300, 160)
    readout = hover(plot, pixel(plot, 2, 200.0))
    width, height = plot.plot_area.size_of_content
    shown = readout.table_or_section(replace(plot.plot_area.mapping(), width=width, height=height), 2)
    assert shown.title == "C, epoch 200"
    assert [reading.value for reading in shown.readings] == [value_text(10.0), value_text(20.0)]


def test_a_click_on_another_section_or_its_name_chooses_the_lane(plot: GradientHistory) -> None:
    click(plot, pixel(plot, 2, 200.0))
    assert plot.current.name == "C"
    assert plot.controls.session.pinned(plot.run) is None
    click(plot, (cells(plot)[1].left() + 5.0, cells(plot)[1].top() - 6.0))
    assert plot.current.name == "B"
    assert [name.text for name in names(plot) if name.is_current] == ["B"]


def test_a_click_on_the_current_section_pins_the_epoch_in_all(plot: GradientHistory) -> None:
    click(plot, pixel(plot, 0, 200.0))
    assert plot.controls.session.pinned(plot.run) == 200
    assert plot.plot_area.pin is not None
    assert [len(plot.plot_area.pin.line_in(section).readings) for section in range(3)] == [2, 3, 2]
    plot.current.choose(1)
    assert plot.plot_area.pin.section == 1, "the box is beside the line of the current lane"


def test_a_rectangle_in_a_section_zooms_all(plot: GradientHistory) -> None:
    start, end = pixel(plot, 1, 100.0, 0.1), pixel(plot, 1, 400.0, 0.9)
    drag(plot, start, end)
    low, high = plot.picture.x_range
    assert low == pytest.approx(100.0, abs=10.0)
    assert high == pytest.approx(400.0, abs=10.0)
    for section in range(3):
        assert curves(plot, section)[0].x[0] <= low + 10.0


def test_hidden_layers_are_hidden_in_all_sections(plot: GradientHistory) -> None:
    plot.controls.toggle("output")
    assert [len(curves(plot, section)) for section in range(3)] == [1, 2, 1]
    assert "output" not in {reading.label for reading in hover(plot, pixel(plot, 0, 200.0)).readings}


def test_edits_are_read_once_where_lanes_have_them_in_common(plot: GradientHistory) -> None:
    plot.show_snapshot(snapshot(marks=(EditMark(200, 2000, "η 0.1 → 0.01", "setting"),)))
    texts = [reading.label for reading in hover(plot, pixel(plot, 0, 200.0)).readings]
    assert texts.count("η 0.1 → 0.01") == 1


def test_edits_in_the_box_of_a_section_are_those_of_its_lane(plot: GradientHistory) -> None:
    whole = snapshot()
    edited = replace(whole.lanes[1], marks=(EditMark(200, 2000, "η 0.1 → 0.01", "setting"),))
    plot.show_snapshot(replace(whole, lanes=(whole.lanes[0], edited, whole.lanes[2])))
    readout = hover(plot, pixel(plot, 1, 200.0))
    listed = ["η 0.1 → 0.01" in [reading.label for reading in readings] for readings in readout.sections]
    assert listed == [False, True, False]


def test_nothing_is_read_where_a_lane_was_not_measured(plot: GradientHistory) -> None:
    whole = snapshot()
    other = replace(run_of(LEVELS["B"], 600).lanes[0], name="B")
    epochs = np.arange(5, 600, 10)
    history = history_of(epochs, weights=np.tile(LEVELS["B"], (len(epochs), 1)))
    other = replace(other, history=history)
    plot.show_snapshot(replace(whole, lanes=(whole.lanes[0], other, whole.lanes[2])))
    readout = hover(plot, pixel(plot, 0, 200.0))
    rows = {reading.label: reading.value.split() for reading in readout.readings}
    assert rows["output"] == [value_text(0.1), "–", value_text(20.0)]
    assert readout.sections[1] == ()


def test_a_lane_without_numbers_keeps_its_section(plot: GradientHistory) -> None:
    whole = snapshot()
    empty = replace(whole.lanes[1], history=whole.lanes[1].history.head(0))
    plot.show_snapshot(replace(whole, lanes=(whole.lanes[0], empty, whole.lanes[2])))
    assert [len(curves(plot, section)) for section in range(3)] == [2, 0, 2]
    assert [name.text for name in names(plot)] == ["A", "B", "C"]


def test_a_repeated_lane_says_that_it_is_medians(plot: GradientHistory) -> None:
    whole = snapshot()
    many = replace(whole.lanes[2], repeats=(whole.lanes[2],) * 5)
    plot.show_snapshot(replace(whole, lanes=(*whole.lanes[:2], many)))
    assert names(plot)[2].text == "C ×5"
    assert plot.picture.entries[-1].label == "medians of 5 seeds"


def test_an_export_has_the_names_of_all_lanes_in_their_colours(plot: GradientHistory, tmp_path: Path) -> None:
    export_picture(plot, tmp_path / "layers.svg")
    groups = (tmp_path / "layers.svg").read_text().split("<g ")
    written = {text: group for group in groups for text in re.findall(r">([^<>]+)</text>", group)}
    for name in names(plot):
        assert f'fill="{LIGHT.lanes[name.look.colour]}"' in written[name.text]


def test_sections_are_side_by_side_unless_two_rows_give_them_more_room() -> None:
    assert grid_of(4, (310.0, 80.0)) == Grid(4, 4), "too low for two rows"
    assert grid_of(4, (400.0, 260.0)) == Grid(4, 2)
    assert grid_of(4, (900.0, 260.0)) == Grid(4, 4)
    assert grid_of(1, (100.0, 260.0)) == Grid()


def test_a_pixel_belongs_to_the_nearest_section() -> None:
    grid, size = Grid(3, 2), (210.0, 200.0)
    first, second, third = grid.cells(size)
    assert second.left() - first.right() == GAP
    assert (third.left(), second.top()) == (first.left(), first.top())
    assert third.top() > first.bottom()
    assert grid.located(second.center(), size) == (1, QPointF(second.width() / 2, second.height() / 2))
    assert grid.located(third.bottomLeft() + QPointF(3.0, 40.0), size)[0] == 2


def test_one_network_of_a_repeated_lane_says_its_seed(qtbot: QtBot) -> None:
    document = Document(with_lanes(default_experiment(), A={}, B={"repeats": 5, "seed": 7}))
    current = CurrentLane(document, document)
    assert whose_network(current) == "lane A"
    current.choose(1)
    assert whose_network(current) == "lane B, seed 7, the first of 5"
    document.reset(msgspec.structs.replace(default_experiment()))
    assert whose_network(current) == ""


def test_axes_go_on_easing_when_another_lane_is_chosen(plot: GradientHistory) -> None:
    narrow = replace(snapshot(), lanes=tuple(replace(snapshot().lanes[0], name=name) for name in LEVELS))
    plot.show_snapshot(narrow)
    before = plot.picture.y_range
    rest = plot.compose(plot._newest_model(), plot.options).y_range
    assert before[0] < rest[0] - 1.0, "it has just begun"
    plot.current.choose(2)
    assert before[0] <= plot.picture.y_range[0] < rest[0] - 1.0


def test_labels_stay_within_their_section(plot: GradientHistory) -> None:
    plot.resize(330, 160)
    plot.show_snapshot(snapshot(clip_norm=1.0))
    mapping = plot.plot_area.mapping()
    clips = [mark for marks in plot.picture.sections for mark in marks if isinstance(mark, LevelMark)]
    assert [mark.label(mapping) for mark in clips] == ["clips 1.00"] * 3
    assert all(mapping.bounds.contains(mark.box(mapping)) for mark in clips)
    assert clips[0].label(replace(mapping, width=400.0)) == "clips ‖g‖ above 1.00"
    assert clips[0].label(replace(mapping, width=20.0)) == ""


def test_a_screen_reader_is_told_the_newest_values_of_each_lane(
    plot: GradientHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    plot.show_snapshot(snapshot())
    plot.describe()
    said = plot.accessibleDescription()
    assert "Current lane A." in said
    for name, levels in LEVELS.items():
        assert f"{name}: layer 1 {value_text(levels[0])}" in said
    assert f"output {value_text(20.0)}" in said
