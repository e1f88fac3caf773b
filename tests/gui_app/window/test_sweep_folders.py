"""Folders of sweeps: what cannot be opened, and what is kept in mind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.experiment.settings import SweepAxis
from engine.sweep.folder import SweepFolder
from engine.sweep.running import Sweep
from engine.sweep.spec import dumps_spec
from gui_app.sweeps.results.background import BackgroundSweep
from gui_app.sweeps.results.progress_row import GO_ON, PAUSE, TRY_AGAIN
from gui_app.window.sweep_folders import BEGINS
from tests.engine.sweep.sweeps import InProcess, plan

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.window


def test_a_folder_without_a_sweep_is_refused_in_a_sentence(window, dialogs, tmp_path):
    dialogs.answers = ["OK"]
    assert window.sweep_folders.show(tmp_path) is None
    assert "cannot be opened" in dialogs.said[0]
    assert "sweep" in dialogs.said[0]
    assert window.sweep_folders.recent() == []
    assert window.sweep_folders.shown == {}


def test_without_a_sweep_there_are_no_live_results(window):
    window.live_results.open()
    assert window.live_results.shown is None
    assert "no sweep" in window.statusBar().currentMessage()


def trained(path: Path, bad: frozenset[int] = frozenset(), stops_after: int | None = None) -> Path:
    """A folder with 12 networks, of which those that are trained with a bad one failed."""
    made = plan()
    path.mkdir(parents=True, exist_ok=True)
    folder = SweepFolder(path, made, "cpu", "float32")
    (path / "spec.json").write_text(dumps_spec(made.spec))
    sweep = Sweep(made, folder, InProcess(bad, stops_after), 3)
    try:
        sweep.train(sweep.batches(), lambda _: None)
    except KeyboardInterrupt:
        pass
    finally:
        folder.close()
    return path


def test_a_sweep_with_failed_networks_says_why_and_tries_them_again(window, qtbot, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(BackgroundSweep, "start", lambda self: started.append(self.folder))
    folder = trained(tmp_path / "one", frozenset({5}))
    opened = window.sweep_folders.show(folder)
    shown = opened.window
    assert "3 failed" in shown.note.full_text
    assert shown.problem.full_text == "3 networks could not be trained: there is not enough memory."
    assert shown.problem.isVisible()
    assert shown.running.button.isVisible()
    assert shown.running.button.text() == TRY_AGAIN
    assert not shown.running.bar.isVisible()
    assert shown.view.table is not None
    qtbot.mouseClick(shown.running.button, LEFT)
    assert started == [folder]
    assert not shown.problem.isVisible()
    assert shown.running.button.text() == PAUSE
    assert shown.running.bar.isVisible()

    said = []
    window.sweep_folders.reported.connect(said.append)
    opened.process.finished = True
    opened.process.ended.emit("")
    assert shown.running.button.text() == TRY_AGAIN
    assert said == [
        "The sweep one is computed, but 3 networks could not be trained: there is not enough memory."
    ]
    trained(folder)
    opened.process.ended.emit("")
    assert said[-1] == "The sweep one is complete."
    assert not shown.running.isVisible()
    assert not shown.problem.isVisible()


def test_a_sweep_that_was_stopped_can_be_gone_on_with(window, tmp_path):
    shown = window.sweep_folders.show(trained(tmp_path / "one", stops_after=2)).window
    assert shown.running.button.text() == GO_ON
    assert shown.running.bar.value() == 6
    assert shown.running.bar.maximum() == 12
    assert not shown.problem.isVisible()


def test_a_background_window_says_what_it_does_and_that_closing_it_pauses(window, monkeypatch):
    running = []
    monkeypatch.setattr(BackgroundSweep, "start", lambda self: running.append(self.folder))
    monkeypatch.setattr(BackgroundSweep, "is_running", property(lambda self: self.folder in running))
    monkeypatch.setattr(BackgroundSweep, "close", lambda self: running.remove(self.folder))
    said = []
    window.sweep_folders.reported.connect(said.append)
    axes = (SweepAxis("regularization.l2", (0.0, 0.001, 0.01)),)
    opened = window.sweep_folders.begin(window.document.experiment, 0, axes, 1, 5)
    folder = opened.process.folder
    assert opened.window.note.full_text == BEGINS
    opened.window.close()
    assert said[-1] == f"The sweep {folder.name} is paused; File → Recent sweeps opens it to go on."
    assert running == []
    assert window.sweep_folders.recent()[0] == folder
