"""Choosing a tool moves nothing else in the Data column."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from engine.experiment import switch_task
from gui_app.panels.data.data_panel import DataPanel
from tests.gui_app.hands import click, part_of


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_everything_below_the_tools_stays_where_it_is(open_window, fake_engine, task):
    window = open_window()
    window.complete()
    if task != "classification":
        window.document.replace(switch_task(window.document.experiment, task), "Task")
    panel = part_of(window, DataPanel)
    # The layout of the new task settles in steps.
    for _ in range(5):
        QApplication.processEvents()
    seen = set()
    for button in panel.draw.tools.values():
        if button.isHidden():
            continue
        click(button)
        QApplication.processEvents()
        seen.add((panel.gallery.mapTo(panel, QPoint()).y(), panel.split.mapTo(panel, QPoint()).y()))
    assert len(seen) == 1
