"""Recovery in a window: copies while it lives, what is offered after a crash, and what is swept up."""

import errno
import os
import shutil
import signal
import sys
import time
from itertools import count
from pathlib import Path
from threading import current_thread, main_thread

import numpy as np
import pytest
from PySide6.QtCore import QDateTime, QLockFile, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from engine.data import Append
from engine.data.file_state import Fate, FileState
from engine.data.leftovers import temporary_beside
from engine.experiment import Points, default_experiment, dumps, edit, loads
from engine.experiment.bounded_json import MOST_POINTS
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.session.document import Document
from gui_app.startup import application
from gui_app.startup.recovery import Recovery, entries, keeper, recover, sweep
from gui_app.startup.recovery import dialog as dialog_module
from gui_app.startup.recovery.copies import Copy, CopyError, decode, encode
from gui_app.startup.recovery.dialog import RecoveryDialog
from gui_app.startup.recovery.keeper import Keeper
from gui_app.startup.recovery.words import time_in_words
from gui_app.theme.tokens import DARK, LIGHT
from tests.deadline import DEADLINE
from tests.gui_app.hands import Hand, click, draw, erase, put_points, stroke
from tests.gui_app.startup.windows import ALIVE, run_window

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "recovery"


@pytest.fixture
def keeps(document, folder):
    keeps = Keeper(document, folder)
    yield keeps
    keeps.end()


def copies(folder, name="*") -> list:
    return sorted(folder.glob(f"{name}.copy"))


def newest(folder) -> Copy:
    return max((decode(path.read_bytes()) for path in copies(folder)), key=lambda copy: copy.number)


