"""``python -m tests.newcomer``: walk the newcomer's path in a real window and keep a picture of each step."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from unittest.mock import patch


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.newcomer", description=__doc__)
    parser.add_argument("--size", default="1280x720", metavar="WxH", help="of the window, in device pixels")
    parser.add_argument("--scale", type=float, default=1.0, help="device pixels in one pixel of the window")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="where the pictures go (default: none are kept)"
    )
    parser.add_argument("--only-start", action="store_true", help="look only at what is in view at the start")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    # Qt reads the scale when it is loaded.
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QFileDialog

    from gui_app.startup.application import make_application, make_window
    from tests.newcomer.hand import Hand
    from tests.newcomer.path import Newcomer, walk

    app = make_application([])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as scratch:
        settings = QSettings(str(Path(scratch, "settings.ini")), QSettings.Format.IniFormat)
        settings.setValue("appearance", options.theme)
        window = make_window(app, settings)
        width, height = (round(int(side) / options.scale) for side in options.size.split("x"))
        window.resize(width, height)
        window.show()
        window.activateWindow()
        window.complete()
        if options.into is not None:
            options.into.mkdir(parents=True, exist_ok=True)
        hand, folder = Hand(window, options.into), Path(scratch, "everything")
        with patch.object(QFileDialog, "getExistingDirectory", lambda *_: str(folder)):
            if options.only_start:
                Newcomer(hand).start()
            else:
                walk(hand, folder)
        window.document.forget_changes()
        window.close()
    print("The whole path was walked without scrolling a panel.")


if __name__ == "__main__":
    main()
