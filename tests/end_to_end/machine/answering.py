"""Answers to whatever opens while a window is used at random: dialogs, menus, file dialogs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QFileDialog, QMenu, QWidget

MOST_IN_A_ROW = 4
"""Dialogs after one action; what asks more often is dismissed."""


class Answers:
    """Presses a button of every modal dialog and an entry of every menu that opens; ``choice`` says which.

    File dialogs are answered with ``path`` (None: dismissed) and, of the kinds of file, the one that ``choice`` says.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.choice = 0
        self.path: Path | None = None
        self.said: list[str] = []
        self._in_a_row = 0
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, self._answer_file)
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(self.path or ""))
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def plan(self, choice: int, path: Path | None = None) -> None:
        """Answer what the next action opens by these."""
        self.choice, self.path, self._in_a_row = choice, path, 0

    def stop(self) -> None:
        self._timer.stop()

    def _answer_file(
        self, parent: object, title: str, proposal: str, filters: str, *_: object
    ) -> tuple[str, str]:
        kinds = filters.split(";;")
        return str(self.path or ""), kinds[self.choice % len(kinds)]

    def _look(self) -> None:
        popup, dialog = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if isinstance(popup, QMenu):
            self._choose_entry(popup)
        elif popup is None and isinstance(dialog, QDialog) and dialog.isVisible():
            self._press_button(dialog)

    def _choose_entry(self, menu: QMenu) -> None:
        entries = [
            entry for entry in menu.actions() if entry.isEnabled() and not entry.menu() and entry.text()
        ]
        if entries and self._in_a_row < MOST_IN_A_ROW:
            self._in_a_row += 1
            menu.setActiveAction(entries[self.choice % len(entries)])
            QTest.keyClick(menu, Qt.Key.Key_Return)
        menu.close()

    def _press_button(self, dialog: QDialog) -> None:
        self.said.append(dialog.windowTitle())
        box = dialog.findChild(QDialogButtonBox)
        buttons = [button for button in box.buttons() if button.isEnabled()] if box is not None else []
        self._in_a_row += 1
        if not buttons or self._in_a_row > MOST_IN_A_ROW:
            dialog.reject()
            return
        QTest.mouseClick(buttons[self.choice % len(buttons)], Qt.MouseButton.LeftButton)


def close_popups() -> None:
    """As a click elsewhere does it."""
    popup: QWidget | None
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
        QApplication.sendPostedEvents(None, 0)
        if QApplication.activePopupWidget() is popup:
            popup.hide()
