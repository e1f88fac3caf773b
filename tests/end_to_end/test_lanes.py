"""Two lanes compared as a person does it: duplicated, one with dropout, trained, drawn on, exported, opened again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.experiment import loads
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.panes.arrangement import Arrangement
from gui_app.lanes.chip import LaneChip
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.loss_plot import LossPlot
from gui_app.window.main_window import MainWindow
from tests.end_to_end.machine.poking import poke
from tests.gui_app.hands import LEFT, Hand, part_of

pytestmark = pytest.mark.window
EPOCHS = 30


@pytest.fixture
def engine() -> str:
    return "thread"


def test_two_lanes_are_compared_drawn_on_exported_and_opened_again(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window((1920, 1080))
    window.complete()
    qtbot.waitUntil(lambda: window.link.settled)
    QTest.keyClick(window.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    rename_current(window, "dropout")
    switch_dropout_on(window, qtbot)
    first, second = window.document.experiment.lanes
    assert (first.name, second.name) == ("A", "dropout")
    assert first.regularization.dropout.rate == 0.0
    assert second.regularization.dropout.rate > 0.0
    assert [chip.accessibleName() for chip in chips(window)] == ["Lane A", "Lane dropout"]

    train(window, qtbot)
    compare_answers(window)
    compare_curves(window)
    draw_in_the_second_pane(window, qtbot)

    folder = tmp_path / "everything"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    window.exports.everything()
    qtbot.waitUntil(lambda: (folder / "model-dropout.pt").exists())
    check_picture(window, QImage(str(folder / "canvas.png")))
    assert b"<svg" in (folder / "canvas.svg").read_bytes()
    assert loads((folder / "experiment.sketch.json").read_bytes()) == window.document.experiment

    again = open_window((1920, 1080))
    again.complete()
    assert again.files.load(folder / "experiment.sketch.json")
    assert again.document.experiment.lanes == window.document.experiment.lanes
    assert again.document.points == window.document.points
    assert again.current_lane.looks == window.current_lane.looks
    assert [chip.shown.look for chip in chips(again)] == [chip.shown.look for chip in chips(window)]
    qtbot.waitUntil(lambda: [pane.look for pane in again.canvas.panes] == [*window.current_lane.looks])


def chips(window: MainWindow) -> list[LaneChip]:
    return [chip for chip in window.lanes.strip.chips if chip.isVisible()]


def rename_current(window: MainWindow, name: str) -> None:
    chip = chips(window)[window.current_lane.index]
    QTest.mouseClick(chip, LEFT)
    QTest.keyClick(chip, Qt.Key.Key_F2)
    field = chip.field
    assert field is not None
    QTest.keyClicks(field, name)
    QTest.keyClick(field, Qt.Key.Key_Return)


def switch_dropout_on(window: MainWindow, qtbot: QtBot) -> None:
    panel = part_of(window, RegularizationPanel)
    qtbot.waitUntil(lambda: "dropout" in panel.cards)
    middle = 0.5, 0.5
    poke(panel.cards["dropout"].switch, "click", middle, middle, Qt.Key.Key_Space, "")


def train(window: MainWindow, qtbot: QtBot) -> None:
    """Play, and pause after some epochs, by the space bar."""
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.link.playing and window.link.latest.epoch >= EPOCHS)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.link.settled and not window.link.playing)


def compare_answers(window: MainWindow) -> None:
    """Each pane shows another boundary."""
    one, other = (pane.answers.prediction for pane in window.canvas.panes)
    assert one is not None
    assert other is not None
    sides = [prediction.values[..., 0] > 0.5 for prediction in (one, other)]
    assert (sides[0] != sides[1]).any(), "the boundaries are the same"


def compare_curves(window: MainWindow) -> None:
    """The plot shows the training loss of both lanes, each as the engine has it."""
    plot = part_of(window, LossPlot)
    drawn = {
        mark.lane: mark
        for mark in plot.picture.marks
        if isinstance(mark, Curve) and mark.name == "training" and mark.lane is not None
    }
    colours = [window.appearance.theme.lanes[look.colour] for look in window.current_lane.looks]
    assert [drawn[index].colour for index in range(2)] == colours
    assert drawn[0].x.tolist() == drawn[1].x.tolist()
    assert (drawn[0].y[1:] != drawn[1].y[1:]).all()
    for index, lane in enumerate(window.link.latest.lanes):
        assert drawn[index].y == pytest.approx(lane.history.loss[:, 0])


def draw_in_the_second_pane(window: MainWindow, qtbot: QtBot) -> None:
    """A stroke there is in the document, and as the same pixels in both panes."""
    canvas, document = window.canvas, window.document
    before, known = picture(canvas), len(document.points)
    hand = Hand(canvas, pane=1)
    hand.follow((-5, -5), (-2, -5), events=6)
    qtbot.waitUntil(lambda: window.link.settled)
    drawn = document.points.xy[known:]
    assert len(drawn) > 0
    assert (abs(drawn - [-3.5, -5]) < [2.5, 1.0]).all(), "far from the stroke"
    # The preview of the tool would cover points.
    hand.canvas.pointer.move_to(None)
    after = picture(canvas)
    changed = 0
    for point in drawn:
        places = [Hand(canvas, pane).pixel(point) for pane in range(2)]
        shown = [after.pixel(place) for place in places]
        assert shown[0] == shown[1]
        changed += shown[0] != before.pixel(places[0])
    # One may lie on a point of its own class.
    assert changed > len(drawn) / 2


def picture(canvas: Canvas) -> QImage:
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def check_picture(window: MainWindow, exported: QImage) -> None:
    """It has a pane for each lane, with the lane's colour before its name, and another answer in each."""
    size = window.canvas.export_size()
    scale = exported.width() / size.width()
    assert exported.height() == round(scale * size.height())
    panes = Arrangement.of(size.width(), size.height(), 2).panes
    for pane, look in zip(panes, window.current_lane.looks, strict=True):
        mark = scale * QPointF(pane.left() + 13, pane.top() + 13)
        assert exported.pixelColor(mark.toPoint()).name() == window.canvas.theme.lanes[look.colour].lower()
    inside = [QRectF(pane).adjusted(10, 30, -10, -10) for pane in panes]
    sheets = [exported.copy(QRectF(scale * r.topLeft(), scale * r.size()).toRect()) for r in inside]
    assert sheets[0].size() == sheets[1].size()
    assert sheets[0] != sheets[1]
