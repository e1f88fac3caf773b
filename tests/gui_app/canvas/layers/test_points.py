import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage

from engine.catalogue.tasks import TASKS
from engine.data import Append, remove_where
from engine.experiment import SPLITS, TEST, TRAINING, VALIDATION, Points
from gui_app.canvas.layers.markers import marker_path
from gui_app.canvas.layers.points import PointsLayer
from gui_app.canvas.layers.scene import Scene, View
from gui_app.canvas.view.viewport import Viewport
from gui_app.theme.tokens import CLASS_MARKERS, DARK, LIGHT, mix

pytestmark = pytest.mark.usefixtures("qapp")


def scene_of(task="classification", classes=10, theme=LIGHT):
    return Scene(Viewport.fitted(400, 400), theme, task, classes)


def some_points(n, seed=0, classes=10):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-6.5, 6.5, (n, 2))
    return Points(xy, rng.integers(0, classes, n), rng.integers(0, 3, n))


def layer_of(points, scene, ratio=1.0):
    layer = PointsLayer(View(scene, 400, 400, ratio))
    layer.update(points)
    return layer


def full(points, scene, ratio=1.0):
    return layer_of(points, scene, ratio).image


def differing(first: QImage, second: QImage) -> QRect:
    """The rectangle around the pixels that differ."""
    arrays = [
        np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) for image in (first, second)
    ]
    rows, columns = np.nonzero(arrays[0] != arrays[1])
    if not len(rows):
        return QRect()
    left, top = int(columns.min()), int(rows.min())
    return QRect(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)


def next_edit(kind, points, done, rng):
    match kind:
        case "draw":
            return Append(some_points(20, seed=int(rng.integers(1000))))
        case "erase":
            return remove_where(points, np.hypot(*(points.xy - rng.uniform(-5, 5, 2)).T) < 1.5)
    return done.pop().inverse()


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_mended_picture_is_the_same_as_a_new_one(task, ratio):
    scene, rng, done = scene_of(task), np.random.default_rng(1), []
    points = some_points(300)
    layer = layer_of(points, scene, ratio)
    for kind in ("draw", "erase", "draw", "undo", "undo", "erase", "erase", "undo", "undo", "undo"):
        before, edit = layer.image.copy(), next_edit(kind, points, done, rng)
        if kind != "undo":
            done.append(edit)
        points = edit.apply(points)
        changed = layer.update(points)
        assert layer.image == full(points, scene, ratio)
        told = QRectF(
            changed.x() * ratio, changed.y() * ratio, changed.width() * ratio, changed.height() * ratio
        )
        assert told.contains(QRectF(differing(before, layer.image)))


def test_points_that_come_to_the_top_are_painted_again():
    scene, points = scene_of(), some_points(200)
    layer = layer_of(points, scene)
    turned = points[::-1]
    layer.update(turned)
    assert layer.image == full(turned, scene)


def test_the_same_points_cost_nothing():
    points = some_points(10)
    assert layer_of(points, scene_of()).update(points).isEmpty()


def test_appending_changes_only_the_place_of_the_new_point():
    scene, points = scene_of(), some_points(100)
    changed = layer_of(points, scene).update(Append(Points([[3, 3]], [0])).apply(points))
    assert changed.contains(scene.viewport.to_pixel(3, 3).toPoint())
    assert changed.width() < 25


def test_a_change_out_of_view_changes_nothing():
    points = Points([[0, 0], [8, 8]], [0, 1])
    assert layer_of(points, scene_of()).update(points[:1]).isEmpty()


def test_points_outside_the_view_are_not_painted():
    assert full(Points([[7, 0], [0, -6.01]], [0, 1]), scene_of()) == full(Points.empty(), scene_of())


def test_a_point_lies_where_it_should():
    image = full(Points([[3, 4.5]], [0]), scene_of())
    empty = full(Points.empty(), scene_of())
    middle = differing(image, empty).center()
    position = scene_of().viewport.to_pixel(3, 4.5)
    assert abs(middle.x() - position.x()) <= 1
    assert abs(middle.y() - position.y()) <= 1


def middle_colour(points, scene):
    return full(points, scene).pixelColor(200, 200)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_training_is_filled_validation_hollow_and_test_faint(theme):
    scene = scene_of(theme=theme)
    filled, hollow, faint = (
        middle_colour(Points([[0, 0]], [3], [split]), scene) for split in (TRAINING, VALIDATION, TEST)
    )
    assert filled == QColor(theme.classes[3])
    assert hollow == QColor(scene.paper)
    assert faint == QColor(mix(scene.paper, theme.classes[3], 0.45))


def test_a_surface_point_has_the_colour_of_its_value():
    scene = scene_of("surface")
    for value, colour in ((-1, LIGHT.low), (0, LIGHT.middle), (1, LIGHT.high), (9, LIGHT.high)):
        assert middle_colour(Points([[0, 0]], [value]), scene) == QColor(colour)


def test_every_class_and_split_looks_different():
    scene = scene_of()
    images = [full(Points([[0, 0]], [k], [s]), scene) for k in range(10) for s in range(len(SPLITS))]
    assert not any(images[i] == images[j] for i in range(30) for j in range(i))


@pytest.mark.parametrize("symbol", CLASS_MARKERS)
def test_markers_are_of_one_size(symbol):
    path = marker_path(symbol, 10)
    box = path.boundingRect()
    assert 17 < max(box.width(), box.height()) < 28
    assert abs(box.center().x()) < 0.5
    assert path.contains(box.center())


def test_an_unknown_marker_is_refused():
    with pytest.raises(ValueError, match="blob"):
        marker_path("blob", 3)
