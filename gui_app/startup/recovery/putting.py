"""A run that is being put away in a thread: the disk may take longer than anyone waits."""

from __future__ import annotations

from collections.abc import Callable

from gui_app.session.dialogs import reason
from gui_app.startup.recovery.patience import begin, ends


class Putting:
    """Begins ``work(is_wanted)``, which puts a run of the drawing ``name`` away and returns its epoch, 0 for none.

    Attributes
    ----------
    epoch, problem
        What came of it, once it has ended: the epoch, or why the run could not be put away.
    """

    def __init__(self, name: str, work: Callable[[Callable[[], bool]], int]) -> None:
        self.name = name
        self.epoch, self.problem = 0, ""
        self._wanted = True
        self._thread = begin(lambda: self._do(work))

    def _do(self, work: Callable[[Callable[[], bool]], int]) -> None:
        try:
            self.epoch = work(lambda: self._wanted)
        except Exception as error:
            self.problem = reason(error)

    def ends(self, seconds: float) -> bool:
        """Wait for it, and return whether it has ended."""
        return ends(self._thread, seconds)

    def give_up(self) -> None:
        """Let nothing come of it, unless it is about to end."""
        self._wanted = False
