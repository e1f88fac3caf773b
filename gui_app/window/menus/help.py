"""The Help menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow

from gui_app.window.help_windows import HelpWindows
from gui_app.window.menus.entries import add


def add_help_menu(
    window: QMainWindow,
    windows: HelpWindows,
    show_start_page: Callable[[], object],
    copy_report: Callable[[bool], object],
) -> None:
    """Add the Help menu."""
    menu = window.menuBar().addMenu("&Help")
    menu.setToolTipsVisible(True)
    add(
        menu,
        "&What is this?",
        lambda: windows.whats_this.begin(),
        "Shift+F1",
        tip="Then click a control or a plot: a short explanation with formula and picture.",
    )
    add(
        menu,
        "Explain the &focused control",
        lambda: windows.whats_this.explain_focused(),
        "F1",
        tip="The same for the control that has the keyboard.",
    )
    menu.addSeparator()
    add(menu, "Start &page", show_start_page, tip="Draw something, or begin with a lesson.")
    add(menu, "&Tour", windows.start_tour, tip="A few steps that point at the parts of the window.")
    add(menu, "&Glossary", windows.show_glossary, tip="All explanations and terms, with a search.")
    keys = add(menu, "&Shortcuts", windows.show_shortcuts, tip="All keys and mouse gestures, with a search.")
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
        "Copy report with pat&hs",
        lambda: copy_report(True),
        tip="The same with paths and names of files.",
    )
    add(menu, "Open the &log folder", windows.show_log, tip="What the app has noted, and what crashes left.")
    menu.addSeparator()
    add(menu, "&About Neural Sketchbook", windows.show_about, tip="Versions, licence, folder of the data.")
