"""Data in units of their own: both axes fit them, and everything drawn is right on axes that differ."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QTest

import gui_app.canvas.input.gesture as gesture
from engine.data.axes import FILLED, HOME, Axes
from engine.experiment import Points, default_experiment, edit_many, switch_generator, switch_task
from engine.observation.observables import PREDICTION, Prediction
from engine.observation.snapshot import CANVAS_EXTENT, Observed
from gui_app.canvas import Canvas, ToolSettings
from gui_app.canvas.layers.axis_labels import axis_labels
from gui_app.canvas.layers.surround import paint_axes
from gui_app.canvas.tools import TOOLS
from gui_app.canvas.view.viewport import Viewport, inside
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme import text_size
from gui_app.theme.tokens import LIGHT
from tests.gui_app.canvas.conftest import SIDE
from tests.gui_app.canvas.test_canvas import snapshot
from tests.gui_app.hands import Hand, put_points

UNEQUAL = Axes(50.0, 500.0, 10.0, 5.0)
"""Places of the data are such that they have an exact position on the sheet."""


@pytest.fixture
def show(qtbot):
    """A canvas on points of the sheet as data on some axes."""
    documents = []
    # Garbage collection in the middle of painting would take a canvas apart that a test has let go.
    canvases = []

    def build(axes, sheet, target, split, task="classification"):
        document = Document(switch_task(default_experiment(), task) if task != "classification" else None)
        documents.append(document)
        settings = ToolSettings()
        canvas = Canvas(document, CurrentLane(document), settings)
        canvases.append(canvas)
        qtbot.addWidget(canvas)
        canvas.apply_theme(LIGHT)
        xy = axes.to_data(np.asarray(sheet, dtype=float))
        target = xy[:, 1] if task == "curve" else target
        document.replace(edit_many(document.experiment, {"data.points": Points(xy, target, split)}), "Import")
        canvas.camera.start(axes)
        canvas.context.rng = np.random.default_rng(7)
        canvas.resize(SIDE, SIDE)
        canvas.show()
        return canvas, document, settings

    yield build
    for document in documents:
        document.stack.setClean()


def cloud(count=60):
    rng = np.random.default_rng(3)
    sheet = rng.integers(-20, 21, (count, 2)) / 4
    return sheet, rng.integers(0, 2, count).astype(float), rng.integers(0, 3, count)


def image_of_sheet(canvas):
    return canvas.grab(canvas.scene.viewport.square.toRect().adjusted(0, 0, -1, -1)).toImage()


def put(document, xy):
    after = edit_many(document.experiment, {"data.points": Points(xy, np.arange(len(xy)) % 2)})
    document.replace(after, "Import")


def test_both_axes_of_an_import_fit_its_data(canvas, document):
    rng = np.random.default_rng(0)
    put(document, np.column_stack((rng.uniform(0, 100, 200), rng.uniform(470, 530, 200))))
    xy = document.points.xy
    assert inside(xy, canvas.extent).all()
    pixels = canvas.scene.viewport.to_pixels(xy)
    assert np.ptp(pixels, axis=0) / canvas.scene.viewport.side == pytest.approx([FILLED] * 2)
    assert not any(button.isVisible() for button in canvas.edges.buttons.values())
    assert canvas.camera.at_home


@pytest.mark.parametrize("span", [0.01, 1.0])
def test_data_that_are_too_small_to_be_seen_are_fitted_too(canvas, span, document):
    put(document, np.random.default_rng(0).uniform(0, span, (50, 2)))
    width = canvas.extent[1] - canvas.extent[0]
    assert span < width < 1.5 * span


def test_data_that_are_seen_on_the_usual_axes_stay_there(canvas, document):
    put(document, np.array([[-3.0, 2.0], [4.0, -1.0], [0.0, 0.0]]))
    assert canvas.extent == CANVAS_EXTENT


FAR = np.array([[0.0, 470.0], [100.0, 530.0], [40.0, 500.0]])


def test_another_data_set_starts_the_view_anew_and_undo_brings_the_old_one_back(canvas, document):
    canvas.camera.zoom(5, (1, 1))
    put(document, FAR)
    far = canvas.extent
    assert far[0] < 0 < 100 < far[1]
    canvas.camera.zoom(5, (1, 1))
    put(document, FAR + 1000)
    assert canvas.extent == pytest.approx(np.add(far, 1000))
    document.stack.undo()
    assert canvas.extent == far
    document.stack.undo()
    assert canvas.extent == CANVAS_EXTENT
    document.stack.redo()
    document.replace(switch_generator(document.experiment, "moons"), "Data set: Moons")
    assert canvas.extent == CANVAS_EXTENT
    canvas.camera.zoom(5, (1, 1))
    document.replace(switch_generator(document.experiment, "xor"), "Data set: XOR")
    assert canvas.extent == CANVAS_EXTENT


def test_data_beside_what_there_is_are_seen_and_undo_goes_back(canvas, document):
    put(document, np.random.default_rng(0).uniform(-5, 5, (50, 2)))
    canvas.camera.zoom(3, (0, 0))
    near = canvas.extent
    both = Points.concatenate([document.points, Points(FAR, [0, 1, 0])])
    document.replace(edit_many(document.experiment, {"data.points": both}), "Import")
    assert inside(document.points.xy, canvas.extent).all()
    document.stack.undo()
    assert canvas.extent == CANVAS_EXTENT
    canvas.camera.zoom(3, (0, 0))
    more = Points.concatenate([document.points, Points([[0.5, 0.5]], [0])])
    document.replace(edit_many(document.experiment, {"data.points": more}), "Import")
    assert canvas.extent in (near, CANVAS_EXTENT)
    assert inside(more.xy[-1:], canvas.extent).all()


def test_a_new_document_starts_the_view_anew(canvas, document):
    put(document, FAR)
    document.reset(default_experiment())
    assert canvas.extent == CANVAS_EXTENT
    canvas.camera.pan(3, 3)
    document.reset(default_experiment())
    assert canvas.extent == CANVAS_EXTENT


def test_what_varies_a_data_set_leaves_the_view_alone(canvas, document):
    canvas.camera.zoom(5, (1, 1))
    view = canvas.extent
    document.change({"data.generator.noise": 0.3}, "noise")
    document.change({"data.generator.points": 100}, "points")
    document.change({"data.split.seed": 3}, "seed")
    document.clear_points()
    assert canvas.extent == view


def test_a_file_of_far_data_is_seen_when_it_is_opened(qtbot):
    document = Document(edit_many(default_experiment(), {"data.points": Points(FAR, [0, 1, 0])}))
    canvas = Canvas(document, CurrentLane(document), ToolSettings())
    qtbot.addWidget(canvas)
    assert inside(FAR, canvas.extent).all()
    document.stack.setClean()


def test_show_all_fits_both_axes_without_the_origin_and_a_double_click_goes_back(canvas, hand, document):
    put_points(document, Points([[2000, 3], [2100, 4], [2050, 3.5]], [0, 1, 0]), "Draw")
    assert canvas.extent == CANVAS_EXTENT
    canvas.show_all()
    left, right, bottom, top = canvas.extent
    assert (right - left, top - bottom) == pytest.approx((100 / FILLED, 1 / FILLED))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    assert canvas.extent == CANVAS_EXTENT


@pytest.mark.parametrize(("key", "task"), [(key, task) for key in TOOLS for task in TOOLS[key].tasks])
def test_a_tool_does_the_same_on_the_screen_whatever_the_units(show, monkeypatch, key, task):
    """The same hand on the same picture: circles, densities, grips and frames are those of the screen."""
    found = []
    for axes in (HOME, UNEQUAL):
        canvas, document, settings = show(axes, *cloud(), task=task)
        ticks = iter(np.arange(10_000) / 60)
        canvas.pointer.gesture.clock = lambda ticks=ticks: next(ticks)
        monkeypatch.setattr(gesture, "FRAME_MS", 0)
        settings.tool, settings.radius = key, 1.1
        before = axes.to_sheet(document.points.xy)
        if key == "select":
            canvas.selected.select_all()
        hand = Hand(canvas)
        home = Viewport.fitted(SIDE, SIDE)
        hand.pixel = lambda position, home=home: home.to_pixel(*position).toPoint()
        hand.drag((-2.0, 1.0), (2.5, -1.5))
        hand.click((3.0, 3.0))
        after = document.points
        found.append((axes.to_sheet(after.xy), after.split, len(before)))
        if task != "curve":
            found[-1] += (after.target,)
    (plain, *rest), (stretched, *same) = found
    assert stretched.shape == plain.shape
    assert np.allclose(stretched, plain, atol=1e-9)
    for mine, theirs in zip(rest, same, strict=True):
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("zoomed", [False, True])
def test_the_picture_of_the_sheet_is_the_same_whatever_the_units(show, zoomed):
    """Points, prediction, boundary, selection and preview; only the numbers at the axes differ."""
    pictures, exports = [], []
    wave = np.sin(np.arange(40) / 5)
    chance = 1 / (1 + np.exp(-4 * (wave[None, :] + wave[:, None])))
    values = np.stack((chance, 1 - chance), -1).astype(np.float32)
    for axes in (HOME, UNEQUAL):
        canvas, _, settings = show(axes, *cloud())
        settings.tool = "select"
        canvas.selected.select_all()
        if zoomed:
            canvas.camera.zoom(4, (1.0, 2.0))
        seen = snapshot(values)
        lane = replace(
            seen.lanes[0],
            observed=Observed.of({PREDICTION.key: Prediction(axes.extent(CANVAS_EXTENT), values)}),
        )
        canvas.show_snapshot(replace(seen, lanes=(lane,)))
        canvas.pointer.move_to((1.0, 1.0))
        pictures.append(image_of_sheet(canvas))
        exports.append(exported(canvas).copy(50, 50, 690, 690))
    assert difference(*pictures) < 0.002
    assert difference(*exports) < 0.002


def difference(first: QImage, second: QImage) -> float:
    """The share of pixels that visibly differ: positions are rounded in their last bit before they are drawn."""
    kind = QImage.Format.Format_RGB32
    assert first.size() == second.size()
    one, other = (
        np.frombuffer(image.convertToFormat(kind).constBits(), np.uint8).astype(int)
        for image in (first, second)
    )
    return float((np.abs(one - other) > 24).mean())


def exported(canvas):
    image = QImage(canvas.export_size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.paint_export(painter, QRectF(image.rect()))
    painter.end()
    return image


def test_what_a_tool_does_not_move_keeps_its_bits(show):
    axes = Axes(0.1, 477.7, 1 / 3, 0.7)
    canvas, document, settings = show(axes, *cloud())
    before = document.points
    settings.tool = "select"
    canvas.selected.select_all()
    index = canvas.context.selection.index
    edit = canvas.context.rewrite(index, xy=canvas.context.xy + np.array((0.5, 0.0)))
    after = edit.apply(before)
    assert np.array_equal(after.xy[:, 1], before.xy[:, 1])
    assert np.allclose(after.xy[:, 0] - before.xy[:, 0], 0.5 / 3)
    assert canvas.context.rewrite(index, xy=canvas.context.xy) is None


def test_copies_lie_beside_their_originals_on_the_screen(show):
    canvas, document, _ = show(UNEQUAL, [[1.0, 1.0], [2.0, 0.0]], [0.0, 1.0], [0, 0])
    canvas.selected.select_all()
    canvas.selected.duplicate()
    moved = UNEQUAL.to_sheet(document.points.xy[2:]) - UNEQUAL.to_sheet(document.points.xy[:2])
    assert np.allclose(moved, [[0.3, -0.3]] * 2)


@pytest.mark.parametrize(
    ("low", "high", "words", "name"),
    [
        (0.0, 100.0, ["0", "20", "40", "60", "80", "100"], "x₁"),
        (470.0, 530.0, ["480", "500", "520"], "x₁"),
        (-0.02, 0.02, ["−0.02", "−0.01", "0", "0.01", "0.02"], "x₁"),
        (0.0, 5e6, ["0", "1", "2", "3", "4", "5"], "x₁ (10⁶)"),
        (-1e-9, 1e-9, ["−1", "−0.5", "0", "0.5", "1"], "x₁ (10⁻⁹)"),
        (1e9, 1.1e9, ["1", "1.02", "1.04", "1.06", "1.08", "1.1"], "x₁ (10⁹)"),
        (1950.0, 2030.0, ["1960", "1980", "2000", "2020"], "x₁"),
        (5.0, 5.0 + 1e-7, ["0", "0.5", "1"], "x₁ − 5 (10⁻⁷)"),
        (1.7e9, 1.7e9 + 50, ["0", "10", "20", "30", "40", "50"], "x₁ − 1700000000"),
        (-70000.4, -70000.0, ["0", "0.1", "0.2", "0.3", "0.4"], "x₁ + 70000.4"),
    ],
)  # fmt: skip
def test_numbers_at_an_axis_are_short_and_differ(low, high, words, name):
    found = axis_labels(low, high, 5)
    assert [text for _, text in found.ticks] == words
    assert found.name("x₁") == name
    assert all(low - 1e-6 <= position <= high + 1e-6 for position, _ in found.ticks)


def test_scenes_of_other_axes_are_other_scenes():
    here = Viewport.fitted(664, 664)
    assert replace(here, axes=UNEQUAL) != here
    assert replace(here, axes=UNEQUAL).sheet == here


# -- the frame of the data

IRIS = {
    "data.extent": {"x": [0, 8], "y": [0, 3]},
    "data.axes": {"x": {"name": "Petal length", "unit": "cm"}, "y": {"name": "Petal width"}},
}


def test_the_extent_is_the_home_of_the_view_and_undo_brings_back_the_one_before(canvas, document):
    before = canvas.extent
    document.change(IRIS, "Axes")
    assert canvas.extent == pytest.approx((0, 8, 0, 3))
    assert canvas.camera.at_home
    canvas.camera.zoom(5, (1.0, 2.0))
    canvas.camera.reset()
    assert canvas.extent == pytest.approx((0, 8, 0, 3))
    document.stack.undo()
    assert canvas.extent == before


def test_an_equal_aspect_shows_one_unit_equally_long_and_the_whole_extent(canvas, document):
    document.change({**IRIS, "data.aspect": "equal"}, "Axes")
    viewport = canvas.scene.viewport
    right = viewport.to_pixel(5, 1).x() - viewport.to_pixel(4, 1).x()
    up = viewport.to_pixel(4, 1).y() - viewport.to_pixel(4, 2).y()
    assert right == pytest.approx(up)
    assert canvas.extent == pytest.approx((0, 8, -2.5, 5.5))


def test_the_default_frame_paints_what_it_always_painted_and_names_take_room_outside_the_square(
    canvas, document
):
    plain = canvas.scene.viewport.square
    document.change(IRIS, "Axes")
    named = canvas.scene.viewport.square
    assert 0 < plain.height() - named.height() < 20
    assert canvas.height() - named.bottom() > canvas.height() - plain.bottom()
    assert named.width() == named.height()


def test_names_and_units_stand_at_the_axes_also_when_zoomed(canvas, document, monkeypatch):
    document.change(IRIS, "Axes")
    for notches in (0, 8, 30):
        canvas.camera.zoom(notches, (0.3, 0.2))
        texts = painted_texts(canvas, monkeypatch)
        assert any(text.startswith("Petal length") and text.endswith("cm)") for text in texts)
        assert any(text.startswith("Petal width") for text in texts)


def painted_texts(canvas, monkeypatch):
    from gui_app.canvas.layers import surround

    texts = []

    def note(painter, scene, middle, text, **more):
        texts.append(text)

    with monkeypatch.context() as patched:
        patched.setattr(surround, "paint_text", note)
        exported(canvas)
    return texts


def test_values_of_a_surface_are_drawn_picked_and_coloured_by_their_extent(show):
    canvas, document, settings = show(HOME, [[0.0, 0.0]], [300.0], [0], task="surface")
    document.change({"data.extent.value": [270, 330], "data.axes.value.unit": "K"}, "Axes")
    settings.tool, settings.value = "point", 0.5
    hand = Hand(canvas)
    hand.click((3.0, 3.0))
    assert document.points.target.tolist() == [300.0, 315.0]
    settings.tool = "eyedropper"
    hand.click((0.0, 0.0))
    assert settings.value == 0.0
    assert canvas.context.value_text(315.0) == "315 K"
    assert canvas.scene.shares(document.points.target).tolist() == [0.0, 0.5]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("ends", [(0.0, 1e-99), (1e-99, 2e-99)])
def test_points_that_lie_far_outside_of_a_tiny_extent_are_counted(show, ends):
    """As far as numbers go: no coordinate of a pixel overflows."""
    canvas, document, _ = show(HOME, [[0.0, 0.0], [1.0, 5.0], [-1e100, 1e100]], [0, 1, 1], [0, 0, 0])
    document.replace(edit_many(document.experiment, {"data.extent.x": ends, "data.extent.y": ends}), "Axes")
    canvas.camera.start(Axes.of_extent(document.experiment.data.extent))
    canvas.grab()
    document.replace(edit_many(document.experiment, {"data.points": document.points[:2]}), "Fewer")
    canvas.grab()
    document.replace(edit_many(document.experiment, {"data.points": document.points[1:]}), "Fewer")
    canvas.grab()
    assert canvas.edges.buttons["top"].text() == "▴ 1"


# -- room for numbers


def texts_painted(canvas) -> list[tuple[str, QRectF]]:
    """The texts around the sheet, with the places of their letters in pixels."""
    painted: list[tuple[str, QRectF]] = []

    class Noting(QPainter):
        def drawText(self, *arguments) -> None:
            if len(arguments) == 3 and isinstance(arguments[0], QRectF):
                box, flags, text = arguments
                letters = QFontMetricsF(self.font()).boundingRect(box, flags, text)
                painted.append((text, self.transform().mapRect(letters)))
            super().drawText(*arguments)

    image = QImage(canvas.size(), QImage.Format.Format_RGB32)
    painter = Noting(image)
    paint_axes(painter, canvas.scene)
    painter.end()
    return painted


LONG = [
    (0.0, 50_000.0), (-99_999.0, 99_999.0), (-0.05, 0.05), (0.0, 1e9), (-2.5, 2.5), (1.7e9, 1.7e9 + 50), (-6.0, 6.0),
]  # fmt: skip


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("extent", LONG, ids=str)
def test_numbers_at_an_axis_touch_neither_edge_nor_sheet_nor_name(
    canvas, document, extent, named, scale, qapp
):
    font, usual = qapp.font(), qapp.font()
    font.setPixelSize(round(text_size.BODY * scale))
    qapp.setFont(font)
    try:
        axis = {"name": "north", "unit": "m"} if named else {"name": None, "unit": None}
        low, high = extent
        extents = {"x": [low, high], "y": [low, high]}
        document.change({"data.extent": extents, "data.axes": {"x": axis, "y": axis}}, "Axes")
        canvas.resize(500, 500)
        square, painted = canvas.scene.viewport.square, texts_painted(canvas)
        assert len(painted) >= 6
        for text, place in painted:
            assert QRectF(canvas.rect()).contains(place), text
            assert not place.intersects(square.adjusted(1, 1, -1, -1)), text
        for (one, here), (other, there) in combinations(painted, 2):
            assert not here.adjusted(0, 3, 0, -3).intersects(there.adjusted(0, 3, 0, -3)), (
                f"{one} over {other}"
            )
    finally:
        qapp.setFont(usual)
