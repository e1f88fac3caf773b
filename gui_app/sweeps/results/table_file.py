"""The table of a sweep as a file."""

from __future__ import annotations

from io import StringIO

from PySide6.QtWidgets import QWidget

from engine.data.file_system import FAILURES, home
from engine.data.files import atomic_write
from engine.observation.sweep_table import SweepTable, to_csv
from gui_app.session.dialogs import CSV, ask_save, reason, warn


def save_table(window: QWidget, table: SweepTable, name: str = "sweep.csv") -> None:
    """Ask for a name, and write the table of all networks."""
    path = ask_save(window, "Export the table of the sweep", home() / name, CSV)
    if path is None:
        return
    text = StringIO()
    to_csv(table, text)
    try:
        atomic_write(path, text.getvalue().encode())
    except FAILURES as error:
        warn(window, f"{path.name} could not be written", reason(error))
