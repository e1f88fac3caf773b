"""The Data menu and the Examples menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMainWindow

from engine.catalogue.presets import PRESETS
from gui_app.session.operations import Operations
from gui_app.window.examples import Examples
from gui_app.window.menus.entries import add


def add_data_menu(window: QMainWindow, operations: Operations) -> None:
    operations.fill(window.menuBar().addMenu("&Data"))


def add_examples_menu(window: QMainWindow, examples: Examples) -> None:
    """Add the Examples menu, with one entry for each example of the lecture."""
    menu = window.menuBar().addMenu("E&xamples")
    menu.setToolTipsVisible(True)
    for key, preset in PRESETS.items():
        add(menu, preset.label, partial(examples.open, key), tip=preset.formula)
