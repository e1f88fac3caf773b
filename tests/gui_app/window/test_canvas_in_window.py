"""The canvas in a real window with a real engine: tools from the panel, keys of the menus, and the view."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import Points
from engine.observation.observables import PREDICTION
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT, pixel, put_points, stroke

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def choose(window: MainWindow, key: str) -> None:
    QTest.mouseClick(window.dock_layout.data_panel.draw.tools[key], LEFT)
    assert window.tools.tool == key


def press(window: MainWindow, key, modifiers=NONE) -> None:
    QTest.keyClick(window.canvas, key, modifiers)


def test_a_drawing_is_made_with_many_tools_and_undone(window: MainWindow) -> None:
    document = window.document
    first = document.points
    QTest.mouseClick(window.dock_layout.data_panel.draw.clear, LEFT)
    choose(window, "brush")
    stroke(window, (-4, 2), (4, 2))
    press(window, "2")
    choose(window, "line")
    stroke(window, (-4, -2), (4, -2))
    drawn = document.points
    assert set(drawn.target) == {0, 1}
    choose(window, "split_brush")
    QTest.mouseClick(window.dock_layout.data_panel.draw.options.choices["split"].chips[2], LEFT)
    stroke(window, (0, -4), (0, 4))
    assert document.points.counts()[2] > drawn.counts()[2]
    choose(window, "magnet")
    stroke(window, (3, 2), (3, 2.2))
    choose(window, "select")
    stroke(window, (-5, 1), (-1, 3))
    chosen = window.canvas.context.selection.index
    assert len(chosen) > 20
    before = document.points.xy[chosen]
    stroke(window, (-2.5, 2), (-2.5, 4))
    assert document.points.xy[chosen].mean(axis=0) == pytest.approx(
        before.mean(axis=0) + np.array((0, 2)), abs=0.05
    )
    press(window, Qt.Key.Key_Delete)
    assert len(document.points) == len(drawn) - len(chosen)
    while document.stack.canUndo():
        document.stack.undo()
    assert document.points == first


def test_keys_work_on_selected_points(window: MainWindow) -> None:
    document, count = window.document, len(window.document.points)
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_C, CONTROL)
    press(window, Qt.Key.Key_D, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert len(document.points) == 2 * count
    press(window, Qt.Key.Key_X, CONTROL)
    press(window, Qt.Key.Key_V, CONTROL)
    assert len(document.points) == 2 * count
    press(window, "2")
    press(window, Qt.Key.Key_L, CONTROL)
    assert (document.points.target[count:] == 1).all()
    assert window.statusBar().currentMessage() == f"Pasted {count} points."


def test_the_engine_predicts_what_the_view_shows(qtbot, window: MainWindow) -> None:
    canvas = window.canvas
    at = QPointF(pixel(window, 2, 2))
    wheel = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton, CONTROL,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    assert canvas.extent != (-6, 6, -6, 6)

    def extent_of_newest():
        prediction = PREDICTION.of(window.link.latest.lanes[0])
        return prediction and prediction.extent

    qtbot.waitUntil(lambda: extent_of_newest() == canvas.extent)
    press(window, Qt.Key.Key_0, CONTROL)
    qtbot.waitUntil(lambda: extent_of_newest() == (-6, 6, -6, 6))


def test_a_hundred_thousand_points_are_shown_zoomed_and_erased(still: MainWindow) -> None:
    rng = np.random.default_rng(0)
    xy = rng.uniform(-6, 6, (100_000, 2))
    put_points(still.document, Points(xy, rng.integers(0, 2, 100_000)), "Import")
    still.canvas.grab()
    still.canvas.camera.zoom(3, (1, 1))
    still.canvas.grab()
    choose(still, "eraser")
    stroke(still, (0, 0), (2, 2))
    still.canvas.grab()
    gone = 100_000 - len(still.document.points)
    swept = np.pi * 0.6**2 + 2 * 0.6 * np.sqrt(8)
    assert gone == pytest.approx(100_000 * swept / 144, rel=0.1)
    still.document.stack.undo()
    assert np.array_equal(still.document.points.xy, xy)


def test_copies_by_keyboard_lie_beside_one_another(still: MainWindow) -> None:
    put_points(still.document, Points([[0, 0]], [0]), "One")
    for key in (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_V):
        press(still, key, CONTROL)
    assert still.document.points.xy.round(9).tolist() == [[0, 0], [0.3, -0.3], [0.6, -0.6]]
