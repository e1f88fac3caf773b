"""Files beside a person who works on them: faults of the disk, other programs, other windows, and the kept run."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from engine.experiment import default_experiment, dumps, loads, switch_task
from engine.experiment.document import loads_sketch
from engine.experiment.kept_run import Kept, history_rows, pack, rows_type
from gui_app.session import document as document_module
from gui_app.session.file_actions import OPEN_TWICE, FileActions
from gui_app.session.file_claim import FileClaim
from gui_app.session.run_in_file import KEY
from tests.deadline import DEADLINE
from tests.engine.experiment.test_run_list import record
from tests.file_faults import NUMBERS, STAGES, Faults
from tests.gui_app.hands import draw

pytestmark = pytest.mark.bare

THEIRS = dumps(switch_task(default_experiment(), "curve"))


def a_run(epoch: int = 1240) -> bytes:
    return pack(Kept(epoch, 1, {"text": "a"}, {}))


class Room:
    """A document with its commands for files, without the rest of a window."""

    def __init__(self, document, settings, qtbot):
        self.document, self.window = document, QWidget()
        qtbot.addWidget(self.window)
        self.kept: bytes | None = None
        self.files = FileActions(document, settings, self.window, lambda: self.kept)
        self.said: list[str] = []
        self.files.reported.connect(self.said.append)
        with qtbot.waitExposed(self.window):
            self.window.show()

    def change(self) -> None:
        draw(self.document, [[1, 1]])

    def save_as(self, path: Path) -> Path:
        assert self.files._write(path)
        return path

    def come_back(self) -> None:
        """The person activates the window."""
        QApplication.sendEvent(self.window, QEvent(QEvent.Type.WindowActivate))
        QApplication.processEvents()


@pytest.fixture
def room(document, settings, qtbot):
    room = Room(document, settings, qtbot)
    yield room
    document.forget_changes()
    room.files.let_go()


@pytest.fixture
def saved(room, tmp_path):
    """A file that the open document was saved to."""
    return room.save_as(tmp_path / "a.sketch.json")


# -- paths and disks that fail


def long_name(folder):
    return folder / ("a" * 250 + ".sketch.json")


def loop(folder):
    (folder / "loop.json").symlink_to(folder / "loop.json")
    return folder / "loop.json"


def vanished(folder):
    return folder / "gone" / "a.sketch.json"


def below_a_file(folder):
    (folder / "file").write_text("precious")
    return folder / "file" / "a.sketch.json"


def zero_character(folder):
    return folder / "a\0b.sketch.json"


def pipe(folder):
    os.mkfifo(folder / "pipe.json")
    return folder / "pipe.json"


BAD = [long_name, loop, vanished, below_a_file, zero_character, pipe]


@pytest.mark.parametrize("bad", BAD)
def test_a_path_that_cannot_be_used_is_one_sentence_and_nothing_is_lost(room, tmp_path, files, dialogs, bad):
    path = files.path = bad(tmp_path)
    room.change()
    before, there = room.document.experiment, sorted(os.listdir(tmp_path))
    dialogs.answers = ["Save"]
    assert not room.files.may_leave()
    assert len(dialogs.said) == 2
    headline, sentence = dialogs.said[1].splitlines()
    assert headline.endswith("cannot be saved")
    assert sentence.startswith("Could not write")
    assert room.document.experiment is before
    assert room.document.modified
    assert room.document.path is None
    assert sorted(os.listdir(tmp_path)) == there
    dialogs.said.clear()
    assert not room.files.load(path)
    assert len(dialogs.said) == 1
    assert "cannot be opened" in dialogs.said[0]
    assert room.document.experiment is before


@pytest.mark.parametrize("bad", [long_name, zero_character])
def test_a_window_stays_open_when_saving_fails(still, tmp_path, files, dialogs, fake_engine, bad):
    draw(still.document, [[1, 1]])
    files.path = bad(tmp_path)
    dialogs.answers = ["Save"]
    assert not still.close()
    assert still.isVisible()
    assert still.document.modified
    assert fake_engine.closed == 0
    assert "cannot be saved" in dialogs.said[1]


def test_an_exception_in_closing_leaves_the_window_open(still, qtbot, dialogs, monkeypatch, fake_engine):
    draw(still.document, [[1, 1]])

    def fail() -> bool:
        raise RuntimeError("made up")

    monkeypatch.setattr(still.files, "save", fail)
    dialogs.answers = ["Save"]
    with qtbot.captureExceptions() as caught:
        assert not still.close()
    assert [str(error) for _, error, _ in caught] == ["made up"]
    assert still.isVisible()
    assert fake_engine.closed == 0


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("stage", STAGES)
def test_the_old_file_survives_each_fault_of_the_disk(room, saved, dialogs, monkeypatch, stage, number):
    old = saved.read_bytes()
    room.change()
    with monkeypatch.context() as patch:
        faults = Faults(patch, stage, number)
        assert not room.files.save()
    assert faults.happened == 1
    assert dialogs.said == [f"{saved.name} cannot be saved\nCould not write {saved}: {os.strerror(number)}."]
    assert saved.read_bytes() == old
    assert [name for name in os.listdir(saved.parent) if name.endswith(".tmp")] == []
    assert room.document.modified
    # Nothing has changed on the disk, so that the next attempt asks nothing.
    assert room.files.save()
    assert loads(saved.read_bytes()) == room.document.experiment


# -- other programs


@pytest.mark.parametrize("answer", ["Save as …", "Keep mine", "Take theirs", "Cancel"])
@pytest.mark.parametrize("touched", [False, True])
def test_a_file_that_somebody_changed_is_not_overwritten_unasked(
    room, saved, tmp_path, files, dialogs, answer, touched
):
    room.change()
    mine, before = room.document.experiment, saved.stat()
    saved.write_text(THEIRS if touched else saved.read_text().replace('"A"', '"B"'))
    if not touched:
        # In place, as large as before and with the time of before: only the content tells.
        os.utime(saved, ns=(before.st_atime_ns, before.st_mtime_ns))
    theirs = saved.read_text()
    files.path = tmp_path / "other.sketch.json"
    dialogs.answers = [answer, "Take theirs"] if answer == "Take theirs" else [answer]
    assert room.files.save() == (answer in ("Save as …", "Keep mine"))
    assert dialogs.said[0].startswith("a.sketch.json was changed by another program.")
    assert (saved.read_text() == theirs) == (answer != "Keep mine")
    assert room.document.path == (files.path if answer == "Save as …" else saved)
    if answer == "Take theirs":
        assert dumps(room.document.experiment) == theirs
        assert dialogs.said[1].startswith("Your changes to a.sketch.json are lost then.")
    else:
        assert room.document.experiment == mine
    assert room.document.modified == (answer == "Cancel")


def test_coming_back_asks_once_for_each_change(room, saved, dialogs):
    room.come_back()
    assert dialogs.said == []
    for number in (1, 2):
        saved.write_text(THEIRS + "\n" * number)
        dialogs.answers = ["Later"]
        room.come_back()
        room.come_back()
        assert len(dialogs.said) == number
    assert room.document.modified
    dialogs.answers = ["Cancel"]
    assert not room.files.may_leave()
    dialogs.answers = ["Save", "Keep mine"]
    assert room.files.may_leave()
    assert loads(saved.read_bytes()) == room.document.experiment
    room.come_back()
    assert len(dialogs.said) == 5


def test_taking_theirs_without_changes_asks_nothing_more(room, saved, dialogs):
    saved.write_text(THEIRS)
    dialogs.answers = ["Take theirs"]
    room.come_back()
    assert dumps(room.document.experiment) == THEIRS
    assert not room.document.modified
    assert len(dialogs.said) == 1


def test_a_file_that_was_only_touched_is_the_same(room, saved, dialogs):
    os.utime(saved, (1, 1))
    room.come_back()
    room.change()
    assert room.files.save()
    assert dialogs.said == []


@pytest.mark.parametrize("answer", ["Save again", "Save as …", "Close without saving", "Later"])
def test_a_file_that_somebody_deleted(room, saved, tmp_path, files, dialogs, answer):
    mine = room.document.experiment
    saved.unlink()
    files.path = tmp_path / "other.sketch.json"
    dialogs.answers = [answer]
    room.come_back()
    room.come_back()
    assert dialogs.said == ["a.sketch.json is no longer there.\nThe file was deleted or moved."]
    assert saved.exists() == (answer == "Save again")
    assert files.path.exists() == (answer == "Save as …")
    assert room.document.modified == (answer == "Later")
    assert (room.document.path is None) == (answer == "Close without saving")
    assert (room.document.experiment == mine) == (answer != "Close without saving")


@pytest.mark.parametrize("answer", ["Close without saving", "Cancel"])
def test_closing_a_deleted_file_with_own_changes_asks_once_more(room, saved, dialogs, answer):
    room.change()
    mine = room.document.experiment
    saved.unlink()
    dialogs.answers = ["Close without saving", answer]
    room.come_back()
    assert dialogs.said[1] == "Your changes to a.sketch.json are lost then.\nThey are in no file."
    assert (room.document.experiment == mine) == (answer == "Cancel")
    assert room.document.modified == (answer == "Cancel")


@pytest.mark.parametrize(
    ("answer", "leaves"), [("Save again", True), ("Close without saving", True), ("Cancel", False)]
)
def test_a_deleted_file_is_not_closed_as_if_it_were_saved(room, saved, dialogs, answer, leaves):
    saved.unlink()
    dialogs.answers = [answer]
    assert room.files.may_leave() == leaves
    assert saved.exists() == (answer == "Save again")
    assert len(dialogs.said) == 1


def test_a_folder_that_cannot_be_entered_tells_nothing_of_its_file(room, saved, dialogs, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "stat", refuse)
    room.come_back()
    assert dialogs.said == []


def meanwhile(monkeypatch, owner, name, change, times=1):
    """Let another program ``change`` something just before the app calls a function; only the first ``times``."""
    real, calls = getattr(owner, name), []

    def call(*arguments, **named):
        calls.append(1)
        if len(calls) <= times:
            change()
        return real(*arguments, **named)

    monkeypatch.setattr(owner, name, call)


def test_a_file_that_changes_while_it_is_opened_is_asked_about(room, saved, dialogs, monkeypatch):
    meanwhile(monkeypatch, document_module, "loads_sketch", lambda: saved.write_text(THEIRS))
    assert room.files.load(saved)
    dialogs.answers = ["Later"]
    room.come_back()
    assert dialogs.said[0].startswith("a.sketch.json was changed by another program.")


def test_a_file_that_changes_just_after_it_was_saved_is_asked_about(room, saved, dialogs, monkeypatch):
    room.change()
    meanwhile(monkeypatch, document_module, "remove_leftovers", lambda: saved.write_text(THEIRS))
    assert room.files.save()
    dialogs.answers = ["Cancel"]
    assert not room.files.may_leave()
    assert dialogs.said[0].startswith("a.sketch.json was changed by another program.")
    assert saved.read_text() == THEIRS


@pytest.mark.parametrize("answer", ["Keep mine", "Cancel"])
@pytest.mark.parametrize("moment", ["take", "fsync"])
def test_a_file_that_changes_while_it_is_saved_is_asked_about(
    room, saved, dialogs, monkeypatch, moment, answer
):
    room.change()
    owner = room.files.run if moment == "take" else os
    meanwhile(monkeypatch, owner, moment, lambda: saved.write_text(THEIRS))
    dialogs.answers = [answer]
    assert room.files.save() == (answer == "Keep mine")
    assert dialogs.said[0].startswith("a.sketch.json was changed by another program.")
    assert (saved.read_text() == THEIRS) == (answer == "Cancel")
    assert room.document.modified == (answer == "Cancel")
    assert [name for name in os.listdir(saved.parent) if name.endswith(".tmp")] == []


def test_an_answer_holds_for_the_version_that_it_was_given_for(room, saved, dialogs, monkeypatch):
    """While the file that is to be written over is written, it changes once more."""
    room.change()
    saved.write_text(THEIRS)
    meanwhile(monkeypatch, os, "fsync", lambda: saved.write_text(THEIRS + "\n"))
    dialogs.answers = ["Keep mine", "Cancel"]
    assert not room.files.save()
    assert saved.read_text() == THEIRS + "\n"


@pytest.mark.parametrize("answer", ["Replace", "Cancel"])
def test_a_name_that_somebody_else_takes_meanwhile_is_asked_about(
    room, tmp_path, files, dialogs, monkeypatch, answer
):
    files.path = tmp_path / "new.sketch.json"
    meanwhile(monkeypatch, os, "fsync", lambda: files.path.write_text(THEIRS))
    dialogs.answers = [answer]
    assert room.files.save_as() == (answer == "Replace")
    assert dialogs.said == ["new.sketch.json is there already."]
    assert (files.path.read_text() == THEIRS) == (answer == "Cancel")
    assert room.document.path == (files.path if answer == "Replace" else None)


@pytest.mark.parametrize("verb", ["Take theirs", "Close without saving"])
def test_enter_does_not_lose_changes(room, saved, monkeypatch, verb):
    room.change()
    mine = room.document.experiment
    if verb == "Take theirs":
        saved.write_text(THEIRS)
    else:
        saved.unlink()
    defaults = []

    def answer(box):
        """Choose the verb in the first question, and press Enter in the second one."""
        (chosen,) = [b for b in box.buttons() if b.text() == verb]
        defaults.append(box.defaultButton().text())
        (chosen if len(defaults) == 1 else box.defaultButton()).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    room.come_back()
    assert defaults[1:] == ["Cancel"]
    assert room.document.experiment is mine


# -- other windows


@pytest.mark.parametrize("answer", ["Open", "Cancel"])
def test_a_file_that_is_open_in_another_window(room, tmp_path, dialogs, answer):
    path = tmp_path / "a.sketch.json"
    path.write_text(THEIRS)
    (tmp_path / "link.sketch.json").symlink_to(path)
    other = FileClaim()
    other.take(path)
    before = sorted(os.listdir(tmp_path))
    dialogs.answers = [answer]
    assert room.files.load(tmp_path / "link.sketch.json") == (answer == "Open")
    assert dialogs.said == [f"link.sketch.json is open in another window.\n{OPEN_TWICE}"]
    assert sorted(os.listdir(tmp_path)) == before, "nothing lies beside the file"
    other.take(None)
    assert room.files.load(path)
    assert len(dialogs.said) == 1


@pytest.mark.parametrize("moment", ["come back", "save"])
def test_the_second_window_has_the_claim_after_the_first_has_closed(room, tmp_path, dialogs, moment):
    path = tmp_path / "a.sketch.json"
    path.write_text(THEIRS)
    first, third = FileClaim(), FileClaim()
    first.take(path)
    dialogs.answers = ["Open"]
    assert room.files.load(path)
    room.come_back()
    assert first.is_elsewhere(path) is False, "it was taken from the first window"
    first.take(None)
    assert not third.is_elsewhere(path)
    third.drop_next()
    room.change()
    if moment == "save":
        assert room.files.save()
    else:
        room.come_back()
    assert third.is_elsewhere(path)
    first.take(path)
    room.files.let_go()
    assert not third.is_elsewhere(path)


def test_of_two_windows_that_take_a_file_at_once_one_is_asked(room, tmp_path, files, monkeypatch):
    """Between the question and the claim of the first window, the second one asks."""
    path, other, asked = tmp_path / "a.sketch.json", FileClaim(), []
    path.write_text(THEIRS)
    meanwhile(monkeypatch, document_module, "read_bounded", lambda: asked.append(other.is_elsewhere(path)))
    assert room.files.load(path)
    room.files.new()
    meanwhile(monkeypatch, os, "fsync", lambda: asked.append(other.is_elsewhere(path)))
    files.path = path
    assert room.files.save_as()
    assert asked == [True, True]


@pytest.mark.parametrize("way", ["open", "save as"])
def test_a_file_that_could_not_be_opened_or_saved_is_free_again(room, tmp_path, files, dialogs, way):
    path = files.path = tmp_path / "a.sketch.json"
    path.mkdir()
    assert not (room.files.load(path) if way == "open" else room.files.save_as())
    assert len(dialogs.said) == 1
    assert not FileClaim().is_elsewhere(path)


def test_what_another_process_left_does_no_harm(room, tmp_path, data_home):
    path = tmp_path / "a.sketch.json"
    path.write_text(THEIRS)
    code = (
        "import os, sys; from pathlib import Path; from gui_app.session.file_claim import FileClaim\n"
        "claim = FileClaim(Path(sys.argv[1])); claim.take(Path(sys.argv[2])); os._exit(0)"
    )
    folder = tmp_path / "claims"
    subprocess.run([sys.executable, "-c", code, str(folder), str(path)], check=True, timeout=DEADLINE)
    assert len(os.listdir(folder)) == 1
    assert not FileClaim(folder).is_elsewhere(path)
    FileClaim(folder).sweep()
    assert os.listdir(folder) == []


def test_a_claim_follows_the_document(room, saved, tmp_path):
    other = FileClaim()
    assert other.is_elsewhere(saved)
    second = room.save_as(tmp_path / "b.sketch.json")
    assert not other.is_elsewhere(saved)
    assert other.is_elsewhere(second)
    room.files.let_go()
    assert not other.is_elsewhere(second)


# -- the run in the file


def test_saving_keeps_the_run_and_says_so(room, tmp_path, settings):
    room.kept = a_run()
    path = room.save_as(tmp_path / "spiral.sketch.json")
    assert loads_sketch(path.read_bytes()).run == room.kept
    size = round(path.stat().st_size / 1e3)
    assert room.said == [f"Saved spiral.sketch.json, {size} kB with the run of 1,240 epochs"]
    room.files.run.choose(False)
    assert settings.value(KEY) is False
    room.save_as(path)
    assert loads_sketch(path.read_bytes()).run is None
    size = round(path.stat().st_size / 1e3)
    off = "without the run: “Keep the run in the file” is off"
    assert room.said[1] == f"Saved spiral.sketch.json, {size} kB {off}"


def test_a_run_that_trained_nothing_is_not_kept(room, tmp_path):
    room.kept = a_run(0)
    assert "run" not in json.loads(room.save_as(tmp_path / "a.sketch.json").read_text())


@pytest.mark.parametrize("answer", ["Save as …", "Save without it", "Cancel"])
def test_a_run_that_only_the_file_holds_is_not_overwritten_unasked(room, tmp_path, files, dialogs, answer):
    """What is open was restored from a copy whose run was damaged."""
    path, files.path = tmp_path / "a.sketch.json", tmp_path / "other.sketch.json"
    path.write_text(dumps(default_experiment(), a_run(10_798)))
    room.document.reset(loads(THEIRS), path)
    room.document.mark_unsaved()
    dialogs.answers = ["Save", answer]
    assert room.files.may_leave() == (answer != "Cancel")
    headline, detail = dialogs.said[1].splitlines()
    assert headline == "a.sketch.json holds a run of 10,798 epochs that is not open here."
    assert detail == "Save as … keeps it. Save without it writes what is open here over it."
    kept = loads_sketch(path.read_bytes()).run
    assert kept == (None if answer == "Save without it" else a_run(10_798))
    if answer != "Cancel":
        # The file is now what is open, and so is its run.
        room.change()
        assert room.files.save()
    assert len(dialogs.said) == 2


@pytest.mark.parametrize("answer", ["Save without it", "Cancel"])
def test_a_run_of_another_version_stays_in_its_file(room, tmp_path, dialogs, answer):
    path, run = tmp_path / "a.sketch.json", bytearray(a_run())
    run[6:7] = b"2"
    path.write_text(dumps(default_experiment(), bytes(run)))
    before = path.read_bytes()
    assert room.files.load(path)
    room.change()
    dialogs.answers = [answer]
    assert room.files.save() == (answer != "Cancel")
    assert dialogs.said[0].startswith("a.sketch.json holds a run that could not be opened here.")
    assert (path.read_bytes() == before) == (answer == "Cancel")


def test_a_restored_drawing_whose_file_holds_no_run_is_saved_unasked(room, saved, dialogs):
    room.document.reset(loads(THEIRS), saved)
    assert room.files.save()
    assert dumps(room.document.experiment) == THEIRS


def test_progress_is_no_change_but_saving_again_keeps_it(room, tmp_path, dialogs):
    room.kept = a_run(1)
    path = room.save_as(tmp_path / "a.sketch.json")
    room.kept = a_run(2)
    assert not room.document.modified
    assert room.files.may_leave()
    assert room.files.save()
    assert loads_sketch(path.read_bytes()).run == a_run(2)
    assert dialogs.said == []


def test_a_run_that_is_too_large_is_left_out(room, tmp_path, monkeypatch):
    room.kept = a_run()
    monkeypatch.setattr("gui_app.session.document.MAX_BYTES", 100)
    path = room.save_as(tmp_path / "a.sketch.json")
    assert loads_sketch(path.read_bytes()).run is None
    assert room.said[0].endswith("without the run: with it, the file would be too large to be opened again")


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (a_run(), "without the run and those that have ended: with them, the file would be too large"),
        (None, "kB without the runs that have ended: with them, the file would be too large"),
    ],
)
def test_ended_runs_that_are_too_large_are_left_out_and_that_is_said(room, tmp_path, monkeypatch, kept, said):
    room.kept = kept
    room.document.remember((record(1), record(2)))
    monkeypatch.setattr("gui_app.session.document.MAX_BYTES", 100)
    path = room.save_as(tmp_path / "a.sketch.json")
    assert loads_sketch(path.read_bytes()).runs == ()
    assert said in room.said[0]


def test_why_a_run_cannot_be_saved_is_said(room, tmp_path, monkeypatch):
    room.kept = a_run()
    monkeypatch.setattr("engine.experiment.kept_run.MOST_IN_DOCUMENT", 0)
    path = room.save_as(tmp_path / "a.sketch.json")
    assert loads_sketch(path.read_bytes()).run is None
    assert "without the run: it has 87 bytes, and a document holds at most 0 bytes of a run" in room.said[0]


def test_an_opened_file_hands_over_its_run_until_there_is_a_newer_one(room, tmp_path):
    path = tmp_path / "a.sketch.json"
    path.write_text(dumps(default_experiment(), a_run(7)))
    runs = []
    room.document.replaced.connect(lambda: runs.append(room.document.opened_run))
    assert room.files.load(path)
    assert runs == [a_run(7)]
    assert room.files.save()
    assert loads_sketch(path.read_bytes()).run == a_run(7)
    room.files.new()
    assert runs == [a_run(7), None]


def test_a_damaged_run_is_left_out_and_the_drawing_opens(room, tmp_path, dialogs):
    path = tmp_path / "a.sketch.json"
    path.write_text(json.dumps(json.loads(THEIRS) | {"run": "damaged"}))
    assert room.files.load(path)
    assert dumps(room.document.experiment) == THEIRS
    assert room.document.opened_run is None
    assert dialogs.said == []
    assert len(room.said) == 1
    assert room.said[0].startswith("Opened a.sketch.json without its run: ")


@pytest.mark.parametrize("content", [b"", b"\0" * 40])
def test_a_claim_torn_by_a_power_loss_belongs_to_nobody(tmp_path, content):
    path, folder = tmp_path / "a.sketch.json", tmp_path / "open files"
    first = FileClaim(folder)
    first.take(path)
    (lock,) = folder.glob("*.lock")
    first.take(None)
    lock.write_bytes(content)
    # It may be that of a window which is just writing it.
    assert FileClaim(folder).is_elsewhere(path)
    os.utime(lock, (1e9, 1e9))
    assert not FileClaim(folder).is_elsewhere(path)
    lock.write_bytes(content)
    os.utime(lock, (1e9, 1e9))
    FileClaim(folder).sweep()
    assert list(folder.iterdir()) == []


def test_what_of_the_run_is_not_in_the_file_is_said(room, tmp_path):
    room.files.run._gap = lambda _: "it is not kept yet; save again in a moment"
    room.save_as(tmp_path / "a.sketch.json")
    assert room.said[0].endswith("without the run: it is not kept yet; save again in a moment")
    room.kept = a_run(7)
    room.files.run._gap = lambda _: "the newest epochs are not kept: no space left"
    room.save_as(tmp_path / "a.sketch.json")
    assert room.said[1].endswith("with the run of 7 epochs; the newest epochs are not kept: no space left")


def test_a_kept_run_that_cannot_be_read_is_said(room, tmp_path):
    room.files.run._has_run = lambda: True
    path = room.save_as(tmp_path / "a.sketch.json")
    assert loads_sketch(path.read_bytes()).run is None
    assert room.said[0].endswith(" without the run: what was kept of it is damaged; save again in a moment")
    room.document.opened_run = a_run(7)
    room.save_as(path)
    assert room.said[1].endswith(
        " with the run of 7 epochs; what was kept of it is damaged; save again in a moment"
    )
    room.kept = a_run(8)
    room.save_as(path)
    assert room.said[2].endswith(" with the run of 8 epochs")


@pytest.mark.parametrize("fault", ["unreadable", "of another version"])
def test_the_run_in_a_file_is_not_overwritten_unasked_by_one_that_cannot_be_read(
    room, tmp_path, dialogs, fault
):
    path, odd = tmp_path / "a.sketch.json", bytearray(a_run(510))
    odd[6:7] = b"2"
    path.write_text(dumps(default_experiment(), a_run(500)))
    assert room.files.load(path)
    room.document.opened_run = None
    room.kept = None if fault == "unreadable" else bytes(odd)
    room.files.run._has_run = lambda: True
    room.change()
    dialogs.answers = ["Cancel"]
    assert not room.files.save()
    headline, _ = dialogs.said[0].splitlines()
    assert headline == "a.sketch.json holds a run of 500 epochs that is not open here."
    assert loads_sketch(path.read_bytes()).run == a_run(500)
    # What the engine has kept since then is newer.
    room.kept = a_run(511)
    assert room.files.save()
    assert loads_sketch(path.read_bytes()).run == a_run(511)
    assert len(dialogs.said) == 1


def test_a_damaged_history_that_is_not_in_the_file_is_said(room, tmp_path):
    content = {"experiment": {"lanes": [{"name": "A"}, {"name": "B"}, {"name": "C"}]}}
    rows = {name: np.zeros(1, rows_type(7)) for name in ("0.losses", "0.layers", "1.layers")}
    room.kept = pack(Kept(9, 3, content, rows))
    room.save_as(tmp_path / "a.sketch.json")
    assert room.said[0].endswith(
        "with the run of 9 epochs; the history of lanes B, C is damaged; save again in a moment"
    )


def test_a_history_that_lost_rows_in_the_file_is_said(room, tmp_path):
    rows = np.zeros(100_001, rows_type(7))
    rows["when"][:, 0] = np.arange(100_001)
    room.kept = pack(Kept(100_000, 1, {}, {"0.losses": rows}))
    path = room.save_as(tmp_path / "a.sketch.json")
    left = history_rows(loads_sketch(path.read_bytes()).run)
    assert 1000 < left < 100_001
    assert room.said[0].endswith(f"with the run of 100,000 epochs; its history holds {left:,} of them")
