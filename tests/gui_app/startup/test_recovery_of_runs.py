"""After a crash, training goes on where it was."""

import pytest

from engine.data.kept_run import facts
from gui_app.startup.recovery import recover
from tests.gui_app.hands import click, draw


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
    assert list(folder.iterdir()) == []


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
