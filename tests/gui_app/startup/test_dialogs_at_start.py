"""The dialogs of a start come one after the other: none covers a question, and each can be answered."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment, dumps
from gui_app.session.dialogs import Notice, ask
from gui_app.session.file_claim import FileClaim
from gui_app.startup.recovery import Recovery, recover
from gui_app.startup.recovery.copies import Copy, encode
from gui_app.startup.recovery.dialog import RecoveryDialog
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import click

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def recovery(still: MainWindow, tmp_path: Path) -> Recovery:
    """That of a window, with something that a dead window has left."""
    folder = tmp_path / "recovery"
    folder.mkdir()
    copy = Copy(default_experiment(), None, True, time.time(), 1, "1")
    (folder / "99999999-0.1.copy").write_bytes(encode(copy))
    return recover(still, folder)


def lists(window: MainWindow) -> list[RecoveryDialog]:
    return [one for one in window.findChildren(RecoveryDialog) if one.isVisible()]


def broken(path: Path) -> Path:
    path.write_text(json.dumps({"format": "?"}))
    return path


@pytest.mark.parametrize("answer", ["OK", "Cancel"])
def test_the_list_waits_for_the_question_about_the_file(
    still: MainWindow,
    recovery: Recovery,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    answer: str,
) -> None:
    seen: list[bool] = []
    path = tmp_path / "a.sketch.json"
    if answer == "OK":
        broken(path)
    else:
        path.write_text(dumps(default_experiment()))
        monkeypatch.setattr(FileClaim, "is_elsewhere", lambda claim, file: True)

    def look() -> None:
        """Once all that was left is found: press the button of the question."""
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(bool(lists(still)))
        (button,) = [one for one in box.findChildren(QPushButton) if one.text().replace("&", "") == answer]
        click(button)

    recovery._found.connect(lambda lefts: QTimer.singleShot(0, look))
    QTimer.singleShot(0, recovery.offer)
    with qtbot.waitSignal(recovery.offered):
        still.open_file(path)
    assert seen == [False]
    (listed,) = lists(still)
    assert QApplication.activeModalWidget() is None
    listed.close()


def test_a_window_that_is_closed_meanwhile_lists_nothing(
    still: MainWindow, recovery: Recovery, qtbot: QtBot
) -> None:
    box = QMessageBox(still)
    box.open()
    found: list[object] = []
    recovery._found.connect(found.append)
    recovery.offer()
    qtbot.waitUntil(lambda: bool(found))
    recovery.end()
    with qtbot.waitSignal(box.destroyed):
        box.close()
        box.deleteLater()
    QApplication.processEvents()
    assert recovery.dialog is None


def test_a_notice_waits_for_every_question(still: MainWindow, qtbot: QtBot) -> None:
    notice = Notice(still)
    first, second = QMessageBox(still), QMessageBox(still)
    first.open()
    notice.tell("A file is missing.", "The engine has ended.")
    assert notice.box is None
    second.open()
    first.close()
    QApplication.processEvents()
    assert notice.box is None
    second.close()
    qtbot.waitUntil(lambda: notice.box is not None)
    assert notice.box is not None
    assert notice.box.text() == "A file is missing."
    notice.box.close()


def test_a_question_stays_above_what_is_open_already(
    still: MainWindow, recovery: Recovery, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(recovery.offered):
        recovery.offer()
    (listed,) = lists(still)
    parents: list[object] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        parents.append(box.parent())
        box.reject()

    QTimer.singleShot(0, look)
    assert ask(still, "Really?", "", ("Yes", "No")) == "No"
    assert parents == [listed]
    listed.close()
    QTimer.singleShot(0, look)
    ask(still, "Really?", "", ("Yes", "No"))
    assert parents[1:] == [still]
