"""How many processes of this machine train, whatever is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.command_line import sweep
from engine.sweep import executor
from tests.engine.sweep.sweeps import InProcess, write_spec


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which executors were asked for; this machine has two processors."""
    found: list[tuple[str, int]] = []

    def make(name: str, workers: int) -> InProcess:
        found.append((name, workers))
        one = InProcess()
        one.workers = workers
        return one

    monkeypatch.setattr(executor, "make_executor", make)
    monkeypatch.setattr(sweep, "processors", lambda: 2)
    return found


def test_more_workers_than_processors_are_not_used_and_a_line_says_so(
    made: list[tuple[str, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sweep", str(write_spec(tmp_path / "spec.json")), "--device", "cpu"]
    assert main([*words, "--plan", "--json", "--workers", "24"]) == 0
    said = capsys.readouterr()
    assert said.err == "This machine has 2 processors: 2 workers train, not 24.\n"
    assert json.loads(said.out)["batches"] == 2, "as many as workers, not one of a lane each"
    out = tmp_path / "out"
    assert main([*words, "--out", str(out), "--progress", "none", "--workers", "100000"]) == 0
    assert capsys.readouterr().err == "This machine has 2 processors: 2 workers train, not 100,000.\n"
    assert len(list((out / "batches").iterdir())) == 2
    assert made == [("local", 2)] * 2


@pytest.mark.parametrize(("asked", "used"), [([], 2), (["--workers", "1"], 1), (["--workers", "2"], 2)])
def test_as_many_as_processors_or_fewer_are_used_without_a_word(
    made: list[tuple[str, int]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    used: int,
) -> None:
    spec = str(write_spec(tmp_path / "spec.json"))
    assert main(["sweep", spec, "--device", "cpu", "--plan", *asked]) == 0
    assert capsys.readouterr().err == ""
    assert made == [("local", used)]


def test_a_machine_of_one_processor_has_one_worker(
    made: list[tuple[str, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sweep, "processors", lambda: 1)
    spec = str(write_spec(tmp_path / "spec.json"))
    assert main(["sweep", spec, "--device", "cpu", "--plan", "--workers", "3"]) == 0
    assert capsys.readouterr().err == "This machine has 1 processor: 1 worker trains, not 3.\n"


def test_the_processors_of_this_machine_limit_no_cluster(
    made: list[tuple[str, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = str(write_spec(tmp_path / "spec.json"))
    words = ["--plan", "--workers", "24", "--executor", "dask://localhost:8786"]
    assert main(["sweep", spec, "--device", "cpu", *words]) == 0
    assert capsys.readouterr().err == ""
    assert made == [("dask://localhost:8786", 24)]
