"""The run of a window on its way into a file and back."""

from engine.data.kept_run import RunFolder
from engine.experiment.document import loads_sketch
from engine.experiment.kept_run import Kept
from engine.service import messages as m


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
    assert fake_engine.take_commands() == [m.LoadRun(still.document.experiment, run)]


def test_a_run_that_was_reset_goes_into_no_file(still, fake_engine, tmp_path):
    still.link.keep_run(tmp_path / "run")
    RunFolder(tmp_path / "run").write(Kept(7, 1, {}, {}), {})
    still.transport.reset.click()
    still.document.path = tmp_path / "a.sketch.json"
    assert still.files.save()
    assert loads_sketch(still.document.path.read_bytes()).run is None