def leave(folder, *experiments, path=None, name="99999999-0", modified=True, when=0.0) -> list:
    """Copies as a dead window leaves them, one generation for each experiment."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, experiment in enumerate(experiments, 1):
        file = folder / f"{name}.{number % 2}.copy"
        file.write_bytes(encode(Copy(experiment, path, modified, when or time.time(), number, "1")))
        files.append(file)
    return files


def with_rate(rate: float):
    return edit(default_experiment(), "lanes.0.training.learning_rate", rate)


def rate_of(experiment) -> float:
    return experiment.lanes[0].training.learning_rate


def damage(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def offer(recovery, qtbot) -> RecoveryDialog | None:
    with qtbot.waitSignal(recovery.offered):
        recovery.offer()
    return recovery.dialog


# -- the copy


@pytest.mark.parametrize("count", [None, 0, 3])
def test_a_copy_is_read_as_it_was_written(document, tmp_path, count):
    if count is not None:
        xy = np.random.default_rng(0).normal(size=(count, 2))
        put_points(document, Points(xy, np.arange(count) % 2, np.arange(count) % 3), "Put")
    path = tmp_path / "é\udcff.sketch.json"
    copy = Copy(
        document.experiment, path, True, 12.5, 7, "1.2", FileState.of(path, b"what it held", (12, 3, 4))
    )
    assert decode(encode(copy)) == copy


def test_every_flipped_or_missing_byte_is_noticed():
    content = encode(Copy(with_rate(0.5), None, True, 0.0, 1))
    for position in range(0, len(content), 7):
        broken = bytearray(content)
        broken[position] ^= 4
        for bytes_ in (bytes(broken), content[:position]):
            with pytest.raises(CopyError):
                decode(bytes_)


# -- keeping


def test_an_edit_is_kept_by_itself(document, keeps, folder, qtbot):
    with qtbot.waitSignal(keeps.kept):
        draw(document, [[1, 1]])
    copy = newest(folder)
    assert copy.experiment == document.experiment
    assert copy.modified
    assert copy.path is None


def test_a_stroke_is_kept_before_it_ends(document, keeps, folder, qtbot):
    document.apply_edit(Append(document.new_points([[1, 1]], [0])))
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)
    assert len(newest(folder).experiment.data.points) == 501
    assert newest(folder).modified
    document.cancel_gesture()
    qtbot.waitUntil(lambda: not newest(folder).modified)


@pytest.mark.parametrize("gap", [50, 399])
def test_a_copy_is_due_soon_after_the_last_edit_and_not_long_after_the_first(
    document, keeps, monkeypatch, gap
):
    now = [0]
    monkeypatch.setattr(keeper.QElapsedTimer, "elapsed", lambda self: now[0])
    due = []
    while now[0] < keeper.LATEST + gap:
        draw(document, [[1, 1]])
        due.append(now[0] + keeps._timer.interval())
        now[0] += gap
    assert due[0] == keeper.DELAY
    assert max(due) == max(keeper.LATEST, now[0] - gap) <= 1200 + gap


def test_edits_while_a_copy_is_written_are_kept_after_it(document, keeps, folder, qtbot, monkeypatch):
    write, written = entries.Entry.write, []

    def edit_meanwhile(entry, copy):
        write(entry, copy)
        written.append(copy)

    monkeypatch.setattr(entries.Entry, "write", edit_meanwhile)
    keeps.keep_soon()
    draw(document, [[1, 1]])
    keeps.keep_soon()
    qtbot.waitUntil(lambda: len(written) == 2)
    assert written[1].experiment is document.experiment


def test_an_older_copy_never_follows_a_newer_one(document, keeps, folder):
    old = keeps.copy()
    draw(document, [[1, 1]])
    assert keeps.keep_now()
    assert keeps._try_to_write(old) == ""
    assert newest(folder).experiment == document.experiment


@pytest.mark.expects_log("No recovery copy can be kept")
def test_a_copy_that_failed_is_tried_again_without_an_edit(document, keeps, folder, monkeypatch, qtbot):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert keeper.RETRY == 5000
    monkeypatch.setattr(keeper, "RETRY", 10)
    draw(document, [[1, 1]])
    with monkeypatch.context() as faults, qtbot.waitSignal(keeps.reported):
        faults.setattr(os, "fsync", full)
        keeps.keep_soon()
    qtbot.waitUntil(lambda: bool(copies(folder)))
    assert newest(folder).experiment == document.experiment
    assert not keeps._timer.isActive()


def test_a_live_window_is_not_offered_after_somebody_has_deleted_the_folder(document, keeps, folder):
    draw(document, [[1, 1]])
    assert keeps.keep_now()
    shutil.rmtree(folder)
    assert keeps.keep_now(), "also without an edit"
    assert newest(folder).experiment == document.experiment
    draw(document, [[2, 2]])
    assert keeps.keep_now()
    assert len(copies(folder)) == 2
    assert entries.left(folder) == []
    assert len(copies(folder)) == 2
    keeps.end()
    assert list(folder.iterdir()) == []


def test_at_no_moment_another_window_can_take_an_entry_whose_lock_somebody_has_deleted(
    document, keeps, folder, monkeypatch
):
    draw(document, [[1, 1]])
    assert keeps.keep_now()
    (lock,) = folder.glob("*.lock")
    lock.unlink()
    taken, unlock = [], QLockFile.unlock

    def give_up(self):
        unlock(self)
        other = entries.lock_of(folder, keeps.entry.name)
        taken.append(other.isLocked())
        unlock(other)

    draw(document, [[2, 2]])
    with monkeypatch.context() as patch:
        patch.setattr(QLockFile, "unlock", give_up)
        assert keeps.keep_now()
    assert not any(taken)
    assert entries.left(folder) == []
    assert len(copies(folder)) == 2
    keeps.end()
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_pipes_in_the_folder_hold_nothing_up(folder):
    leave(folder, with_rate(0.5))
    (folder / "99999999-0.run").mkdir()
    for name in ("99999998-0.0.copy", "99999997-0.lock", "99999999-0.run/state"):
        os.mkfifo(folder / name)
    damaged, good = sorted(entries.left(folder), key=lambda one: one.entry.name)
    assert "named pipe" in damaged.problem
    assert rate_of(good.copy.experiment) == 0.5
    assert good.epoch is None
    for one in (damaged, good):
        one.entry.lock.unlock()


def test_two_generations_take_turns(document, keeps, folder):
    for number in range(3):
        draw(document, [[number, 1]])
        keeps.keep_now()
    first, second = (decode(path.read_bytes()) for path in copies(folder))
    assert sorted(len(copy.experiment.data.points) for copy in (first, second)) == [502, 503]


def test_what_did_not_change_is_not_written_again(document, keeps, folder):
    draw(document, [[1, 1]])
    keeps.keep_now()
    (path,) = copies(folder)
    path.write_text("mark")
    keeps.keep_now()
    assert path.read_text() == "mark"
    assert copies(folder) == [path]


def test_a_copy_knows_its_file_and_whether_that_is_up_to_date(document, keeps, folder, tmp_path):
    draw(document, [[1, 1]])
    document.save(tmp_path / "a.sketch.json")
    keeps.keep_now()
    assert (newest(folder).path, newest(folder).modified) == (tmp_path / "a.sketch.json", False)
    draw(document, [[1, 1]])
    keeps.keep_now()
    assert newest(folder).modified


def test_closing_takes_everything_away(still, folder, dialogs):
    kept = recover(still, folder)
    draw(still.document, [[1, 1]])
    kept.keep_now()
    dialogs.answers = ["Cancel"]
    assert not still.close()
    assert len(copies(folder)) == 1
    dialogs.answers = ["Discard"]
    assert still.close()
    assert list(folder.iterdir()) == []


def test_nobody_else_can_read_the_copies(document, keeps, folder):
    before = os.umask(0)
    try:
        draw(document, [[1, 1]])
        keeps.keep_now()
    finally:
        os.umask(before)
    modes = {path.name.partition(".")[2]: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"0.copy": 0o600, "lock": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


class Session(QObject):
    """The end of a desktop's session, which no test can bring about."""

    ends = Signal(object)


