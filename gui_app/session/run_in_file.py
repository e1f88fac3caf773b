"""Whether files keep the run, and what is said of the run in a file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings

from engine.catalogue.texts import describe_size
from engine.experiment.kept_run import RunError, facts, fitted
from gui_app.session.document import Document, SavedFile

KEY = "keep run in file"


class RunInFile:
    """The person's choice whether files keep the run, remembered in ``settings``.

    ``kept_run()`` returns the newest run without waiting for the engine; None if there is none.
    """

    def __init__(self, document: Document, settings: QSettings, kept_run: Callable[[], bytes | None]) -> None:
        self._document, self._settings, self._kept_run = document, settings, kept_run
        self.problem = ""
        """Why the newest run cannot be saved, in a clause; "" where it can."""

    @property
    def wanted(self) -> bool:
        return str(self._settings.value(KEY, "true")).lower() not in ("false", "0")

    def choose(self, wanted: bool) -> None:
        self._settings.setValue(KEY, wanted)

    def take(self) -> bytes | None:
        """Return the run to be saved; None if there is none, nothing is trained yet, or files keep none."""
        if not self.wanted:
            return None
        # The engine may not have loaded the run of the opened file yet.
        run = self._kept_run() or self._document.opened_run
        self.problem = ""
        try:
            return fitted(run) if run is not None and facts(run).epoch else None
        except RunError as error:
            self.problem = str(error)
            return None


def describe_saved(name: str, saved: SavedFile, run: bytes | None, problem: str = "") -> str:
    """Return what is said after saving; ``run`` should have been saved, which the ``problem`` prevented."""
    size = f"Saved {name}, {describe_size(saved.size)}"
    if run is None:
        return f"{size} without the run: {problem}" if problem else size
    if not saved.with_run:
        return f"{size} without the run: with it, the file would be too large to be opened again"
    epochs = facts(run).epoch
    return f"{size} with the run of {epochs:,} epoch{'s' * (epochs != 1)}"
