"""After the death of the engine or of the window, a sweep is there again with what all of its cells have learned."""

import os
import signal
import sys

import pytest

from engine.data.kept_run import facts
from engine.experiment.settings import SweepAxis
from gui_app.startup.recovery import recover
from tests.gui_app.hands import click, draw

pytestmark = pytest.mark.window
RATES = SweepAxis("training.learning_rate", (1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3))
STRENGTHS = SweepAxis("regularization.l2", (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01))


def epochs(window) -> list[int]:
    latest = window.link.latest
    return [] if latest is None else [lane.now.epoch for lane in latest.lanes]


def losses(window) -> dict[str, list[float]]:
    return {lane.name: lane.now.loss.tolist() for lane in window.link.latest.lanes}


def begin(window, qtbot, axes=(RATES, STRENGTHS)) -> None:
    window.complete()
    assert window.sweep.start(axes)
    qtbot.waitUntil(lambda: window.link.settled and epochs(window) == [0] * len(window.sweep.cells))


def kept_epoch(link) -> int:
    run = link.kept_run()
    return -1 if run is None else facts(run).epoch


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_engine_trains_all_64_cells_on(open_window, process_engine, qtbot, tmp_path):
    window = open_window()
    begin(window, qtbot)
    link = window.link
    link.keep_run(tmp_path / "run")
    link.set_playing(True)
    qtbot.waitUntil(lambda: min(epochs(window)) >= 3)
    seen = window.link.latest.epoch
    qtbot.waitUntil(lambda: kept_epoch(link) >= seen)
    os.kill(process_engine.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: "; training goes on from epoch" in window.statusBar().currentMessage())
    qtbot.waitUntil(lambda: len(epochs(window)) == 64 and min(epochs(window)) > seen)
    assert link.playing
    link.set_playing(False)
    qtbot.waitUntil(lambda: link.settled and len(set(epochs(window))) == 1)
    cells = {lane.name for lane in window.document.experiment.lanes}
    assert {lane.name for lane in window.link.latest.lanes} == cells
    assert window.sweep.shape == (8, 8)
    dock = window.dock_layout.sweep_dock
    qtbot.waitUntil(lambda: dock.picture is not None and dock.picture.model.epochs[0] > seen)
    assert dock.picture.model.is_level


def test_a_crash_of_the_window_costs_no_cell_of_a_sweep(open_window, tmp_path, qtbot):
    folder = tmp_path / "recovery"
    lost = open_window()
    recovery = recover(lost, folder)
    with qtbot.waitSignal(recovery.keeper.claimed):
        recovery.begin()
    begin(lost, qtbot, (RATES, SweepAxis("network.depth", (1, 2, 3))))
    lost.link.step_epoch()
    qtbot.waitUntil(lambda: epochs(lost) == [1] * 24)
    # Some cells are older than the others.
    assert lost.sweep.zoom((2, 4), (1, 2))
    qtbot.waitUntil(lambda: lost.link.settled and {*epochs(lost)} == {0, 1})
    draw(lost.document, [[1, 1]])
    lost.link.step_epoch()
    qtbot.waitUntil(lambda: lost.link.settled and {*epochs(lost)} == {1, 2})
    before, experiment, chosen = losses(lost), lost.document.experiment, lost.sweep.chosen
    assert recovery.keep_now()
    qtbot.waitUntil(lambda: kept_epoch(lost.link) == 2)
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
    click(row._restore)
    qtbot.waitUntil(lambda: found.link.settled and {*epochs(found)} == {1, 2})
    assert losses(found) == before
    assert found.document.experiment == experiment
    assert found.sweep.is_on
    assert found.sweep.choose(chosen)
    dock = found.dock_layout.sweep_dock
    qtbot.waitUntil(lambda: dock.picture is not None and dock.picture.model.epochs == (1, 2))
    found.document.stack.setClean()
