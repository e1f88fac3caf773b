"""Answers to the dialogs that open in a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QFileDialog, QMessageBox


class Dialogs:
    """Presses a button in every modal dialog that opens: the next of ``answers``, or the only one there is.

    ``said`` keeps the text of each dialog. A dialog that nobody expected is dismissed, and fails the test.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.answers: list[str] = []
        self.unexpected: list[str] = []
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.isVisible():
            self.said.append(_text_of(dialog))
            box = dialog.findChild(QDialogButtonBox)
            buttons = box.buttons() if box is not None else []
            wanted = self.answers.pop(0) if self.answers else buttons[0].text() if len(buttons) == 1 else None
            for button in buttons:
                if button.text().replace("&", "") == wanted:
                    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                    return
            self.unexpected.append(self.said[-1])
            dialog.reject()


def _text_of(dialog: QDialog) -> str:
    if isinstance(dialog, QMessageBox):
        return f"{dialog.text()}\n{dialog.informativeText()}".strip()
    return dialog.windowTitle()


class Files:
    """Answers the file dialogs with ``path`` (None: the person thinks better of it); ``asked`` keeps their titles."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path: Path | None = None
        self.kind = ""
        self.asked: list[str] = []
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *a: (self._answer(*a), self.kind))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", self._answer)

    def _answer(self, parent: object, title: str, *_: object) -> str:
        self.asked.append(title)
        return "" if self.path is None else str(self.path)


@pytest.fixture
def dialogs(qapp: QApplication) -> Iterator[Dialogs]:
    dialogs = Dialogs()
    yield dialogs
    dialogs.stop()
    assert not dialogs.unexpected
    assert not dialogs.answers, "a dialog did not come"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(monkeypatch)
