"""The application: ``python -m gui_app`` or ``neural-sketchbook``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from gui_app.display import display_missing

OUT = Path("out")


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window; without a display, do the same job without one. Returns the exit status."""
    options = _parser().parse_args(arguments)
    missing = display_missing(os.environ)
    if missing:
        from gui_app.headless import run_headless

        print(f"{missing} Drawing, training and exporting without a window instead.")
        return run_headless(options.file, OUT)
    return _run_window(options.file, options.engine)


def _run_window(file: Path | None, engine: str) -> int:
    from gui_app.application import make_application, make_window
    from gui_app.recovery import recover

    app = make_application()
    # Ctrl+C in the terminal closes the window as its own button does, with the question about changes.
    signal.signal(signal.SIGINT, lambda *_: app.quit())
    window = make_window(app, engine=engine)
    recover(window, offer=file is None)
    window.show()
    if file is not None:
        window.open_file(file)
    return app.exec()


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
