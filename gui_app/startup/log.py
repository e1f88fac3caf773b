"""The log of a process: three files of bounded size, for its owner alone, in which the home directory is ``~``."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from engine.data.file_system import home, names_in
from engine.data.processes import lives

BYTES, FILES = 512_000, 3
KEPT = 5
"""Dead processes whose files are kept."""
_NAME = re.compile(r"log-(?P<pid>\d+)\.txt(\.\d+)?|log\.txt(\.\d+)?")
"""The name of a file; earlier versions had one for all processes, without a number."""
LINES = 60
"""The newest records that a report shows."""
_LONGEST = 20_000
"""Characters of one record."""


def file_name(process: int) -> str:
    """Return the name of the file of a process; two that turned over one file would lose each other's lines."""
    return f"log-{process}.txt"


def sweep(folder: Path) -> None:
    """Remove the files of dead processes but the newest ``KEPT``."""
    dead: dict[str, list[Path]] = {}
    for path in names_in(folder):
        if (name := _NAME.fullmatch(path.name)) is not None and not (name["pid"] and lives(int(name["pid"]))):
            dead.setdefault(name["pid"] or "", []).append(path)
    for paths in sorted(dead.values(), key=lambda paths: max(map(_time, paths)))[:-KEPT]:
        for path in paths:
            with suppress(OSError):
                path.unlink()


def _time(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


class Homeless(logging.Formatter):
    """Writes the home directory as ``~``, and cuts what is too long."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._home = str(home())

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


class SoundCalls(logging.Handler):
    """Makes an error of a call whose message cannot be put together, for all handlers after this one.

    Each of them would fail otherwise, and what the call wanted to say would be in none.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            record.getMessage()
        except Exception as error:
            record.levelno, record.levelname = logging.ERROR, logging.getLevelName(logging.ERROR)
            message, record.args = repr(record.msg), ()
            record.msg = (
                f"A log call at {record.pathname}:{record.lineno} fails: {error!r}. Its message: {message}"
            )


class Tail(logging.Handler):
    """Keeps the newest lines in memory, also if no file can be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Homeless())
        self._newest: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._newest.append(self.format(record))
        except Exception:
            self.handleError(record)

    @property
    def lines(self) -> list[str]:
        return list(self._newest)


class LogFile(RotatingFileHandler):
    """The files. One that cannot be written is said once through ``failed`` and harms nothing."""

    def __init__(self, folder: Path, failed: Callable[[Exception], object]) -> None:
        super().__init__(
            folder / file_name(os.getpid()),
            maxBytes=BYTES,
            backupCount=FILES - 1,
            encoding="utf-8",
            delay=True,
            errors="replace",
        )
        self._failed, self._said = failed, False
        self.setFormatter(Homeless())

    def _open(self) -> TextIO:  # type: ignore[override]
        folder = Path(self.baseFilename).parent
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        # A pipe in its place is refused, and not waited for.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8", errors="replace")

    def close(self) -> None:
        # On a full disk, closing writes what is left, and fails as well.
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that the file cannot be written, where that is it; Python's own prints a traceback for each record."""
        error = sys.exception()
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._said:
            self._said = True
            self._failed(error)


class Log:
    """The handlers of a running app: files, newest lines, and warnings in the terminal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problem = ""
        """Why no log can be written; "" if it can."""
        self.failed: Callable[[str], object] = lambda problem: None
        """Called once with the problem."""
        self.tail = Tail()
        terminal = logging.StreamHandler()
        terminal.setLevel(logging.WARNING)
        terminal.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        self._handlers = [SoundCalls(), LogFile(folder, self._fail), self.tail, terminal]
        self._levels = {name: logging.getLogger(name).level for name in ("gui_app", "engine", "qt")}

    def start(self, first: str) -> None:
        """Take all records from now on; the first says what runs."""
        for handler in self._handlers:
            logging.root.addHandler(handler)
        for name in self._levels:
            logging.getLogger(name).setLevel(logging.INFO)
        logging.captureWarnings(True)
        logging.getLogger(__name__).info("%s", first)
        sweep(self._folder)

    def stop(self) -> None:
        logging.captureWarnings(False)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        for handler in self._handlers:
            logging.root.removeHandler(handler)
            handler.close()

    def _fail(self, error: Exception) -> None:
        self.problem = getattr(error, "strerror", None) or str(error)
        self.failed(self.problem)
