"""Keeps the run in a folder while it trains, so that it outlives the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from engine.data.kept_run import RunFolder
from engine.service.budget import EFFORT, Budget
from engine.service.messages import Event, RunKept, RunNotKept
from engine.training.keeping import take_run
from engine.training.trainer import Trainer

SHARE = 0.02
"""Share of the processor's time that keeping may take."""
WAITING_SHARE = 0.1
"""Share of the time for which it may hold training up, with what a slow disk or other processes take meanwhile."""
INTERVAL = 1.0
"""Seconds between two times while training runs: what is lost is less than twice as much."""
AGAIN = 5.0
"""Seconds after which what could not be kept is tried again."""
AT_REST = 0.1
"""Seconds between two times while it does not, as when a slider is dragged."""

LINGER = 10.0
"""Seconds for which a run stays after another document has come: a window that puts it away may still read it."""

_log = logging.getLogger(__name__)


class Keeper:
    """Writes the state of a trainer into a folder when it has changed and time allows it.

    Parameters
    ----------
    report
        Takes ``RunNotKept`` and, after it has worked again, ``RunKept``.
    """

    def __init__(self, report: Callable[[Event], None]) -> None:
        self._report = report
        self._folder: RunFolder | None = None
        self._training, self._waiting = Budget(SHARE, INTERVAL, effort=EFFORT), Budget(WAITING_SHARE)
        self._resting = Budget(0.5, AT_REST)
        self._again = Budget(SHARE, AGAIN)
        self._changed = self._failed = self._said = False

    def keep_in(self, folder: str | None) -> None:
        """Keep the run in this folder from now on, all of it anew where that is done already; None for no more."""
        self._folder = None if folder is None else RunFolder(Path(folder))
        self._changed, self._failed = True, False

    def spare(self) -> None:
        """Let what is kept now stay for a while, because the run of another document takes its place."""
        if self._folder is not None:
            self._folder.spare(LINGER)

    def note(self) -> None:
        """Note that something has changed."""
        self._changed = True

    @property
    def waits(self) -> bool:
        """Whether there is something to be kept."""
        return self._changed and self._folder is not None

    def is_due(self, trains: bool) -> bool:
        """Whether the run should be kept now; ``trains``: whether training runs."""
        if not self.waits:
            return False
        if self._failed:
            return self._again.allows
        return self._training.allows and self._waiting.allows if trains else self._resting.allows

    def keep(self, trainer: Trainer, turn: int = 0) -> None:
        """Keep the run of a turn as it is now. What cannot be written is reported, and tried again a while later."""
        if self._folder is None:
            return
        self._changed = False
        try:
            with (
                self._training.spending(),
                self._waiting.spending(),
                self._resting.spending(),
                self._again.spending(),
            ):
                self._folder.write(*take_run(trainer.lanes), turn)
        except OSError as error:
            self._fail(self._folder.folder, error.strerror or str(error))
        except Exception as error:
            # That it cannot be kept is no reason to end training.
            _log.exception("the run cannot be kept")
            self._fail(self._folder.folder, str(error))
        else:
            if self._said:
                self._report(RunKept())
            self._failed = self._said = False

    def _fail(self, folder: Path, reason: str) -> None:
        if not self._failed:
            _log.warning("the run cannot be kept: %s", reason)
            self._report(RunNotKept(f"The run cannot be kept in {folder}: {reason}.", reason))
        self._failed = self._said = self._changed = True
