"""The application: ``python -m gui_app`` or ``neural-sketchbook``."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gui_app.startup.display import display_missing

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from gui_app.startup.watching import Watching
    from gui_app.window.main_window import MainWindow

OUT = Path("out")


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; without a display, do the same job without one. Returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.file is not None and options.lesson is not None:
        parser.error("give either FILE or --lesson")
    missing = display_missing(os.environ)
    if missing:
        from gui_app.startup.headless import run_headless

        if options.lesson is not None:
            print(f"{missing} A lesson needs a window; python -m engine lesson prints one.", file=sys.stderr)
            return 2
        print(f"{missing} Drawing, training and exporting without a window instead.")
        return run_headless(options.file, OUT)
    return _run_window(options.file, options.lesson, options.engine, (options.device, options.precision))


def _run_window(file: Path | None, lesson: str | None, engine: str, place: tuple[str, str]) -> int:
    watched: list[Watching] = []

    def watch() -> None:
        from gui_app.startup.watching import Watching

        watched.append(Watching())
        watched[0].start()

    try:
        app, window = start(engine, before_window=watch, place=place)
        return _run(app, window, watched[0], file, lesson)
    except Exception:
        # What keeps the app from starting goes to the terminal, where there is one, and to the log.
        logging.getLogger(__name__).exception("The app has ended.")
        raise
    finally:
        for watching in watched:
            watching.stop()


def _run(
    app: QApplication, window: MainWindow, watching: Watching, file: Path | None, lesson: str | None
) -> int:
    from gui_app.startup.recovery import recover
    from gui_app.startup.signals import Signals, heard

    # Ctrl+C in the terminal closes the window as its own button does, with the question about changes.
    for number in heard([signal.SIGINT]):
        signal.signal(number, lambda *_: app.quit())
    recovery, signals = recover(window), Signals(app)
    try:
        watching.watch(window, recovery.keep_now)
        signals.ended.connect(recovery.leave)
        recovery.follow_session(app.commitDataRequest)
        window.front_door.wanted = file is None and lesson is None
        window.show()
        if file is not None:
            window.open_file(file)
        if lesson is not None:
            window.later.add("lesson", lambda: _open_lesson(window, lesson))
        return app.exec()
    finally:
        signals.end()


def _open_lesson(window: MainWindow, lesson: str) -> None:
    window.own_lessons.open_named(lesson)


def start(
    engine: str = "process",
    settings: QSettings | None = None,
    before_window: Callable[[], object] = lambda: None,
    place: tuple[str, str] | None = None,
) -> tuple[QApplication, MainWindow]:
    """The application and its window, made as fast as can be and not shown yet.

    ``before_window`` is called between the two. ``place`` is a device and a precision that training is wanted with.
    """
    # Modules, classes and widgets are there to stay. Looking through them for garbage again and again took an eighth
    # of the time until the window shows.
    gc.disable()
    try:
        from engine.service.place import AskedPlace
        from gui_app.startup.application import ENGINES, make_application, make_window

        app = make_application()
        before_window()
        asked = AskedPlace(*place or ())
        return app, make_window(
            app, settings, engine=engine if asked == AskedPlace() else ENGINES[engine](asked)
        )
    finally:
        gc.enable()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="neural-sketchbook", description="Draw data, train a small network, watch it learn."
    )
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="a .sketch.json file to open, or data to import: .csv, .tsv, .txt, .npz, .npy",
    )
    parser.add_argument(
        "--lesson",
        metavar="NAME",
        help="open a lesson: its name in `python -m engine lessons`, or the path of a folder of lessons or of one",
    )
    parser.add_argument(
        "--engine",
        choices=("process", "thread"),
        default="process",
        help="where training runs: in a process of its own (default) or in a thread of the window's",
    )
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="cpu",
        help="what trains: cpu (default); cuda: a CUDA device; auto: that one if the first drawing is worth it",
    )
    parser.add_argument(
        "--precision",
        choices=("float32", "float64"),
        default="float32",
        help="of steps and losses: float32 (default), or float64, several times as slow",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
