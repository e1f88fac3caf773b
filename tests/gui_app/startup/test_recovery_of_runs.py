"""After a crash, training goes on where it was."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from engine.data.kept_run import RunFolder, facts
from engine.experiment.document import loads_sketch
from engine.experiment.kept_run import Kept
from gui_app.startup.recovery import entries, put_away, recover
from gui_app.startup.recovery.copies import MAGIC, decode, encode
from gui_app.startup.recovery.left_off import TEXT
from tests.gui_app.hands import click, draw
from tests.gui_app.startup.test_recovery import leave, with_rate

NAME = "99999999-0"


def train(window, qtbot, epochs: int) -> int:
    """Train at least so many epochs, and pause; returns how many it were."""
    window.link.set_playing(True)
    qtbot.waitUntil(lambda: window.link.latest is not None and epoch_of(window) >= epochs)
    window.link.set_playing(False)
    qtbot.waitUntil(lambda: window.link.settled)
    return epoch_of(window)


def epoch_of(window) -> int:
    return window.link.latest.lanes[0].now.epoch


def test_a_crash_costs_neither_the_drawing_nor_the_run(open_window, tmp_path, qtbot):
    folder = tmp_path / "recovery"
    lost = open_window()
    recovery = recover(lost, folder)
    with qtbot.waitSignal(recovery.keeper.claimed):
        recovery.begin()
    draw(lost.document, [[1, 1]])
    assert recovery.keep_now()
    epochs = train(lost, qtbot, 5)
    qtbot.waitUntil(lambda: (run := lost.link.kept_run()) is not None and facts(run).epoch == epochs)
    losses = lost.link.latest.lanes[0].now.loss.tolist()
    # The window is gone without a word.
    recovery.end(keep=True)
    recovery.keeper.entry.lock.unlock()
    assert lost.link.close()

    found = open_window()
    kept = recover(found, folder)
    found.complete()
    with qtbot.waitSignals([kept.offered, kept.keeper.claimed]):
        kept.begin()
    (row,) = kept.dialog.rows
    assert f"501 points · trained {epochs:,} epochs" in row._details.text()
    click(row._restore)
    qtbot.waitUntil(lambda: found.link.settled and epoch_of(found) == epochs)
    assert found.link.latest.lanes[0].now.loss.tolist() == losses
    assert not found.link.playing
    assert found.document.modified
    own = kept.keeper.entry.name
    qtbot.waitUntil(lambda: {path.name.partition(".")[0] for path in folder.iterdir()} == {own})
    assert facts(found.link.kept_run()).epoch == epochs
    found.document.stack.setClean()
    found.close()
    assert not any(path.name.startswith(own) for path in folder.iterdir())


@pytest.mark.parametrize("epochs", [0, 3])
def test_a_drawing_without_a_change_is_offered_if_it_was_trained(open_window, tmp_path, qtbot, epochs):
    window = open_window()
    recovery = recover(window, tmp_path / "recovery")
    with qtbot.waitSignal(recovery.keeper.claimed):
        recovery.begin()
    if epochs:
        done = train(window, qtbot, epochs)
        qtbot.waitUntil(lambda: (run := window.link.kept_run()) and facts(run).epoch == done)
    recovery.end(keep=True)
    recovery.keeper.entry.lock.unlock()
    assert window.link.close()
    other = recover(window, tmp_path / "recovery")
    with qtbot.waitSignal(other.offered):
        other.offer()
    assert (other.dialog is not None) == bool(epochs)
    other.end()


def test_a_weight_set_by_hand_before_the_first_step_is_kept_and_saved(open_window, tmp_path, qtbot):
    folder, path = tmp_path / "recovery", tmp_path / "a.sketch.json"
    lost = open_window()
    recovery = recover(lost, folder)
    with qtbot.waitSignal(recovery.keeper.claimed):
        recovery.begin()
    qtbot.waitUntil(lambda: lost.link.settled)
    lost.weight_edits.set_parameter(1, "weight", 0, 0, 1.5)
    assert lost.document.modified
    assert lost.isWindowModified()
    qtbot.waitUntil(lambda: (run := lost.link.kept_run()) is not None and facts(run).edited)
    lost.document.path = path
    assert lost.files.save()
    assert lost.statusBar().currentMessage().endswith(" with the weights set by hand")
    assert facts(loads_sketch(path.read_bytes()).run).edited
    lost.document.mark_unsaved()
    lost.document.path = None
    assert recovery.keep_now()
    recovery.end(keep=True)
    recovery.keeper.entry.lock.unlock()
    assert lost.link.close()

    found = open_window()
    kept = recover(found, folder)
    found.complete()
    with qtbot.waitSignals([kept.offered, kept.keeper.claimed]):
        kept.begin()
    (row,) = kept.dialog.rows
    assert row._details.text().endswith("500 points · with a weight set by hand")
    click(row._restore)
    qtbot.waitUntil(
        lambda: bool(found.link.settled and found.link.latest and found.link.latest.lanes[0].marks)
    )
    assert found.link.latest.lanes[0].marks[-1].text.endswith(" → 1.50")
    found.document.stack.setClean()
    found.close()


def test_a_drawing_is_not_offered_with_the_run_of_the_one_before(still, fake_engine, tmp_path, qtbot):
    folder = tmp_path / "recovery"
    recovery = recover(still, folder)
    with qtbot.waitSignal(recovery.keeper.claimed):
        recovery.begin()
    own = RunFolder(recovery.keeper.entry.run)
    own.write(Kept(380, 1, {}, {}), {})
    # The engine has ended, and keeps nothing of what comes.
    still.document.reset(still.document.experiment)
    draw(still.document, [[1, 1]])
    assert recovery.keep_now()
    recovery.keeper.entry.lock.unlock()
    (one,) = entries.left(folder)
    assert (one.copy.modified, one.epoch, one.damaged) == (True, None, False)
    one.entry.lock.unlock()
    own.write(Kept(2, 1, {}, {}), {}, still.link.turn)
    (one,) = entries.left(folder)
    assert one.epoch == 2
    one.entry.remove()
    recovery.end(keep=True)


def leave_run(folder, *, of_copy, of_run):
    """A drawing as a dead window leaves it, and a run of 1,240 epochs beside it, each of its turn."""
    (file,) = leave(folder, with_rate(0.5), name=NAME)
    file.write_bytes(encode(replace(decode(file.read_bytes()), turn=of_copy)))
    RunFolder(folder / f"{NAME}.run").write(Kept(1240, 1, {}, {}), {}, of_run)


@pytest.mark.parametrize("of_run", [0, 6, 7, 8])
@pytest.mark.usefixtures("qapp")
def test_a_drawing_is_offered_with_the_run_of_its_turn_alone(tmp_path, of_run):
    """The window has died before it had written the copy, or before the engine had kept the run."""
    leave_run(tmp_path, of_copy=7, of_run=of_run)
    (one,) = entries.left(tmp_path)
    assert (one.epoch, one.damaged) == (1240 if of_run == 7 else None, False)
    assert (one.read_run() is not None) == (of_run == 7)
    one.entry.lock.unlock()


@pytest.mark.usefixtures("qapp")
def test_what_a_version_that_counts_no_turns_has_left_is_offered_with_its_run(tmp_path):
    leave_run(tmp_path, of_copy=0, of_run=0)
    (path,) = tmp_path.glob(f"{NAME}.*.copy")
    facts_, _, rest = path.read_bytes().partition(b"\n")[2].partition(b"\n")
    body = json.dumps({key: value for key, value in json.loads(facts_).items() if key != "turn"}).encode()
    body += b"\n" + rest
    path.write_bytes(b"%s %s\n%s" % (MAGIC, sha256(body).hexdigest().encode(), body))
    (one,) = entries.left(tmp_path)
    assert one.epoch == 1240
    one.entry.lock.unlock()


def test_a_reset_writes_a_copy_for_the_run_that_comes(still, fake_engine, tmp_path, qtbot):
    folder = tmp_path / "recovery"
    recovery = recover(still, folder)
    with qtbot.waitSignal(recovery.keeper.claimed):
        recovery.begin()
    with qtbot.waitSignal(recovery.keeper.kept):
        still.link.restart()
    RunFolder(still.link.run_folder).write(Kept(3, 1, {}, {}), {}, still.link.turn)
    recovery.keeper.entry.lock.unlock()
    (one,) = entries.left(folder)
    assert one.epoch == 3
    one.entry.remove()
    recovery.end(keep=True)


def begin(window, folder, qtbot, bare=False):
    """Begin recovery in a window with all its rooms, or in a bare one."""
    recovery = recover(window, folder)
    if not bare:
        window.complete()
    with qtbot.waitSignals([recovery.offered, recovery.keeper.claimed]):
        recovery.begin()
    return recovery


def train_and_close(window, qtbot, epochs=5):
    """Train and close; returns what was trained."""
    train(window, qtbot, epochs)
    latest = window.link.latest
    assert window.close()
    return latest.lanes[0]


def left_off(window):
    """The entry of the menu, as the menu shows it."""
    window.file_menu.aboutToShow.emit()
    return next(action for action in window.file_menu.actions() if action.text() == TEXT)


def names(folder):
    return {path.name.partition(".")[0] for path in folder.iterdir()}


def test_a_window_that_was_closed_properly_can_be_gone_on_with(open_window, tmp_path, qtbot, dialogs):
    folder = tmp_path / "recovery"
    first = open_window()
    begin(first, folder, qtbot)
    drawn = first.document.experiment
    lane = train_and_close(first, qtbot)
    assert names(folder) == {"last-0"}

    found = open_window()
    recovery = begin(found, folder, qtbot)
    assert recovery.dialog is None
    entry = left_off(found)
    assert entry.isEnabled()
    assert entry.toolTip() == f"Untitled, {entry.toolTip().split(', ')[1]}, trained {lane.now.epoch} epochs"
    draw(found.document, [[1, 1]])
    dialogs.answers.append("Discard")
    entry.trigger()
    qtbot.waitUntil(lambda: found.link.settled and epoch_of(found) == lane.now.epoch)
    restored = found.link.latest.lanes[0]
    assert found.document.experiment == drawn
    assert restored.now.loss.tolist() == lane.now.loss.tolist()
    assert restored.history.epoch.tolist() == lane.history.epoch.tolist()
    assert found.document.modified
    qtbot.waitUntil(lambda: names(folder) == {recovery.keeper.entry.name})
    assert not left_off(found).isEnabled()
    assert facts(found.link.kept_run()).epoch == lane.now.epoch


def test_what_a_file_holds_and_what_is_discarded_is_not_kept_at_the_end(
    open_window, tmp_path, qtbot, dialogs
):
    folder = tmp_path / "recovery"
    window = open_window()
    begin(window, folder, qtbot)
    epochs = train(window, qtbot, 3)
    qtbot.waitUntil(lambda: (run := window.link.kept_run()) is not None and facts(run).epoch == epochs)
    assert window.files._write(tmp_path / "a.sketch.json")
    assert window.close()
    assert names(folder) == set()

    again = open_window()
    begin(again, folder, qtbot)
    assert not left_off(again).isEnabled()
    assert again.files.load(tmp_path / "a.sketch.json")
    qtbot.waitUntil(lambda: again.link.settled and epoch_of(again) == epochs)
    train(again, qtbot, epochs + 2)
    draw(again.document, [[1, 1]])
    dialogs.answers.append("Discard")
    assert again.close()
    assert names(folder) == set()

    third = open_window()
    begin(third, folder, qtbot)
    assert third.files.load(tmp_path / "a.sketch.json")
    qtbot.waitUntil(lambda: third.link.settled and epoch_of(third) == epochs)
    done = train_and_close(third, qtbot, epochs + 2).now.epoch
    (one,) = put_away.find(folder)
    assert (one.epoch, one.copy.path) == (done, tmp_path / "a.sketch.json")
    one.entry.lock.unlock()
    # It survives the next start, and a window that has nothing to keep.
    other = open_window()
    begin(other, folder, qtbot)
    assert other.close()
    assert names(folder) == {"last-0"}
