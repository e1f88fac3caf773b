"""The folders of the app's own data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths


def data_folder() -> Path:
    """Return the folder with everything that the app keeps: saved data sets, recovery copies, log."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))


def log_folder() -> Path:
    """Return the folder of the log and of what crashes leave."""
    return data_folder() / "log"
