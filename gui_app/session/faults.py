"""Errors that nobody caught: from any thread, each kind once and counted, announced in the thread of the window."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from traceback import walk_tb

from PySide6.QtCore import QObject, Qt, QTimer, Signal

ROOT = Path(__file__).parents[2]
"""The folder of our own packages."""
PAUSE = 1000
"""Milliseconds between two announcements."""
_LONGEST = 20_000
"""Characters that are kept of a traceback."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of error.

    Attributes
    ----------
    key
        What makes it this kind: the type of the error, and the line of our code that was last reached.
    place
        The part of the app in words, such as "the loss plot"; "" if unknown.
    text
        The traceback of the first one.
    time
        When the first one came.
    count
        How often it came.
    """

    key: tuple[str, str]
    place: str
    text: str
    time: datetime
    count: int = 1


class Faults(QObject):
    """Takes errors from any thread. ``noted(fault)`` is emitted in the window's thread, at most once a second.

    The first of a kind is logged with its traceback, later ones are counted, and the log gets the count at each power
    of ten. Before a new kind is announced, ``protect`` is called; it keeps a recovery copy and returns whether it did.
    """

    noted = Signal(object)
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.protect: Callable[[], bool] = lambda: False
        self.protected: datetime | None = None
        """When the unsaved changes were kept for the newest kind; None if they could not be."""
        self.newest: Fault | None = None
        self._lock = threading.Lock()
        self._faults: dict[tuple[str, str], Fault] = {}
        self._waiting: dict[tuple[str, str], bool] = {}
        """What has not been announced, and whether it is new."""
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self._announce)
        self._arrived.connect(self._announce_soon, Qt.ConnectionType.QueuedConnection)

    def report(self, error: BaseException, where: str = "", logged: bool = False) -> None:
        """Note an error that came in the part ``where`` of the app; callable from any thread.

        ``logged`` says that the log has its traceback already.
        """
        frames = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
        own = [(parts, line) for path, line in frames if (parts := _own_parts(path))]
        reached = f"{'/'.join(own[-1][0])}.py:{own[-1][1]}" if own else _last_line(frames)

        def describe() -> str:
            return "".join(traceback.format_exception(error))

        self._note(
            (type(error).__qualname__, reached),
            where or _place([parts for parts, _ in own]),
            describe,
            logged,
        )

    def report_message(self, message: str, line: str, where: str = "") -> None:
        """Note an error that was logged at ``line`` of a file, in the part ``where`` of the app."""
        self._note(("Error", line), where, lambda: message, logged=True)

    def take_over(self, other: Faults) -> None:
        """Announce what another one has noted as if it had come here."""
        with other._lock:
            known = dict(other._faults)
        if not known:
            return
        with self._lock:
            self._faults.update(known)
            self._waiting.update(dict.fromkeys(known, True))
            self.newest = other.newest
        self._arrived.emit()

    def _note(self, key: tuple[str, str], place: str, describe: Callable[[], str], logged: bool) -> None:
        with self._lock:
            known = self._faults.get(key)
            if known is None:
                fault = Fault(key, place, describe()[-_LONGEST:], datetime.now())
            else:
                fault = replace(known, count=known.count + 1)
            self._faults[key] = self.newest = fault
            is_first = not self._waiting
            self._waiting[key] = self._waiting.get(key, False) or known is None
        if fault.count == 1:
            if not logged:
                _log.error("%s", fault.text.rstrip())
        elif str(fault.count).rstrip("0") == "1":
            _log.error("%s at %s has come %d times", *key, fault.count)
        if is_first:
            self._arrived.emit()

    def _announce_soon(self) -> None:
        if not self._pause.isActive():
            self._announce()

    def _announce(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            faults = [self._faults[key] for key in waiting]
        if not faults:
            return
        self._pause.start()
        if any(waiting.values()):
            self.protected = None
            try:
                if self.protect():
                    self.protected = datetime.now()
            except Exception:
                _log.exception("No recovery copy can be kept.")
        for fault in faults:
            self.noted.emit(fault)


def _last_line(frames: list[tuple[Path, int]]) -> str:
    return "{}:{}".format(*frames[-1]) if frames else ""


def _own_parts(path: Path) -> tuple[str, ...]:
    """Return the parts of a file's path below our folder, without suffix; () for other people's code."""
    if not path.is_relative_to(ROOT) or path.stem == "guarded":
        return ()
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts if parts[0] in ("engine", "gui_app") else ()


_PLACES = {
    "canvas": "the canvas",
    "panels": "a panel",
    "plots": "a plot",
    "diagnosis": "the diagnosis",
    "exporting": "the export",
    "importing": "the import",
    "classes": "the classes",
}


def _place(own: list[tuple[str, ...]]) -> str:
    """Return in words the room of the window in which an error happened, the most exact that is known; "" if none."""
    for parts in reversed(own):
        match parts:
            case ("gui_app", "plots", name):
                return f"the {name.replace('_', ' ')}"
            case ("gui_app", "canvas", "tools", _):
                return "a drawing tool"
    rooms = [_PLACES.get(parts[1], "") for parts in own if len(parts) > 1]
    return next((room for room in reversed(rooms) if room), "")
