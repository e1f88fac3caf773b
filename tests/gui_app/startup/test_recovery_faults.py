"""Faults of disk and memory at an odd moment cost neither a run nor a place in the list."""

import errno
import threading
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication

from engine.data.kept_run import STATE, RunFolder
from engine.experiment.kept_run import Kept
from engine.service import messages as m
from gui_app.startup.recovery import dialog as dialog_module
from gui_app.startup.recovery import entries, keeper, recover, recovery, thumbnail
from gui_app.startup.recovery.patience import ends
from tests.deadline import DEADLINE
from tests.gui_app.hands import draw
from tests.gui_app.startup.test_put_away import Held
from tests.gui_app.startup.test_recovery import copies, leave, offer, rate_of, with_rate

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def trained(still, fake_engine, folder, qtbot):
    """The recovery of a window without an edit, which has trained 900 epochs that no file holds."""
    kept = recover(still, folder)
    with qtbot.waitSignals([kept.offered, kept.keeper.claimed]):
        kept.begin()
    qtbot.waitUntil(lambda: not kept.keeper._busy)
    assert ends(kept.keeper._thread, DEADLINE)
    # It sweeps up after the list is offered.
    assert ends(kept._scan, DEADLINE)
    RunFolder(still.link.run_folder).write(Kept(900, 1, {}, {}), {}, still.link.turn)
    fake_engine.answer(acknowledged=still.link.commands)
    still.link.pull()
    yield kept
    kept.end()


def epochs_left(kept, folder) -> list[int | None]:
    """What the next start offers in its list."""
    kept.keeper.entry.lock.unlock()
    found = entries.left(folder)
    for one in found:
        one.entry.lock.unlock()
    return [one.epoch for one in found]


@pytest.mark.expects_log("could not be put away: (The disk does not answer|MemoryError)")
@pytest.mark.parametrize("fault", ["slow", "raises"])
def test_a_run_of_which_nobody_can_say_whether_it_is_saved_stays_at_the_end(
    still, trained, folder, monkeypatch, fault
):
    held = Held(monkeypatch, still.link, "kept_run")

    def fail(*_, **__):
        raise MemoryError

    if fault == "raises":
        monkeypatch.setattr(still.link, "kept_run", fail)
    patience = 0.05 if fault == "slow" else DEADLINE
    monkeypatch.setattr(recovery, "PATIENCE", patience)
    monkeypatch.setattr(recovery.Recovery.end, "__defaults__", (False, patience))
    assert still.close()
    held.let_go()
    assert epochs_left(trained, folder) == [900]


