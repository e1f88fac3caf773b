"""The Help menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from gui_app.canvas.canvas import Canvas
from gui_app.window.menus.entries import add


def add_help_menu(window: QMainWindow, canvas: Canvas, copy_report: Callable[[bool], object]) -> None:
    menu = window.menuBar().addMenu("&Help")
    keys = add(menu, "&Keys and mouse", canvas.cheat_sheet.toggle)
    # A question mark needs Shift on most keyboards.
    keys.setShortcuts([QKeySequence("?"), QKeySequence("Shift+?")])
    menu.addSeparator()
    add(
        menu,
        "Copy &report for a bug",
        lambda: copy_report(False),
        tip="Versions, settings and the newest log lines; no drawing, no names of files.",
    )
    add(
        menu,
        "Copy report with &paths",
        lambda: copy_report(True),
        tip="The same with paths and names of files.",
    )
