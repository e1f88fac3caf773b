"""The log of the app: three files of bounded size, for its owner alone, in which the home directory is ``~``."""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

FILE, BYTES, FILES = "log.txt", 512_000, 3
LINES = 60
"""The newest records that a report shows."""
_LONGEST = 20_000
"""Characters of one record."""


class Homeless(logging.Formatter):
    """Writes the home directory as ``~``, and cuts what is too long."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._home = str(Path.home())

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


class Tail(logging.Handler):
    """Keeps the newest lines in memory, also if no file can be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Homeless())
        self._newest: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self._newest.append(self.format(record))

    @property
    def lines(self) -> list[str]:
        return list(self._newest)


class LogFile(RotatingFileHandler):
    """The files. One that cannot be written is said once through ``failed`` and harms nothing."""

    def __init__(self, folder: Path, failed: Callable[[Exception], object]) -> None:
        super().__init__(
            folder / FILE,
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
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8", errors="replace")

    def close(self) -> None:
        # On a full disk, closing writes what is left, and fails as well.
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """Take the place of Python's own, which prints a traceback for each record."""
        error = sys.exception()
        if not self._said:
            self._said = True
            self._failed(error if isinstance(error, Exception) else OSError("unknown"))


class Log:
    """The handlers of a running app: files, newest lines, and warnings in the terminal."""

    def __init__(self, folder: Path) -> None:
        self.problem = ""
        """Why no log can be written; "" if it can."""
        self.failed: Callable[[str], object] = lambda problem: None
        """Called once with the problem."""
        self.tail = Tail()
        terminal = logging.StreamHandler()
        terminal.setLevel(logging.WARNING)
        terminal.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        self._handlers = [LogFile(folder, self._fail), self.tail, terminal]
        self._levels = {name: logging.getLogger(name).level for name in ("gui_app", "engine")}

    def start(self, first: str) -> None:
        """Take all records from now on; the first says what runs."""
        for handler in self._handlers:
            logging.root.addHandler(handler)
        for name in self._levels:
            logging.getLogger(name).setLevel(logging.INFO)
        logging.captureWarnings(True)
        logging.getLogger(__name__).info("%s", first)

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
