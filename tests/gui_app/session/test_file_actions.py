import errno
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from engine.experiment import default_experiment, dumps, loads, switch_task
from gui_app.session.file_actions import MOST_RECENT
from gui_app.session.starter import starter_experiment
from tests.gui_app.hands import LEFT, draw, stroke

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


def sketch(folder: Path, name: str = "a.sketch.json", task: str = "curve") -> Path:
    path = folder / name
    path.write_text(dumps(switch_task(default_experiment(), task)))
    return path


def change(window) -> None:
    draw(window.document, [[1, 1]])


# -- opening and saving


def test_saving_asks_for_a_name_once(still, tmp_path, files):
    change(still)
    files.path = tmp_path / "mine"
    assert still.files.save()
    path = tmp_path / "mine.sketch.json"
    assert still.document.path == path
    assert loads(path.read_bytes()) == still.document.experiment
    assert (
        still.statusBar().currentMessage() == f"Saved mine.sketch.json, {round(path.stat().st_size / 1e3)} kB"
    )
    change(still)
    assert still.files.save()
    assert files.asked == ["Save as"]
    assert loads(path.read_bytes()) == still.document.experiment


@pytest.mark.parametrize("name", ["x.sketch.json", "x.SKETCH.json", "x.json"])
def test_a_name_with_a_suffix_is_kept(still, tmp_path, files, name):
    files.path = tmp_path / name
    assert still.files.save_as()
    assert [path.name for path in tmp_path.glob("x.*")] == [name]


@pytest.mark.parametrize(("answer", "saved"), [("Replace", True), ("Cancel", False)])
def test_a_file_that_the_suffix_leads_to_is_not_replaced_unasked(
    still, tmp_path, files, dialogs, answer, saved
):
    path = tmp_path / "mine.sketch.json"
    path.write_text("precious")
    change(still)
    files.path = tmp_path / "mine"
    dialogs.answers = [answer]
    assert still.files.save_as() == saved
    assert dialogs.said == ["mine.sketch.json is there already."]
    assert (path.read_text() == "precious") != saved
    assert still.document.modified != saved


def test_thinking_better_of_it_does_nothing(still, tmp_path, files):
    change(still)
    assert not still.files.save()
    still.document.stack.setClean()
    still.files.open()
    assert files.asked == ["Save as", "Open"]
    assert still.document.path is None
    assert len(still.document.points) == 501
    assert still.files.recent() == []


@pytest.mark.parametrize("kind", ["full disk", "no folder"])
def test_a_failed_save_keeps_everything_and_says_why(still, tmp_path, dialogs, monkeypatch, kind):
    path = sketch(tmp_path)
    old = path.read_bytes()
    still.files.load(path)
    change(still)
    before = still.document.experiment
    if kind == "full disk":

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
        assert not still.files.save()
        assert path.read_bytes() == old
        assert dialogs.said == [
            f"a.sketch.json cannot be saved\nCould not write {path}: No space left on device."
        ]
    else:
        path.unlink()
        tmp_path.joinpath("gone").mkdir()
        still.document.path = tmp_path / "gone" / "further" / "a.sketch.json"
        assert not still.files.save()
        assert dialogs.said[0].endswith("No such file or directory.")
    assert still.document.experiment is before
    assert still.document.modified
    assert still.isWindowModified()


def test_a_long_name_hides_nothing_of_what_is_said_in_the_status_bar(still, tmp_path):
    said = []
    still.files.reported.connect(said.append)
    path = tmp_path / f"{'a' * 200}.sketch.json"
    assert still.files._write(path)
    assert still.files.load(path)
    saved, opened = said
    assert saved.startswith("Saved aaa")
    assert "…" in saved
    assert ".sketch.json, " in saved
    assert opened.startswith("Opened aaa")
    assert opened.endswith(".sketch.json")
    assert all(len(sentence) < 100 for sentence in said)


def test_a_bad_file_keeps_what_is_open_and_says_one_sentence(still, tmp_path, dialogs):
    bad = tmp_path / "bad.sketch.json"
    bad.write_text('{"format": "neural-sketchbook/4", "lanes": 5}')
    change(still)
    before = still.document.experiment
    assert not still.files.load(bad)
    assert not still.files.load(tmp_path / "none.sketch.json")
    assert still.document.experiment is before
    assert still.document.modified
    assert dialogs.said[0].startswith("bad.sketch.json cannot be opened\nLanes:")
    assert dialogs.said[1] == "none.sketch.json cannot be opened\nNo such file or directory."


def test_opening_shows_the_file_and_stops_training(still, tmp_path, files):
    still.link.set_playing(True)
    files.path = sketch(tmp_path)
    still.files.open()
    assert still.document.experiment.data.task == "curve"
    assert not still.link.playing
    assert still.transport.play.text() == "Play"
    assert still.transport.task.key() == "curve"
    assert still.windowTitle() == "a.sketch.json[*] – Neural Sketchbook"
    assert not still.isWindowModified()
    assert not still.document.stack.canUndo()


