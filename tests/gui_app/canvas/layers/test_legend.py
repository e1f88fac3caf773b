"""The legend of the canvas: everything is in it, and as readable as there is room."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from engine.experiment import SPLITS, VALIDATION
from gui_app.canvas.layers.legend import Legend, legend_parts, paint_empty_message, paint_legend
from gui_app.canvas.layers.legend_rows import EDGE, RADIUS
from gui_app.canvas.layers.markers import marker_path, paint_marker
from gui_app.canvas.layers.point_styles import split_look, style
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.view.viewport import Viewport
from gui_app.theme import text_size
from gui_app.theme.painting import painting
from gui_app.theme.tokens import LIGHT

SPECIES = ("Adelie penguin", "Chinstrap penguin", "Gentoo penguin", "Emperor penguin", "Rockhopper penguin")
ALL = Legend((0, 1, 2), fit=False)


@pytest.fixture
def metrics(qapp):
    return QFontMetricsF(small_font(QFont()))


def parts_of(metrics, names, size, legend=ALL):
    scene = Scene(Viewport.fitted(*size), LIGHT, "classification", max(len(names), 2), tuple(names))
    parts = legend_parts(scene, legend, metrics)
    assert_apart(parts, metrics, size)
    return parts


def assert_apart(parts, metrics, size):
    """Within the canvas, and no two on one another."""
    square = Viewport.fitted(*size).square
    for middle in {part.middle for part in parts}:
        row = sorted((part for part in parts if part.middle == middle), key=lambda part: part.left)
        ends = [part.label_x + metrics.horizontalAdvance(part.label) for part in row]
        assert row[0].left >= min(EDGE, square.left()) - 0.01
        assert ends[-1] <= size[0] - EDGE + 1
        assert all(end + 8 < after.left for end, after in zip(ends, row[1:], strict=False))
        assert middle - 7 >= 0
        assert middle + 4 < square.top()


def labels(parts, kind):
    return [part.label for part in parts if part.kind == kind]


def test_what_has_room_above_the_sheet_stands_there(metrics):
    parts = parts_of(metrics, ["cat", "dog"], (1000, 600))
    square = Viewport.fitted(1000, 600).square
    assert labels(parts, "class") == ["cat", "dog"]
    assert labels(parts, "split") == ["training", "validation", "test"]
    assert parts[0].left == square.left() + 2
    last = parts[-1]
    assert last.label_x + metrics.horizontalAdvance(last.label) == pytest.approx(square.right() - 2)
    assert len({part.middle for part in parts}) == 1


def test_names_use_the_room_beside_the_sheet(metrics):
    """A window of 1280 by 720: the sheet is some 360 pixels wide, and as much is free beside it."""
    parts = parts_of(metrics, ["setosa", "versicolor", "virginica", "hybrid", "other"], (748, 428))
    assert labels(parts, "class") == ["setosa", "versicolor", "virginica", "hybrid", "other"]
    assert labels(parts, "split") == ["training", "validation", "test"]
    assert len({part.middle for part in parts}) == 1
    assert parts[0].left < Viewport.fitted(748, 428).square.left()


def test_names_that_are_longer_stand_in_two_rows_and_are_whole(metrics):
    parts = parts_of(metrics, SPECIES, (748, 428))
    assert labels(parts, "class") == list(SPECIES)
    assert len({part.middle for part in parts}) == 2


@pytest.mark.parametrize("size", [(748, 428), (548, 428), (428, 748), (800, 800)])
@pytest.mark.parametrize("count", [5, 7, 10])
def test_every_class_is_there_with_as_much_of_its_name_as_there_is_room(metrics, size, count):
    names = [f"{number} {SPECIES[number % 5]} of the southern islands" for number in range(count)]
    parts = parts_of(metrics, names, size, Legend((0, 1, 2), False, 12))
    assert [part.number for part in parts if part.kind == "class"] == list(range(count))
    assert labels(parts, "split") == ["training", "validation", "test"]
    assert len(labels(parts, "note")) == 1
    shown = labels(parts, "class")
    assert all(name.startswith(text.rstrip("…")) for name, text in zip(names, shown, strict=True))
    longest = max(map(metrics.horizontalAdvance, shown))
    assert longest > (size[0] - 200) / count - 30, "cut shorter than the room asks for"


def test_a_short_name_leaves_its_room_to_long_ones(metrics):
    names = ["a", "b", "c", *SPECIES]
    assert labels(parts_of(metrics, names, (748, 428)), "class") == names


def test_what_has_no_room_at_all_is_counted(metrics):
    parts = parts_of(metrics, [f"class {number}" for number in range(10)], (330, 330))
    shown, (more,) = labels(parts, "class"), labels(parts, "note")
    assert more == f"+{10 - len(shown)}"
    assert shown


@pytest.mark.parametrize("names", [[], ["cat"]])
@pytest.mark.parametrize("side", [10, 100, 170])
def test_a_canvas_that_has_room_for_nothing_is_painted_all_the_same(metrics, names, side):
    scene = Scene(Viewport.fitted(side, side), LIGHT, "classification", 2, tuple(names))
    assert labels(legend_parts(scene, ALL, metrics), "split") == ["training", "validation", "test"]


def test_points_that_are_not_seen_are_told_beside_names(metrics):
    legend = Legend((0, 1, 2), False, outside=1234, hidden=56)
    parts = parts_of(metrics, ["setosa", "versicolor", "virginica"], (748, 428), legend)
    assert labels(parts, "note") == ["1,234 points out of view · 56 hidden"]


def test_without_names_only_splits_and_the_line_are_explained(metrics):
    parts = parts_of(metrics, [], (748, 428), Legend((0, 2), True))
    assert [(part.kind, part.label) for part in parts] == [
        ("split", "training"),
        ("split", "test"),
        ("fit", "fit"),
    ]
    assert parts_of(metrics, [], (748, 428), Legend()) == []


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_the_sample_of_a_split_is_drawn_as_its_points_are(metrics, task):
    """In shape, edge and halo; the colour is nobody's, where colours tell classes or values."""
    scene = Scene(Viewport.fitted(600, 600), LIGHT, task, 2 if task == "classification" else 0)
    part = next(part for part in legend_parts(scene, ALL, metrics) if part.label == "validation")
    number = (20 if task == "surface" else 0) * len(SPLITS) + VALIDATION
    _, on_sheet = style(number, scene)
    sample = split_look(scene.theme.muted, part.number, scene)
    assert (sample.fill, sample.width, sample.halo) == (on_sheet.fill, on_sheet.width, on_sheet.halo)
    painted, expected = (QImage(600, 40, QImage.Format.Format_RGB32) for _ in range(2))
    for image in (painted, expected):
        image.fill(QColor(LIGHT.window))
    with painting(painted) as painter:
        paint_legend(painter, scene, ALL)
    with painting(expected) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = marker_path("o", RADIUS).translated(part.left + RADIUS, part.middle + 0.5)
        paint_marker(painter, path, sample)
    sign = QRect(round(part.left) - 2, round(part.middle) - 7, round(2 * RADIUS) + 4, 15)
    assert painted.copy(sign) == expected.copy(sign)


@pytest.mark.parametrize("size", [(700, 600), (400, 240), (320, 230), (240, 200)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_hint_of_an_empty_sheet_stays_within_it(qapp, size, scale, monkeypatch):
    monkeypatch.setattr(text_size, "scale", lambda: scale)
    scene = Scene(Viewport.fitted(*size), LIGHT, "classification", 2, ())
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    with painting(image) as painter:
        paint_empty_message(painter, scene)
    changed = [
        QPoint(x, y)
        for x in range(0, size[0])
        for y in range(0, size[1], 3)
        if image.pixelColor(x, y) != QColor("magenta")
    ]
    assert len(changed) > 100
    square = scene.viewport.square
    assert square.left() - 0.5 <= min(point.x() for point in changed)
    assert max(point.x() for point in changed) <= square.right() + 0.5
