"""The menus that write the current lane as code, or copy it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from gui_app.window.menus.entries import add

if TYPE_CHECKING:
    from gui_app.exporting.scripts import ScriptActions

COPY_TIP = "The current lane as a short script, to paste into a notebook or an editor."
WEIGHTS = "With first &weights and batches"
WEIGHTS_TIP = (
    "The script reads the lane's first weights from a file and takes its batches: its losses are the same."
)


def code_menu(parent: QWidget, scripts: Callable[[], ScriptActions]) -> QMenu:
    """Return a menu that writes the current lane as a script for one of the libraries that there are."""
    menu = QMenu("&Code", parent)
    menu.setToolTipsVisible(True)

    def fill() -> None:
        menu.clear()
        from engine.export.code import TARGETS

        for key, target in TARGETS.items():
            add(menu, f"{target.label} …", partial(_export, scripts, key))
        menu.addSeparator()
        weights = menu.addAction(WEIGHTS)
        weights.setCheckable(True)
        weights.setChecked(scripts().with_weights)
        weights.setToolTip(WEIGHTS_TIP)
        weights.setStatusTip(WEIGHTS_TIP)
        weights.toggled.connect(scripts().choose_weights)

    menu.aboutToShow.connect(fill)
    return menu


def copy_code_menu(parent: QWidget, scripts: Callable[[], ScriptActions]) -> QMenu:
    """Return a menu that copies the current lane as a script."""
    menu = QMenu("Cop&y as code", parent)
    menu.setToolTipsVisible(True)

    def fill() -> None:
        menu.clear()
        from engine.export.code import TARGETS

        for key, target in TARGETS.items():
            add(menu, target.label, partial(_copy, scripts, key), tip=COPY_TIP)

    menu.aboutToShow.connect(fill)
    return menu


def _export(scripts: Callable[[], ScriptActions], key: str) -> None:
    scripts().export(key)


def _copy(scripts: Callable[[], ScriptActions], key: str) -> None:
    scripts().copy(key)
