"""Everything that keeps errors from passing unseen, for one window: log, hooks, fault handler, notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui_app.session.app_folders import log_folder
from gui_app.session.faults import Faults
from gui_app.session.report import versions
from gui_app.startup.crashes import take_crashes, watch_process
from gui_app.startup.hooks import Hooks
from gui_app.startup.log import Log
from gui_app.window.main_window import MainWindow


class Watching:
    """Watches a running app from ``start`` to ``stop``. Make it before the window, so that its log has the start."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = log_folder() if folder is None else folder
        self._crashes = take_crashes(self._folder)
        self.log = Log(self._folder)
        self._early = Faults()
        """Takes what goes wrong before there is a window."""
        self._hooks = Hooks(self._early)

    def start(self) -> None:
        """Log, and let the fault handler write to a file; the engine's process inherits its folder."""
        watch_process(self._folder)
        self.log.start(f"Started: {versions()}")
        self._hooks.install()

    def watch(self, window: MainWindow, protect: Callable[[], bool]) -> None:
        """Lead errors to the window's notice; ``protect`` keeps a recovery copy and returns whether it could."""
        window.faults.protect = protect
        messages = window.fault_messages
        messages.log_lines = lambda: self.log.tail.lines
        messages.file_names = window.files.recent
        self._hooks.lead_to(window.faults)
        window.faults.take_over(self._early)
        if self._crashes:
            newest = self._crashes[-1]
            messages.tell_of_crash(newest.sentence, newest.text)
        # A signal, because the log may fail in any thread.
        self.log.failed = lambda problem: messages.reported.emit(f"No log can be written: {problem}.")
        if self.log.problem:
            self.log.failed(self.log.problem)

    def stop(self) -> None:
        """Leave everything as Python has it."""
        self._hooks.remove()
        self.log.stop()
