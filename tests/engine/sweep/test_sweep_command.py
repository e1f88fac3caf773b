"""``python -m engine sweep``: equal tables however it is run, stopped or killed, and lanes as if trained alone."""

import json
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.data.processes import lives
from engine.sweep.results import read_results
from tests.engine.sweep.sweeps import ROOT, command, environment, run, write_spec


def table(out: Path) -> bytes:
    return (out / "results.csv").read_bytes()


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words, "--progress", "json"), cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sweep that nobody has disturbed, by one worker."""
    folder = tmp_path_factory.mktemp("whole")
    spec = write_spec(folder / "spec.json", seeds=2)
    done = run(spec, "--out", folder / "out", "--workers", "1", "--lanes-per-batch", "24")
    assert done.returncode == 0, done.stderr
    assert "24 lanes in 1 group, 1 batch, 192 steps in all; about " in done.stderr
    return folder


@pytest.mark.slow
def test_two_workers_and_small_batches_give_the_same_file(whole: Path, tmp_path: Path):
    done = run(whole / "spec.json", "--out", tmp_path / "out", "--workers", "2", "--lanes-per-batch", "3")
    assert done.returncode == 0, done.stderr
    assert table(tmp_path / "out") == table(whole / "out")


def test_a_lane_of_the_sweep_gets_the_numbers_that_it_gets_alone(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    results = read_results(whole / "out").table.results
    for row in (0, 7, 23):
        assert main(["sweep", str(whole / "spec.json"), "--lane", str(row)]) == 0
        alone = tmp_path / "alone.sketch.json"
        alone.write_text(capsys.readouterr().out, "utf-8")
        assert main(["run", str(alone), "--epochs", "4", "--json"]) == 0
        (lane,) = json.loads(capsys.readouterr().out)["lanes"]
        for split in ("training", "validation", "test"):
            assert lane["loss"][split] == results[f"{split}_loss"][row]
            assert lane["accuracy"][split] == results[f"{split}_score"][row]


def disturbed(whole: Path, out: Path, kills: int) -> None:
    """Kill the command ``kills`` times, at its start or after some lines of its progress, then let it finish."""
    chance, landed = random.Random(kills), 0
    words = (whole / "spec.json", "--out", out, "--workers", "2", "--lanes-per-batch", "1")
    for _ in range(kills):
        with start(*words) as process:
            lines = chance.choice((0, 0, 1, 2))
            for _ in range(lines):
                process.stdout.readline()
            try:
                process.wait(chance.random() * (0.02 if lines else 1.5))
            except subprocess.TimeoutExpired:
                process.kill()
                landed += 1
    assert landed > kills // 2, "it was finished before it could be killed"
    done = run(*words)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_sweep_that_was_killed_goes_on_to_the_same_table(whole: Path, tmp_path: Path):
    disturbed(whole, tmp_path / "out", 2)
    assert table(tmp_path / "out") == table(whole / "out")


@pytest.mark.long
def test_a_sweep_that_was_killed_at_20_moments_goes_on_to_the_same_table(whole: Path, tmp_path: Path):
    disturbed(whole, tmp_path / "out", 20)
    assert table(tmp_path / "out") == table(whole / "out")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sweep_says_so_and_leaves_no_process(tmp_path: Path, number: int):
    spec = write_spec(tmp_path / "spec.json", epochs=100_000_000)
    with start(spec, "--out", tmp_path / "out", "--workers", "1", "--lanes-per-batch", "1") as process:
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert lines[0]["plan"]["lanes"] == 12
        workers = children_of(process.pid)
        process.send_signal(number)
        last = json.loads(process.stdout.read().splitlines()[-1])
        assert last == {"finished": False, "done": 0, "total": 12, "why": "it was interrupted"}
        assert process.wait() == 130
    assert workers
    assert not [pid for pid in workers if lives(pid)]


def children_of(pid: int) -> list[int]:
    found = []
    for entry in filter(str.isdecimal, os.listdir("/proc")):
        try:
            parent = int(Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found.append(int(entry))
    return found


def test_a_summary_names_the_best_cell_and_each_value(whole: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["sweep", "--summary", str(whole / "out"), "--by", "training_loss", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    losses = read_results(whole / "out").table.results["training_loss"].reshape(-1, 2).mean(axis=1)
    assert found["best"][0]["lane"] == 2 * int(losses.argmin())
    assert found["best"][0]["median"] == pytest.approx(losses.min())
    assert [part["value"] for part in found["axes"]["regularization.l2"]] == [0.0, 0.001, 0.1]
    assert {part["lanes"] for part in found["axes"]["regularization.l2"]} == {8}
    assert main(["sweep", "--summary", str(whole / "out")]) == 0
    assert "Best by validation loss (median of 2 seeds):" in capsys.readouterr().out


def test_a_summary_calls_nothing_best_where_nothing_is_better(
    whole: Path, capsys: pytest.CaptureFixture[str]
):
    for measure, sentence in (
        ("convergence", "No value of convergence is better than another one."),
        ("gap", "No value of loss gap is better than another one."),
        ("diverged", "No cell is best by diverged."),
    ):
        assert main(["sweep", "--summary", str(whole / "out"), "--by", measure, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["best"] == []
        assert main(["sweep", "--summary", str(whole / "out"), "--by", measure]) == 0
        assert sentence in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name the file of a spec; sweep --example prints one to start from."),
        (["nowhere.json", "--out", "x"], "nowhere.json"),
        (["{spec}"], "--out: is missing: name the folder for the results."),
        (["{spec}", "--lane", "99"], "Expected the number of a lane from 0 to 23, not 99."),
        (["--summary", "nowhere"], "Nowhere holds no sweep"),
        (["--summary", "{out}", "--by", "beauty"], "--by: there is no measure 'beauty'"),
        (["--example", "cake"], "--example: there is no 'cake'; choose one of grid, map"),
        (
            ["{spec}", "--out", "{out}", "--executor", "slurm"],
            "--executor: expected local or dask://HOST:PORT",
        ),
    ],
)
def test_bad_words_get_one_line(
    words: list[str], sentence: str, whole: Path, capsys: pytest.CaptureFixture[str]
):
    filled = [word.format(spec=whole / "spec.json", out=whole / "out") for word in words]
    assert main(["sweep", *filled]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
