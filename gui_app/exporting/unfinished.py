"""The question whether a window closes before its export is finished."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QMessageBox, QWidget

from gui_app.exporting.everything import list_names
from gui_app.session.dialogs import NAME
from gui_app.widgets.window_order import front_of

KEEP_OPEN, CLOSE = "Keep the window open", "Close without the rest"


def leave_unfinished(
    window: QWidget, folder: Path, missing: Sequence[Path], answered: SignalInstance
) -> bool:
    """Ask whether the window closes without the files that are still missing.

    The question goes away by itself, and that is no consent, when the engine has ``answered``.
    """
    box = QMessageBox(
        QMessageBox.Icon.Question, NAME, f"The export into {folder} is not finished.", parent=front_of(window)
    )
    # A file's name may look like HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    named = f"{list_names(missing)} {'is' if len(missing) == 1 else 'are'} still missing. " if missing else ""
    box.setInformativeText(
        f"{named}The training engine has not written everything yet. The window closes as soon as it has."
    )
    close = box.addButton(CLOSE, QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(KEEP_OPEN, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    answered.connect(box.reject)
    box.exec()
    agreed = box.clickedButton() is close
    box.deleteLater()
    return agreed
