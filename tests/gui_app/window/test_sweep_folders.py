"""Folders of sweeps: what cannot be opened, and what is kept in mind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from engine.experiment.settings import SweepAxis
from engine.sweep.folder import SweepFolder, batch_files
from engine.sweep.running import Sweep
from engine.sweep.spec import dumps_spec
from gui_app.sweeps.results import background
from gui_app.sweeps.results.background import BackgroundSweep
from gui_app.sweeps.results.progress_row import GO_ON, PAUSE, TRY_AGAIN
from gui_app.window import sweep_folders
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


def torn(path: Path) -> None:
    """Cut a file in half, as a full disk or a broken copy does."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def test_networks_whose_file_is_damaged_count_as_not_trained_and_the_window_says_so(window, tmp_path):
    folder = trained(tmp_path / "one")
    files = batch_files(folder)
    torn(files[1])
    shown = window.sweep_folders.show(folder).window
    assert shown.problem.full_text == "1 file of results is damaged: what was in it counts as not trained."
    assert shown.note.full_text == "12 networks · 9 trained"
    assert shown.running.button.text() == GO_ON
    assert files[1].exists(), "reading removes nothing"


def test_damaged_failures_are_left_out(window, tmp_path):
    folder = trained(tmp_path / "one")
    failures = [{"rows": [True, 1, 99], "attempts": "x"}, 3, {"rows": [[2]]}]
    (folder / "failures.json").write_text(json.dumps({"failures": failures}))
    opened = window.sweep_folders.show(folder)
    assert (opened.results.done, opened.results.failed) == (12, 0)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (lambda path: torn(path / "spec.json"), "spec.json: the file ends too early"),
        (lambda path: (path / "spec.json").write_text("[1]"), "spec.json: a spec is a JSON object"),
        (lambda path: (path / "manifest.json").unlink(), "has no manifest"),
        (lambda path: torn(path / "manifest.json"), "has no manifest"),
        (lambda path: (path / "manifest.json").write_text('{"format": "x/9"}'), "by a newer version"),
        (shutil.rmtree, "holds no sweep"),
    ],
)
def test_a_damaged_or_foreign_folder_is_refused_in_a_sentence(window, dialogs, tmp_path, broken, sentence):
    folder = trained(tmp_path / "one")
    broken(folder)
    dialogs.answers = ["OK"]
    assert window.sweep_folders.show(folder) is None
    (said,) = dialogs.said
    headline, detail = said.split("\n")
    assert headline == "one cannot be opened"
    assert sentence in detail
    assert detail.endswith(".")
    assert folder not in window.sweep_folders.recent()


def test_a_sweep_of_too_many_networks_is_refused_before_it_is_read(window, dialogs, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_folders, "MOST_SHOWN", 11)
    folder = trained(tmp_path / "one")
    dialogs.answers = ["OK"]
    assert window.sweep_folders.show(folder) is None
    assert "12 lanes, of which 11 at most can be shown" in dialogs.said[0]


def test_what_is_shown_of_a_folder_that_was_removed_stays_and_is_saved(
    window, dialogs, files, tmp_path, monkeypatch
):
    folder = trained(tmp_path / "one", stops_after=2)
    opened = window.sweep_folders.show(folder)
    shutil.rmtree(folder)
    started = []
    monkeypatch.setattr(BackgroundSweep, "start", lambda self: started.append(self.folder))
    dialogs.answers, files.path = ["OK"], tmp_path / "kept.csv"
    opened.window.running.resumed.emit()
    assert dialogs.said[0].startswith("The sweep cannot go on\n")
    assert started == []
    assert opened.window.running.button.text() == GO_ON
    opened.process.ended.emit("")
    assert opened.window.note.full_text == "12 networks · 6 trained"
    opened.window.save_csv()
    rows = (tmp_path / "kept.csv").read_text().splitlines()
    assert len(rows) == 13
    assert sum("trained" in row for row in rows) == 6


