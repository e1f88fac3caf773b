"""The hooks for everything that goes wrong unseen: exceptions, threads, finalizers, Qt's messages, logged errors."""

from __future__ import annotations

import logging
import re
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from gui_app.session.faults import Faults

if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from threading import ExceptHookArgs

_qt = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
NOISY = ("qt.qpa.", "qt.glx", "qt.dbus", "qt.accessibility.atspi", "qt.text.font.db")
NOISE = (
    "This plugin does not support", "QStandardPaths: XDG_RUNTIME_DIR", "QStandardPaths: runtime directory",
    "QStandardPaths: wrong permissions on runtime directory", "QFontDatabase: ", "QDBusConnection: ", "QDBusTrayIcon",
    "Qt AT-SPI", "AT-SPI: ", "QSpiAccessible", "QGLXContext: ", "libEGL ", "MESA: ", "MESA-LOADER: ",
)  # fmt: skip
"""Beginnings of Qt's categories and messages about the machine it runs on, which say nothing about the app."""
_LINE = re.compile(r'File "([^"]+)", line (\d+)')


class Hooks:
    """Leads everything that nobody has caught to ``faults``. Before and after, everything is as Python has it.

    A hook never raises, and an error inside of one is not reported again.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._here = threading.local()
        self._handler = _Errors(self)
        self._former: tuple[Any, ...] = ()

    def install(self) -> None:
        self._former = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._main, self._thread, self._unraisable
        self._former = *self._former, qInstallMessageHandler(_log_qt)
        logging.root.addHandler(self._handler)

    def lead_to(self, faults: Faults) -> None:
        """Lead everything that comes from now on somewhere else."""
        self._faults = faults

    def remove(self) -> None:
        if not self._former:
            return
        *former, of_qt = self._former
        self._former = ()
        sys.excepthook, threading.excepthook, sys.unraisablehook = former
        qInstallMessageHandler(of_qt)
        logging.root.removeHandler(self._handler)

    def _main(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None = None
    ) -> None:
        if issubclass(kind, Exception):
            self.note(error)
        else:
            sys.__excepthook__(kind, error, trace)

    def _thread(self, arguments: ExceptHookArgs) -> None:
        if isinstance(arguments.exc_value, Exception):
            self.note(arguments.exc_value)

    def _unraisable(self, arguments: UnraisableHookArgs) -> None:
        if isinstance(arguments.exc_value, Exception):
            self.note(arguments.exc_value)

    def note(self, error: BaseException, logged: bool = False) -> None:
        """Report an exception, unless one is being reported in this thread."""
        if not self.is_busy:
            self._here.busy = True
            try:
                self._faults.report(error, logged=logged)
            except Exception:
                with suppress(Exception):
                    sys.__excepthook__(type(error), error, error.__traceback__)
            finally:
                self._here.busy = False

    def note_record(self, record: logging.LogRecord) -> None:
        """Report an error that was logged, unless it was logged by reporting one."""
        if self.is_busy or record.name == Faults.__module__:
            return
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self.note(error, logged=True)
            return
        self._here.busy = True
        try:
            message = record.getMessage()
            # What the engine's process logged comes from one line here, but names its own in a traceback.
            lines = _LINE.findall(message) or [(record.pathname, record.lineno)]
            place = "the training engine" if record.name.startswith("engine") else ""
            self._faults.report_message(message, "{}:{}".format(*lines[-1]), place)
        finally:
            self._here.busy = False

    @property
    def is_busy(self) -> bool:
        return getattr(self._here, "busy", False)


class _Errors(logging.Handler):
    """Leads logged errors to the hooks."""

    def __init__(self, hooks: Hooks) -> None:
        super().__init__(logging.ERROR)
        self._hooks = hooks

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            self._hooks.note_record(record)


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Log a message of Qt; noise is logged, but as nothing that went wrong."""
    with suppress(Exception):
        category = "" if context.category in (None, "default") else str(context.category)
        level = _LEVELS.get(kind, logging.WARNING)
        if category.startswith(NOISY) or message.startswith(NOISE):
            level = min(level, logging.INFO)
        _qt.log(level, "%s", f"{category}: {message}" if category else message)
