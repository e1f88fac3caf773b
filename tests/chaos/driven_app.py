"""The app as a person starts it, used at random and without a pause: ``python -m tests.chaos.driven_app JOURNAL``.

Its files are those of ``HOME``, which whoever starts it has set. It never ends by itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog

from engine.experiment import Experiment
from engine.service import messages as m
from gui_app import __main__ as app_main
from gui_app.session.document import SUFFIX
from gui_app.window.main_window import MainWindow
from tests.chaos.journal import Journal, digest_of
from tests.gui_app.hands import stroke

PAUSE = 120
"""Milliseconds between two actions."""
MOST_POINTS = 1500
AGREED = ("Restore", "OK", "Replace", "Discard", "Keep mine", "Close", "Later")
"""Buttons that a driver presses, the first of these that a dialog has."""
ENGINE_LIVES = 0.5, 3.5
"""Seconds from an engine's first epoch to its end, at least and at most, where engines are killed."""


class Driver(QObject):
    """Uses a window at random; ``kills`` is how many engines it kills before it ends the app."""

    def __init__(self, window: MainWindow, journal: Journal, random: Random, kills: int) -> None:
        super().__init__(window)
        self._window, self._journal, self._random, self._kills = window, journal, random, kills
        self._ready = self._dying = False
        self._run = self._epoch = -1
        self._exports = Path.home() / "exports"
        self._exports.mkdir(exist_ok=True)
        document, link = window.document, window.link
        document.changed.connect(self._note_edit)
        document.file_changed.connect(self._note_file)
        link.snapshot_taken.connect(self._note_snapshot)
        link.event_taken.connect(self._note_event)
        self._timer = QTimer(self, interval=PAUSE)
        self._timer.timeout.connect(self._act)
        self._timer.start()
        self._answers = QTimer(self, interval=20)
        self._answers.timeout.connect(self._answer)
        self._answers.start()
        QFileDialog.getSaveFileName = self._name_file  # type: ignore[assignment,method-assign]
        self._journal.note("start", digest=digest_of(document.experiment))

    # -- what is written down

    def _note_edit(self, before: Experiment, after: Experiment) -> None:
        self._journal.note("edit", digest=digest_of(after))

    def _note_file(self) -> None:
        document = self._window.document
        if not document.modified:
            self._journal.note("saved", digest=digest_of(document.experiment))

    def _note_snapshot(self, snapshot: Any) -> None:
        if snapshot is None:
            return
        if not self._ready:
            self._ready = True
            self._journal.note("ready")
        if (snapshot.run, snapshot.epoch) != (self._run, self._epoch):
            self._run, self._epoch = snapshot.run, snapshot.epoch
            self._journal.note("epoch", run=self._run, epoch=self._epoch)
        if self._kills and not self._dying and snapshot.epoch > 0 and snapshot.playing:
            self._dying = True
            delay = self._random.uniform(*ENGINE_LIVES)
            QTimer.singleShot(round(1000 * delay), self, self._kill_engine)

    def _note_event(self, event: m.Event) -> None:
        if isinstance(event, m.EngineRestarted):
            self._journal.note("restarted", epoch=event.epoch or 0)

    def _kill_engine(self) -> None:
        pid = self._window.link._engine.pid  # type: ignore[attr-defined]
        self._dying = False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self._journal.note("kill engine", run=self._run, epoch=self._epoch)
            self._kills -= 1

    # -- what is done

    def _act(self) -> None:
        link = self._window.link
        if link.health.lost is not None:
            # As the button of the notice does.
            link.restart_engine()
        elif self._ready and not _dialogs():
            works, weights = zip(*self._works().items(), strict=True)
            self._random.choices(works, weights)[0]()

    def _works(self) -> dict[Callable[[], object], int]:
        window = self._window
        works: dict[Callable[[], object], int] = {
            self._draw: 8,
            window.document.stack.undo: 1,
            self._play: 6,
            self._save: 1,
            self._export: 1,
        }
        return works

    def _draw(self) -> None:
        if len(self._window.document.points) > MOST_POINTS:
            # Some at a time: a drawing that is quite another one starts training again.
            stack = self._window.document.stack
            stack.setIndex(max(0, stack.index() - 5))
            return
        corners = [(self._random.uniform(-5, 5), self._random.uniform(-5, 5)) for _ in range(2)]
        stroke(self._window, *corners)

    def _play(self) -> None:
        if not self._window.link.playing:
            self._window.link.set_playing(True)

    def _save(self) -> None:
        self._window.files.save()

    def _name_file(self, parent: object, title: str, *_: object) -> tuple[str, str]:
        path = Path.home() / f"drawing{SUFFIX}" if title.startswith("Save") else self._exports / "data.csv"
        return str(path), ""

    def _export(self) -> None:
        self._window.exports.data()

    def _answer(self) -> None:
        for dialog in _dialogs():
            buttons = [button for button in dialog.findChildren(QAbstractButton) if button.isVisible()]
            # Of several with one text, the first: what was left last is restored.
            there = {
                button.text().replace("&", ""): button for button in reversed(buttons) if button.isEnabled()
            }
            wanted = next((there[text] for text in AGREED if text in there), None)
            if wanted is None:
                dialog.reject()
            else:
                wanted.click()


def _dialogs() -> list[QDialog]:
    """The open dialogs: the modal one alone, if there is one."""
    modal = QApplication.activeModalWidget()
    found = [modal] if modal is not None else QApplication.topLevelWidgets()
    return [dialog for dialog in found if isinstance(dialog, QDialog) and dialog.isVisible()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.driven_app")
    parser.add_argument("journal", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engines", type=int, default=0, help="how many engines to kill")
    options = parser.parse_args()
    journal, start = Journal(options.journal), app_main.start

    def driven(*arguments: Any, **named: Any) -> tuple[QApplication, MainWindow]:
        app, window = start(*arguments, **named)
        Driver(window, journal, Random(options.seed), options.engines)
        return app, window

    app_main.start = driven
    return app_main.main([])


if __name__ == "__main__":
    sys.exit(main())
