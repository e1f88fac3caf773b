"""The Sweep menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMainWindow, QMenu

from gui_app.window.menus.entries import add
from gui_app.window.sweep_room import SweepRoom


def add_sweep_menu(
    window: QMainWindow, room: SweepRoom, show_results: Callable[[], object], show_map: Callable[[], object]
) -> QMenu:
    """Add and return the Sweep menu.

    ``show_results`` opens the window with all networks of the sweep, ``show_map`` the map of trainability.
    """
    menu = window.menuBar().addMenu("&Sweep")
    menu.setToolTipsVisible(True)
    sweep = room.sweep
    begin = add(
        menu,
        "&Sweep …",
        room.open_setup,
        "Ctrl+G",
        tip="Train the current lane with every combination of the values of one or two settings.",
    )
    promote = add(
        menu,
        "&Promote the chosen cell",
        sweep.promote,
        "Ctrl+Shift+G",
        tip="A copy of it beside the sweep, as a lane of its own, as far as it has trained.",
    )
    end = add(
        menu,
        "&End the sweep",
        sweep.end,
        tip="The chosen cell becomes a lane of its own, and the other cells go.",
    )

    menu.addSeparator()
    results = add(
        menu,
        "&All networks …",
        show_results,
        "Ctrl+Alt+G",
        tip="Heat map, the best networks, and parallel coordinates of settings and results.",
    )

    add(
        menu,
        "&Map of trainability",
        show_map,
        tip="Which pairs of learning rates converge: a picture with structure at every zoom (Sohl-Dickstein 2024).",
    )

    def refresh() -> None:
        begin.setText("&Change the axes …" if sweep.is_on else "&Sweep …")
        for action in (promote, end, results):
            action.setEnabled(sweep.is_on)

    sweep.changed.connect(refresh)
    refresh()
    return menu