@pytest.mark.parametrize("begun_here", [True, False])
def test_a_folder_that_is_removed_while_it_is_computed_is_told_in_words_for_a_window(
    window, dialogs, tmp_path, monkeypatch, begun_here
):
    monkeypatch.setattr(BackgroundSweep, "start", lambda self: None)
    if begun_here:
        axes = (SweepAxis("regularization.l2", (0.0, 0.001, 0.01)),)
        opened = window.sweep_folders.begin(window.document.experiment, 0, axes, 1, 5)
        folder = trained(opened.process.folder, stops_after=2)
        opened.process.ended.emit("")
    else:
        folder = trained(tmp_path / "one", stops_after=2)
        opened = window.sweep_folders.show(folder)
    assert opened.window.note.full_text == "12 networks · 6 trained"
    shutil.rmtree(folder)
    dialogs.answers = ["OK"]
    opened.process.ended.emit(f"{folder} was removed or moved while it was computed")
    (said,) = dialogs.said
    assert said == (
        f"The sweep was not computed to its end\n{folder} was removed or moved. "
        "What this window shows can still be saved as a table." + " Go on computes it anew." * begun_here
    )
    assert opened.window.running.button.text() == GO_ON


def command(monkeypatch, path, *lines):
    """Let a script that does these lines stand for the command."""
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o755)
    monkeypatch.setattr(background, "sys", SimpleNamespace(executable=str(path)))


def test_a_window_tells_why_and_no_command_to_repeat(qtbot, tmp_path, monkeypatch):
    said = json.dumps({"finished": False, "done": 3, "total": 12, "why": "No space is left"})
    error = "echo 'neural-sketchbook: No space is left; 3 of 12 lanes are kept, and the same command goes on.' >&2"
    command(monkeypatch, tmp_path / "command", f"echo '{said}'", error, "exit 2")
    process = BackgroundSweep(tmp_path / "spec.json", tmp_path / "out")
    with qtbot.waitSignal(process.ended) as ended:
        process.start()
    assert ended.args == ["No space is left"]
    command(monkeypatch, tmp_path / "command", "exit 3")
    with qtbot.waitSignal(process.ended) as ended:
        process.start()
    assert ended.args == ["The computation ended with status 3."]


def test_pausing_ends_the_command_at_once_and_says_that_what_is_in_hand_begins_again(
    window, qtbot, tmp_path, monkeypatch
):
    shown = window.sweep_folders.show(trained(tmp_path / "one", stops_after=2)).window
    shown.running.show_running(True)
    assert shown.running.button.toolTip() == (
        "Stop now. What is trained stays; what is being trained begins again with Go on."
    )
    command(monkeypatch, tmp_path / "command", "echo '{}'", "exec tail -f /dev/null")
    process = BackgroundSweep(tmp_path / "spec.json", tmp_path / "out")
    with qtbot.waitSignal(process.progressed):
        process.start()
    with qtbot.waitSignal(process.ended) as ended:
        process.pause()
    assert ended.args == [""]


def test_what_the_command_cannot_do_is_told_without_its_name(qtbot, tmp_path):
    process = BackgroundSweep(tmp_path / "none.json", tmp_path / "out")
    with qtbot.waitSignal(process.ended, timeout=60_000) as ended:
        process.start()
    assert ended.args == [f"{tmp_path / 'none.json'}: No such file or directory."]


def test_closing_the_app_pauses_all_sweeps_before_it_waits_for_one(window, tmp_path, monkeypatch):
    done = []
    for way in ("pause", "close"):
        monkeypatch.setattr(BackgroundSweep, way, lambda self, way=way: done.append((way, self.folder.name)))
    for name in ("one", "two"):
        window.sweep_folders.show(trained(tmp_path / name, stops_after=2))
    window.closed.emit()
    assert done == [("pause", "one"), ("pause", "two"), ("close", "one"), ("close", "two")]
    assert [path.name for path in window.sweep_folders.recent()] == ["two", "one"]


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
