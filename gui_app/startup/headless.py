"""The headless run: draw or open a data set, train, and export everything that the window would show."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from engine.catalogue.texts import counted
from engine.data import CsvError, with_fitting_inputs
from engine.data.file_system import exists, make_folder
from engine.data.opening import open_data
from engine.experiment import ExperimentError
from engine.export.names import left_files_sentence
from engine.service.messages import AllLanesMuted, EngineFailed, NoTrainingPoints, RunNotSaved, RunSaved

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui_app.window.main_window import MainWindow

GOAL = 0.98
"""Training accuracy (or R²) at which training ends."""
TRAINING_TIME, LOADING_TIME, WRITING_TIME = 45.0, 120.0, 60.0
"""Time limits in seconds."""


def run_headless(file: Path | None, folder: Path) -> int:
    """Open ``file`` or paint two arms; train; export everything into ``folder``. Returns the exit status."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings

    from gui_app.session.dialogs import reason
    from gui_app.startup.application import make_application, make_window

    app = make_application()
    with TemporaryDirectory() as scratch:
        window = make_window(app, QSettings(f"{scratch}/settings.ini", QSettings.Format.IniFormat))
        window.show()
        path = file
        try:
            _open(window, file)
            path = folder
            make_folder(folder)
            return _train_and_export(app, window, folder)
        except CsvError as error:
            print(reason(error), file=sys.stderr)
            return 2
        except (OSError, ExperimentError) as error:
            # What is said of a folder names it already.
            print(reason(error) if path == folder else f"{path}: {reason(error)}", file=sys.stderr)
            return 2
        finally:
            window.document.forget_changes()
            window.close()


def _open(window: MainWindow, file: Path | None) -> None:
    from gui_app.importing.drops import is_table
    from gui_app.startup.demonstration import paint_arms

    if file is not None and is_table(file):
        opened = open_data(file)
        imported = with_fitting_inputs(opened.to_experiment(window.document.experiment))
        window.document.replace(imported, f"Import {file.name}")
        print(opened.report(), file=sys.stderr)
        return
    if file is not None:
        window.document.open(file)
        return
    paint_arms(window.document, window.canvas, window.tools)
    print(f"Drew {counted(len(window.document.points), 'point')} of two classes with the brush.")


def _train_and_export(app: QApplication, window: MainWindow, folder: Path) -> int:
    from gui_app.session.no_points import ALL_MUTED, no_points_message

    failures: list[str] = []
    models: list[str] = []
    left: list[str] = []

    def note(event: object) -> None:
        if isinstance(event, EngineFailed | RunNotSaved):
            failures.append(event.sentence)
        elif isinstance(event, NoTrainingPoints):
            failures.append(no_points_message(empty=not len(window.document.points)))
        elif isinstance(event, AllLanesMuted):
            failures.append(ALL_MUTED)
        elif isinstance(event, RunSaved):
            models.extend(event.paths)
            left.extend(event.left)

    link = window.link
    link.event_taken.connect(note)
    link.start()
    link.set_playing(True)
    _wait(app, lambda: link.latest is not None or bool(failures), LOADING_TIME)
    _wait(app, lambda: _trained(window) or bool(failures), TRAINING_TIME)
    link.set_playing(False)
    _wait(app, lambda: link.settled or bool(failures), WRITING_TIME)
    _print_result(window)
    before = len(failures)
    written, problems = _export(window, folder)
    _wait(app, lambda: bool(models) or len(failures) > before, WRITING_TIME)
    if not models and len(failures) == before:
        failures.append("The models were not written in time.")
    failures += problems
    failures += [f"{path}: it was written, but it is not there." for path in models if not exists(path)]
    for path in [*written, *models]:
        print(f"wrote {path}")
    for sentence in [*failures, *([left_files_sentence(left)] if left else [])]:
        print(sentence, file=sys.stderr)
    return 2 if failures else 0


def _export(window: MainWindow, folder: Path) -> tuple[list[Path], list[str]]:
    """Write all files without a dialog, because nobody could answer it; return what was written, and what failed."""
    from gui_app.exporting import files
    from gui_app.exporting.everything import write_each

    writers = files.everything(window.document, window.exports.views, folder)
    failures = write_each(writers)
    window.link.save_run(folder)
    problems = [f"{path}: {why}" for path, why in failures.items()]
    return [path for path in writers if path not in failures], problems


def _trained(window: MainWindow) -> bool:
    lane = window.current_lane.of(window.link.latest)
    return lane is not None and (bool(lane.now.score[0] >= GOAL) or not window.link.playing)


def _print_result(window: MainWindow) -> None:
    snapshot = window.link.latest
    lane = window.current_lane.of(snapshot)
    if snapshot is not None and lane is not None:
        now, measure = lane.now, "accuracy" if snapshot.task == "classification" else "R²"
        print(
            f"Trained {counted(now.epoch, 'epoch')}: training loss {now.loss[0]:.4g}, {measure} {now.score[0]:.3f}."
        )


def _wait(app: QApplication, done: Callable[[], bool], seconds: float) -> None:
    """Process events until ``done()`` is true, for at most ``seconds``."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)
