"""Questions about a file that another program has changed or deleted while it was open."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.data.file_state import Fate, Stamp, stamp
from gui_app.session.dialogs import ask
from gui_app.session.document import Document

KEEP_MINE, TAKE_THEIRS, SAVE_AGAIN, SAVE_AS = "Keep mine", "Take theirs", "Save again", "Save as …"
WITHOUT_RUN = "Save without it"
CLOSE, LATER, CANCEL = "Close without saving", "Later", "Cancel"
CHANGED_DETAIL = (
    "Keep mine writes what is open here over it. Take theirs opens it as it is now. Save as … keeps both."
)


class DiskQuestions:
    """Asks about the file of ``document``; answers are the texts above, or "" where nothing is to be asked."""

    def __init__(self, document: Document, window: QWidget) -> None:
        self._document, self._window = document, window
        self._asked: object = None
        """The change that was asked about when the window was activated."""
        self.seen: Stamp | None = None
        """What the file was when it was last looked at."""

    def on_return(self) -> str:
        """Ask when the person comes back to the window, once for each change."""
        fate = self._look()
        if fate is Fate.SAME:
            return ""
        change = (self._document.path, fate, self.seen)
        if change == self._asked:
            return ""
        self._asked = change
        if fate is Fate.CHANGED:
            return self._ask(fate, (SAVE_AS, KEEP_MINE, TAKE_THEIRS, LATER))
        return self._ask(fate, (SAVE_AGAIN, SAVE_AS, CLOSE, LATER))

    def before_saving(self, lost_run: bool = False) -> str:
        """Ask before the file is written, whenever it is not what it was, or holds a run that is not open here.

        That is also so where the run which is open here is lost, because what was kept of it cannot be read.
        """
        fate = self._look(thorough=True)
        if fate is Fate.CHANGED:
            return self._ask(fate, (SAVE_AS, KEEP_MINE, TAKE_THEIRS, CANCEL))
        if fate is Fate.DELETED:
            return self._ask(fate, (SAVE_AGAIN, SAVE_AS, CANCEL))
        held = self._document.run_only_in_file(lost_run)
        if not held:
            return ""
        headline = f"{self._document.title} holds {held}."
        detail = "Save as … keeps it. Save without it writes what is open here over it."
        return ask(self._window, headline, detail, (SAVE_AS, WITHOUT_RUN, CANCEL))

    def before_leaving(self) -> str:
        """Ask before a document without changes of its own is left, whose file does not hold it any more."""
        fate = self._look()
        if fate is Fate.SAME:
            return ""
        return self._ask(fate, (SAVE_AS, KEEP_MINE if fate is Fate.CHANGED else SAVE_AGAIN, CLOSE, CANCEL))

    def may_take_theirs(self) -> bool:
        """Return whether the changes made here may go; ask if there are any."""
        return self._may_lose(TAKE_THEIRS)

    def may_close(self) -> bool:
        """Return whether the document may go, which is in no file; ask if it has changes that never were in one."""
        return self._may_lose(CLOSE)

    def _look(self, thorough: bool = False) -> Fate:
        # First: what changes after it is noticed when the file is written.
        self.seen = None if self._document.path is None else stamp(self._document.path)
        return self._document.file_fate(thorough)

    def _may_lose(self, verb: str) -> bool:
        if not self._document.edited:
            return True
        headline = f"Your changes to {self._document.title} are lost then."
        return ask(self._window, headline, "They are in no file.", (verb, CANCEL), careful=True) == verb

    def _ask(self, fate: Fate, answers: tuple[str, ...]) -> str:
        # The title says so, closing asks, and a recovery copy is kept.
        self._document.note_file_differs()
        if fate is Fate.DELETED:
            headline = f"{self._document.title} is no longer there."
            return ask(self._window, headline, "The file was deleted or moved.", answers)
        headline = f"{self._document.title} was changed by another program."
        detail = CHANGED_DETAIL if TAKE_THEIRS in answers else "What is open here is in no file."
        return ask(self._window, headline, detail, answers)
