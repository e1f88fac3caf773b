"""The View menu: what the window shows, where, and in which theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from gui_app.canvas.canvas import Canvas
from gui_app.canvas.panes.ways import ways_menu
from gui_app.canvas.switches.state import SWITCHES
from gui_app.theme.appearance import MODES, Appearance
from gui_app.window.layout.central_area import CentralArea
from gui_app.window.layout.full_screen import set_full_screen
from gui_app.window.layout.perspectives import Perspectives
from gui_app.window.layout.whole_layout import WholeLayout
from gui_app.window.menus.entries import add
from gui_app.window.menus.perspective import PerspectiveMenu

FIND_TIP = "Go to wrong points, largest loss first; in regression, to the points with the largest losses."


def add_view_menu(
    window: QMainWindow,
    docks: list[QDockWidget],
    appearance: Appearance,
    layout: WholeLayout,
    perspectives: Perspectives,
    present: Callable[[], object],
    canvas: Canvas,
) -> None:
    menu = window.menuBar().addMenu("&View")
    menu.setToolTipsVisible(True)
    add(menu, "Show &all points", canvas.show_all, "Ctrl+9")
    add(menu, "&Default view", canvas.camera.reset, "Ctrl+0")
    menu.addSeparator()
    menu.addMenu(PerspectiveMenu(window, perspectives, present))
    _add_full_screen(menu, window)
    menu.addSeparator()
    for dock in docks:
        menu.addAction(dock.toggleViewAction())
    _add_diagram(menu, layout.centre)
    add(menu, "&Restore the layout", lambda: layout.show_chosen(layout.arrange))
    menu.addSeparator()
    menu.addMenu(ways_menu(menu, canvas.lanes_shown, canvas.current))
    _add_switches(menu, canvas)
    finder = canvas.reading.finder
    add(menu, "Ne&xt wrong point", finder.next, "F3", FIND_TIP)
    add(menu, "Pre&vious wrong point", finder.previous, "Shift+F3", FIND_TIP)
    menu.addSeparator()
    # Two entries more would need a second column in a low window.
    looks = menu.addMenu("Appearan&ce")
    _add_text_sizes(looks, appearance)
    _add_themes(looks, appearance)


def _add_switches(menu: QMenu, canvas: Canvas) -> None:
    """Add an entry for each switch of the canvas; those that have nothing to show are disabled."""
    switches, actions = canvas.switches, {}
    for key, switch in SWITCHES.items():
        actions[key] = action = menu.addAction(switch.label)
        action.setCheckable(True)
        action.toggled.connect(lambda on, key=key: switches.turn(key, on))

    def refresh() -> None:
        for key, action in actions.items():
            action.setChecked(switches.on(key))
            task = canvas.options[0]
            action.setEnabled(task in SWITCHES[key].tasks and not switches.reason(key))
            action.setToolTip(switches.tooltip(key, task))
            action.setStatusTip(switches.tooltip(key, task))

    switches.changed.connect(refresh)
    menu.aboutToShow.connect(refresh)
    refresh()


def _add_full_screen(menu: QMenu, window: QMainWindow) -> None:
    action = menu.addAction("&Full screen")
    action.setCheckable(True)
    action.setShortcut("F11")
    action.triggered.connect(lambda: set_full_screen(window, not window.isFullScreen()))
    menu.aboutToShow.connect(lambda: action.setChecked(window.isFullScreen()))


def _add_diagram(menu: QMenu, centre: CentralArea) -> None:
    action = menu.addAction("&Network")
    action.setCheckable(True)
    action.setChecked(centre.diagram_shown)
    action.setToolTip("The network as a diagram, beside the canvas or as its tab.")
    action.toggled.connect(centre.show_diagram)
    centre.diagram_changed.connect(action.setChecked)


def _add_text_sizes(menu: QMenu, appearance: Appearance) -> None:
    sizes = menu.addMenu("Te&xt size")
    larger = add(sizes, "&Larger", appearance.show_larger_text)
    # Where + is typed with Shift, Qt takes Ctrl+Shift and that key for Ctrl++.
    larger.setShortcuts([QKeySequence("Ctrl+Shift++"), QKeySequence("Ctrl++")])
    add(sizes, "&Smaller", appearance.show_smaller_text, "Ctrl+Shift+-")
    add(sizes, "&Default", partial(appearance.choose_text_scale, 1.0), "Ctrl+Shift+0")


def _add_themes(menu: QMenu, appearance: Appearance) -> None:
    themes = menu.addMenu("&Theme")
    group = QActionGroup(themes)
    for mode, text in MODES.items():
        action = add(themes, text, partial(appearance.choose, mode))
        action.setCheckable(True)
        action.setChecked(mode == appearance.mode)
        group.addAction(action)
