"""Files dropped onto the window and the canvas."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent
from PySide6.QtWidgets import QApplication

from engine.experiment import dumps, edit
from gui_app.importing import drops
from tests.gui_app.hands import content_of, draw, drop

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


@pytest.mark.parametrize("name", ["a.csv", "b.TSV", "c.txt"])
def test_a_table_is_imported(still, tmp_path, dialogs, name):
    dialogs.answers = ["Import"]
    (tmp_path / name).write_text("1\t2\t0\n3\t4\t1\n")
    assert drop(still, tmp_path / name)
    assert dialogs.said == [f"Import {name}"]
    assert len(still.document.points) == 2


def test_a_sketch_is_opened_after_asking_about_what_is_not_saved(still, tmp_path, dialogs):
    other = edit(still.document.experiment, "data.generator.name", "moons")
    (tmp_path / "a.sketch.json").write_text(dumps(other))
    draw(still.document, [[1, 1]])
    before = still.document.experiment
    dialogs.answers = ["Cancel", "Discard"]
    assert drop(still, tmp_path / "a.sketch.json")
    assert still.document.experiment is before
    assert drop(still, tmp_path / "a.sketch.json")
    assert still.document.experiment == other
    assert still.document.path == tmp_path / "a.sketch.json"


def test_the_first_file_that_is_known_is_taken(still, tmp_path, dialogs):
    dialogs.answers = ["Import"]
    (tmp_path / "a.csv").write_text("1,2,0\n3,4,1\n")
    assert drop(still, tmp_path / "a.png", tmp_path / "a.csv")
    assert len(still.document.points) == 2


def test_other_files_are_refused_with_a_word(still, tmp_path):
    assert not drop(still, tmp_path / "a.png")
    assert still.statusBar().currentMessage().startswith("Only .sketch.json, .csv, ")
    assert still.document.stack.count() == 0


def test_a_drag_shows_what_a_drop_would_do(still, tmp_path):
    content = content_of(tmp_path / "a.csv")
    enter = QDragEnterEvent(
        QPoint(300, 300),
        Qt.DropAction.CopyAction,
        content,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(still, enter)
    assert still.statusBar().currentMessage() == "Drop to import a.csv"


def test_a_broken_sketch_loses_nothing(still, tmp_path, dialogs):
    (tmp_path / "a.sketch.json").write_text("{")
    before = still.document.experiment
    assert drop(still, tmp_path / "a.sketch.json")
    assert dialogs.said[0].startswith("a.sketch.json cannot be opened")
    assert still.document.experiment is before


def test_the_moves_of_a_drag_do_not_look_at_the_disk(still, tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    looked = []
    monkeypatch.setattr(drops, "is_folder", lambda path: bool(looked.append(path)))
    content = content_of(tmp_path / "folder")
    how = Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(still, QDragEnterEvent(QPoint(300, 300), *how))
    for x in range(5):
        QApplication.sendEvent(still, QDragMoveEvent(QPoint(300 + x, 300), *how))
    assert looked == [tmp_path / "folder"]
