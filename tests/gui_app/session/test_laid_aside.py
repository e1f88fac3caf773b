"""A person's own document is laid aside for a lesson and comes back as it was."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.data.kept_run import RunFolder, facts
from engine.experiment import default_experiment, edit_many, preset_experiment
from engine.experiment.document import dumps
from engine.experiment.kept_run import Kept
from engine.service import messages as m
from gui_app.session import laid_aside
from gui_app.session.document import Document
from tests.gui_app.hands import Hand, draw
from tests.gui_app.plots.runs import history_of, snapshot_of

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]
LESSON = edit_many(default_experiment(), {"lanes.0.regularization.dropout.rate": 0.5})


def rate(document: Document) -> float:
    return document.experiment.lanes[0].training.learning_rate


def test_a_lesson_has_a_document_of_its_own(still, tmp_path):
    path = tmp_path / "mine.sketch.json"
    still.document.save(path)
    Hand(still.canvas).click((1.0, 1.0))
    assert still.laid_aside.lay_aside(LESSON, "Dropout: what it does")
    document = still.document
    assert document.experiment == LESSON
    assert document.path is None
    assert not document.stack.canUndo()
    assert still.windowTitle() == "Dropout: what it does[*] – Neural Sketchbook"
    document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
    assert not still.isWindowModified()
    assert document.title == "Dropout_ what it does.sketch.json"


def test_file_changes_undo_history_run_list_and_view_come_back(still, tmp_path):
    document, current, camera = still.document, still.current_lane, still.canvas.camera
    path = tmp_path / "mine.sketch.json"
    two = msgspec.structs.replace(
        document.experiment,
        lanes=tuple(msgspec.structs.replace(document.experiment.lanes[0], name=name) for name in "AB"),
    )
    document.replace(two, "Two lanes")
    document.save(path)
    document.change({"lanes.1.training.learning_rate": 0.5}, "Rate")
    Hand(still.canvas).click((1.0, 1.0))
    document.stack.undo()
    current.choose(1)
    current.select((0, 1))
    camera.zoom(3, (1.0, 1.0))
    still.pause_epoch.choose(40)
    before = document.experiment, document.origin, camera.view, camera.axes, document.file, document.last_run
    names = [document.stack.text(index) for index in range(document.stack.count())]
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    assert (current.index, camera.at_home, still.pause_epoch.epoch) == (0, True, None)
    Hand(still.canvas).click((2.0, 2.0))
    assert still.laid_aside.bring_back()
    assert before == (
        document.experiment,
        document.origin,
        camera.view,
        camera.axes,
        document.file,
        document.last_run,
    )
    assert (document.path, document.modified, document.lesson) == (path, True, "")
    assert (current.index, current.selected, still.pause_epoch.epoch) == (1, (0, 1), 40)
    assert [document.stack.text(index) for index in range(document.stack.count())] == names
    document.stack.redo()
    assert [1.0, 1.0] in np.round(document.points.xy, 1).tolist()
    document.stack.undo()
    document.stack.undo()
    assert not document.modified
    assert document.experiment == two


def test_undo_by_key_and_by_button_is_that_of_what_is_open(still, qtbot):
    still.complete()
    document = still.document
    draw(document, [[1, 1]])
    mine = document.experiment
    undo = next(
        one for one in still.findChildren(type(still.file_menu.actions()[0])) if one.text() == "&Undo Draw"
    )
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    assert (undo.text(), undo.isEnabled()) == ("&Undo", False)
    document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
    assert (undo.text(), undo.isEnabled()) == ("&Undo Rate", True)
    qtbot.keyClick(still, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.experiment == LESSON
    still.laid_aside.bring_back()
    assert undo.text() == "&Undo Draw"
    assert document.experiment == mine
    qtbot.keyClick(still, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(document.points) == 500
    assert not document.modified


def test_the_run_goes_on_where_it_was(still, fake_engine, tmp_path):
    still.link.keep_run(tmp_path / "run")
    RunFolder(tmp_path / "run").write(Kept(7, 1, {}, {}), {}, still.link.turn)
    fake_engine.answer(acknowledged=still.link.commands)
    still.link.pull()
    run = still.link.kept_run()
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    assert still.link.kept_run() is None
    assert still.link.latest is None
    still.link.pull()
    fake_engine.take_commands()
    still.laid_aside.bring_back()
    (load,) = (one for one in fake_engine.take_commands() if isinstance(one, m.LoadRun))
    assert load == m.LoadRun(still.document.experiment, run, still.link.turn)
    assert facts(load.run).epoch == 7


def test_the_next_lesson_leaves_the_own_document_where_it_is(still):
    draw(still.document, [[1, 1]])
    mine = still.document.experiment
    other = preset_experiment("overfits")
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    still.document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
    assert still.laid_aside.lay_aside(other, "Overfitting")
    assert still.document.experiment == other
    assert still.laid_aside.bring_back()
    assert still.document.experiment == mine
    assert not still.laid_aside.bring_back()


@pytest.mark.parametrize("way", ["new", "example", "file", "recent", "close"])
def test_any_other_document_asks_about_the_own_one_and_cancel_leaves_the_lesson(
    still, tmp_path, dialogs, files, way
):
    draw(still.document, [[1, 1]])
    mine, other = still.document.experiment, tmp_path / "other.sketch.json"
    other.write_text(dumps(edit_many(default_experiment(), {"lanes.0.training.learning_rate": 0.7})))
    ended = []
    still.laid_aside.ended.connect(lambda: ended.append(still.document.experiment))
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    dialogs.answers = ["Cancel", "Discard"]
    files.path = other
    act = {
        "new": still.files.new,
        "example": lambda: still.examples.open("overfits"),
        "file": still.files.open,
        "recent": lambda: still.files.open_recent(other),
        "close": still.close,
    }[way]
    act()
    assert dialogs.said == ["Untitled.sketch.json has unsaved changes.\nSave them?"]
    assert ended == []
    assert (still.document.experiment, still.document.lesson) == (LESSON, "Dropout")
    assert still.isVisible()
    act()
    assert len(dialogs.said) == 2, "one question each time"
    assert ended == [mine]
    assert still.document.experiment not in (LESSON, mine) or not still.isVisible()


def test_changes_that_are_to_be_saved_before_another_document_are(still, tmp_path, dialogs):
    path = tmp_path / "mine.sketch.json"
    still.document.save(path)
    draw(still.document, [[1, 1]])
    mine = still.document.experiment
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    dialogs.answers = ["Save"]
    still.files.new()
    assert dialogs.said == ["mine.sketch.json has unsaved changes.\nSave them?"]
    saved = Document()
    saved.open(path)
    assert saved.experiment == mine
    assert not still.laid_aside.is_away
    assert still.document.path is None


def test_a_lesson_stays_open_where_no_file_is_chosen(still, files):
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    files.path = None
    still.files.open()
    assert files.asked == ["Open"]
    assert still.document.experiment == LESSON
    assert still.laid_aside.is_away


def test_a_lesson_that_was_saved_is_a_file_like_any_other(still, tmp_path, dialogs, files):
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    files.path = tmp_path / "tried"
    still.document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
    assert still.files.save()
    assert still.windowTitle().startswith("tried.sketch.json")
    saved = Document()
    saved.open(tmp_path / "tried.sketch.json")
    assert rate(saved) == 0.5
    still.document.change({"lanes.0.training.learning_rate": 0.6}, "Rate")
    dialogs.answers = ["Cancel", "Discard"]
    assert not still.laid_aside.bring_back()
    assert rate(still.document) == 0.6
    assert still.laid_aside.bring_back()
    assert not still.laid_aside.is_away
    saved.open(tmp_path / "tried.sketch.json")
    assert rate(saved) == 0.5


def test_where_no_recovery_copy_can_be_kept_the_person_decides(still, dialogs):
    still.laid_aside.keep = lambda run: "The disk is full."
    mine = still.document.experiment
    dialogs.answers = ["Cancel", "Open the lesson"]
    assert not still.laid_aside.lay_aside(LESSON, "Dropout")
    assert still.document.experiment == mine
    assert "The disk is full. It stays open" in dialogs.said[0]
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    assert still.document.experiment == LESSON


@pytest.mark.parametrize("playing", [True, False])
def test_a_run_that_is_kept_only_in_an_older_state_is_asked_about(
    still, fake_engine, tmp_path, dialogs, monkeypatch, playing
):
    for name in ("MOMENT", "PATIENCE"):
        monkeypatch.setattr(laid_aside, name, 0.0)
    still.link.keep_run(tmp_path / "run")
    RunFolder(tmp_path / "run").write(Kept(7, 1, {}, {}), {}, still.link.turn)
    still.link.set_playing(playing)
    seen = snapshot_of(history_of(range(501)))
    fake_engine.snapshot = replace(seen, acknowledged=still.link.commands, playing=playing)
    still.link.pull()
    dialogs.answers = ["Cancel", "Go on without them"]
    assert not still.laid_aside.lay_aside(LESSON, "Dropout")
    assert dialogs.said[0].startswith("The newest epochs of Untitled.sketch.json are not kept.\nThe engine")
    assert (still.link.playing, still.laid_aside.is_away) == (playing, False)
    fake_engine.snapshot = replace(seen, acknowledged=still.link.commands, serial=seen.serial + 1)
    still.link.pull()
    assert still.laid_aside.lay_aside(LESSON, "Dropout")


def test_what_is_shown_of_before_a_reset_is_not_asked_for(still, fake_engine, tmp_path):
    still.link.keep_run(tmp_path / "run")
    fake_engine.snapshot = replace(snapshot_of(history_of(range(501))), acknowledged=still.link.commands)
    still.link.pull()
    still.link.restart()
    assert still.laid_aside.lay_aside(LESSON, "Dropout")


def test_the_undo_history_of_a_lesson_goes_with_it(still):
    for _ in range(3):
        assert still.laid_aside.lay_aside(LESSON, "Dropout")
        still.document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
        assert still.laid_aside.bring_back()
    assert still.document.history.stacks() == [still.document.stack]
