"""A drawing that is laid aside for a lesson is kept on the disk, and offered after a crash."""

import os
import signal

import pytest

from engine.data.kept_run import facts
from engine.experiment import default_experiment, edit_many
from engine.service import messages as m
from gui_app.startup.recovery import put_away, recover
from gui_app.startup.recovery.aside import AsideEntry
from gui_app.startup.recovery.copies import Copy
from gui_app.startup.recovery.dialog import details_of
from tests.deadline import DEADLINE
from tests.gui_app.hands import click, draw
from tests.gui_app.startup.test_put_away import keep, saved
from tests.gui_app.startup.test_recovery import offer
from tests.gui_app.startup.test_recovery_of_runs import begin
from tests.gui_app.startup.windows import ALIVE, run_window

pytestmark = pytest.mark.bare
LESSON = edit_many(default_experiment(), {"lanes.0.regularization.dropout.rate": 0.5})


@pytest.fixture
def kept(still, fake_engine, folder, qtbot):
    found = begin(still, folder, qtbot, bare=True)
    qtbot.waitUntil(lambda: not found.keeper._busy)
    yield found
    found.end()


def entries_of(folder) -> set[str]:
    return {name.partition(".")[0] for name in os.listdir(folder)}


def crash(still, kept) -> None:
    """The process of a window is gone: nobody holds its entries."""
    kept.end(keep=True)
    kept.keeper.entry.lock.unlock()
    if kept._aside.entry is not None:
        kept._aside.entry.lock.unlock()
    still.document.forget_changes()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_costs_nothing_of_the_own_drawing(still, fake_engine, tmp_path, qtbot, number):
    child = run_window(tmp_path, "lesson")
    assert child.stdout.readline().strip() == ALIVE
    child.send_signal(number)
    assert child.wait(DEADLINE) == (-9 if number == signal.SIGKILL else 128 + number)
    child.stdout.close()
    kept = recover(still, tmp_path / "recovery")
    own, lesson = offer(kept, qtbot).rows
    assert (own._title.text(), lesson._title.text()) == ("Untitled", "Lesson: Dropout")
    assert own._details.text().endswith("501 points · laid aside for a lesson")
    click(own._restore)
    assert [1.0, 1.0] in still.document.points.xy.tolist()
    assert still.document.lesson == ""
    assert still.document.modified
    kept.end()


def test_the_own_run_is_offered_with_the_drawing(still, fake_engine, kept, folder, tmp_path, qtbot):
    keep(still, fake_engine, 91)
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    assert len(entries_of(folder)) == 2
    qtbot.waitUntil(lambda: not kept.keeper._busy)
    crash(still, kept)
    found = recover(still, folder)
    (row,) = offer(found, qtbot).rows
    assert details_of(row.left).endswith("500 points · trained 91 epochs · laid aside for a lesson")
    assert facts(row.left.read_run()).epoch == 91
    found.end()


def test_the_entry_goes_when_the_engine_has_kept_what_came_back(still, fake_engine, kept, folder):
    keep(still, fake_engine, 91)
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    fake_engine.take_commands()
    still.laid_aside.bring_back()
    assert len(entries_of(folder)) == 2
    (load,) = (one for one in fake_engine.take_commands() if isinstance(one, m.LoadRun))
    assert facts(load.run).epoch == 91
    fake_engine.events.append(m.RunLoaded(91, turn=still.link.turn))
    keep(still, fake_engine, 91)
    kept._drop_moved()
    assert entries_of(folder) == {kept.keeper.entry.name}
    assert put_away.find(folder) == []


def test_without_a_run_it_goes_at_once(still, kept, folder):
    draw(still.document, [[1, 1]])
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    assert len(entries_of(folder)) == 2
    still.laid_aside.bring_back()
    assert entries_of(folder) == {kept.keeper.entry.name}
    still.document.forget_changes()


@pytest.mark.parametrize("way", ["close", "open"])
def test_a_lesson_that_ends_with_the_document_leaves_the_own_run_to_go_on_with(
    still, fake_engine, kept, folder, tmp_path, way
):
    """The engine has not loaded it again by then."""
    keep(still, fake_engine, 91)
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    if way == "close":
        assert still.close()
    else:
        still.files.open_recent(saved(tmp_path))
    (one,) = put_away.find(folder)
    one.entry.lock.unlock()
    assert one.epoch == 91
    own = set() if way == "close" else {kept.keeper.entry.name}
    assert entries_of(folder) == own | {one.entry.name}


def test_what_was_trained_in_a_lesson_is_not_put_away(still, fake_engine, kept, folder):
    assert still.laid_aside.lay_aside(LESSON, "Dropout")
    keep(still, fake_engine, 40)
    still.laid_aside.lay_aside(LESSON, "Overfitting")
    keep(still, fake_engine, 40)
    still.laid_aside.bring_back()
    assert put_away.find(folder) == []


def test_a_full_disk_is_said(still, document, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    aside = AsideEntry(blocked)
    assert aside.keep(Copy(document.experiment, None, True, 1.0, 1), None) == "File exists."
    assert aside.take() is None
