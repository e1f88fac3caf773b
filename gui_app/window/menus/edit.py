"""The Edit menu: undo, all points, selected points."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from engine.catalogue.tasks import CLASSIFICATION
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.selecting.actions import SelectedActions
from gui_app.session.document import Document
from gui_app.window.menus.code import copy_code_menu
from gui_app.window.menus.entries import Keys, add

if TYPE_CHECKING:
    from gui_app.exporting.scripts import ScriptActions
    from gui_app.importing.actions import ImportActions

GIVE_CLASS = "Give the chosen c&lass"


def add_edit_menu(
    window: QMainWindow,
    document: Document,
    canvas: Canvas,
    imports: Callable[[], ImportActions],
    scripts: Callable[[], ScriptActions],
) -> None:
    """Add the Edit menu; ``imports`` and ``scripts`` are called only when an entry is used."""
    menu = window.menuBar().addMenu("&Edit")
    undo = document.history.createUndoAction(window, "&Undo")
    undo.setShortcut(Keys.Undo)
    redo = document.history.createRedoAction(window, "&Redo")
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    menu.addActions([undo, redo])
    menu.addSeparator()
    add(menu, "Copy all poi&nts as text", lambda: imports().copy(), "Ctrl+Shift+C")
    add(menu, "Pa&ste data …", lambda: imports().paste(), "Ctrl+Shift+V")
    menu.addMenu(copy_code_menu(menu, scripts))
    menu.addSeparator()
    add(menu, "&Clear points", document.clear_points, "Ctrl+Shift+Backspace")
    menu.addSeparator()
    _add_selection(menu, document, canvas.selected)


def _add_selection(menu: QMenu, document: Document, selected: SelectedActions) -> None:
    """Add the commands on selected points."""
    add(menu, "Select &all", selected.select_all, Keys.SelectAll)
    add(menu, "Cu&t points", selected.cut, Keys.Cut)
    add(menu, "C&opy points", selected.copy, Keys.Copy)
    add(menu, "&Paste points", selected.paste, Keys.Paste)
    add(menu, "&Duplicate points", selected.duplicate, "Ctrl+Shift+D")
    relabel = add(menu, GIVE_CLASS, selected.relabel, "Ctrl+L")
    add(menu, "D&elete points\tDel", selected.delete)
    menu.aboutToShow.connect(
        lambda: relabel.setText(
            GIVE_CLASS if document.experiment.data.task == CLASSIFICATION else "Give the chosen va&lue"
        )
    )
