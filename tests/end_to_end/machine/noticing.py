"""Whatever goes wrong without a test hearing of it: log records, Qt's messages, exceptions that nobody catches."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

ABOUT_THE_MACHINE = re.compile(
    r"This plugin does not support|XDG_RUNTIME_DIR|QFontDatabase|qt\.qpa\.|dbus|portal|at-?spi|libEGL|MESA|OpenGL|GLX"
    # A 1×1 window has no room for what QTest would like to click.
    r"|occurs outside (of )?target window",
    re.IGNORECASE,
)
"""What Qt says of the machine that it runs on, and not of the app."""


class Noticed(logging.Handler):
    """Collects in ``faults`` what nobody should have to read; ``stop`` puts every hook back."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.faults: list[str] = []
        self._undo: list[Callable[[], object]] = []
        self._watch_exceptions()
        before = qInstallMessageHandler(self._take_message)
        self._undo.append(lambda: qInstallMessageHandler(before))
        logging.getLogger().addHandler(self)
        self._undo.append(lambda: logging.getLogger().removeHandler(self))

    def stop(self) -> None:
        for undo in reversed(self._undo):
            undo()

    def emit(self, record: logging.LogRecord) -> None:
        raised = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.faults.append(f"{record.levelname} {record.name}: {record.getMessage()}\n{raised}")

    def _watch_exceptions(self) -> None:
        hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
        sys.excepthook = self._take_exception
        threading.excepthook = lambda hook: self._take_exception(
            hook.exc_type, hook.exc_value, hook.exc_traceback
        )
        sys.unraisablehook = lambda hook: self._take_exception(
            hook.exc_type, hook.exc_value, hook.exc_traceback
        )
        warnings.showwarning = lambda message, kind, *where: self.faults.append(
            f"{kind.__name__}: {message} {where}"
        )

        def undo() -> None:
            sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning = hooks

        self._undo.append(undo)

    def _take_exception(
        self, kind: type[BaseException], error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.faults.append("".join(traceback.format_exception(kind, error, where)))

    def _take_message(self, kind: QtMsgType, context: QMessageLogContext, message: Any) -> None:
        if (
            kind != QtMsgType.QtDebugMsg
            and kind != QtMsgType.QtInfoMsg
            and not ABOUT_THE_MACHINE.search(message)
        ):
            self.faults.append(f"Qt: {message}")
