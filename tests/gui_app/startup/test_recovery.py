import errno
import os
import subprocess
import sys
import time

import pytest

from engine.data import Append
from engine.experiment import loads
from gui_app.startup import application, recovery
from gui_app.startup.recovery import recover
from tests.gui_app.hands import draw

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "recovery"


def copies(folder) -> list:
    return sorted(folder.glob("*.sketch.json")) if folder.exists() else []


CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QWidget
from engine.data import Append
from gui_app.session.document import Document
from gui_app.startup.recovery import Recovery
app = QApplication([])
document = Document()
document.change({"lanes.0.training.learning_rate": float(sys.argv[2])}, "rate")
document.apply_edit(Append(document.new_points([[1.0, 1.0]], [0.0])))
document.finish_gesture("Draw")
assert Recovery(document, QWidget(), Path(sys.argv[1])).keep()
os._exit(1)
"""


def crash(folder, rate: float) -> None:
    """A process that loses its drawing."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", CRASH, str(folder), str(rate)]
    assert subprocess.run(command, env=environment, timeout=300, check=False).returncode == 1


def rate(document) -> float:
    return document.experiment.lanes[0].training.learning_rate


def kept_rate(path) -> float:
    return loads(path.read_bytes()).lanes[0].training.learning_rate


def test_nothing_is_written_until_there_is_something_to_lose(still, folder):
    assert recover(still, folder).keep()
    assert not folder.exists()


def test_a_copy_is_kept_while_there_is_something_to_lose(still, folder):
    kept = recover(still, folder)
    draw(still.document, [[1, 1]])
    assert kept.keep()
    (path,) = copies(folder)
    assert loads(path.read_bytes()) == still.document.experiment
    still.document.stack.undo()
    assert copies(folder) == []
    still.document.stack.redo()
    kept.keep()
    assert len(copies(folder)) == 1


def test_a_copy_is_written_only_where_something_changed(still, folder):
    kept = recover(still, folder)
    draw(still.document, [[1, 1]])
    kept.keep()
    (path,) = copies(folder)
    path.write_text("mark")
    kept.keep()
    assert path.read_text() == "mark"
    draw(still.document, [[2, 2]])
    kept.keep()
    assert loads(path.read_bytes()) == still.document.experiment


def test_it_happens_by_itself_even_in_the_middle_of_a_stroke(still, folder, monkeypatch, qtbot):
    monkeypatch.setattr(recovery, "INTERVAL", 1)
    recover(still, folder)
    still.document.apply_edit(Append(still.document.new_points([[1, 1]], [0])))
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)
    assert len(loads(copies(folder)[0].read_bytes()).data.points) == 501
    still.document.cancel_gesture()
    assert copies(folder) == []


def test_saving_and_closing_take_the_copy_away(still, folder, tmp_path, dialogs):
    kept = recover(still, folder)
    draw(still.document, [[1, 1]])
    kept.keep()
    still.document.save(tmp_path / "a.sketch.json")
    assert copies(folder) == []
    draw(still.document, [[1, 1]])
    kept.keep()
    dialogs.answers = ["Cancel"]
    assert not still.close()
    assert len(copies(folder)) == 1
    dialogs.answers = ["Discard"]
    assert still.close()
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_reported_and_loses_nothing(still, folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recovery, "atomic_write", full)
    draw(still.document, [[1, 1]])
    assert not recover(still, folder).keep()
    assert still.statusBar().currentMessage() == ("No recovery copy can be kept. No space left on device.")


def test_a_folder_that_cannot_be_made_is_reported(still, tmp_path):
    (tmp_path / "file").write_text("")
    draw(still.document, [[1, 1]])
    assert not recover(still, tmp_path / "file" / "recovery").keep()
    assert still.statusBar().currentMessage().startswith("No recovery copy can be kept.")


def test_after_a_crash_the_newest_drawing_is_offered_and_restored(still, folder, dialogs):
    crash(folder, 0.123)
    crash(folder, 0.5)
    os.utime(next(path for path in copies(folder) if kept_rate(path) == 0.123), (1e9, 1e9))
    kept = recover(still, folder)
    dialogs.answers = ["Restore"]
    kept.offer()
    assert dialogs.said[0].startswith("Restore the last drawing?")
    assert rate(still.document) == 0.5
    assert still.isWindowModified()
    assert still.document.stack.undoText() == "Restore"
    assert str(still.document.origin) == "Restored"
    assert [kept_rate(path) for path in copies(folder)].count(0.123) == 1
    own = [path for path in copies(folder) if path.name.startswith(f"{os.getpid()}-")]
    assert loads(own[0].read_bytes()) == still.document.experiment
    dialogs.answers = ["Discard"]
    kept.offer()
    assert "09 September 2001" in dialogs.said[1] or "08 September 2001" in dialogs.said[1]
    assert copies(folder) == own
    assert rate(still.document) == 0.5


def test_later_asks_again_at_the_next_start(still, folder, dialogs):
    crash(folder, 0.25)
    for _ in range(2):
        dialogs.answers = ["Later"]
        recover(still, folder).offer()
    assert len(copies(folder)) == 1
    assert not still.document.modified
    assert len(dialogs.said) == 2


def test_a_restored_drawing_that_cannot_be_kept_keeps_its_old_copy(still, folder, dialogs, monkeypatch):
    crash(folder, 0.25)
    kept = recover(still, folder)
    monkeypatch.setattr(recovery, "_claim", lambda folder: (_ for _ in ()).throw(OSError("full")))
    dialogs.answers = ["Restore"]
    kept.offer()
    assert rate(still.document) == 0.25
    assert len(copies(folder)) == 1


def test_without_a_crash_nothing_is_asked(still, folder, dialogs):
    recover(still, folder).offer()
    assert dialogs.said == []


def test_what_cannot_be_read_is_left_alone(still, folder, dialogs):
    folder.mkdir(parents=True)
    (folder / "1-0.sketch.json").write_text("{")
    recover(still, folder).offer()
    assert dialogs.said == []
    assert len(copies(folder)) == 1


def test_windows_side_by_side_leave_each_others_copies_alone(open_window, folder, dialogs):
    windows = [open_window(), open_window()]
    kept = [recover(window, folder) for window in windows]
    for number, window in enumerate(windows):
        draw(window.document, [[number, number]])
        assert kept[number].keep()
    assert len(copies(folder)) == 2
    for each in kept:
        each.offer()
    assert dialogs.said == []
    windows[0].document.stack.undo()
    assert [loads(path.read_bytes()) for path in copies(folder)] == [windows[1].document.experiment]


def test_the_copy_of_a_window_that_is_open_for_hours_is_left_alone(open_window, folder, dialogs):
    windows = [open_window(), open_window()]
    first, second = [recover(window, folder) for window in windows]
    draw(windows[0].document, [[0, 0]])
    assert first.keep()
    hours_ago = time.time() - 10_000
    for lock in folder.glob("*.lock"):
        os.utime(lock, (hours_ago, hours_ago))
    second.offer()
    assert dialogs.said == []
    assert len(copies(folder)) == 1


def test_a_shown_window_offers_once_it_is_painted(qapp, settings, folder, dialogs, qtbot, fake_engine):
    crash(folder, 0.25)
    window = application.make_window(qapp, settings, fake_engine)
    recover(window, folder)
    dialogs.answers = ["Restore"]
    window.show()
    qtbot.waitUntil(lambda: rate(window.document) == 0.25)
    window.document.stack.setClean()
    window.close()
    window.deleteLater()
