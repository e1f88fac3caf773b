"""POSIX signals as signals of Qt, so that they are heard while the event loop sleeps."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterable
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier, Signal

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that end the app without a question."""


def heard(numbers: Iterable[int]) -> list[int]:
    """Return the signals that whoever started this process has not told it to ignore, as ``nohup`` does."""
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


class Signals(QObject):
    """``ended(number)`` is emitted for each of ``ENDING`` that is heard; the handlers of others run at once, too.

    Python runs a handler only between two of its instructions, and there are none while Qt waits for events. The
    number of each signal therefore goes through a pair of sockets, which wakes the event loop.
    """

    ended = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._before = {number: signal.signal(number, lambda *_: None) for number in heard(ENDING)}
        self._wakeup = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    def end(self) -> None:
        """Give the signals back to whom they belonged before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            # One that was not set from Python is unknown, and cannot be set again.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for end in (self._read, self._write):
            end.close()

    def _take(self) -> None:
        numbers = b""
        with suppress(BlockingIOError):
            numbers = self._read.recv(64)
        for number in numbers:
            if number in ENDING:
                self.ended.emit(number)
