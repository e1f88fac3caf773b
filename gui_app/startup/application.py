"""The QApplication, and the main window with its document, engine and settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QApplication

from engine.data import Library
from engine.service.allocation import give_back_large_memory
from engine.service.interface import Engine
from engine.service.process import ProcessEngine
from engine.service.thread import ThreadEngine
from gui_app.session.document import Document
from gui_app.session.starter import starter_experiment
from gui_app.theme.appearance import Appearance
from gui_app.theme.icons import app_icon
from gui_app.widgets.tips import Tips
from gui_app.window.main_window import MainWindow

NAME = "Neural Sketchbook"
LARGE = 1 << 20
"""Bytes of memory that is given back to the system at once: as large as what arrives of a long history."""


def make_application(arguments: list[str] | None = None) -> QApplication:
    """Return the application with its names; ``make_window`` gives it its icon."""
    give_back_large_memory(LARGE)
    app = QApplication(sys.argv[:1] if arguments is None else arguments)
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setOrganizationName(NAME)
    app.setDesktopFileName("neural-sketchbook")
    return app


ENGINES: dict[str, Callable[..., Engine]] = {"process": ProcessEngine, "thread": ThreadEngine}
"""The engines by name: training in a separate process, or in a thread of the window's process. Each may be told where
to train (``engine.service.place.AskedPlace``)."""


def sets_folder() -> Path:
    """Return the folder of the data sets that a person has saved."""
    location = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(location), "data sets")


def make_window(
    app: QApplication,
    settings: QSettings | None = None,
    engine: str | Engine = "process",
    library: Library | None = None,
) -> MainWindow:
    """Return the main window on a new document, not shown yet.

    ``engine`` is a key of ``ENGINES`` or an engine that has not been started. The default ``library`` holds the data
    sets in ``sets_folder()``.
    """
    settings = QSettings() if settings is None else settings
    appearance = Appearance(app, settings)
    appearance.apply()
    Tips.serve(app)
    library = library or Library(sets_folder())
    ready = ENGINES[engine]() if isinstance(engine, str) else engine
    window = MainWindow(Document(starter_experiment()), ready, appearance, settings, library)
    appearance.setParent(window)
    window.later.add("icon", lambda: app.setWindowIcon(app_icon()))
    return window