def test_the_end_of_the_session_writes_a_copy_before_it_goes_on(still, kept, folder):
    session = Session()
    kept.follow_session(session.ends)
    draw(still.document, [[1, 1]])
    session.ends.emit(None)
    assert newest(folder).experiment == still.document.experiment
    # In the middle of a stroke, too.
    stroke(still, (-1, 0), (1, 0), release=False)
    session.ends.emit(None)
    assert newest(folder).experiment == still.document.experiment
    assert newest(folder).modified
    Hand(still.canvas).release((1, 0))


@pytest.mark.bare(False)
def test_a_slider_that_is_dragged_and_held_is_kept_before_it_is_let_go(still, kept, folder, qtbot):
    training = next(panel for panel in still.dock_layout.panels if isinstance(panel, TrainingPanel))
    groove = training.learning_rate.slider
    before = still.document.experiment
    QTest.mousePress(groove, Qt.MouseButton.LeftButton, pos=QPoint(round(0.3 * groove.width()), 10))
    moves = count()

    def kept_while_it_moves() -> bool:
        # It never rests, so that a copy that waited for that would never be written.
        share = 0.4 + 0.2 * (next(moves) % 10) / 10
        QTest.mouseMove(groove, QPoint(round(share * groove.width()), 10))
        return bool(copies(folder)) and rate_of(newest(folder).experiment) != rate_of(before)

    qtbot.waitUntil(kept_while_it_moves)
    QTest.mouseRelease(groove, Qt.MouseButton.LeftButton, pos=QPoint(round(0.9 * groove.width()), 10))
    qtbot.waitUntil(lambda: newest(folder).experiment == still.document.experiment)
    assert rate_of(newest(folder).experiment) != rate_of(before)


def test_the_copy_of_100_000_points_is_made_and_written_outside_the_gui_thread(
    document, keeps, folder, qtbot, monkeypatch
):
    threads = []

    def noted(work):
        def wrapper(*arguments):
            threads.append(current_thread())
            return work(*arguments)

        return wrapper

    monkeypatch.setattr(entries, "encode", noted(entries.encode))
    monkeypatch.setattr(entries.Entry, "_replace", noted(entries.Entry._replace))
    xy = np.random.default_rng(0).normal(size=(MOST_POINTS, 2))
    with qtbot.waitSignal(keeps.kept):
        put_points(document, Points(xy, np.arange(MOST_POINTS) % 2), "Put")
    with qtbot.waitSignal(keeps.kept):
        erase(document, 10)
    assert newest(folder).experiment == document.experiment
    assert len(threads) == 4
    assert main_thread() not in threads


@pytest.mark.expects_log("No recovery copy can be kept")
@pytest.mark.parametrize("stage", ["open", "write", "fsync", "replace"])
def test_a_copy_that_fails_leaves_the_last_one_and_is_said_once(document, keeps, folder, monkeypatch, stage):
    draw(document, [[1, 1]])
    keeps.keep_now()
    before = newest(folder)
    said = []
    keeps.reported.connect(said.append)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    class Full:
        def __init__(self, file, *_):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            os.close(self.file)

        write = full

    with monkeypatch.context() as faults:
        if stage == "write":
            faults.setattr("builtins.open", Full)
        else:
            faults.setattr(os, stage, full)
        for _ in range(2):
            draw(document, [[2, 2]])
            assert not keeps.keep_now()
    assert newest(folder) == before
    assert said == ["No recovery copy can be kept. No space left on device."]
    assert keeps.keep_now()
    assert newest(folder).experiment == document.experiment
    monkeypatch.setattr(os, "fsync", full)
    draw(document, [[3, 3]])
    assert not keeps.keep_now()
    assert len(said) == 2