def test_a_relative_path_stays_good_when_the_folder_changes(still, tmp_path, monkeypatch):
    path = sketch(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert still.files.load(Path(path.name))
    assert still.document.path == path


def test_new_is_the_starter_without_a_name(still, tmp_path, files):
    still.files.load(sketch(tmp_path))
    still.files.new()
    assert still.document.experiment == starter_experiment()
    assert still.document.path is None
    assert still.windowTitle() == "Untitled.sketch.json[*] – Neural Sketchbook"


# -- recent files


def test_recent_files_come_latest_first_and_once(still, tmp_path):
    paths = [sketch(tmp_path, f"{n}.sketch.json") for n in range(MOST_RECENT + 2)]
    for path in [*paths, paths[5]]:
        still.files.load(path)
    expected = [paths[5], *[path for path in reversed(paths) if path != paths[5]]][:MOST_RECENT]
    assert still.files.recent() == expected


def test_recent_files_that_are_gone_are_dropped(still, tmp_path, dialogs):
    first, second = sketch(tmp_path, "1.sketch.json"), sketch(tmp_path, "2.sketch.json")
    still.files.load(first)
    still.files.load(second)
    second.unlink()
    assert still.files.recent() == [first]
    first.write_text("{")
    still.files.load(first)
    assert still.files.recent() == []
    assert len(dialogs.said) == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_recent_files_are_remembered(still, tmp_path, settings, count):
    paths = [sketch(tmp_path, f"{n}.sketch.json") for n in range(count)]
    for path in paths:
        still.files.load(path)
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    still.files._settings = again
    assert still.files.recent() == paths[::-1]


@pytest.mark.parametrize(
    "junk", ["", "/nowhere/at/all", 5, b"x", ["/nowhere", ""], ["a\0b", 5, None], ["x" * 5000], {"a": 1}]
)
def test_junk_in_the_settings_is_no_recent_file(still, settings, junk):
    settings.setValue("recent", junk)
    assert still.files.recent() == []


# -- leaving


@pytest.mark.parametrize(
    ("answer", "left", "written"), [("Save", True, True), ("Discard", True, False), ("Cancel", False, False)]
)
def test_closing_asks(still, tmp_path, files, dialogs, answer, left, written, fake_engine):
    change(still)
    files.path = tmp_path / "mine.sketch.json"
    dialogs.answers = [answer]
    assert still.close() == left
    assert dialogs.said == ["Untitled.sketch.json has unsaved changes.\nSave them?"]
    assert files.path.exists() == written
    assert still.isVisible() != left
    assert (fake_engine.closed == 1) == left


def test_closing_without_changes_does_not_ask(still, fake_engine):
    assert still.close()
    assert fake_engine.closed == 1


@pytest.mark.parametrize("failure", ["no name", "disk"])
def test_what_cannot_be_saved_is_not_closed(still, tmp_path, files, dialogs, failure, fake_engine):
    change(still)
    dialogs.answers = ["Save"]
    if failure == "disk":
        files.path = tmp_path / "none" / "mine.sketch.json"
    assert not still.close()
    assert still.isVisible()
    assert still.document.modified
    assert fake_engine.closed == 0
    assert len(dialogs.said) == (2 if failure == "disk" else 1)


@pytest.mark.parametrize("answer", ["Discard", "Cancel"])
@pytest.mark.parametrize("way", ["new", "open", "open_recent"])
def test_leaving_the_document_asks(still, tmp_path, files, dialogs, answer, way):
    change(still)
    before = still.document.experiment
    files.path = sketch(tmp_path)
    dialogs.answers = [answer]
    arguments = [files.path] if way == "open_recent" else []
    getattr(still.files, way)(*arguments)
    assert (still.document.experiment is before) == (answer == "Cancel")
    assert len(dialogs.said) == 1


def test_escape_keeps_the_document(still):
    change(still)
    box = []

    def press_escape():
        box.append(QApplication.activeModalWidget())
        QTest.keyClick(box[0], Qt.Key.Key_Escape)

    QTimer.singleShot(0, press_escape)
    assert not still.close()
    assert box[0].defaultButton().text().replace("&", "") == "Save"


def test_closing_in_the_middle_of_a_stroke_asks(still, dialogs):
    stroke(still, (-2, 0), (2, 0), release=False)
    assert not still.document.stack.canUndo()
    dialogs.answers = ["Cancel"]
    assert not still.close()
    assert len(dialogs.said) == 1
    QTest.mouseRelease(still.canvas, LEFT)
    assert still.document.stack.undoText() == "Draw"


def test_the_title_shows_what_is_not_saved(still, tmp_path, files):
    assert still.windowTitle() == "Untitled.sketch.json[*] – Neural Sketchbook"
    assert not still.isWindowModified()
    place = still.transport.play.pos()
    change(still)
    assert still.isWindowModified()
    assert still.findChild(QLabel, "fileName").text() == "Untitled •"
    QApplication.processEvents()
    assert still.transport.play.pos() == place
    files.path = tmp_path / "mine.sketch.json"
    still.files.save()
    assert not still.isWindowModified()
    assert still.findChild(QLabel, "fileName").text() == "mine"
    still.document.stack.undo()
    assert still.isWindowModified()
