"""What goes wrong in the engine's process: told to its parent's log, and to a file where the process crashes."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import stat
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, TextIO

FOLDER = "NEURAL_SKETCHBOOK_FAULTS"
"""The environment variable that names the folder for what is written of a crash; standard error without it."""
LONGEST = 8000
"""The most characters of a record; of a longer one the end is sent, because a traceback ends with the error."""
MOST, SPAN = 20, 10.0
"""The most records within so many seconds; others are counted."""
LAST_MOMENT = 1.0
"""Seconds that the last record has to reach the parent."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Logged:
    """A log record of the engine's process."""

    name: str
    level: int
    text: str

    def log(self) -> None:
        """Log it in this process, under its own name."""
        logging.getLogger(self.name).log(self.level, "%s", self.text)


class ParentsLog(logging.Handler):
    """Sends records of warnings and errors, few at a time.

    Parameters
    ----------
    send
        Takes them, at any moment.
    clock
        Returns seconds from any moment on.
    """

    def __init__(self, send: Callable[[Logged], None], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.WARNING)
        self._send, self._clock = send, clock
        self._sent: deque[float] = deque(maxlen=MOST)
        self._left_out = 0
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record, or count it where there were too many."""
        try:
            now = self._clock()
            if len(self._sent) == MOST and now - self._sent[0] < SPAN:
                self._left_out += 1
                return
            self._sent.append(now)
            text = _shortened(self.format(record))
            if self._left_out:
                text += f"\n({self._left_out} records before it were left out)"
                self._left_out = 0
            self._send(Logged(record.name[:200], record.levelno, text))
        except Exception:
            self.handleError(record)


def tell_parent(send: Callable[[Logged], None]) -> None:
    """Send from now on what this process logs, and the exceptions that nobody handles in it, in any thread.

    Parameters
    ----------
    send
        Takes the records.
    """
    # An exception may be reported from within any call, also from within ``send``; only this queue allows for that.
    records: SimpleQueue[Logged | None] = SimpleQueue()
    sender = threading.Thread(target=_send_all, args=(records, send), name="log", daemon=True)
    sender.start()
    logging.getLogger().addHandler(ParentsLog(records.put))
    logging.captureWarnings(True)

    def at_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _report("nobody handles an exception", error)
        records.put(None)
        sender.join(LAST_MOMENT)

    sys.excepthook = at_the_end
    threading.excepthook = lambda hook: _report(
        f"the thread {hook.thread.name if hook.thread else '?'} has ended", hook.exc_value
    )
    sys.unraisablehook = lambda hook: _report(
        f"{hook.err_msg or 'Exception ignored in'}: {hook.object!r}", hook.exc_value
    )


def set_aside(path: Path) -> None:
    """Make room for the file of a new process: what a former one with the same number has left gets another name.

    In a container each process may have the same number at each start.

    Parameters
    ----------
    path
        May be missing.

    Raises
    ------
    OSError
        If it can neither be renamed nor removed.
    """
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISREG(status.st_mode) and status.st_size:
        os.replace(path, path.with_name(f"{path.name.partition('-')[0]}-former-{status.st_mtime_ns}.txt"))
    else:
        os.unlink(path)


def note_crashes() -> None:
    """Let what a crash of this process leaves be written to a file of the folder ``FOLDER``."""
    with contextlib.suppress(Exception):
        faulthandler.enable(_open(_path(os.getpid())) or sys.stderr, all_threads=True)


def sweep(pid: int) -> None:
    """Remove the file of a process that has ended without having written to it."""
    path = _path(pid)
    with contextlib.suppress(OSError):
        if path is not None and path.stat().st_size == 0:
            path.unlink()


def _send_all(records: SimpleQueue[Logged | None], send: Callable[[Logged], None]) -> None:
    with contextlib.suppress(OSError):
        while (record := records.get()) is not None:
            send(record)


def _path(pid: int) -> Path | None:
    folder = os.environ.get(FOLDER)
    return Path(folder, f"engine-{pid}.txt") if folder else None


def _open(path: Path | None) -> TextIO | None:
    try:
        if path is None:
            return None
        set_aside(path)
        return open(path, "x", encoding="utf-8", opener=_for_owner)
    except OSError:
        return None


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _report(what: str, error: BaseException | None) -> None:
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return
    details: Any = "".join(traceback.format_exception(error)) if error is not None else ""
    _log.error("%s\n%s", what, details)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"…{text[-LONGEST:]}"
