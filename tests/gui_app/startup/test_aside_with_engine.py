"""What was trained before a lesson goes on after it, with a real engine."""

from __future__ import annotations

import pytest

from engine.data.kept_run import facts
from gui_app.startup.recovery import recover
from tests.gui_app.hands import draw
from tests.gui_app.startup.test_recovery_of_runs import epoch_of, train


@pytest.mark.parametrize("waits", [True, False])
def test_weights_and_history_are_those_of_before_the_lesson(open_window, tmp_path, qtbot, waits):
    window, folder = open_window(), tmp_path / "recovery"
    kept = recover(window, folder)
    window.complete()
    with qtbot.waitSignal(kept.keeper.claimed):
        kept.begin()
    draw(window.document, [[1, 1]])
    epochs = train(window, qtbot, 5)
    qtbot.waitUntil(lambda: (run := window.link.kept_run()) is not None and facts(run).epoch == epochs)
    mine, lane = window.document.experiment, window.link.latest.lanes[0]
    assert window.own_lessons.open_built_in("overfitting")
    qtbot.waitUntil(lambda: window.link.settled)
    assert epoch_of(window) == 0
    if waits:
        train(window, qtbot, 3)
    window.lessons.close()
    assert window.document.experiment == mine
    qtbot.waitUntil(lambda: window.link.settled and epoch_of(window) == epochs)
    back = window.link.latest.lanes[0]
    assert back.now.loss.tolist() == lane.now.loss.tolist()
    assert back.history.loss.tolist() == lane.history.loss.tolist()
    assert not window.link.playing
    own = kept.keeper.entry.name
    qtbot.waitUntil(lambda: {path.name.partition(".")[0] for path in folder.iterdir()} == {own})
    assert facts(window.link.kept_run()).epoch == epochs
    assert train(window, qtbot, epochs + 1) > epochs
    kept.end()
