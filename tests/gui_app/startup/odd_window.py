"""A window in an environment that a test has made, used for a moment.

Prints what there was to see as one line of JSON.
"""

from __future__ import annotations

import json
from typing import cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from engine.service.interface import Engine
from gui_app.startup.application import make_application, make_window
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import stroke


def main() -> None:
    app = make_application(["odd window"])
    window = make_window(app, engine=cast(Engine, FakeEngine()))
    before = len(window.document.points)
    window.show()
    window.complete()
    window.appearance.choose("dark")
    stroke(window, (-3.0, 0.0), (3.0, 0.0))
    QApplication.processEvents()
    picture = window.canvas.grab().toImage()
    shown = {picture.pixel(QPoint(x, picture.height() // 2)) for x in range(0, picture.width(), 3)}
    screen = window.screen().availableGeometry()
    seen = {
        "drawn": len(window.document.points) - before,
        "colours": len(shown),
        "ratio": window.devicePixelRatio(),
        "on screen": screen.intersected(window.geometry()).width() / window.width(),
        "fonts": len(QFontDatabase.families()),
        "canvas": [window.canvas.width(), window.canvas.height()],
    }
    window.document.stack.setClean()
    seen["closed"] = window.close()
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
