"""The run of a window on its way into a file and back."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.kept_run import Growing, RunFolder, facts
from engine.experiment.document import dumps, loads_sketch
from engine.experiment.kept_run import Kept, pack
from engine.service import messages as m
from gui_app.session.document import Document
from gui_app.startup.application import make_window
from tests.deadline import DEADLINE
from tests.gui_app.hands import click, draw
from tests.gui_app.plots.runs import history_of, snapshot_of
from tests.observing import prediction_of

pytestmark = pytest.mark.bare


def test_a_saved_document_holds_the_run_that_is_kept_and_goes_on_with_it(still, fake_engine, tmp_path):
    path = tmp_path / "a.sketch.json"
    still.link.keep_run(tmp_path / "run")
    RunFolder(tmp_path / "run").write(Kept(7, 1, {}, {}), {})
    fake_engine.answer(acknowledged=still.link.commands)
    still.link.pull()
    run = still.link.kept_run()
    assert run is not None
    still.document.path = path
    assert still.files.save()
    assert loads_sketch(path.read_bytes()).run == run
    still.files.new()
    still.link.pull()
    assert still.link.kept_run() is None
    fake_engine.take_commands()
    assert still.files.load(path)
    assert fake_engine.take_commands() == [m.LoadRun(still.document.experiment, run, still.link.turn)]


def test_saving_just_after_a_reset_says_that_the_run_is_not_kept_yet(still, fake_engine, tmp_path):
    """While training runs: the engine has kept the beginning alone, and the window shows more."""
    still.link.keep_run(tmp_path / "run")
    still.document.path = tmp_path / "a.sketch.json"
    still.link.restart()
    RunFolder(tmp_path / "run").write(Kept(0, 1, {}, {}), {}, still.link.turn)
    shown = snapshot_of(history_of([0, 21]))
    fake_engine.snapshot = replace(shown, acknowledged=still.link.commands, epoch=21)
    still.link.pull()
    said = []
    still.files.reported.connect(said.append)
    assert still.files.save()
    assert said[-1].endswith("without the run: it is not kept yet; save again in a moment")


@pytest.mark.parametrize(
    "event",
    [m.RunNotLoaded("The run cannot be restored.", 1), m.EngineRestarted(None, "What was kept is damaged.")],
)
def test_a_run_that_the_engine_has_lost_stays_in_its_file(still, fake_engine, tmp_path, dialogs, event):
    path = tmp_path / "a.sketch.json"
    path.write_text(dumps(still.document.experiment, pack(Kept(7, 1, {}, {}))))
    before = path.read_bytes()
    assert still.files.load(path)
    fake_engine.events.append(event)
    fake_engine.answer(acknowledged=still.link.commands)
    still.link.pull()
    draw(still.document, [[1, 1]])
    dialogs.answers = ["Cancel"]
    assert not still.files.save()
    assert dialogs.said[0].startswith("a.sketch.json holds a run of 7 epochs that is not open here.")
    assert path.read_bytes() == before


@pytest.mark.parametrize("which", ["state", "rows-*"])
def test_what_is_damaged_of_a_kept_run_is_said(still, fake_engine, tmp_path, which):
    still.link.keep_run(tmp_path / "run")
    rows = Growing(1, np.array([[0, 0]]), np.array([[0.7]]))
    content = {"experiment": {"lanes": [{"name": "A"}]}}
    RunFolder(tmp_path / "run").write(Kept(7, 1, content, {}), {"0.losses": rows, "0.layers": rows})
    fake_engine.answer(acknowledged=still.link.commands)
    still.link.pull()
    for file in (tmp_path / "run").glob(which):
        file.write_bytes(file.read_bytes()[:-1])
    still.document.path = tmp_path / "a.sketch.json"
    assert still.files.save()
    said = still.statusBar().currentMessage()
    if which == "state":
        assert said.endswith(" without the run: what was kept of it is damaged; save again in a moment")
    else:
        assert said.endswith(
            " with the run of 7 epochs; the history of lane A is damaged; save again in a moment"
        )


def test_a_run_that_was_reset_goes_into_no_file(still, fake_engine, tmp_path):
    still.link.keep_run(tmp_path / "run")
    RunFolder(tmp_path / "run").write(Kept(7, 1, {}, {}), {})
    still.transport.reset.click()
    still.document.path = tmp_path / "a.sketch.json"
    assert still.files.save()
    assert loads_sketch(still.document.path.read_bytes()).run is None


FULL = m.RunNotKept("The run cannot be kept in x: No space left.", "No space left")


@pytest.mark.parametrize("folder", ["full", "full with the run before", "none"])
def test_saving_keeps_the_run_of_an_opened_file_where_the_engine_cannot_keep_it(
    still, fake_engine, tmp_path, folder
):
    """The file has what it had, and a sentence says what it lacks."""
    path, run = tmp_path / "a.sketch.json", pack(Kept(500, 1, {}, {}))
    Document(still.document.experiment).save(path, run)
    if folder != "none":
        still.link.keep_run(tmp_path / "run")
    if folder == "full with the run before":
        RunFolder(tmp_path / "run").write(Kept(7, 1, {}, {}), {}, still.link.turn)
    assert still.files.load(path)
    fake_engine.events = [m.RunLoaded(500, turn=still.link.turn)] + [FULL] * (folder != "none")
    fake_engine.snapshot = replace(
        snapshot_of(history_of([0, 3])), acknowledged=still.link.commands, epoch=503
    )
    still.link.pull()
    draw(still.document, [[1, 1]])
    assert still.files.save()
    assert loads_sketch(path.read_bytes()).run == run
    said = "it is not kept yet; save again" if folder == "none" else "not kept: No space left"
    assert "with the run of 500 epochs" in still.statusBar().currentMessage()
    assert said in still.statusBar().currentMessage()


def lane_of(window):
    return window.link.latest.lanes[0]


def train(window, qtbot, epochs: int) -> None:
    """Epoch by epoch, so that it is known how many there are."""
    for _ in range(epochs):
        before = lane_of(window).now.epoch
        click(window.transport.step_epoch)
        qtbot.waitUntil(lambda before=before: window.link.settled and lane_of(window).now.epoch == before + 1)


def assert_same_run(one, other) -> None:
    """Everything that a person sees of two runs, to the bit."""
    assert one.now.epoch == other.now.epoch
    assert one.now.step == other.now.step
    assert one.best == other.best
    for name in ("epoch", "step", "loss"):
        rows = np.asarray(getattr(one.history, name))
        assert len(rows) > 1
        np.testing.assert_array_equal(rows, np.asarray(getattr(other.history, name)))
    np.testing.assert_array_equal(one.now.loss, other.now.loss)
    np.testing.assert_array_equal(prediction_of(one).values, prediction_of(other).values)


@pytest.mark.parametrize("kind", ["thread", pytest.param("process", marks=pytest.mark.long)])
def test_a_run_goes_on_in_another_window_as_if_it_had_never_been_interrupted(
    kind, qapp, qtbot, settings, library, tmp_path
):
    windows = []

    def open_one():
        window = make_window(qapp, settings, kind, library)
        windows.append(window)
        window.resize(1280, 720)
        window.show()
        window.complete()
        window.link.keep_run(tmp_path / f"run {len(windows)}")
        qtbot.waitUntil(lambda: window.link.settled)
        return window

    try:
        first = open_one()
        draw(first.document, [[1, 1], [2, 2]])
        qtbot.waitUntil(lambda: first.link.settled)
        train(first, qtbot, 4)
        first.document.path = tmp_path / "a.sketch.json"
        qtbot.waitUntil(lambda: (run := first.link.kept_run()) is not None and facts(run).epoch == 4)
        assert first.files.save()
        saved = lane_of(first)
        train(first, qtbot, 3)
        never_interrupted = lane_of(first)
        # Otherwise the second window asks whether to open a file that is open already.
        assert first.close()
        second = open_one()
        assert second.files.load(tmp_path / "a.sketch.json")
        qtbot.waitUntil(lambda: second.link.settled and lane_of(second).now.epoch == 4)
        assert second.document.experiment == first.document.experiment
        assert not second.link.playing
        assert_same_run(lane_of(second), saved)
        train(second, qtbot, 3)
        assert_same_run(lane_of(second), never_interrupted)
    finally:
        for window in windows:
            window.document.forget_changes()
            window.close()
            window.deleteLater()
            assert window.link.close(DEADLINE)
