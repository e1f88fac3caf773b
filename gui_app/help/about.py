"""The window that says what the app is: versions, licence, the folder of its data."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.data.file_system import make_folder
from gui_app.session.report import versions
from gui_app.theme.icons import app_icon
from gui_app.widgets.guarded import guarded

if TYPE_CHECKING:
    from email.message import Message

NO_LICENCE = "There is no licence yet: all rights are reserved."


def licence() -> str:
    """Return what the installed package says about its licence."""
    try:
        data = cast("Message", metadata("neural-sketchbook"))
    except PackageNotFoundError:
        return NO_LICENCE
    found = data.get("License-Expression") or data.get("License") or ""
    return f"Licence: {found}" if found.strip() else NO_LICENCE


class AboutWindow(QDialog):
    """Shows name, versions, licence, what ``trains`` says of the device, and ``folder``, which a button opens."""

    def __init__(
        self, folder: Path, parent: QWidget | None = None, trains: Callable[[], str] = lambda: ""
    ) -> None:
        super().__init__(parent)
        self.folder, self._trains = folder, trains
        self.setWindowTitle("About Neural Sketchbook")
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(64, 64))
        self.text = QLabel(self._words())
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setAccessibleName("About")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.open_folder = buttons.addButton("Open the data folder", QDialogButtonBox.ButtonRole.ActionRole)
        self.open_folder.clicked.connect(lambda: show_folder(folder))
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(row)
        column.addWidget(buttons)
        self.setMinimumWidth(460)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        # The engine may have said meanwhile where it trains.
        self.text.setText(self._words())
        super().showEvent(event)

    def _words(self) -> str:
        parts = "<br>".join(escape(part) for part in versions().split(", "))
        return (
            "<p style='font-size: large'><b>Neural Sketchbook</b></p>"
            "<p>Draw data, train a small network, and see how it learns, overfits and is regularized.</p>"
            f"<p>{parts}</p><p>{escape(self._trains())}</p><p>{escape(licence())}</p>"
            f"<p>Data folder: {escape(str(self.folder))}</p>"
        )


def show_folder(folder: Path) -> bool:
    """Open a folder in the system's file manager, made if it is not there yet; return whether that was possible."""
    try:
        make_folder(folder)
    except OSError:
        return False
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
