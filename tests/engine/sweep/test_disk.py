"""A disk that is full, or that nobody may write to, during the command: one sentence, nothing lost, and it goes on."""

from __future__ import annotations

import errno
import json
import shutil
from concurrent.futures import Future
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.sweep import executor, running
from engine.sweep.job import JobResult, SweepJob
from engine.sweep.results import read_results
from tests.engine.sweep.sweeps import InProcess, write_spec
from tests.faulty_disk import STAGES, FaultyDisk

NUMBERS = (errno.ENOSPC, errno.EROFS, errno.EACCES)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> list[InProcess]:
    """Who has trained, one for each command."""
    made: list[InProcess] = []

    def make(name: str, workers: int) -> InProcess:
        made.append(InProcess())
        return made[-1]

    monkeypatch.setattr(executor, "make_executor", make)
    return made


def words(folder: Path, out: Path) -> list[str]:
    spec = write_spec(folder / "spec.json")
    return ["sweep", str(spec), "--out", str(out), "--lanes-per-batch", "3", "--progress", "json"]


def trained(one: InProcess) -> list[int]:
    return sorted(row for job in one.submitted if job.trial is None for row in job.rows.tolist())


@pytest.fixture
def whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> bytes:
    assert main(words(tmp_path, tmp_path / "whole")) == 0
    capsys.readouterr()
    return (tmp_path / "whole" / "results.csv").read_bytes()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("below", ["batches", "."])
def test_the_command_says_one_sentence_and_goes_on(
    tmp_path: Path, whole: bytes, here, stage: str, number: int, below: str, capsys
) -> None:
    out = tmp_path / "out"
    here.clear()
    (out / "batches").mkdir(parents=True)
    with FaultyDisk(out / below, stage, number) as disk:
        status = main(words(tmp_path, out))
        happened = disk.happened
    said = capsys.readouterr()
    if not happened:
        # The folder itself is not synced, for instance.
        assert status == 0
        return
    assert status == 2
    assert said.err.count("\n") == 1
    assert "could not write" in said.err.lower()
    kept = 0
    if said.out:
        last = json.loads(said.out.splitlines()[-1])
        assert last["finished"] is False
        assert last["why"].lower() in said.err.lower()
        kept = read_results(out).done
        # A batch whose name may not be on the disk yet does not count.
        sure = kept - 3 if stage == "folder's fsync" else kept
        assert f"{sure} of 12 lanes " in said.err
        assert said.err.endswith("and the same command goes on.\n")
    assert main(words(tmp_path, out)) == 0
    assert (out / "results.csv").read_bytes() == whole
    assert len(trained(here[-1])) == 12 - kept


def test_a_table_that_cannot_be_written_loses_no_lane(
    tmp_path: Path, whole: bytes, here, monkeypatch, capsys
):
    from engine.sweep import results

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "could not write results.csv: No space left on device")

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(results, "atomic_write", full)
        assert main(words(tmp_path, out)) == 2
    said = capsys.readouterr()
    assert json.loads(said.out.splitlines()[-1])["finished"] is False
    assert "12 of 12 lanes are kept, and the same command goes on." in said.err
    assert main(words(tmp_path, out)) == 0
    assert trained(here[-1]) == []
    assert (out / "results.csv").read_bytes() == whole


class Endless(InProcess):
    """Its first batch never ends, and before it is begun somebody removes the folder."""

    capacity = 2

    def __init__(self, out: Path, moved: bool) -> None:
        super().__init__()
        self._out, self._moved = out, moved

    def submit(self, job: SweepJob) -> Future[JobResult]:
        if job.trial is not None:
            return super().submit(job)
        if self._out.exists():
            if self._moved:
                self._out.rename(self._out.with_name("elsewhere"))
            else:
                shutil.rmtree(self._out)
        return Future()


@pytest.mark.parametrize("moved", [False, True])
def test_a_folder_that_is_removed_is_told_before_a_batch_ends(
    tmp_path: Path, moved: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(executor, "make_executor", lambda name, workers: Endless(out, moved))
    monkeypatch.setattr(running, "LOOK", 0.0)
    assert main(words(tmp_path, out)) == 2
    said = capsys.readouterr()
    why = f"{out} was removed or moved while it was computed"
    assert json.loads(said.out.splitlines()[-1]) == {"finished": False, "done": 0, "total": 12, "why": why}
    assert said.err.endswith(f"{why}; the same command begins anew.\n")
    assert said.err.count("\n") == 1
    assert not out.exists()
