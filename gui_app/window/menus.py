"""The menu bar: all commands by name, with their shortcuts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from engine.catalogue.presets import PRESETS
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.selecting.actions import SelectedActions
from gui_app.session.document import Document
from gui_app.session.file_actions import FileActions
from gui_app.session.operations import Operations
from gui_app.session.training_speed import TrainingSpeed
from gui_app.theme.appearance import MODES, Appearance
from gui_app.window.examples import Examples

if TYPE_CHECKING:
    from gui_app.exporting.actions import ExportActions
    from gui_app.importing.actions import ImportActions

Keys = QKeySequence.StandardKey
KEEP_RUN_TIP = (
    "Save weights and history with the drawing: the file opens with the boundary and the curves as left."
)


def _add(
    menu: QMenu, text: str, work: Callable[[], object], keys: Keys | str | None = None, tip: str = ""
) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda checked=False: work())
    if keys is not None:
        action.setShortcut(QKeySequence(keys))
    if tip:
        action.setToolTip(tip)
        action.setStatusTip(tip)
    return action


def add_file_menu(
    window: QMainWindow,
    files: FileActions,
    imports: Callable[[], ImportActions],
    exports: Callable[[], ExportActions],
) -> QMenu:
    """Add and return the File menu; ``imports`` and ``exports`` are called only when an entry is used."""
    menu = window.menuBar().addMenu("&File")
    menu.setToolTipsVisible(True)
    _add(menu, "&New", files.new, Keys.New)
    _add(menu, "&Open …", files.open, Keys.Open)
    recent = menu.addMenu("Open &recent")
    recent.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: _fill_recent(recent, files))
    menu.addSeparator()
    _add(menu, "&Save", files.save, Keys.Save)
    _add(menu, "Save &as …", files.save_as, Keys.SaveAs)
    keep = menu.addAction("Keep the &run in the file")
    keep.setCheckable(True)
    keep.setChecked(files.run.wanted)
    keep.toggled.connect(files.run.choose)
    keep.setToolTip(KEEP_RUN_TIP)
    keep.setStatusTip(KEEP_RUN_TIP)
    menu.addSeparator()
    _add(menu, "&Import data …", lambda: imports().choose(), "Ctrl+I")
    menu.addMenu(export_menu(menu, exports))
    _add(menu, "Export e&verything …", lambda: exports().everything(), "Ctrl+E")
    menu.addSeparator()
    _add(menu, "&Quit", window.close, Keys.Quit)
    return menu


def export_menu(parent: QWidget, exports: Callable[[], ExportActions]) -> QMenu:
    """Return a menu that exports each picture, settings, data, history, or everything."""
    menu = QMenu("&Export", parent)

    def fill() -> None:
        menu.clear()
        from engine.export.data_files import DATA_FORMATS
        from gui_app.exporting.pictures import PICTURE_FORMATS

        actions, formats = exports(), ", ".join(one.label for one in PICTURE_FORMATS.values())
        of_data = ", ".join(one.label for one in DATA_FORMATS.values())
        _add(menu, "&Everything into a folder …", actions.everything)
        menu.addSeparator()
        for view in actions.views:
            _add(menu, f"{view.export_title} ({formats}) …", partial(actions.picture, view))
        menu.addSeparator()
        _add(menu, "Settings (JSON) …", actions.settings)
        _add(menu, f"Data ({of_data}) …", actions.data)
        _add(menu, "History (CSV) …", actions.history)

    menu.aboutToShow.connect(fill)
    return menu


def add_edit_menu(
    window: QMainWindow, document: Document, canvas: Canvas, imports: Callable[[], ImportActions]
) -> None:
    """Add the Edit menu; ``imports`` is called only when an entry is used."""
    menu = window.menuBar().addMenu("&Edit")
    undo = document.stack.createUndoAction(window, "&Undo")
    undo.setShortcut(Keys.Undo)
    redo = document.stack.createRedoAction(window, "&Redo")
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    menu.addActions([undo, redo])
    menu.addSeparator()
    _add(menu, "Copy all &points as text", lambda: imports().copy(), "Ctrl+Shift+C")
    _add(menu, "&Paste data …", lambda: imports().paste(), "Ctrl+Shift+V")
    menu.addSeparator()
    _add(menu, "&Clear points", document.clear_points, "Ctrl+Shift+Backspace")
    menu.addSeparator()
    _add_selection(menu, canvas.selected)


def _add_selection(menu: QMenu, selected: SelectedActions) -> None:
    """Add the commands on selected points."""
    _add(menu, "Select &all", selected.select_all, Keys.SelectAll)
    _add(menu, "Cu&t points", selected.cut, Keys.Cut)
    _add(menu, "C&opy points", selected.copy, Keys.Copy)
    _add(menu, "&Paste points", selected.paste, Keys.Paste)
    _add(menu, "&Duplicate points", selected.duplicate, "Ctrl+D")
    _add(menu, "Give the chosen c&lass or value", selected.relabel, "Ctrl+L")
    _add(menu, "D&elete points\tDel", selected.delete)


def add_help_menu(window: QMainWindow, canvas: Canvas, copy_report: Callable[[bool], object]) -> None:
    menu = window.menuBar().addMenu("&Help")
    keys = _add(menu, "&Keys and mouse", canvas.cheat_sheet.toggle)
    # A question mark needs Shift on most keyboards.
    keys.setShortcuts([QKeySequence("?"), QKeySequence("Shift+?")])
    menu.addSeparator()
    _add(
        menu,
        "Copy &report for a bug",
        lambda: copy_report(False),
        tip="Versions, settings and the newest log lines; no drawing, no names of files.",
    )
    _add(
        menu,
        "Copy report with &paths",
        lambda: copy_report(True),
        tip="The same with paths and names of files.",
    )


def add_data_menu(window: QMainWindow, operations: Operations) -> None:
    operations.fill(window.menuBar().addMenu("&Data"))


def add_examples_menu(window: QMainWindow, examples: Examples) -> None:
    """Add the Examples menu, with one entry for each example of the lecture."""
    menu = window.menuBar().addMenu("E&xamples")
    menu.setToolTipsVisible(True)
    for key, preset in PRESETS.items():
        _add(menu, preset.label, partial(examples.open, key), tip=preset.formula)


def add_view_menu(
    window: QMainWindow,
    docks: list[QDockWidget],
    appearance: Appearance,
    restore: Callable[[], None],
    canvas: Canvas,
) -> None:
    menu = window.menuBar().addMenu("&View")
    _add(menu, "Show &all points", canvas.show_all, "Ctrl+9")
    _add(menu, "&Default view", canvas.camera.reset, "Ctrl+0")
    menu.addSeparator()
    for dock in docks:
        menu.addAction(dock.toggleViewAction())
    _add(menu, "&Restore the layout", restore)
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
    menu.addSeparator()
    group = QActionGroup(menu)
    for mode, text in MODES.items():
        action = _add(menu, text, partial(appearance.choose, mode))
        action.setCheckable(True)
        action.setChecked(mode == appearance.mode)
        group.addAction(action)


def add_train_menu(
    window: QMainWindow,
    commands: dict[str, tuple[Callable[[], object], str | None]],
    speed: TrainingSpeed,
) -> None:
    """Add the Train menu; ``commands`` maps texts to functions and shortcuts (None if bound elsewhere)."""
    menu = window.menuBar().addMenu("&Train")
    menu.setToolTipsVisible(True)
    for text, (work, keys) in commands.items():
        _add(menu, text, work, keys)
    menu.addSeparator()
    _add(menu, "S&lower", speed.go_slower, "-", tip="Fewer epochs a second; results stay the same.")
    # A plus needs Shift on some keyboards.
    faster = _add(menu, "&Faster", speed.go_faster, tip="More epochs a second; results stay the same.")
    faster.setShortcuts([QKeySequence("+"), QKeySequence("Shift++"), QKeySequence("=")])
    slowly = _add(
        menu,
        "Start s&lowly",
        lambda: None,
        tip="Show the first epochs of a run one by one, later ones faster.",
    )
    slowly.setCheckable(True)
    slowly.setChecked(speed.slow_start)
    slowly.toggled.connect(speed.start_slowly)
    speed.changed.connect(lambda: slowly.setChecked(speed.slow_start))


def _fill_recent(menu: QMenu, files: FileActions) -> None:
    menu.clear()
    for path in files.recent():
        # A single & would underline the next letter.
        _add(menu, path.name.replace("&", "&&"), partial(files.open_recent, path), tip=str(path))
    menu.setEnabled(bool(menu.actions()))
