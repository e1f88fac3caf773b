"""Whether files keep the run, and what is said of the run in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSettings

from engine.catalogue.texts import counted, describe_size, noun
from engine.experiment.kept_run import RunError, facts, fitted, history_rows, lanes_without_history
from gui_app.session.document import Document, SavedFile

KEY = "keep run in file"
AGAIN = "save again in a moment"
"""What helps where the engine is about to keep the run, or to keep it anew."""


TOO_LARGE = "the file would be too large to be opened again"


class RunInFile:
    """The person's choice whether files keep the run, remembered in ``settings``.

    ``kept_run()`` returns the newest run without waiting for the engine; None if there is none, or if it cannot be
    read: then ``has_run()`` is true. ``gap(epoch)`` says in a clause what of the run is not kept, which is kept up to
    that epoch; "" where all is.
    """

    def __init__(
        self,
        document: Document,
        settings: QSettings,
        kept_run: Callable[[], bytes | None],
        gap: Callable[[int | None], str] = lambda _: "",
        has_run: Callable[[], bool] = lambda: False,
    ) -> None:
        self._document, self._settings = document, settings
        self._kept_run, self._gap, self._has_run = kept_run, gap, has_run
        self.problem = ""
        """Why the newest run, or its newest part, was not to be saved, in a clause; "" where it was."""
        self.lost = False
        """Whether there is a run that should have been saved and cannot be read."""

    @property
    def wanted(self) -> bool:
        return str(self._settings.value(KEY, "true")).lower() not in ("false", "0")

    def choose(self, wanted: bool) -> None:
        self._settings.setValue(KEY, wanted)

    def take(self) -> bytes | None:
        """Return the run to be saved; None if there is none, nothing is trained yet, or files keep none."""
        # The engine may not have loaded the run of the opened file yet.
        kept = self._kept_run()
        is_damaged = kept is None and self._has_run()
        damaged = f"what was kept of it is damaged; {AGAIN}" if is_damaged else ""
        run = kept or self._document.opened_run
        self.lost = self.wanted and bool(damaged) and run is None
        try:
            known = None if run is None else facts(run)
            self.problem = "; ".join(
                filter(None, (damaged, self._gap(None if known is None else known.epoch)))
            )
            if run is None or known is None or not known.worth:
                return None
            if self.wanted:
                small = fitted(run)
                thinned = f"its history holds {history_rows(small):,} of them" if small is not run else ""
                lost = lanes_without_history(small)
                lacks = f"the history of {describe_lanes(lost)} is damaged; {AGAIN}" if lost else ""
                self.problem = "; ".join(filter(None, (thinned, lacks, self.problem)))
                return small
            self.problem = "“Keep the run in the file” is off"
            return None
        except RunError as error:
            self.lost = self.wanted
            self.problem = str(error)
            return None


def describe_lanes(names: Sequence[str]) -> str:
    """Return "lane A" or "lanes A, B"."""
    return f"{noun(len(names), 'lane')} {', '.join(names)}"


def describe_saved(name: str, saved: SavedFile, run: bytes | None, problem: str = "") -> str:
    """Return what is said after saving; ``run`` should have been saved, which the ``problem`` prevented."""
    size = f"Saved {name}, {describe_size(saved.size)}"
    if run is None:
        said = [f"without the run: {problem}"] if problem else []
        if not saved.with_ended:
            said.append(f"without the runs that have ended: with them, {TOO_LARGE}")
        return " ".join(filter(None, (size, "; ".join(said))))
    if not saved.with_ended:
        return f"{size} without the run and those that have ended: with them, {TOO_LARGE}"
    if not saved.with_run:
        return f"{size} without the run: with it, {TOO_LARGE}"
    epochs, more = facts(run).epoch, f"; {problem}" if problem else ""
    held = f"the run of {counted(epochs, 'epoch')}" if epochs else "the weights set by hand"
    return f"{size} with {held}{more}"
