"""The switches beside the sheet: what they show, that they are remembered, and that exports follow them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSettings, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from engine.experiment import TEST, Points, switch_task
from engine.observation.observables import POINTS, PointAnswers, Prediction
from engine.observation.snapshot import CANVAS_EXTENT, Observed
from gui_app.canvas.layers.discrete import STEPS, finer
from gui_app.canvas.switches.state import SWITCHES, CanvasSwitches
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme.icons import icon
from gui_app.theme.style_sheet import style_sheet
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.canvas.test_canvas import snapshot
from tests.gui_app.hands import click, put_points

SLOPE = np.repeat(np.linspace(0.05, 0.95, 20, dtype=np.float32)[None], 20, 0)


def shown(canvas, values, task="classification", answers=None):
    picture = snapshot(values)
    more = {} if answers is None else {POINTS.key: answers}
    observed = Observed.of({"prediction": Prediction(CANVAS_EXTENT, values), **more})
    lane = replace(picture.lanes[0], observed=observed)
    canvas.show_snapshot(replace(picture, task=task, lanes=(lane,)))


def exported(canvas):
    image = QImage(800, 800, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.paint_export(painter, QRectF(0, 0, 800, 800))
    painter.end()
    return image


def colours_in(image, viewport_share=(0.2, 0.8)):
    """The colours along a line across the sheet, without those next to an edge."""
    row = [
        image.pixel(x, image.height() // 3) for x in range(*(int(s * image.width()) for s in viewport_share))
    ]
    return {a for a, b in pairwise(row) if a == b}


def test_hard_regions_have_one_colour_each_on_the_screen_and_in_exports(empty_document, canvas):
    shown(canvas, np.stack([SLOPE, 1 - SLOPE], -1))
    assert len(colours_in(exported(canvas))) > 10
    click(canvas.switch_bar.buttons["discretize"])
    assert canvas.switches.on("discretize")
    for image in (exported(canvas), canvas.grab().toImage()):
        assert len(colours_in(image)) == 2
    click(canvas.switch_bar.buttons["discretize"])
    assert len(colours_in(exported(canvas))) > 10


def test_a_surface_is_shown_in_steps(empty_document, canvas):
    empty_document.replace(switch_task(empty_document.experiment, "surface"), "Task")
    put_points(empty_document, Points.empty(), "None")
    canvas.switches.turn("discretize", True)
    shown(canvas, SLOPE * 2.0 - 1, "surface")
    found = len(colours_in(exported(canvas), (0.06, 0.9)))
    assert STEPS - 2 <= found <= STEPS + 2


def test_finer_values_lie_on_a_line_where_the_grid_does():
    fine = finer(SLOPE)
    assert fine.shape == (80, 80)
    np.testing.assert_allclose(np.diff(fine[:, 4:-4], axis=1), 0.9 / 19 / 4, atol=1e-6)
    assert finer(np.ones((1, 1))).tolist() == [[1.0] * 4] * 4


def test_wrong_points_have_rings_on_the_screen_and_in_exports(empty_document, canvas):
    points = Points([[-3, 0], [3, 0]], [0, 1])
    put_points(empty_document, points, "Two")
    answers = PointAnswers(points.digest, np.array([1.0, 1.0]), np.array([2.0, 0.1]))
    assert POINTS.request() not in canvas.requests
    click(canvas.switch_bar.buttons["wrong"])
    assert POINTS.request() in canvas.requests
    uniform = np.full((4, 4, 2), 0.5, np.float32)
    shown(canvas, uniform, answers=answers)
    canvas.switches.turn("wrong", False)
    plain = canvas.grab().toImage(), exported(canvas)
    canvas.switches.turn("wrong", True)
    ringed = canvas.grab().toImage(), exported(canvas)
    for without, with_rings in zip(plain, ringed, strict=True):
        middle, sheet = without.width() // 2, range(without.width() // 2, without.width() - 70)
        rows = range(60, without.height() - 60)
        assert any(without.pixel(x, y) != with_rings.pixel(x, y) for x in range(60, middle) for y in rows)
        same = all(without.pixel(x, y) == with_rings.pixel(x, y) for x in sheet for y in rows)
        assert same, "the right one is right"
    # Answers for other points ring nothing.
    put_points(empty_document, Points([[-3, 1], [3, 0]], [0, 1]), "Moved")
    assert not len(canvas.reading.known.wrong)


def test_test_data_are_a_switch_that_the_tools_know(document, canvas, settings):
    button = canvas.switch_bar.buttons["test_data"]
    assert button.isChecked()
    click(button)
    assert TEST not in settings.shown
    assert TEST not in canvas.visible.points.split
    settings.show_split(TEST, True)
    assert button.isChecked()


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_only_switches_of_the_task_are_there_and_cover_nothing(document, canvas, task):
    if task != "classification":
        document.replace(switch_task(document.experiment, task), "Task")
    bar, square = canvas.switch_bar, canvas.scene.viewport.square
    there = {key for key, button in bar.buttons.items() if not button.isHidden()}
    assert there == {key for key, switch in SWITCHES.items() if task in switch.tasks}
    for size in ((320, 320), (390, 420), (900, 420), (500, 900)):
        canvas.resize(*size)
        square = canvas.scene.viewport.square.toAlignedRect()
        for part in (bar, canvas.reading.line):
            assert not part.geometry().intersects(square)
            assert canvas.rect().contains(part.geometry())
        assert not bar.geometry().intersects(canvas.reading.line.geometry())


def test_switches_are_remembered(qapp, tmp_path):
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    first = CanvasSwitches(ToolSettings())
    first.remember(settings)
    first.turn("discretize", True)
    first.turn("test_data", False)
    settings.sync()
    second = CanvasSwitches(ToolSettings())
    second.remember(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    assert {key for key in SWITCHES if second.on(key)} == {"discretize", "test_data"}


def test_a_label_says_what_each_switch_is(canvas):
    for key, button in canvas.switch_bar.buttons.items():
        assert SWITCHES[key].tooltip in button.toolTip()
        assert button.accessibleName() == SWITCHES[key].label
        assert QColor(canvas.theme.text).isValid()
        assert not button.icon().isNull()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_switch_that_is_on_is_filled_and_one_with_the_focus_is_not(canvas, theme, qapp):
    qapp.setStyleSheet(style_sheet(theme))
    canvas.apply_theme(theme)
    buttons = canvas.switch_bar.buttons
    canvas.switches.turn("discretize", True)
    buttons["wrong"].setFocus(Qt.FocusReason.TabFocusReason)

    def filling(key):
        return buttons[key].grab().toImage().pixelColor(4, 4).name()

    assert buttons["wrong"].hasFocus()
    assert filling("discretize") == theme.accent
    assert filling("wrong") == filling("uncertainty") != theme.accent
    qapp.setStyleSheet("")


@pytest.mark.parametrize(("size", "words"), [((900, 420), True), ((440, 420), False)])
def test_words_stand_beside_the_icons_where_there_is_room(canvas, size, words):
    canvas.resize(*size)
    for key, button in canvas.switch_bar.buttons.items():
        shown = button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        assert shown is words
        assert button.text() == SWITCHES[key].word
        assert not words or button.width() > button.fontMetrics().horizontalAdvance(button.text()) + 24


@pytest.mark.parametrize("key", SWITCHES)
def test_each_switch_says_what_it_shows_and_has_a_picture_of_its_own(key: str) -> None:
    switch = SWITCHES[key]
    assert all(switch.meaning(task).split()[0] in ("Show", "Put", "Colour") for task in switch.tasks)
    pictures = {other: icon(SWITCHES[other].icon, "#000000").pixmap(24, 24).toImage() for other in SWITCHES}
    assert [other for other, picture in pictures.items() if picture == pictures[key]] == [key]