@pytest.mark.expects_log("could not be put away")
def test_a_run_whose_copy_cannot_be_written_at_the_end_stays(still, trained, folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(entries.Entry, "_replace", full)
        assert still.close()
    assert epochs_left(trained, folder) == [900]


@pytest.mark.expects_log("could not be put away: What was kept of the run is damaged")
def test_a_run_that_cannot_be_read_at_the_end_stays(still, trained, folder):
    (still.link.run_folder / STATE).write_bytes(b"x")
    assert still.close()
    trained.keeper.entry.lock.unlock()
    (one,) = entries.left(folder)
    assert one.damaged
    one.entry.lock.unlock()


@pytest.mark.expects_log("The disk does not answer")
def test_a_copy_that_was_waiting_for_the_disk_does_not_bring_back_what_is_discarded(
    document, folder, monkeypatch
):
    keeps = keeper.Keeper(document, folder)
    draw(document, [[1, 1]])
    assert keeps.keep_now(60)
    began, go_on = Event(), Event()
    write = entries.Entry.write

    def slow(entry, copy):
        began.set()
        go_on.wait(60)
        write(entry, copy)

    monkeypatch.setattr(entries.Entry, "write", slow)
    draw(document, [[2, 2]])
    assert not keeps.keep_now(0)
    assert began.wait(60)
    # Another one waits for the first, and the end waits for neither.
    late = keeps.copy()
    keeper.begin(lambda: keeps._try_to_write(late))
    keeps.end(patience=0.01)
    threads = [thread for thread in threading.enumerate() if thread.name == "recovery"]
    assert len(threads) == 3
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert list(folder.iterdir()) == []


@pytest.mark.expects_log("A recovery copy could not be read")
def test_an_entry_that_fails_oddly_hides_no_other_one(still, folder, qtbot, monkeypatch):
    kept = recover(still, folder)
    leave(folder, with_rate(0.4), name="99999998-0")
    leave(folder, with_rate(0.5), name="99999999-0")
    decode = entries.decode

    def odd(content):
        copy = decode(content)
        if rate_of(copy.experiment) == 0.4:
            raise MemoryError
        return copy

    monkeypatch.setattr(entries, "decode", odd)
    good, bad = offer(kept, qtbot).rows
    assert rate_of(good.left.copy.experiment) == 0.5
    assert bad._details.text().endswith("\nMemoryError")
    assert not bad._show.isHidden()
    kept.end()
    assert len(copies(folder, "9999999*")) == 2


@pytest.mark.expects_log("A recovery copy could not be shown")
def test_a_row_that_cannot_be_shown_hides_no_other_one(still, folder, qtbot, monkeypatch):
    kept = recover(still, folder)
    leave(folder, with_rate(0.4), name="99999998-0")
    leave(folder, with_rate(0.5), name="99999999-0", when=1e9)
    details_of = dialog_module.details_of

    def odd(left, *rest):
        if left.copy is not None and rate_of(left.copy.experiment) == 0.4:
            raise ValueError("it is odd")
        return details_of(left, *rest)

    monkeypatch.setattr(dialog_module, "details_of", odd)
    bad, good = offer(kept, qtbot).rows
    assert rate_of(good.left.copy.experiment) == 0.5
    assert bad._details.text().endswith("\nIt is odd")
    kept.end()


@pytest.mark.expects_log("The picture of a recovery copy could not be painted")
@pytest.mark.parametrize("fault", ["resolve_points", "_colours", "paint"])
def test_a_picture_that_fails_costs_no_more_than_the_picture(still, folder, qtbot, monkeypatch, fault):
    """At each moment: before the painter begins, and while it is active."""

    def odd(*_):
        raise ZeroDivisionError

    if fault == "paint":
        monkeypatch.setattr(thumbnail, "QPen", odd)
    else:
        monkeypatch.setattr(thumbnail, fault, odd)
    kept = recover(still, folder)
    leave(folder, with_rate(0.4))
    (row,) = offer(kept, qtbot).rows
    assert rate_of(row.left.copy.experiment) == 0.4
    assert row.first_button.text() == "Restore"
    kept.end()


@pytest.mark.expects_log("No recovery copy can be kept. Operation not permitted.")
def test_a_mark_stays_while_no_copy_can_be_kept(still, folder, monkeypatch, log_watch):
    kept = recover(still, folder)
    bar = still.statusBar()
    assert kept.keep_now()
    assert not kept.mark.isVisible()
    whole = bar.message_rect

    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(entries.Entry, "_replace", refuse)
        for _ in range(2):
            draw(still.document, [[1, 1]])
            assert not kept.keep_now()
        assert bar.currentMessage() == "No recovery copy can be kept. Operation not permitted."
        bar.clearMessage()
        assert kept.mark.isVisible()
        assert kept.mark.toolTip() == (
            "No recovery copy can be kept. Operation not permitted. "
            "Until that works again, a crash costs what is not saved."
        )
        QApplication.processEvents()
        assert bar.rect().contains(kept.mark.geometry())
        assert bar.message_rect.right() <= kept.mark.x()
    assert len(log_watch.records) == 1
    assert kept.keep_now()
    assert not kept.mark.isVisible()
    assert bar.message_rect == whole
    kept.end()


def test_a_mark_stays_while_the_run_cannot_be_kept(still, fake_engine, folder):
    kept = recover(still, folder)
    for event, shown in ((m.RunNotKept("The run cannot be kept: No space."), True), (m.RunKept(), False)):
        fake_engine.events.append(event)
        still.link.pull()
        assert kept.mark.isVisible() == shown
        assert ("The run cannot be kept: No space." in kept.mark.toolTip()) == shown
        assert kept.mark.text() == ("The run is not kept" if shown else "")
    kept.end()