@pytest.mark.expects_log("No recovery copy can be kept")
def test_another_reason_is_said_again(document, keeps, folder, monkeypatch):
    draw(document, [[1, 1]])
    said = []
    keeps.reported.connect(said.append)
    for number in (errno.ENOSPC, errno.ENOSPC, errno.EIO):

        def fail(*_, number=number):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "replace", fail)
        assert not keeps.keep_now()
    assert [sentence.partition(". ")[2] for sentence in said] == [
        "No space left on device.",
        "Input/output error.",
    ]


@pytest.mark.expects_log("No recovery copy can be kept")
def test_a_failure_in_the_background_is_said_and_made_good(document, keeps, folder, monkeypatch, qtbot):
    with monkeypatch.context() as faults:
        faults.setattr(
            os, "fsync", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error"))
        )
        with qtbot.waitSignal(keeps.reported):
            draw(document, [[1, 1]])
    assert copies(folder) == []
    with qtbot.waitSignal(keeps.kept):
        draw(document, [[2, 2]])
    assert newest(folder).experiment == document.experiment


@pytest.mark.expects_log("No recovery copy can be kept")
def test_a_folder_that_cannot_be_made_is_reported(still, tmp_path):
    (tmp_path / "file").write_text("")
    draw(still.document, [[1, 1]])
    recovery = Recovery(still, tmp_path / "file" / "recovery")
    assert not recovery.keep_now()
    assert still.statusBar().currentMessage().startswith("No recovery copy can be kept.")
    recovery.end()


# -- offering


def test_without_a_crash_nothing_is_offered(kept, qtbot):
    assert offer(kept, qtbot) is None


def test_what_a_dead_window_left_is_restored_with_its_file(still, kept, folder, qtbot, tmp_path):
    leave(folder, with_rate(0.1), with_rate(0.5), path=tmp_path / "mine.sketch.json")
    dialog = offer(kept, qtbot)
    (row,) = dialog.rows
    click(row._restore)
    document = still.document
    assert rate_of(document.experiment) == 0.5
    assert document.path == tmp_path / "mine.sketch.json"
    assert document.modified
    assert still.isWindowModified()
    assert not document.stack.canUndo()
    assert str(document.origin) == "Restored"
    assert kept.dialog is None
    assert {copy.name.partition("-")[0] for copy in copies(folder)} == {str(os.getpid())}
    assert newest(folder).experiment == document.experiment


def left_by_a_window(folder, path) -> None:
    """A drawing that was saved and then changed in a window that is dead now."""
    dead = Document(default_experiment())
    keeps = Keeper(dead, folder)
    dead.save(path)
    draw(dead, [[1, 1]])
    assert keeps.keep_now()
    keeps.end(keep=True)
    keeps.entry.lock.unlock()


@pytest.mark.parametrize(
    ("fate", "question"),
    [
        ("same", ""),
        ("touched", ""),
        ("changed", "mine.sketch.json was changed by another program."),
        ("deleted", "mine.sketch.json is no longer there."),
    ],
)
def test_a_restored_drawing_knows_what_its_file_was(
    still, kept, folder, qtbot, tmp_path, dialogs, fate, question
):
    path = tmp_path / "mine.sketch.json"
    left_by_a_window(folder, path)
    theirs = dumps(with_rate(0.75))
    match fate:
        case "touched":
            os.utime(path, (1e9, 1e9))
        case "changed":
            path.write_text(theirs)
        case "deleted":
            path.unlink()
    dialog = offer(kept, qtbot)
    # The question comes when the person saves, and here not before.
    still.removeEventFilter(still.files)
    click(dialog.rows[0]._restore)
    assert len(still.document.points) == 501
    assert newest(folder).file == still.document.file
    if question:
        dialogs.answers = ["Cancel"]
        assert not still.files.save()
        assert [said.partition("\n")[0] for said in dialogs.said] == [question]
        assert fate == "deleted" or path.read_text() == theirs
    else:
        assert still.files.save()
        assert dialogs.said == []
        assert len(loads(path.read_bytes()).data.points) == 501


