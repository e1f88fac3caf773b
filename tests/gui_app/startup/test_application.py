"""Starting the app: what the arguments mean."""

import signal

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

from engine.experiment import default_experiment, dumps, switch_task
from gui_app import __main__ as program
from gui_app.importing.dialog import ImportDialog
from gui_app.startup import application, recovery
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import draw


@pytest.fixture
def started(qapp, settings, tmp_path, monkeypatch):
    """Starts the program in this process; ``work(window)`` runs once the window is painted."""
    monkeypatch.setitem(application.ENGINES, "process", FakeEngine)
    monkeypatch.setattr(application, "make_application", lambda: qapp)
    monkeypatch.setattr(recovery.recovery, "default_folder", lambda: tmp_path / "recovery")
    make_window = application.make_window
    before = signal.getsignal(signal.SIGINT)
    windows = []

    def start(work, *arguments) -> int:
        def make(app, _, engine):
            window = make_window(app, settings, engine)
            windows.append(window)
            window.first_painted.connect(lambda: QTimer.singleShot(0, window, lambda: work(window)))
            return window

        monkeypatch.setattr(application, "make_window", make)
        monkeypatch.setattr(program, "display_missing", lambda environment: "")
        try:
            return program.main(list(map(str, arguments)))
        finally:
            # A second request to quit would end the first dialog of another test.
            QApplication.removePostedEvents(qapp, QEvent.Type.Quit.value)

    yield start
    signal.signal(signal.SIGINT, before)
    for window in windows:
        window.document.stack.setClean()
        window.close()
        window.deleteLater()


def test_a_file_is_opened(started, tmp_path):
    path = tmp_path / "a.sketch.json"
    path.write_text(dumps(switch_task(default_experiment(), "curve")))
    seen = []

    def look(window):
        seen.append((window.document.path, window.document.experiment.data.task))
        window.close()

    assert started(look, path) == 0
    assert seen == [(path, "curve")]


@pytest.mark.parametrize("name", ["points.csv", "POINTS.TSV", "points.npy"])
def test_a_table_is_imported(started, tmp_path, monkeypatch, name):
    path = tmp_path / name
    if name.endswith(".npy"):
        np.save(path, [[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]])
    else:
        path.write_text("1,2,0\n3,4,1\n".replace(",", "\t" if name.endswith("TSV") else ","))
    asked = []

    def accept(dialog):
        dialog.finish()
        asked.append(dialog.windowTitle())
        return ImportDialog.DialogCode.Accepted

    monkeypatch.setattr(ImportDialog, "exec", accept)
    seen = []

    def look(window):
        seen.append((window.document.points.xy.tolist(), window.document.path))
        window.document.stack.setClean()
        window.close()

    assert started(lambda window: QTimer.singleShot(0, window, lambda: look(window)), path) == 0
    assert asked == [f"Import {name}"]
    assert seen == [([[1, 2], [3, 4]], None)]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("x1,x2,class,split\n1.5,2,a,training\n3,4,b,test\n", False),
        ("x,y\n0.5,1\n3,4\n", False),
        ("length,width,species\n1.5,2,a\n3,4,b\n", True),
        ("x1,x2,class\n1.5,2,a\n3,oops,b\n", True),
        ("x1;x2;class\n1,284;2;a\n3;4;b\n", True),
    ],
)
def test_a_table_in_which_nothing_is_guessed_is_imported_at_once(started, tmp_path, monkeypatch, text, asks):
    path = tmp_path / "points.csv"
    path.write_text(text)
    asked, seen = [], []
    monkeypatch.setattr(
        ImportDialog, "exec", lambda dialog: asked.append(dialog) or ImportDialog.DialogCode.Rejected
    )

    def look(window):
        seen.append((window.document.stack.undoText(), len(window.document.points)))
        window.document.stack.setClean()
        window.close()

    assert started(lambda window: QTimer.singleShot(0, window, lambda: look(window)), path) == 0
    assert bool(asked) == asks
    assert (seen == [("Import points.csv", 2)]) == (not asks)


def test_a_bad_file_opens_the_starter_and_says_why(started, tmp_path, dialogs):
    seen = []

    def look(window):
        seen.append(window.document.title)
        window.close()

    assert started(look, tmp_path / "none.sketch.json") == 0
    assert seen == ["Untitled.sketch.json"]
    assert dialogs.said == ["none.sketch.json cannot be opened\nNo such file or directory."]


def test_an_interrupt_closes_the_window_and_asks_first(started, dialogs):
    dialogs.answers = ["Cancel", "Discard"]
    seen = []

    def interrupt(window):
        draw(window.document, [[1, 1]])
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
            seen.append(window.isVisible())

    assert started(interrupt) == 0
    assert seen == [True, False]
    assert len(dialogs.said) == 2


def test_an_unknown_engine_is_refused(capsys):
    with pytest.raises(SystemExit) as caught:
        program.main(["--engine", "steam"])
    assert caught.value.code == 2
    assert "invalid choice: 'steam'" in capsys.readouterr().err


def test_the_engines_are_those_that_can_be_asked_for():
    (action,) = (each for each in program._parser()._actions if each.dest == "engine")
    assert set(action.choices) == set(application.ENGINES)


def test_the_application_has_its_name(qapp, monkeypatch):
    monkeypatch.setattr(application, "QApplication", lambda arguments: qapp)
    before = (qapp.applicationName(), qapp.organizationName(), qapp.applicationDisplayName())
    try:
        app = application.make_application([])
        assert app.applicationName() == app.organizationName() == "Neural Sketchbook"
    finally:
        qapp.setApplicationName(before[0])
        qapp.setOrganizationName(before[1])
        qapp.setApplicationDisplayName(before[2])
