"""What is restored is removed only when it is surely somewhere else, and no disk that hangs holds up an end."""

import os
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication

from engine.data.kept_run import STATE, RunFolder
from engine.experiment.kept_run import Kept, pack
from engine.service import messages as m
from gui_app.startup.recovery import entries, keeper, putting, recover, recovery
from tests.deadline import DEADLINE
from tests.gui_app.hands import click, draw
from tests.gui_app.startup.test_recovery import copies, leave, offer, with_rate

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]
NAME = "99999999-0"


@pytest.fixture
def dead(folder):
    """A drawing that a dead window has left, with its run of 1,240 epochs; returns the folder of the run."""
    leave(folder, with_rate(0.5), name=NAME)
    RunFolder(folder / f"{NAME}.run").write(Kept(1240, 1, {}, {}), {})
    return folder / f"{NAME}.run"


def tell(window, engine, *events, acknowledged=True):
    """Let the engine say something, and answer all commands."""
    engine.events += events
    if acknowledged:
        engine.answer(acknowledged=window.link.commands)
    window.link.pull()


def restore(recovery_, qtbot):
    (row,) = offer(recovery_, qtbot).rows
    click(row._restore)


def is_free(folder) -> bool:
    """Whether another window may offer what was left."""
    lock = entries.lock_of(folder, NAME)
    try:
        return lock.isLocked()
    finally:
        lock.unlock()


def test_a_run_that_could_not_be_loaded_stays_and_that_is_said(still, kept, folder, dead, qtbot, fake_engine):
    restore(kept, qtbot)
    assert any(isinstance(command, m.LoadRun) for command in fake_engine.commands)
    tell(still, fake_engine, m.RunNotLoaded("The run cannot be restored: it is odd.", still.link.turn))
    own = RunFolder(still.link.run_folder or kept.keeper.entry.run)
    own.write(Kept(0, 1, {}, {}), {}, still.link.turn)
    kept._drop_moved()
    assert still.statusBar().currentMessage() == (
        "The run cannot be restored: it is odd. It is kept, and offered again at the next start."
    )
    assert (dead / STATE).exists()
    assert is_free(folder)
    still.document.forget_changes()
    still.close()
    assert (dead / STATE).exists()
    (again,) = entries.left(folder)
    assert again.epoch == 1240
    again.entry.lock.unlock()


def test_a_loaded_run_goes_once_it_is_kept_and_nobody_reads_it_for_that(
    still, kept, folder, dead, qtbot, fake_engine, monkeypatch
):
    restore(kept, qtbot)
    tell(still, fake_engine, m.RunLoaded(1240, turn=still.link.turn))
    with monkeypatch.context() as patch:
        patch.setattr("engine.service.kept.read_kept", lambda *_: pytest.fail("the whole run is read"))
        kept._drop_moved()
        assert dead.exists()
        RunFolder(still.link.run_folder).write(Kept(1240, 1, {}, {}), {}, still.link.turn)
        kept._drop_moved()
    assert not dead.exists()
    assert copies(folder, f"{NAME}*") == []
    assert not kept._look_again.isActive()


@pytest.mark.parametrize("where", ["nowhere", "engine", "file", "discarded"])
def test_a_restored_run_goes_at_the_end_only_if_it_is_somewhere_else(
    still, kept, folder, dead, qtbot, fake_engine, dialogs, tmp_path, where
):
    restore(kept, qtbot)
    tell(
        still,
        fake_engine,
        m.RunLoaded(1240, turn=still.link.turn),
        m.RunNotKept("The run cannot be kept: No space left."),
    )
    run = pack(Kept(1240, 1, {}, {})) if where == "file" else None
    if where == "engine":
        RunFolder(still.link.run_folder).write(Kept(1240, 1, {}, {}), {}, still.link.turn)
    if where == "discarded":
        dialogs.answers = ["Discard"]
    else:
        still.document.save(tmp_path / "c.sketch.json", run)
    assert still.close()
    assert (dead / STATE).exists() == (where == "nowhere")
    assert is_free(folder)


@pytest.mark.parametrize("what", ["nothing", "restart", "another document"])
def test_a_run_of_which_nobody_knows_whether_it_was_loaded_stays(
    still, kept, folder, dead, qtbot, fake_engine, what
):
    restore(kept, qtbot)
    if what == "restart":
        tell(still, fake_engine, m.EngineRestarted(None), acknowledged=False)
    elif what == "another document":
        still.document.reset(with_rate(0.1))
        tell(still, fake_engine, m.RunLoaded(1240, turn=still.link.turn - 1))
    still.document.forget_changes()
    still.close()
    assert (dead / STATE).exists()
    assert is_free(folder)