def test_a_copy_of_an_opened_drawing_knows_what_its_file_was(document, keeps, folder, tmp_path, qtbot):
    path = tmp_path / "mine.sketch.json"
    path.write_text(dumps(with_rate(0.5)))
    with qtbot.waitSignal(keeps.kept):
        document.open(path)
    assert document.file is not None
    assert newest(folder).file == document.file
    assert newest(folder).file.fate(thorough=True) is Fate.SAME


@pytest.mark.parametrize("damaged", [[0], [1]])
def test_a_damaged_generation_gives_way_to_the_other_one(still, kept, folder, qtbot, damaged):
    files = leave(folder, with_rate(0.1), with_rate(0.5))
    for number in damaged:
        damage(files[number])
    (row,) = offer(kept, qtbot).rows
    click(row._restore)
    assert rate_of(still.document.experiment) == (0.5 if damaged == [0] else 0.1)


def test_a_damaged_copy_hides_no_other_one(kept, folder, qtbot, monkeypatch):
    for file in leave(folder, with_rate(0.1), with_rate(0.2), name="99999999-0"):
        damage(file)
    leave(folder, with_rate(0.3), name="99999999-1")
    os.mkfifo(folder / "99999999-2.0.copy")
    dialog = offer(kept, qtbot)
    first, *others = (row._details.text() for row in dialog.rows)
    assert first.endswith("\n500 points")
    pipe = "This is a named pipe, not a copy"
    assert {text.partition("\n")[2] for text in others} == {"The file is damaged", pipe}
    opened = []
    monkeypatch.setattr(dialog_module, "_open_folder", opened.append)
    for row in dialog.rows:
        if row.left.copy is None:
            assert row._restore.isHidden()
            click(row._show)
            click(row._discard)
    assert opened == [folder, folder]
    dialog.close()
    assert {path.name for path in copies(folder, "99999999*")} == {"99999999-1.1.copy"}


def test_ten_windows_died_and_each_is_listed_newest_first(kept, folder, qtbot):
    for number in range(10):
        leave(folder, with_rate((number + 1) / 100), name=f"99999999-{number}", when=1e9 + 86400 * number)
    dialog = offer(kept, qtbot)
    rates = [rate_of(row.left.copy.experiment) for row in dialog.rows]
    assert rates == [number / 100 for number in range(10, 0, -1)]
    screen = QRect(0, 0, 1280, 720)
    assert screen.size().expandedTo(dialog.size()) == screen.size()
    dialog.close()


LONG = "a spiral with a lot of noise and a name that nobody would ever type in full, version 12 final (copy)"
PROBLEM = (
    "It was written by another version of the app: data.split: validation and test must leave points " * 3
)


@pytest.mark.parametrize(("count", "theme"), [(1, LIGHT), (3, DARK), (10, LIGHT)])
def test_nothing_in_the_dialog_is_clipped(qapp, qtbot, tmp_path, still, count, theme):
    paths = [tmp_path / f"{LONG}.sketch.json", None, tmp_path / "<b>short.sketch.json"]
    entry = entries.Entry(tmp_path, "1-0", None)
    when = time.time() - 400 * 86400
    lefts = [
        entries.Left(entry, Copy(default_experiment(), paths[n % 3], True, when, n), epoch=10**9)
        for n in range(count)
    ]
    if count > 1:
        lefts[1] = entries.Left(entry, None, PROBLEM)
    dialog = RecoveryDialog(lefts, theme, lambda left: False)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    screen = QRect(0, 0, 1280, 720)
    assert screen.size().expandedTo(dialog.size()) == screen.size()
    # Three rows fit, once they have their places.
    qtbot.waitUntil(lambda: dialog._list.verticalScrollBar().isVisible() == (count == 10))
    for row in dialog.rows:
        dialog._list.ensureWidgetVisible(row)
        qtbot.waitUntil(lambda row=row: row.width() <= dialog._list.viewport().width())
        for part in (row._details, *row.findChildren(QPushButton)):
            if part.isVisible():
                assert row.rect().contains(part.geometry())
                assert part.width() >= part.minimumSizeHint().width()
        metrics, details = row._details.fontMetrics(), row._details.contentsRect()
        flags = Qt.TextFlag.TextWordWrap
        needed = metrics.boundingRect(QRect(0, 0, details.width(), 10_000), flags, row._details.text())
        assert needed.width() <= details.width()
        assert needed.height() <= details.height()
    first, last = dialog.rows[0]._title, dialog.rows[-1]._title
    if count == 1:
        assert first.text().startswith("a spiral")
        assert first.text().endswith("final (copy)")
        assert "…" in first.text()
        assert LONG in first.toolTip()
    if count == 3:
        assert dialog.rows[1]._title.text() == "<b>short"
        assert "&lt;b&gt;short" in dialog.rows[1]._title.toolTip()
        assert last.text() == "A copy that cannot be read"


