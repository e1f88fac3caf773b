"""A sweep that another process computes: ``python -m engine sweep``, followed by the lines that it prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal

PROGRAM = "neural-sketchbook: "
"""What stands before each error of the command."""
_PATIENCE = 5_000
"""Milliseconds in which the command ends its batches when it is asked to; results are never damaged by a kill."""


class BackgroundSweep(QObject):
    """Trains the sweep of a folder. The same folder again goes on where it was stopped.

    ``progressed(said)`` has each line of ``--progress json``; ``ended(problem)`` follows with "" where all was tried
    or it was paused, or else with what the command said.
    """

    progressed = Signal(dict)
    ended = Signal(str)

    def __init__(
        self, spec: Path, folder: Path, options: tuple[str, ...] = (), parent: QObject | None = None
    ):
        super().__init__(parent)
        self.folder = folder
        self._arguments = [
            "-m",
            "engine",
            "sweep",
            str(spec),
            "--out",
            str(folder),
            "--progress",
            "json",
            *options,
        ]
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)
        self._asked = False
        self.finished = False
        """Whether everything was tried; what failed is in the folder."""

    @property
    def is_running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Begin, or go on."""
        if not self.is_running:
            self._asked = self.finished = False
            self._process.start(sys.executable, self._arguments)

    def pause(self) -> None:
        """Let it end cleanly; ``ended`` follows."""
        if self.is_running and not self._asked:
            self._asked = True
            self._process.terminate()

    def close(self) -> None:
        """End it now, because the window closes; what is trained is kept."""
        if self.is_running:
            self.pause()
            if not self._process.waitForFinished(_PATIENCE):
                self._process.kill()
                self._process.waitForFinished(_PATIENCE)

    def _read(self) -> None:
        while self._process.canReadLine():
            said = _parsed(bytes(self._process.readLine().data()))
            if said is not None:
                self.finished = self.finished or said.get("finished") is True
                self.progressed.emit(said)

    def _finish(self, status: int, _: object) -> None:
        self._read()
        lines = (
            bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        )
        problem = (
            lines[-1].removeprefix(PROGRAM) if lines and status and not (self._asked or self.finished) else ""
        )
        if status and not problem and not (self._asked or self.finished):
            problem = f"The computation ended with status {status}."
        self.ended.emit(problem)

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit("The computation could not be started.")


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The object of a line; None for anything else that a library prints."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
