"""The View menu: what the window shows, where, and in which theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from gui_app.canvas.canvas import Canvas
from gui_app.theme.appearance import MODES, Appearance
from gui_app.window.menus.entries import add


def add_view_menu(
    window: QMainWindow,
    docks: list[QDockWidget],
    appearance: Appearance,
    restore: Callable[[], None],
    canvas: Canvas,
) -> None:
    menu = window.menuBar().addMenu("&View")
    add(menu, "Show &all points", canvas.show_all, "Ctrl+9")
    add(menu, "&Default view", canvas.camera.reset, "Ctrl+0")
    menu.addSeparator()
    for dock in docks:
        menu.addAction(dock.toggleViewAction())
    add(menu, "&Restore the layout", restore)
    menu.addSeparator()
    for text, switch, tip in (
        (
            "&Uncertainty (dropout)",
            canvas.optional_layers.show_uncertainty,
            "How far predictions spread when dropout stays on.",
        ),
        (
            "&Augmented points",
            canvas.optional_layers.show_ghosts,
            "The latest batch, as augmented.",
        ),
    ):
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setToolTip(tip)
        action.setStatusTip(tip)
        action.toggled.connect(switch)
    _add_themes(menu, appearance)


def _add_themes(menu: QMenu, appearance: Appearance) -> None:
    themes = menu.addMenu("&Theme")
    group = QActionGroup(themes)
    for mode, text in MODES.items():
        action = add(themes, text, partial(appearance.choose, mode))
        action.setCheckable(True)
        action.setChecked(mode == appearance.mode)
        group.addAction(action)