def test_later_and_escape_leave_everything_for_the_next_start(still, kept, folder, qtbot):
    leave(folder, with_rate(0.25))
    for _ in range(2):
        dialog = offer(kept, qtbot)
        click(dialog._later)
        assert kept.dialog is None
    assert len(copies(folder, "99999999*")) == 1
    assert not still.document.modified


def test_a_discarded_copy_can_be_taken_back_until_the_dialog_closes(kept, folder, qtbot):
    leave(folder, with_rate(0.1), name="99999999-0")
    leave(folder, with_rate(0.2), name="99999999-1")
    dialog = offer(kept, qtbot)
    for row in dialog.rows:
        click(row._discard)
    assert dialog._later.text() == "Close"
    assert len(copies(folder, "99999999*")) == 2
    taken_back = dialog.rows[0].left.entry.name
    click(dialog.rows[0]._undo)
    assert dialog._later.text() == "Later"
    click(dialog._later)
    assert [path.name.partition(".")[0] for path in copies(folder, "99999999*")] == [taken_back]


def test_restoring_asks_about_the_open_drawing_first(still, kept, folder, qtbot, dialogs):
    leave(folder, with_rate(0.25))
    draw(still.document, [[1, 1]])
    mine = still.document.experiment
    dialog = offer(kept, qtbot)
    dialogs.answers = ["Cancel"]
    click(dialog.rows[0]._restore)
    assert still.document.experiment is mine
    assert dialog.rows[0].open
    dialogs.answers = ["Discard"]
    click(dialog.rows[0]._restore)
    assert rate_of(still.document.experiment) == 0.25


@pytest.mark.expects_log("No recovery copy can be kept")
def test_a_restored_drawing_that_cannot_be_kept_keeps_its_old_copy(still, kept, folder, qtbot, monkeypatch):
    leave(folder, with_rate(0.25))
    dialog = offer(kept, qtbot)
    monkeypatch.setattr(
        os, "fsync", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error"))
    )
    click(dialog.rows[0]._restore)
    assert rate_of(still.document.experiment) == 0.25
    assert len(copies(folder, "99999999*")) == 1


def test_copies_of_an_earlier_version_are_offered(still, kept, folder, qtbot):
    folder.mkdir(parents=True)
    (folder / "99999999-3.sketch.json").write_text(dumps(with_rate(0.125)))
    click(offer(kept, qtbot).rows[0]._restore)
    assert rate_of(still.document.experiment) == 0.125


def test_windows_side_by_side_leave_each_others_copies_alone(open_window, folder, qtbot):
    windows = [open_window(), open_window()]
    both = [recover(window, folder) for window in windows]
    hours_ago = time.time() - 10_000
    for number, window in enumerate(windows):
        draw(window.document, [[number, number]])
        assert both[number].keep_now()
    for lock in folder.glob("*.lock"):
        os.utime(lock, (hours_ago, hours_ago))
    assert [offer(each, qtbot) for each in both] == [None, None]
    assert len(copies(folder)) == 2
    both[0].end()
    assert newest(folder).experiment == windows[1].document.experiment


def test_closing_the_window_under_the_dialog_loses_nothing(still, folder, qtbot):
    kept = recover(still, folder)
    leave(folder, with_rate(0.25))
    assert offer(kept, qtbot).isVisible()
    assert still.close()
    assert len(copies(folder, "99999999*")) == 1
    assert kept.dialog is None