@pytest.mark.parametrize("modified", [False, True])
def test_a_damaged_run_is_told_and_never_removed_unseen(still, kept, folder, dead, qtbot, modified):
    leave(folder, with_rate(0.5), name=NAME, modified=modified)
    state = bytearray((dead / STATE).read_bytes())
    state[-1] ^= 1
    (dead / STATE).write_bytes(state)
    (row,) = offer(kept, qtbot).rows
    assert "500 points · its run is damaged" in row._details.text()
    click(row._restore)
    assert still.document.experiment.lanes[0].training.learning_rate == 0.5
    assert still.statusBar().currentMessage().startswith("The run of this drawing is damaged. It is kept")
    assert (dead / STATE).exists()
    (row,) = offer(kept, qtbot).rows
    click(row._discard)
    kept.dialog.close()
    assert not dead.exists()


def test_a_run_that_is_damaged_after_it_was_listed_stays(still, kept, dead, qtbot):
    (row,) = offer(kept, qtbot).rows
    (dead / STATE).write_bytes(b"x")
    click(row._restore)
    assert (dead / STATE).exists()
    assert still.statusBar().currentMessage().startswith("The run of this drawing is damaged.")


# -- a disk that hangs


@pytest.fixture
def hanging(monkeypatch):
    """Copies are not written before the test ends; nobody waits for long."""
    go_on = Event()
    monkeypatch.setattr(entries.Entry, "_replace", lambda *_: go_on.wait(DEADLINE))
    for module, name in ((recovery, "PATIENCE"), (recovery, "LAST_MOMENT"), (keeper, "WAIT")):
        monkeypatch.setattr(module, name, 0.01)
    monkeypatch.setattr(keeper.Keeper.end, "__defaults__", (False, 0.01))
    monkeypatch.setattr(recovery.Recovery.end, "__defaults__", (False, 0.01))
    yield go_on
    go_on.set()


def hang(kept):
    """Let a copy hang in the background."""
    kept.keeper.keep_soon()
    return kept.keeper._thread


@pytest.mark.expects_log("The disk does not answer")
def test_a_window_closes_although_a_copy_hangs(still, folder, hanging, log_watch):
    kept = recover(still, folder)
    thread = hang(kept)
    assert still.close()
    assert thread.is_alive()
    assert thread.daemon
    # On a slow machine nobody waits until it is known that there is no run either.
    assert [record.name for record in log_watch.records].count(keeper.__name__) == 1
    hanging.set()
    thread.join()


@pytest.mark.expects_log("The disk does not answer")
def test_an_app_that_is_told_to_end_ends_although_the_disk_hangs(
    still, folder, hanging, monkeypatch, fake_engine
):
    kept = recover(still, folder)
    draw(still.document, [[1, 1]])
    thread = hang(kept)
    ended = []
    monkeypatch.setattr(QApplication, "exit", ended.append)
    kept.leave(15)
    assert ended == [128 + 15]
    assert thread.is_alive()
    assert fake_engine.closed == 1
    hanging.set()
    thread.join()


@pytest.mark.expects_log("No recovery copy can be kept. The disk")
def test_the_waits_of_an_end_by_signal_are_some_five_seconds(still, folder, monkeypatch):
    kept, waits = recover(still, folder), []
    with monkeypatch.context() as patch:
        patch.setattr(QApplication, "exit", lambda _: None)
        patch.setattr(recovery, "ends", lambda _, seconds: waits.append(seconds) or True)
        for module in (keeper, putting):
            patch.setattr(module, "ends", lambda _, seconds: waits.append(seconds) or True)
        patch.setattr(still.link, "close", waits.append)
        kept.leave(15)
    assert len(waits) == 4, "a copy at once, the scan, a copy in the background, the engine"
    assert sum(waits) <= 5


@pytest.mark.expects_log("The disk does not answer")
def test_copies_that_cannot_be_removed_do_not_hold_up_the_end(still, folder, monkeypatch):
    go_on = Event()
    monkeypatch.setattr(entries, "rmtree", lambda *_, **__: go_on.wait(DEADLINE))
    monkeypatch.setattr(keeper.Keeper.end, "__defaults__", (False, 0.01))
    kept = recover(still, folder)
    draw(still.document, [[1, 1]])
    assert kept.keep_now()
    kept.end(patience=0.01)
    assert os.listdir(folder)
    go_on.set()
