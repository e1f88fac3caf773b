"""The File menu, and the menu of exports that the top bar offers too."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from gui_app.session.file_actions import FileActions
from gui_app.window.menus.code import code_menu
from gui_app.window.menus.entries import Keys, add

if TYPE_CHECKING:
    from gui_app.exporting.actions import ExportActions
    from gui_app.exporting.scripts import ScriptActions
    from gui_app.importing.actions import ImportActions
    from gui_app.window.own_lessons import OwnLessons
    from gui_app.window.sweep_folders import SweepFolders

KEEP_RUN_TIP = "Save weights and history with the drawing: the file opens with answers and plots as left."


def add_file_menu(
    window: QMainWindow,
    files: FileActions,
    lessons: OwnLessons,
    sweeps: SweepFolders,
    imports: Callable[[], ImportActions],
    exports: Callable[[], ExportActions],
    scripts: Callable[[], ScriptActions],
) -> QMenu:
    """Add and return the File menu; ``imports``, ``exports`` and ``scripts`` are called only when an entry is used."""
    menu = window.menuBar().addMenu("&File")
    menu.setToolTipsVisible(True)
    add(menu, "&New", files.new, Keys.New)
    add(menu, "&Open …", files.open, Keys.Open)
    recent = menu.addMenu("Open &recent")
    recent.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: _fill_recent(recent, files))
    add(menu, "Open s&weep results …", sweeps.open, tip="The folder of a sweep, whole or half computed.")
    of_sweeps = menu.addMenu("Recen&t sweeps")
    of_sweeps.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: _fill_sweeps(of_sweeps, sweeps))
    add(menu, "Open &lesson folder …", lessons.choose, tip="A lesson, or a folder of lessons.")
    menu.addSeparator()
    add(menu, "&Save", files.save, Keys.Save)
    add(menu, "Save &as …", files.save_as, Keys.SaveAs)
    keep = menu.addAction("&Keep the run in the file")
    keep.setCheckable(True)
    keep.setChecked(files.run.wanted)
    keep.toggled.connect(files.run.choose)
    keep.setToolTip(KEEP_RUN_TIP)
    keep.setStatusTip(KEEP_RUN_TIP)
    menu.addSeparator()
    add(menu, "&Import data …", lambda: imports().choose(), "Ctrl+I")
    menu.addMenu(export_menu(menu, exports, scripts))
    add(menu, "Export e&verything …", lambda: exports().everything(), "Ctrl+E")
    add(menu, "&Make a lesson of this …", lessons.make, tip="A folder with a text to fill in.")
    menu.addSeparator()
    add(menu, "&Quit", window.close, Keys.Quit)
    return menu


def export_menu(
    parent: QWidget, exports: Callable[[], ExportActions], scripts: Callable[[], ScriptActions]
) -> QMenu:
    """Return a menu that exports each picture, settings, data, history, code, or everything."""
    menu = QMenu("&Export", parent)
    of_code = code_menu(menu, scripts)

    def fill() -> None:
        menu.clear()
        from engine.export.data_files import DATA_FORMATS
        from gui_app.exporting.pictures import PICTURE_FORMATS

        actions, formats = exports(), ", ".join(one.label for one in PICTURE_FORMATS.values())
        of_data = ", ".join(one.label for one in DATA_FORMATS.values())
        add(menu, "&Everything into a folder …", actions.everything)
        menu.addSeparator()
        for view in actions.views:
            add(menu, f"{view.export_title} ({formats}) …", partial(actions.picture, view))
        menu.addSeparator()
        add(menu, "Settings (JSON) …", actions.settings)
        add(menu, f"Data ({of_data}) …", actions.data)
        add(menu, "History (CSV) …", actions.history)
        menu.addMenu(of_code)

    menu.aboutToShow.connect(fill)
    return menu


def _fill_recent(menu: QMenu, files: FileActions) -> None:
    menu.clear()
    for path in files.recent():
        # A single & would underline the next letter.
        add(menu, path.name.replace("&", "&&"), partial(files.open_recent, path), tip=str(path))
    menu.setEnabled(bool(menu.actions()))


def _fill_sweeps(menu: QMenu, sweeps: SweepFolders) -> None:
    menu.clear()
    for folder in sweeps.recent():
        add(menu, folder.name.replace("&", "&&"), partial(sweeps.show, folder), tip=str(folder))
    menu.setEnabled(bool(menu.actions()))
