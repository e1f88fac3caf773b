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
    options = _parser().parse_args(arguments)
    missing = display_missing(os.environ)
    if missing:
        from gui_app.startup.headless import run_headless

        print(f"{missing} Drawing, training and exporting without a window instead.")
        return run_headless(options.file, OUT)
    return _run_window(options.file, options.engine)


def _run_window(file: Path | None, engine: str) -> int:
    watched: list[Watching] = []

    def watch() -> None:
        from gui_app.startup.watching import Watching

        watched.append(Watching())
        watched[0].start()

    try:
        app, window = start(engine, before_window=watch)
        return _run(app, window, watched[0], file)
    except Exception:
        # What keeps the app from starting goes to the terminal, where there is one, and to the log.
        logging.getLogger(__name__).exception("The app has ended.")
        raise
    finally:
        for watching in watched:
            watching.stop()


def _run(app: QApplication, window: MainWindow, watching: Watching, file: Path | None) -> int:
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
        window.show()
        window.later.add("tour", window.offer_tour)
        if file is not None:
            window.open_file(file)
        return app.exec()
    finally:
        signals.end()


def start(
    engine: str = "process",
    settings: QSettings | None = None,
    before_window: Callable[[], object] = lambda: None,
) -> tuple[QApplication, MainWindow]:
    """The application and its window, made as fast as can be and not shown yet.

    ``before_window`` is called between the two.
    """
    # Modules, classes and widgets are there to stay. Looking through them for garbage again and again took an eighth
    # of the time until the window shows.
    gc.disable()
    try:
        from gui_app.startup.application import make_application, make_window

        app = make_application()
        before_window()
        return app, make_window(app, settings, engine=engine)
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
        "--engine",
        choices=("process", "thread"),
        default="process",
        help="where training runs: in a process of its own (default) or in a thread of the window's",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
