"""What is in the folder: whole or not there, of one sweep, written by one command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.experiment import ExperimentError
from engine.sweep import folder as folders
from engine.sweep.batch_file import read_batch, write_batch
from engine.sweep.folder import SweepFolder, batch_files
from engine.sweep.job import JobResult
from engine.sweep.results import read_results, write_table
from engine.sweep.running import Sweep
from engine.sweep.spec import dumps_spec
from tests.engine.sweep.sweeps import AXES, ROOT, InProcess, environment, plan
from tests.faulty_disk import NUMBERS, STAGES, FaultyDisk


def opened(path: Path, **more) -> SweepFolder:
    return SweepFolder(path, plan(**more), "cpu", "float32")


def trained(path: Path, executor: InProcess | None = None, lanes: int = 3, **more) -> InProcess:
    """Train the sweep in this process; returns the executor that did it."""
    executor = executor or InProcess()
    made = plan(**more)
    folder = SweepFolder(path, made, "cpu", "float32")
    try:
        sweep = Sweep(made, folder, executor, lanes)
        sweep.train(sweep.batches(), lambda progress: None)
    finally:
        folder.close()
    write_table(read_results(path))
    return executor


def table(path: Path) -> bytes:
    return (path / "results.csv").read_bytes()


def result(rows: list[int]) -> JobResult:
    numbers = {"training_loss": np.array(rows, float), "gap": np.full(len(rows), np.nan)}
    return JobResult(np.array(rows), np.array(["diverged"] * len(rows)), numbers, None, 1.0)


def test_a_batch_reads_back_to_the_bit(tmp_path: Path):
    path = tmp_path / "one.batch"
    write_batch(path, "key", result([4, 7, 1]))
    kept = read_batch(path)
    assert kept is not None
    assert (kept.key, kept.rows.tolist(), kept.status.tolist()) == ("key", [4, 7, 1], [3, 3, 3])
    assert kept.columns["training_loss"].tolist() == [4.0, 7.0, 1.0]
    assert np.isnan(kept.columns["gap"]).all()


def test_a_torn_batch_is_none(tmp_path: Path):
    path = tmp_path / "one.batch"
    write_batch(path, "key", result([4, 7, 1]))
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert read_batch(path) is None


def test_a_batch_with_a_flipped_bit_is_none(tmp_path: Path):
    path = tmp_path / "one.batch"
    write_batch(path, "key", result([4, 7, 1]))
    whole = bytearray(path.read_bytes())
    for place in range(0, len(whole), 5):
        whole[place] ^= 4
        path.write_bytes(whole)
        assert read_batch(path) is None
        whole[place] ^= 4


@pytest.mark.expects_log("is damaged; its lanes are trained again")
def test_the_lanes_of_a_damaged_batch_are_trained_again(tmp_path: Path):
    out = tmp_path / "out"
    trained(out)
    whole = table(out)
    first, second, *_ = batch_files(out)
    first.write_bytes(first.read_bytes()[:100])
    second.write_bytes(b"")
    again = trained(out)
    assert [len(job.rows) for job in again.submitted] == [3, 3]
    assert table(out) == whole


def test_nothing_is_trained_twice(tmp_path: Path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        trained(out, InProcess(stops_after=2))
    done = opened(out)
    assert done.done.sum() == 6
    done.close()
    assert sum(len(job.rows) for job in trained(out).submitted) == 6
    assert trained(out).submitted == []


def test_other_lanes_per_batch_finish_what_was_begun(tmp_path: Path):
    trained(tmp_path / "whole", lanes=12)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "out", InProcess(stops_after=2), lanes=5)
    rest = trained(tmp_path / "out", lanes=4)
    assert sum(len(job.rows) for job in rest.submitted) == 2
    assert table(tmp_path / "out") == table(tmp_path / "whole")


@pytest.mark.parametrize("lanes", [1, 5, 12])
def test_the_table_does_not_depend_on_how_lanes_are_put_together(tmp_path: Path, lanes: int):
    trained(tmp_path / "one", lanes=7)
    trained(tmp_path / "other", lanes=lanes)
    assert table(tmp_path / "one") == table(tmp_path / "other")


def test_a_changed_spec_is_refused_with_what_has_changed(tmp_path: Path):
    opened(tmp_path / "out").close()
    with pytest.raises(ExperimentError, match="another spec, which differs in epochs; name another folder"):
        opened(tmp_path / "out", epochs=5)


@pytest.mark.parametrize("text", ["edited", "torn"])
def test_an_edited_spec_gives_no_lane_another_value(tmp_path: Path, text: str):
    trained(tmp_path)
    kept, before = tmp_path / "spec.json", table(tmp_path)
    whole = kept.read_text()
    other = whole.replace("0.001", "0.5") if text == "edited" else whole[: len(whole) // 2]
    assert other != whole
    kept.write_text(other)
    with pytest.raises(ExperimentError, match=r"spec\.json"):
        read_results(tmp_path)
    if text == "edited":
        axes = [{"setting": "regularization.l2", "values": [0, 0.5, 0.1]}, AXES[1] | {"from": 0.5, "to": 0.6}]
        kept.write_text(dumps_spec(plan(axes=axes).spec))
        with pytest.raises(ExperimentError, match="was begun with another spec"):
            opened(tmp_path, axes=axes)
    assert trained(tmp_path).submitted == []
    assert kept.read_text() == whole
    assert table(tmp_path) == before


def test_a_changed_device_or_precision_is_refused(tmp_path: Path):
    opened(tmp_path / "out").close()
    with pytest.raises(ExperimentError, match=r"--precision: .* was begun with float32, not float64"):
        SweepFolder(tmp_path / "out", plan(), "cpu", "float64")


def test_another_version_goes_on_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened(tmp_path / "out").close()
    monkeypatch.setattr(folders, "versions", lambda: "neural-sketchbook 9.9")
    with pytest.raises(ExperimentError, match=r"and this is neural-sketchbook 9\.9; numbers may differ"):
        opened(tmp_path / "out")
    SweepFolder(tmp_path / "out", plan(), "cpu", "float32", across_versions=True).close()
    listed = json.loads((tmp_path / "out" / "manifest.json").read_text())["versions"]
    assert listed[1:] == ["neural-sketchbook 9.9"]
    opened(tmp_path / "out").close()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("all of it")
    with pytest.raises(ExperimentError, match=r"holds other files, such as thesis\.tex; name a new folder"):
        opened(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ExperimentError, match="is a file; name a folder"):
        opened(tmp_path / "file")


def test_a_damaged_manifest_is_mended_and_loses_no_batch(tmp_path: Path):
    out = tmp_path / "out"
    trained(out)
    for content in (b"", b"{", b"[]", b'{"format": "neural-sketchbook-sweep-results/1"}'):
        (out / "manifest.json").write_bytes(content)
        assert trained(out).submitted == []


def test_one_command_at_a_time(tmp_path: Path):
    first = opened(tmp_path / "out")
    with pytest.raises(ExperimentError, match=rf"another command \(process {os.getpid()}\) is at work in"):
        opened(tmp_path / "out")
    first.close()
    opened(tmp_path / "out").close()


def test_the_lock_goes_with_a_killed_process(tmp_path: Path):
    opened(tmp_path / "out").close()
    code = (
        "import sys; from pathlib import Path; from engine.sweep.lock import FolderLock;"
        "lock = FolderLock(Path(sys.argv[1])); print('has it', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "out")],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with other:
        assert other.stdout.readline() == "has it\n"
        with pytest.raises(ExperimentError, match=f"process {other.pid}"):
            opened(tmp_path / "out")
        other.kill()
        other.wait()
    opened(tmp_path / "out").close()


@pytest.mark.parametrize("stage", STAGES)
def test_a_disk_that_fails_loses_no_batch_and_leaves_no_half_one(tmp_path: Path, stage: str):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        trained(out, InProcess(stops_after=1))
    with FaultyDisk(out / "batches", stage, NUMBERS[0]) as disk:
        with pytest.raises(OSError, match="No space left on device"):
            trained(out)
        assert disk.happened
    assert all(read_batch(path) for path in batch_files(out))
    assert not list(out.rglob("*.tmp"))
    kept = sum(len(read_batch(path).rows) for path in batch_files(out))
    assert kept == (6 if stage == "folder's fsync" else 3)
    assert sum(len(job.rows) for job in trained(out).submitted) == 12 - kept
    trained(tmp_path / "whole")
    assert table(out) == table(tmp_path / "whole")


def test_what_a_killed_command_was_writing_is_removed(tmp_path: Path):
    out = tmp_path / "out"
    trained(out)
    left = out / "batches" / f".nsk-{'0' * 16}-{os.getpid()}-{'1' * 16}.tmp"
    left.write_bytes(b"half")
    trained(out)
    assert not left.exists()


def test_a_batch_that_fails_is_reported_with_its_settings_and_tried_again(tmp_path: Path):
    out = tmp_path / "out"
    trained(out, InProcess(frozenset({5})))
    (failure,) = json.loads((out / "failures.json").read_text())["failures"]
    assert 5 in failure["rows"]
    (lane,) = [one for one in failure["settings"] if one["lane"] == 5]
    assert lane == {
        "lane": 5,
        "regularization.l2": 0.1,
        "training.learning_rate": 0.00464,
        "seed": 0,
    }
    assert [one["why"] for one in failure["attempts"]] == ["there is not enough memory"] * 2
    results = read_results(out)
    assert not results.complete
    assert set(results.table.status[failure["rows"]]) == {"failed"}
    assert results.done == 12 - len(failure["rows"])
    assert results.failed == len(failure["rows"])
    assert results.why_failed == "there is not enough memory"
    again = trained(out)
    assert sorted(row for job in again.submitted for row in job.rows.tolist()) == sorted(failure["rows"])
    assert not (out / "failures.json").exists()
    assert read_results(out).complete


@pytest.mark.parametrize("attempts", ["none", "[]", "[3]", '[{"why": 5}]'])
def test_failures_that_say_nothing_are_counted_all_the_same(tmp_path: Path, attempts: str):
    out = tmp_path / "out"
    trained(out, InProcess(frozenset({5})))
    (failure,) = json.loads((out / "failures.json").read_text())["failures"]
    more = "" if attempts == "none" else f', "attempts": {attempts}'
    (out / "failures.json").write_text(f'{{"failures": [{{"rows": {failure["rows"]}{more}}}]}}')
    results = read_results(out)
    assert results.failed == len(failure["rows"])
    assert results.why_failed == ""


def test_a_sweep_on_the_way_can_be_read(tmp_path: Path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        trained(out, InProcess(stops_after=2), seeds=2)
    results = read_results(out)
    assert (results.done, len(results.table)) == (6, 24)
    waiting = results.table.status == "waiting"
    assert waiting.sum() == 18
    assert np.isnan(results.table.results["training_loss"][waiting]).all()
    assert np.isfinite(results.table.results["training_loss"][~waiting]).all()
    assert results.table.places.shape == (24, 2)
    assert results.table.settings["regularization.l2"][:5].tolist() == [0.0, 0.0, 0.001, 0.001, 0.1]
    assert results.table.names[3] == "lane 3"


@pytest.mark.parametrize("size", [16, 32])
def test_pictures_are_kept_and_read(tmp_path: Path, size: int):
    trained(tmp_path / "out", keep={"pictures": size})
    pictures = read_results(tmp_path / "out", pictures=12).pictures
    assert sorted(pictures) == list(range(12))
    assert pictures[0].shape[:2] == (size, size)
    assert read_results(tmp_path / "out").pictures == {}
    assert read_results(tmp_path / "out", pictures=11).pictures == {}


def test_pictures_of_another_shape_are_not_shown(tmp_path: Path):
    trained(tmp_path / "out", keep={"pictures": 16})
    (file, *others) = batch_files(tmp_path / "out")
    kept = read_batch(file, True)
    assert kept is not None
    names = np.array(["trained"] * len(kept.rows))
    write_batch(
        file, kept.key, JobResult(kept.rows, names, kept.columns, np.zeros((len(kept.rows), 16)), 0.0)
    )
    results = read_results(tmp_path / "out", pictures=100)
    assert results.complete
    assert others
    assert sorted(results.pictures) == sorted(set(range(12)) - set(kept.rows.tolist()))


def test_what_is_no_sweep_is_refused(tmp_path: Path):
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "zero\0"):
        with pytest.raises(ExperimentError, match="holds no sweep"):
            read_results(path)


def test_parquet_holds_the_same_table(tmp_path: Path):
    from pyarrow import csv, parquet

    trained(tmp_path / "out", axes=[{"setting": "network.activation", "values": ["tanh", "relu"]}])
    ours, theirs = (
        parquet.read_table(tmp_path / "out" / "results.parquet").to_pydict(),
        csv.read_csv(tmp_path / "out" / "results.csv").to_pydict(),
    )
    assert list(ours) == list(theirs)
    assert ours["lane"] == theirs["lane"] == [0, 1]
    assert ours["network.activation"] == theirs["network.activation"] == ["tanh", "relu"]
    assert ours["validation_loss"] == theirs["validation_loss"]
