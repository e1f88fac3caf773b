"""Several lanes on one canvas: each pane shows its lane, and what is drawn in one is drawn in all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment import switch_task
from engine.observation.observables import POINTS, PREDICTION, PointAnswers, Prediction
from engine.observation.snapshot import CANVAS_EXTENT, Snapshot
from gui_app.canvas import Canvas, ToolSettings
from gui_app.canvas.layers.compared import Compared, percent
from gui_app.canvas.layers.picture import Picture
from gui_app.canvas.panes.arrangement import Arrangement
from gui_app.canvas.panes.lanes_shown import BOUNDARIES, DIFFERENCE, ONE, PANES
from gui_app.canvas.panes.titles import LaneScores, PaneFinding
from gui_app.canvas.switches.state import WRONG
from gui_app.canvas.tools import TOOLS
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import Hand, with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of

NAMES = ("A", "B", "C", "D")
Make = Callable[..., Canvas]


@pytest.fixture
def make(qtbot: QtBot, document: Document) -> Make:
    def canvas_of(count: int, size: tuple[int, int] = (900, 800)) -> Canvas:
        own = Document(with_lanes(document.experiment, **{name: {} for name in NAMES[:count]}))
        canvas = Canvas(own, CurrentLane(own, own), ToolSettings())
        own.setParent(canvas)
        qtbot.addWidget(canvas)
        canvas.apply_theme(LIGHT)
        canvas.context.rng = np.random.default_rng(7)
        canvas.resize(*size)
        with qtbot.waitExposed(canvas):
            canvas.show()
        canvas.show_snapshot(None)
        return canvas

    return canvas_of


def answers(seed: int, size: int = 40) -> np.ndarray:
    """Smooth class probabilities [size, size, 2], others for each seed."""
    x, y = np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size))
    turn = 0.7 * seed
    first = 1 / (1 + np.exp(-8 * (np.cos(turn) * x + np.sin(turn) * y)))
    return np.stack([first, 1 - first], axis=2).astype(np.float32)


def snapshot(values: dict[str, np.ndarray], task: str = "classification") -> Snapshot:
    whole = snapshot_of(history_of([0, 1]))
    (lane,) = whole.lanes
    lanes = tuple(
        replace(
            lane,
            name=name,
            now=replace(lane.now, score=np.array([0.5 + k / 10, 0.4 + k / 10, np.nan])),
            observed=lane.observed.of({PREDICTION.key: Prediction(CANVAS_EXTENT, one)}),
        )
        for k, (name, one) in enumerate(values.items())
    )
    return replace(whole, lanes=lanes, task=task, classes=2, training_points=10)


def picture(canvas: Canvas) -> QImage:
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def sheet(canvas: Canvas, pane: int) -> QRect:
    square = canvas.scene.viewport.square.toAlignedRect()
    return square.translated(canvas.arrangement.offset(pane))


@pytest.mark.parametrize("lanes", [2, 3, 4])
def test_each_pane_shows_the_answer_of_its_lane(make: Make, lanes: int) -> None:
    """The picture of a lane does not depend on which pane it is in."""
    canvas, turned = make(lanes), make(lanes)
    values = {name: answers(index) for index, name in enumerate(NAMES[:lanes])}
    order = NAMES[1:lanes] + NAMES[:1]
    canvas.show_snapshot(snapshot(values))
    turned.show_snapshot(snapshot({name: values[order[index]] for index, name in enumerate(NAMES[:lanes])}))
    pictures = picture(canvas), picture(turned)
    seen = [[one.copy(sheet(canvas, pane)) for pane in range(lanes)] for one in pictures]
    for pane in range(lanes):
        assert seen[1][pane] == seen[0][(pane + 1) % lanes]
    assert all(seen[0][0] != other for other in seen[0][1:])


def test_a_pane_is_as_a_canvas_of_one_lane_paints_it(make: Make, qtbot: QtBot) -> None:
    canvas = make(2)
    canvas.show_snapshot(snapshot({"A": answers(0), "B": answers(1)}))
    scene, view = canvas.scene, canvas.view
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.backdrop))
    painter = QPainter(image)
    alone = make(1)
    alone.show_snapshot(snapshot({"A": answers(1)}))
    whole = Picture(view)
    prediction = alone.prediction
    whole.paint(painter, canvas.visible.points, prediction, None, None, 0, False)
    painter.end()
    square = scene.viewport.square.toAlignedRect().adjusted(3, 3, -3, -3)
    assert picture(canvas).copy(square.translated(canvas.arrangement.offset(1))) == image.copy(square)


def test_one_lane_has_neither_title_nor_frame(make: Make) -> None:
    canvas = make(1)
    canvas.show_snapshot(snapshot({"A": answers(0)}))
    assert canvas.arrangement.is_single
    assert not [title for title in canvas.titles.titles if not title.isHidden()]
    assert canvas.ways.button.isHidden()
    assert not canvas.ways.compare.isHidden()


@pytest.mark.parametrize("key", TOOLS)
@pytest.mark.parametrize("pane", [1, 3])
def test_a_tool_draws_in_any_pane_what_it_draws_in_the_first(make: Make, key: str, pane: int) -> None:
    task = TOOLS[key].tasks[0]
    found = []
    for place in (0, pane):
        canvas = make(4)
        document = canvas.context.editor
        assert isinstance(document, Document)
        if task != "classification":
            document.replace(switch_task(document.experiment, task), "Task")
        canvas.context.settings.tool = key
        canvas.context.rng = np.random.default_rng(3)
        # What a tool does while it is held depends on no clock here.
        ticks = count()
        canvas.pointer.gesture.clock = lambda ticks=ticks: next(ticks) / 200  # type: ignore[misc]
        canvas.pointer.gesture._frame.setInterval(3_600_000)
        hand = Hand(canvas, place)
        before = document.points
        hand.drag((-3.0, -2.0), (3.0, 2.0), events=6)
        hand.click((0.0, 2.0))
        found.append((before, document.points, canvas.context.selection.index.tolist()))
    (_, first, chosen), (_, other, also) = found
    np.testing.assert_allclose(first.xy, other.xy)
    np.testing.assert_array_equal(first.target, other.target)
    assert chosen == also


def test_what_is_drawn_in_one_pane_is_seen_in_all(make: Make) -> None:
    canvas = make(4)
    canvas.context.editor.clear_points()  # type: ignore[attr-defined]
    Hand(canvas, 2).click((1.0, 1.0))
    shown = picture(canvas)
    at = canvas.scene.viewport.to_pixel(*canvas.context.points.xy[0]).toPoint()
    colours = [QColor(shown.pixel(at + canvas.arrangement.offset(pane))).getRgb() for pane in range(4)]
    wanted = QColor(LIGHT.classes[0]).getRgb()
    assert all(
        max(abs(one - other) for one, other in zip(found, wanted, strict=True)) <= 2 for found in colours
    )


def test_the_preview_is_in_all_panes(make: Make) -> None:
    canvas = make(4)
    before = picture(canvas)
    QTest.mouseMove(canvas, Hand(canvas, 3).pixel((2.0, -1.0)))
    after = picture(canvas)
    around = canvas.scene.viewport.to_pixel(2.0, -1.0).toPoint()
    box = QRect(around - QPoint(30, 30), around + QPoint(30, 30))
    changed = [
        after.copy(box.translated(canvas.arrangement.offset(pane)))
        != before.copy(box.translated(canvas.arrangement.offset(pane)))
        for pane in range(4)
    ]
    assert changed == [True] * 4


def test_a_stroke_that_leaves_its_pane_goes_on_in_the_same_coordinates(make: Make) -> None:
    canvas = make(2)
    canvas.context.settings.tool = "line"
    canvas.context.editor.clear_points()  # type: ignore[attr-defined]
    hand = Hand(canvas, 0)
    start, far = hand.pixel((0.0, 0.0)), hand.pixel((0.0, 0.0)) + QPoint(canvas.arrangement.size[0], 0)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, far)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=far)
    xy = canvas.context.points.xy
    assert len(xy) > 1
    assert xy[:, 0].min() > -1.0, "the line goes to the right, and does not begin anew in the other pane"


def test_zoom_and_pan_in_one_pane_are_in_all(make: Make) -> None:
    canvas = make(2)
    canvas.camera.zoom(2, (1.0, 1.0))
    extent = canvas.extent
    assert canvas.view.scene.viewport.extent == extent
    (request, *_) = canvas.requests
    assert request.options.extent == extent


def test_titles_say_scores_and_choose_their_lane(make: Make) -> None:
    canvas = make(3)
    shown = snapshot({"A": answers(0), "B": answers(1), "C": answers(2)})
    canvas.titles.show_snapshot(shown)
    canvas.show_snapshot(shown)
    titles = [title for title in canvas.titles.titles if not title.isHidden()]
    assert [title.accessibleName() for title in titles] == [
        "Lane A: accuracy validation 40 %, training 50 %",
        "Lane B: accuracy validation 50 %, training 60 %",
        "Lane C: accuracy validation 60 %, training 70 %",
    ]
    assert [title.isChecked() for title in titles] == [True, False, False]
    QTest.mouseClick(titles[2], Qt.MouseButton.LeftButton)
    assert canvas.current.name == "C"
    assert [title.isChecked() for title in titles] == [False, False, True]
    assert [pane.is_current for pane in canvas.panes] == [False, False, True]


def test_a_finding_is_a_mark_with_its_sentence(make: Make) -> None:
    canvas = make(2)
    shown = snapshot({"A": answers(0), "B": answers(1)})
    canvas.titles.show_snapshot(shown)
    before = picture(canvas)
    canvas.show_findings({"B": PaneFinding("warning", LIGHT.warning, "Overfitting since epoch 40")})
    title = canvas.titles.titles[1]
    assert title.accessibleDescription() == "Overfitting since epoch 40."
    corner = QRect(title.x() + title.width() - 24, title.y(), 24, title.height())
    assert picture(canvas).copy(corner) != before.copy(corner)


def test_scores_are_said_in_shorter_and_shorter_forms() -> None:
    forms = LaneScores("accuracy", 0.9, 0.8, "stopped", 0).forms
    assert forms[0] == "accuracy validation 80 %, training 90 %, stopped early"
    assert forms[-2:] == ("80 %", "")
    assert [*map(len, forms)] == sorted(map(len, forms), reverse=True)
    assert LaneScores("R²", 0.9, float("nan"), "training", 5).forms[0] == "5 seeds, median R² training 0.90"


def test_rings_are_around_the_points_that_the_panes_own_lane_gets_wrong(make: Make) -> None:
    canvas = make(2)
    points = canvas.context.points
    right, wrong = points.target.copy(), 1 - points.target
    nothing = np.zeros(len(points))
    whole = snapshot({"A": answers(0), "B": answers(0)})
    lanes = tuple(
        replace(
            lane,
            observed=lane.observed
            | lane.observed.of({POINTS.key: PointAnswers(points.digest, one, nothing)}),
        )
        for lane, one in zip(whole.lanes, (right, wrong), strict=True)
    )
    canvas.show_snapshot(replace(whole, lanes=lanes))
    before = picture(canvas)
    canvas.switches.turn(WRONG, True)
    after = picture(canvas)
    changed = [before.copy(sheet(canvas, pane)) != after.copy(sheet(canvas, pane)) for pane in range(2)]
    assert changed == [False, True]


def test_the_current_lane_can_be_seen_alone_and_all_again(make: Make) -> None:
    canvas = make(3)
    canvas.show_snapshot(snapshot({name: answers(index) for index, name in enumerate("ABC")}))
    canvas.show_alone(1, False)
    assert (canvas.lanes_shown.mode, canvas.current.name, len(canvas.panes)) == (ONE, "B", 1)
    assert canvas.prediction is not None
    np.testing.assert_array_equal(canvas.prediction.values, answers(1))
    assert canvas.arrangement.is_single
    canvas.show_alone(2, False)
    assert (canvas.lanes_shown.mode, canvas.current.name) == (ONE, "C")
    canvas.show_alone(2, True)
    assert (canvas.lanes_shown.mode, len(canvas.panes)) == (PANES, 3)


def test_the_difference_of_two_lanes_says_where_and_how_much(make: Make) -> None:
    canvas = make(3)
    canvas.current.choose(1)
    canvas.show_snapshot(snapshot({name: answers(index) for index, name in enumerate("ABC")}))
    canvas.lanes_shown.choose(DIFFERENCE)
    shown = canvas.prediction
    assert isinstance(shown, Compared)
    one, other = answers(1).astype(float), answers(0).astype(float)
    np.testing.assert_allclose(shown.values, np.abs(one - other).sum(axis=2) / 2, atol=1e-6)
    share = (one.argmax(axis=2) != other.argmax(axis=2)).mean()
    assert (
        shown.caption
        == f"B and A choose different classes in {round(100 * share)} % of the view; strong: far apart"
    )
    assert [look.name for look in shown.lanes] == ["B", "A"]
    image, square = picture(canvas), canvas.scene.viewport
    dark = [
        QColor(image.pixel(square.to_pixel(*place).toPoint())).lightness()
        for place in ((5.2, -3.6), (-5.2, -5.2))
    ]
    assert dark[0] != dark[1]


def test_the_difference_is_that_of_the_selected_lanes(make: Make) -> None:
    canvas = make(4)
    canvas.current.choose(2)
    canvas.show_snapshot(snapshot({name: answers(index) for index, name in enumerate(NAMES)}))
    canvas.lanes_shown.choose(DIFFERENCE)
    canvas.current.select((3,))
    shown = canvas.prediction
    assert isinstance(shown, Compared)
    assert [look.name for look in shown.lanes] == ["C", "D"]


def test_in_regression_the_difference_has_a_sign_and_units(make: Make) -> None:
    canvas = make(2)
    document = canvas.context.editor
    assert isinstance(document, Document)
    document.replace(switch_task(document.experiment, "surface"), "Task")
    ramp = np.linspace(-1, 1, 30)[None] + np.zeros((30, 30))
    canvas.show_snapshot(snapshot({"A": ramp, "B": ramp * 0.5}, "surface"))
    canvas.lanes_shown.choose(DIFFERENCE)
    shown = canvas.prediction
    assert isinstance(shown, Compared)
    np.testing.assert_allclose(shown.values, ramp * 0.5)
    assert shown.caption == "A minus B: −0.500 to 0.500"


def test_boundaries_are_lines_in_the_lanes_colours(make: Make) -> None:
    canvas = make(3)
    canvas.context.editor.clear_points()  # type: ignore[attr-defined]
    canvas.show_snapshot(snapshot({name: answers(index, 100) for index, name in enumerate("ABC")}))
    canvas.lanes_shown.choose(BOUNDARIES)
    image = picture(canvas)
    square = canvas.scene.viewport.square.toAlignedRect().adjusted(80, 60, -10, -30)
    seen = {
        image.pixel(x, y)
        for x in range(square.left(), square.right())
        for y in range(square.top(), square.bottom())
    }
    assert {QColor(colour).rgb() for colour in LIGHT.lanes[:3]} <= seen


def test_lanes_without_an_answer_show_the_points_alone(make: Make) -> None:
    canvas = make(2)
    canvas.show_snapshot(snapshot({"A": answers(0)}))
    assert [pane.answers.prediction is None for pane in canvas.panes] == [False, True]
    canvas.lanes_shown.choose(DIFFERENCE)
    assert canvas.prediction is None


def test_the_exported_picture_has_all_panes_with_their_titles(make: Make) -> None:
    canvas = make(4)
    shown = snapshot({name: answers(index) for index, name in enumerate(NAMES)})
    canvas.titles.show_snapshot(shown)
    canvas.show_snapshot(shown)
    image = QImage(canvas.export_size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.paint_export(painter, image.rect().toRectF())
    painter.end()
    pixels = {image.pixel(x, y) for x in range(0, image.width()) for y in range(0, image.height(), 2)}
    assert {QColor(colour).rgb() for colour in LIGHT.lanes[:4]} <= pixels


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_an_exported_picture_is_mostly_sheets(make: Make, count: int) -> None:
    canvas = make(count)
    size = canvas.export_size()
    arrangement = Arrangement.of(size.width(), size.height(), count)
    sheet = canvas.camera.viewport(*arrangement.size, arrangement.margins(canvas._margins)).square
    places = 4 if count == 3 else count
    assert places * sheet.width() * sheet.height() > 0.6 * size.width() * size.height()


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.001, "less than 1 %"), (0.123, "12 %"), (0.999, "99 %"), (1.0, "100 %")],
)
def test_a_share_is_rounded_neither_to_nothing_nor_to_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize("size", [(740, 270), (1100, 330), (900, 800), (420, 620)])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_switches_stand_beside_all_panes(make: Make, count: int, size: tuple[int, int]) -> None:
    canvas = make(count, size)
    bar = canvas.switch_bar.geometry()
    assert canvas.rect().contains(bar)
    assert not [pane for pane in canvas.arrangement.panes if pane.intersects(bar)]
