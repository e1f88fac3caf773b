"""The question whether a window closes before its export is finished."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from gui_app.exporting.everything import list_names
from gui_app.session.dialogs import KEEP_OPEN, ask

CLOSE = "Close without the rest"


def leave_unfinished(
    window: QWidget, folder: Path, missing: Sequence[Path], answered: SignalInstance
) -> bool:
    """Ask whether the window closes without the files that are still missing.

    The question goes away by itself, and that is no consent, when the engine has ``answered``.
    """
    named = f"{list_names(missing)} {'is' if len(missing) == 1 else 'are'} still missing. " if missing else ""
    detail = (
        f"{named}The training engine has not written everything yet. The window closes as soon as it has."
    )
    headline = f"The export into {folder} is not finished."
    return ask(window, headline, detail, (CLOSE, KEEP_OPEN), careful=True, until=answered) == CLOSE
