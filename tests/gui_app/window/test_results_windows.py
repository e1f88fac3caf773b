"""Windows of results close on Escape, and say so."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from shiboken6 import isValid

from engine.experiment.settings import SweepAxis
from engine.observation.sweep_measures import Threshold
from gui_app.sweeps.results.map.window import MapWindow
from gui_app.sweeps.results.window import ResultsWindow
from gui_app.theme.tokens import LIGHT

pytestmark = pytest.mark.window
AXES = (SweepAxis("regularization.l2", (0.0, 0.001, 0.01)),)


@pytest.mark.parametrize("kind", ["results", "map"])
@pytest.mark.parametrize("way", ["escape", "close"])
def test_a_window_of_results_closes_once_and_is_gone(window, qtbot, kind, way):
    shown = MapWindow(LIGHT, window) if kind == "map" else ResultsWindow("one", LIGHT, window)
    said = []
    shown.closed.connect(lambda: said.append(kind))
    shown.show()
    if way == "escape":
        qtbot.keyClick(shown, Qt.Key.Key_Escape)
    else:
        shown.close()
    assert not shown.isVisible()
    assert said == [kind]
    QCoreApplication.sendPostedEvents(shown, QEvent.Type.DeferredDelete)
    assert not isValid(shown)


def test_escape_closes_all_networks_and_they_can_be_opened_again(window, qtbot):
    window.sweep.start(AXES)
    window.live_results.open()
    first = window.live_results.shown
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    assert not first.isVisible()
    assert window.live_results.shown is None
    window.live_results.open()
    second = window.live_results.shown
    assert second is not first
    assert second.isVisible()


def test_the_end_of_the_sweep_closes_all_networks(window):
    window.sweep.start(AXES)
    window.live_results.open()
    shown = window.live_results.shown
    window.sweep.end()
    assert not shown.isVisible()
    assert window.live_results.shown is None


def test_all_networks_and_the_dock_count_epochs_to_one_threshold(window):
    window.sweep.start(AXES)
    window.live_results.open()
    window.sweep.set_threshold(0.25)
    window.dock_layout.sweep_dock.catch_up()
    window.live_results.refresh()
    assert window.live_results.shown.view.table.threshold == Threshold("validation_loss", 0.25)
    assert window.dock_layout.sweep_dock.table.threshold == Threshold("validation_loss", 0.25)
