"""``python -m engine code``: a lane as a script, printed or written with the files that it reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.experiment import SPLITS, Experiment, dumps
from engine.experiment.lanes import with_duplicate
from tests.engine.export.code.running import read_losses
from tests.engine.helpers import experiment, trained


@pytest.fixture
def settings() -> Experiment:
    lanes, _ = with_duplicate(experiment(), 0, {"name": "wide lane", "network.hidden": [7]})
    return lanes


@pytest.fixture
def file(settings: Experiment, tmp_path: Path) -> str:
    path = tmp_path / "two.sketch.json"
    path.write_text(dumps(settings), encoding="utf-8")
    return str(path)


def test_it_prints_the_script_of_the_first_lane(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", file, "--target", "torch"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith('"""Lane A of a Neural Sketchbook experiment, in PyTorch.\n')
    assert "nn.Linear(2, 5)," in printed.out
    assert "epochs = 100\n" in printed.out
    assert printed.err == "The script reads data.csv, which --out writes beside it.\n"


def test_a_written_script_runs_by_itself_and_has_the_losses_of_its_lane(
    file: str, settings: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    arguments = ["--lane", "wide lane", "--with-weights", "--epochs", "3", "--out", str(folder / "wide.py")]
    assert main(["code", file, "--target", "torch", *arguments]) == 0
    written = ["wide.py", "data.csv", "initial-wide_lane.npz"]
    assert capsys.readouterr().out.splitlines() == [f"wrote {folder / name}" for name in written]
    command = [sys.executable, "-W", "error", "wide.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    title, losses = read_losses(done.stdout.splitlines()[-1])
    expected = trained(settings, 3, "eager").runs[1].history.view().loss[-1]
    assert title == "epoch 3"
    assert losses == pytest.approx(dict(zip(SPLITS, expected.tolist(), strict=True)), rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "torch", "--lane", "Z"], "there is no lane 'Z'; choose one of A, wide lane"),
        (["--target", "fortran"], "choose from"),
    ],
)
def test_it_says_what_there_is_not(
    file: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["code", file, *arguments])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_without_training_points_there_is_nothing_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.sketch.json"
    path.write_text(dumps(experiment({"data.points": []})), encoding="utf-8")
    assert main(["code", str(path), "--target", "torch"]) == 2
    assert "there are no training points" in capsys.readouterr().err


@pytest.mark.parametrize("flag", [[], ["--with-weights"]])
def test_it_replaces_no_other_file_that_lies_where_the_script_reads(
    flag: list[str], file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / ("initial-A.npz" if flag else "data.csv")
    precious.write_text("precious")
    assert main(["code", file, "--target", "torch", *flag, "--out", str(tmp_path / "m.py")]) == 2
    said = capsys.readouterr().err
    assert f"{precious}: another file is there already" in said
    assert "write the script into another folder" in said
    assert precious.read_text() == "precious"
    assert {path.name for path in tmp_path.iterdir()} == {precious.name, "two.sketch.json"}


def test_the_same_script_is_written_again(file: str, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "m.py")]
    assert [main(["code", file, "--target", key, *out]) for key in ("torch", "keras")] == [0, 0]
    assert "keras" in (tmp_path / "m.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["data.csv", "DATA.csv"])
def test_a_script_does_not_replace_its_own_points(
    name: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["code", file, "--target", "torch", "--out", str(tmp_path / name)]) == 2
    assert "give it another one" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["two.sketch.json"]
