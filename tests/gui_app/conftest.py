"""A window as the app makes it, with settings of its own and an engine that is gone when the test is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import getCppPointer

from engine.data import Library
from engine.experiment import default_experiment
from engine.service import heartbeat
from engine.service.interface import Engine
from engine.service.process import ProcessEngine
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.startup.application import make_window
from gui_app.startup.recovery import keeper, patience
from gui_app.window.main_window import MainWindow
from tests.deadline import DEADLINE
from tests.engine.service.conftest import forked
from tests.gui_app.dialogs import dialogs, files
from tests.gui_app.fake_engine import FakeEngine

__all__ = ["dialogs", "files", "forked"]


@pytest.fixture(autouse=True)
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the app's own data: nothing of the person who runs the tests."""
    folder = tmp_path.with_name(f"{tmp_path.name}-data")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a busy machine makes late changes nothing: no engine counts as silent or busy, and a window that closes
    waits for its engine and for the disk. Waits of less than a second are a test's own, which has something hang.
    """
    for name in ("FIRST", "SILENT", "BUSY", "LOADS"):
        monkeypatch.setattr(heartbeat, name, sys.maxsize)
    monkeypatch.setattr(EngineLink.close, "__defaults__", (DEADLINE,))
    monkeypatch.setattr(keeper, "WAIT", DEADLINE)
    monkeypatch.setattr(patience, "Thread", _Unhurried)


class _Unhurried(Thread):
    def join(self, timeout: float | None = None) -> None:
        super().join(timeout if timeout is None or timeout < 1.0 else DEADLINE)


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Deletes the windows and panels that a test has made: each one that stays makes every later test slower."""
    before = set(_top_level())
    yield
    for pointer, widget in _top_level().items():
        if pointer not in before:
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _top_level() -> dict[int, QWidget]:
    """The widgets that belong to no other, by their addresses."""
    widgets = QApplication.topLevelWidgets() if QApplication.instance() is not None else []
    return {getCppPointer(widget)[0]: widget for widget in widgets if widget.parent() is None}


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """The person's own data sets: none yet."""
    return Library(tmp_path / "data sets")


@pytest.fixture
def document(qapp: QApplication) -> Iterator[Document]:
    """The spiral."""
    document = Document(default_experiment())
    yield document
    document.stack.setClean()


@pytest.fixture
def fake_engine() -> FakeEngine:
    """The engine of the windows of a test that uses this fixture: it does nothing but what the test makes it do."""
    return FakeEngine()


@pytest.fixture
def process_engine(forked: None) -> ProcessEngine:
    """The engine of the window of a test that uses this fixture: a process, which has PyTorch from its beginning."""
    return ProcessEngine()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str | Engine:
    """The windows' engine: the one that the test uses, or else a thread, which starts sooner than a process."""
    named = next((name for name in ("fake_engine", "process_engine") if name in request.fixturenames), None)
    return "thread" if named is None else request.getfixturevalue(named)


@pytest.fixture
def open_window(
    qapp: QApplication, qtbot: QtBot, settings: QSettings, engine: str | Engine, library: Library
) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window; every window and its engine are gone after the test. One that is ``early`` stays as it is
    first painted until ``later`` is started or finished.
    """
    windows: list[MainWindow] = []

    def open_one(size: tuple[int, int] | None = (1280, 720), early: bool = False) -> MainWindow:
        window = make_window(qapp, settings, engine, library)
        windows.append(window)
        if early:
            window.first_painted.disconnect(window.later.start)
        if size is not None:
            window.resize(*size)
        window.show()
        # Without a window manager nobody else makes it active, and shortcuts are an active window's.
        window.activateWindow()
        qtbot.waitUntil(lambda: window.isActiveWindow() and window._painted)
        return window

    yield open_one
    for window in windows:
        window.document.forget_changes()
        if "exports" in vars(window):
            window.exports.give_up()
        window.close()
        window.deleteLater()
        assert window.link.close(DEADLINE), "the engine outlives its window"


@pytest.fixture
def window(open_window: Callable[..., MainWindow], qtbot: QtBot) -> MainWindow:
    """One window with all its rooms, whose engine has answered."""
    opened = open_window()
    opened.complete()
    qtbot.waitUntil(lambda: opened.link.settled)
    return opened


@pytest.fixture
def still(open_window: Callable[..., MainWindow], request: pytest.FixtureRequest) -> MainWindow:
    """One window with all its rooms, or a ``bare`` one, which takes a third of the time; for tests in which nothing
    needs to train.
    """
    mark = request.node.get_closest_marker("bare")
    bare = mark is not None and mark.args != (False,)
    opened = open_window(early=bare)
    if bare:
        opened.link.start()
    else:
        opened.complete()
    return opened