def test_the_clock_may_jump_backwards(document, keeps, folder, qtbot, monkeypatch):
    draw(document, [[1, 1]])
    keeps.keep_now()
    monkeypatch.setattr(keeper.time, "time", lambda: 1e9)
    draw(document, [[2, 2]])
    keeps.keep_now()
    assert newest(folder).when == 1e9
    keeps.end(keep=True)
    keeps.entry.lock.unlock()
    (found,) = entries.left(folder)
    assert found.copy.experiment == document.experiment
    found.entry.lock.unlock()


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("2026-11-26T14:03:00", "today 14:03"),
        ("2026-11-25T23:59:00", "yesterday 23:59"),
        ("2026-11-20T08:00:00", "Friday 08:00"),
        ("2026-11-19T08:00:00", "19 November 08:00"),
        ("2025-11-26T14:03:00", "26 November 2025 14:03"),
        ("2026-11-28T14:03:00", "28 November 14:03"),
    ],
)
def test_times_are_said_in_words(then, words):
    moment, now = (
        QDateTime.fromString(text[:19], "yyyy-MM-ddTHH:mm:ss") for text in (then, "2026-11-26T15:00:00")
    )
    assert time_in_words(moment.toMSecsSinceEpoch() / 1000, now) == words


# -- sweeping


def test_leftovers_without_anything_to_lose_are_removed(folder):
    leave(folder, with_rate(0.1), name="99999999-0", modified=False)
    (folder / "99999999-1.lock").write_text("")
    os.utime(folder / "99999999-1.lock", (1e9, 1e9))
    (folder / "99999999-2.run").mkdir()
    (folder / "99999999-2.run" / "state").write_text("x")
    (folder / "99999999-3.unfinished").write_text("x")
    (folder / "a note of mine.txt").write_text("x")
    assert entries.left(folder) == []
    assert [path.name for path in folder.iterdir()] == ["a note of mine.txt"]


def test_only_what_dead_processes_left_is_swept(tmp_path):
    hours_ago = time.time() - 10_000
    old, new, other = (tmp_path / name for name in (f".{'a' * 16}.tmp", f".{'b' * 16}.tmp", "old.tmp"))
    ours = temporary_beside(tmp_path / "a set")
    dead, alive = (tmp_path / f"neural-sketchbook-icons-{number}-abc" for number in (99999999, os.getppid()))
    former = tmp_path / f"neural-sketchbook-icons-{os.getpid()}-abc"
    foreign, link = tmp_path / "neural-sketchbook-xyz", tmp_path / "neural-sketchbook-icons-99999998-abc"
    for file in (old, new, other, ours):
        file.write_text("x")
    for each in (dead, former, alive, foreign):
        each.mkdir()
        (each / "check.svg").write_text("x")
    link.symlink_to(foreign)
    for file in (old, other, ours):
        os.utime(file, (hours_ago, hours_ago))
    sweep.sweep([tmp_path, tmp_path / "none"], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in (new, other, alive, foreign, link)
    }
    assert (foreign / "check.svg").exists()


def test_the_icons_of_this_process_are_in_a_folder_that_is_known_by_its_number(qapp, still):
    from gui_app.theme.style_sheet import _folder

    path = Path(_folder().name)
    match = sweep._ICONS.fullmatch(path.name)
    assert int(match[1]) == os.getpid()
    sweep.sweep([], path.parent)
    assert path.is_dir()


# -- whole processes


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number", [signal.SIGKILL, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.long)]
)
def test_a_drawing_survives_the_end_of_its_process(still, tmp_path, qtbot, number):
    child = run_window(tmp_path, "now" if number != signal.SIGKILL else "kept")
    assert child.stdout.readline().strip() == ALIVE
    child.send_signal(number)
    assert child.wait(DEADLINE) == (-9 if number == signal.SIGKILL else 128 + number)
    child.stdout.close()
    kept = recover(still, tmp_path / "recovery")
    (row,) = offer(kept, qtbot).rows
    assert len(row.left.copy.experiment.data.points) == 501
    click(row._restore)
    assert [1.0, 1.0] in still.document.points.xy.tolist()
    kept.end()


def test_a_shown_window_offers_once_it_is_painted(qapp, settings, folder, qtbot, fake_engine):
    leave(folder, with_rate(0.25))
    window = application.make_window(qapp, settings, fake_engine)
    recovery = recover(window, folder)
    assert recovery.dialog is None
    with qtbot.waitSignal(recovery.offered):
        window.show()
    assert recovery.dialog.isVisible()
    assert not recovery.dialog.isModal()
    window.close()
    window.deleteLater()
