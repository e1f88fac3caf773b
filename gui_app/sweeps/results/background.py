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
"""Milliseconds in which the command ends when it is asked to; results are never damaged by a kill."""


class BackgroundSweep(QObject):
    """Trains the sweep of a folder. The same folder again goes on where it was stopped.

    ``progressed(said)`` has each line of ``--progress json``; ``ended(problem)`` follows with "" where all was tried
    or it was paused, or else with why, without what the command advises: in a window there is no command to repeat.
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
        self._asked, self._why = False, ""
        self.finished = False
        """Whether everything was tried; what failed is in the folder."""

    @property
    def is_running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Begin, or go on."""
        if not self.is_running:
            self._asked, self._why, self.finished = False, "", False
            self._process.start(sys.executable, self._arguments)

    def pause(self) -> None:
        """Let it end at once, but cleanly: its batches in hand are trained again. ``ended`` follows."""
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
                self._why = str(said.get("why", "")) if said.get("finished") is False else ""
                self.progressed.emit(said)

    def _finish(self, status: int, _: object) -> None:
        self._read()
        lines = (
            bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        )
        if not status or self._asked or self.finished:
            self.ended.emit("")
            return
        last = lines[-1].removeprefix(PROGRAM) if lines else f"The computation ended with status {status}."
        self.ended.emit(self._why or last)

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
