"""The Data menu and the Examples menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

from engine.catalogue.presets import PRESETS
from gui_app.session.operations import Operations
from gui_app.window.examples import Examples
from gui_app.window.menus.entries import add

if TYPE_CHECKING:
    from gui_app.axes.actions import AxesActions


def add_data_menu(window: QMainWindow, operations: Operations, axes: Callable[[], AxesActions]) -> None:
    """Add the Data menu: operations on all points, and the axes; ``axes()`` makes their commands when one is used."""
    menu = window.menuBar().addMenu("&Data")
    operations.fill(menu)
    add(menu, "A&xes …", lambda: axes().edit(), "Ctrl+Shift+A", "Name, unit and extent of each axis")
    add(menu, "&Fit the axes to the data", lambda: axes().fit(), tip="Round ends around all points")


def add_examples_menu(window: QMainWindow, examples: Examples) -> None:
    """Add the Examples menu, with one entry for each example of the lecture."""
    menu = window.menuBar().addMenu("E&xamples")
    menu.setToolTipsVisible(True)
    for key, preset in PRESETS.items():
        add(menu, preset.label, partial(examples.open, key), tip=preset.formula)
