"""On a screen of 1280×720, less the frame of the window, the Data column needs no scrolling for the first minutes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from engine.experiment import edit_many, switch_task
from engine.experiment.settings import AxesSettings, AxisSettings, ExtentSettings
from gui_app.panels.data.data_panel import DataPanel
from tests.gui_app.hands import LEFT, part_of

USUAL = (1272, 682)


def hidden_parts(panel: DataPanel) -> list[str]:
    """The parts that a person must scroll to."""
    area: QWidget = panel
    while not isinstance(area, QScrollArea):
        area = area.parentWidget()
    port, draw = area.viewport(), panel.draw
    needed = {
        **{f"tool {name}": button for name, button in draw.tools.items() if not button.isHidden()},
        "undo": draw.undo,
        "clear": draw.clear,
        "options": draw.options,
        "note": draw.radius_note,
        "class": draw.class_section,
        "value": draw.value_section,
        "data sets": panel.gallery,
        "change all": panel.change_all,
        "noise": panel.noise,
        "points": panel.points,
        "seed": panel.seed,
        "split": panel.split.bar,
    }
    shown = {name: part for name, part in needed.items() if not part.isHidden()}
    seen = {name: QRect(part.mapTo(port, QPoint()), part.size()) for name, part in shown.items()}
    return [name for name, rect in seen.items() if not port.rect().contains(rect)]


@pytest.fixture
def window(open_window, fake_engine):
    window = open_window(USUAL)
    window.complete()
    return window


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_everything_of_the_first_minutes_is_in_view(window, task):
    units = {
        "data.extent": ExtentSettings(x=(0.0, 24.0), y=(40.0, 160.0)),
        "data.axes": AxesSettings(x=AxisSettings(name="Age", unit="years")),
    }
    experiment = switch_task(window.document.experiment, task)
    for changes in ({}, units):
        window.document.replace(edit_many(experiment, changes), "Axes")
        # The layout of the new task settles in steps.
        for _ in range(5):
            QApplication.processEvents()
        assert hidden_parts(part_of(window, DataPanel)) == []


def test_a_click_on_a_button_beside_the_heading_folds_nothing(window):
    draw = part_of(window, DataPanel).draw
    assert not draw.undo.isEnabled()
    QTest.mouseClick(draw.undo, LEFT)
    assert draw.options.isVisible()
    QTest.mouseClick(draw.clear, LEFT)
    assert draw.options.isVisible()
    assert len(window.document.points) == 0
