"""What the screen shows is what a canvas painted anew would show: no pixel of a former picture stays."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from engine.experiment import switch_task
from engine.observation.observables import Prediction
from engine.observation.snapshot import CANVAS_EXTENT
from tests.gui_app.plots.runs import history_of, snapshot_of


def snapshot(task, values):
    shown = snapshot_of(history_of([0]))
    lane = replace(
        shown.lanes[0], observed=shown.lanes[0].observed.of({"prediction": Prediction(CANVAS_EXTENT, values)})
    )
    return replace(shown, task=task, lanes=(lane,))


def on_screen(canvas):
    """The pixels of the window itself: a grab would paint all of them anew."""
    QApplication.processEvents()
    shown = canvas.screen().grabWindow(canvas.winId()).toImage()
    return shown.convertToFormat(QImage.Format.Format_RGB32)


def painted_anew(canvas):
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def heights(middle, reach=0.0):
    return middle + reach * np.sin(np.linspace(0, 9, 60))


@pytest.mark.parametrize("first", [heights(6.0), heights(5.9, 0.3), heights(-6.0), heights(0.0, 20.0)])
def test_a_curve_at_the_edge_leaves_nothing_above_or_below(document, canvas, first):
    document.replace(switch_task(document.experiment, "curve"), "Task")
    canvas.show_snapshot(snapshot("curve", first))
    QApplication.processEvents()
    canvas.show_snapshot(snapshot("curve", heights(0.0, 1.0)))
    assert on_screen(canvas) == painted_anew(canvas)
    canvas.show_snapshot(snapshot("curve", heights(50.0)))
    assert on_screen(canvas) == painted_anew(canvas)


def test_no_boundary_stays_when_the_task_changes(document, canvas):
    share = np.linspace(0, 1, 400, dtype=np.float32).reshape(20, 20)
    canvas.show_snapshot(snapshot("classification", np.stack([share, 1 - share], -1)))
    QApplication.processEvents()
    document.replace(switch_task(document.experiment, "curve"), "Task")
    assert canvas.prediction is None
    assert on_screen(canvas) == painted_anew(canvas)
    canvas.show_snapshot(snapshot("curve", heights(5.9, 0.3)))
    assert on_screen(canvas) == painted_anew(canvas)
    document.stack.undo()
    assert canvas.prediction is None
    assert on_screen(canvas) == painted_anew(canvas)
