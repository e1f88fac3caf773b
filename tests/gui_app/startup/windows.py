"""The app as a process of its own, with an edit that is made and a word when that was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ALIVE = "edited"
CODE = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from engine.data import Append
from engine.experiment import edit_many
from gui_app import __main__ as program
from gui_app.startup import application, recovery
from gui_app.startup.recovery import recovery as module
from tests.gui_app.fake_engine import FakeEngine

folder, moment = Path(sys.argv[1]), sys.argv[2]
module.default_folder = lambda: folder / "recovery"
application.ENGINES["process"] = FakeEngine
make_window, recover = application.make_window, recovery.recover

def make(app, settings, engine):
    return make_window(app, QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat), engine)

def say():
    print("edited", flush=True)

def watch(window, *rest):
    kept = recover(window, *rest)
    def edit():
        # The first copy, of a window without a change, must not be taken for that of the edit.
        kept.keep_now()
        document = window.document
        document.apply_edit(Append(document.new_points([[1.0, 1.0]], [0.0])))
        document.finish_gesture("Draw")
        if moment == "lesson":
            lesson = edit_many(document.experiment, {"lanes.0.regularization.dropout.rate": 0.5})
            window.laid_aside.lay_aside(lesson, "Dropout")
            document.change({"lanes.0.regularization.dropout.rate": 0.3}, "Rate")
            kept.keep_now()
            say()
        elif moment == "kept":
            kept.keeper.kept.connect(lambda: say() if kept.keeper._newest.modified else None)
        else:
            say()
    def say_lesson():
        print(window.lessons.player.lesson.key, window.document.lesson, sep=": ", flush=True)
    if moment.startswith("--lesson="):
        window.lessons.player.step_changed.connect(say_lesson)
    else:
        kept.offered.connect(edit)
    return kept

application.make_window, recovery.recover = make, watch
program.display_missing = lambda environment: ""
sys.exit(program.main([moment] if moment.startswith("--") else []))
"""


def run_window(folder: Path, moment: str) -> subprocess.Popen[str]:
    """Start the app, with an edit; it says ALIVE at once ("now"), when it is "kept", or in a "lesson" after it.

    What begins with -- is an argument of the app, which then says the lesson that it opens.
    """
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", CODE, str(folder), moment]
    return subprocess.Popen(
        command, cwd=Path(__file__).parents[3], env=environment, stdout=subprocess.PIPE, text=True
    )
