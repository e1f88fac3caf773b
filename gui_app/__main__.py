"""The application: ``python -m gui_app`` or ``neural-sketchbook``."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gui_app.startup.display import display_missing

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

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
    app, window = start(engine)
    from PySide6.QtCore import Qt

    from gui_app.startup.recovery import recover
    from gui_app.startup.signals import Signals
    from gui_app.startup.watching import Watching

    # Ctrl+C in the terminal closes the window as its own button does, with the question about changes.
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    watching = Watching()
    watching.start()
    recovery, signals = recover(window), Signals(app)
    watching.watch(window, recovery.keep_now)
    signals.ended.connect(recovery.leave)
    app.commitDataRequest.connect(lambda _: recovery.keep_now(), Qt.ConnectionType.DirectConnection)
    window.show()
    if file is not None:
        window.open_file(file)
    try:
        return app.exec()
    finally:
        signals.end()
        watching.stop()


def start(engine: str = "process", settings: QSettings | None = None) -> tuple[QApplication, MainWindow]:
    """The application and its window, made as fast as can be and not shown yet."""
    # Modules, classes and widgets are there to stay. Looking through them for garbage again and again took an eighth
    # of the time until the window shows.
    gc.disable()
    try:
        from gui_app.startup.application import make_application, make_window

        app = make_application()
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
