"""The application where there is no display, as a person starts it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from engine.experiment import default_experiment, dumps, edit_many, loads, switch_task

ROOT = Path(__file__).parents[3]


def start(folder, *arguments):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "gui_app", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")


@linux
def test_it_draws_trains_and_names_the_files_it_wrote(tmp_path):
    result = start(tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    said = result.stdout.splitlines()
    assert said[0] == (
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "Drawing, training and exporting without a window instead."
    )
    assert re.fullmatch(r"Drew \d+ points of two classes with the brush\.", said[1])
    accuracy = re.search(r"accuracy (\d\.\d+)\.$", said[2])
    assert float(accuracy[1]) >= 0.9
    named = [line.removeprefix("wrote ") for line in said[3:]]
    assert all(line.startswith("wrote ") for line in said[3:])
    assert {path for path in named if not (tmp_path / path).stat().st_size} == set()
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {os.path.basename(path) for path in named} == written
    assert {
        "canvas.png",
        "loss.svg",
        "gradient-per-layer.pdf",
        "data.csv",
        "metrics.csv",
        "model-A.pt",
    } <= written
    assert QImage(str(tmp_path / "out" / "canvas.png")).width() == 1600
    settings = json.loads((tmp_path / "out" / "experiment.sketch.json").read_text())
    drawn = int(re.search(r"\d+", said[1])[0])
    assert len(settings["data"]["points"]) == drawn


@linux
def test_it_trains_a_file(tmp_path):
    experiment = edit_many(
        switch_task(default_experiment(), "surface"),
        {"lanes.0.training.learning_rate": 0.01, "data.generator.points": 100},
    )
    path = tmp_path / "plane.sketch.json"
    path.write_text(dumps(experiment))
    result = start(tmp_path, path.name)
    assert result.returncode == 0, result.stderr
    assert "R² " in result.stdout.splitlines()[1]
    assert loads((tmp_path / "out" / "experiment.sketch.json").read_bytes()) == experiment


@linux
@pytest.mark.parametrize("content", [None, "{"])
def test_a_bad_file_is_one_line(tmp_path, content):
    path = tmp_path / "bad.sketch.json"
    if content is not None:
        path.write_text(content)
    result = start(tmp_path, path.name)
    reason = "No such file or directory." if content is None else "The file ends too early, in line 1."
    assert result.returncode == 2
    assert result.stderr.startswith(f"bad.sketch.json: {reason}")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@linux
def test_a_folder_that_cannot_be_written_ends_with_one_line(tmp_path):
    """A dialog would wait for ever."""
    (tmp_path / "out").write_text("a file")
    path = tmp_path / "small.sketch.json"
    path.write_text(dumps(edit_many(default_experiment(), {"data.generator.name": "gaussians"})))
    result = start(tmp_path, path.name)
    assert result.returncode == 2
    assert result.stderr == "Could not make the folder out: File exists.\n"


@linux
def test_files_and_models_that_cannot_be_written_are_named_and_the_others_are_there(tmp_path):
    path = tmp_path / "small.sketch.json"
    path.write_text(dumps(edit_many(default_experiment(), {"data.generator.name": "gaussians"})))
    for name in ("canvas.png", "model-A.pt"):
        # A folder in the place of a file, which no file can replace.
        (tmp_path / "out" / name / "kept").mkdir(parents=True)
    result = start(tmp_path, path.name)
    assert result.returncode == 2
    said = result.stderr.splitlines()
    assert any(line.startswith("out/canvas.png: ") for line in said), said
    assert any("model" in line for line in said), said
    assert "Traceback" not in result.stderr
    wrote = [line.removeprefix("wrote ") for line in result.stdout.splitlines() if line.startswith("wrote ")]
    assert "out/canvas.png" not in wrote
    assert "out/model-A.pt" not in wrote
    assert {"out/data.csv", "out/loss.svg", "out/experiment.sketch.json"} <= {*wrote}
    assert all((tmp_path / name).is_file() for name in wrote)


@linux
def test_a_table_is_imported_and_what_was_taken_for_what_is_told(tmp_path):
    rows = [f"{x},{470 + y},{'ab'[x > 50]}" for x in range(0, 100, 7) for y in range(0, 60, 9)]
    (tmp_path / "points.csv").write_text("\n".join(["x1,x2,class", *rows, "1,oops,a"]))
    result = start(tmp_path, "points.csv")
    assert result.returncode == 0, result.stderr
    assert "1 row refused" in result.stderr
    assert "oops" in result.stderr
    experiment = loads((tmp_path / "out" / "experiment.sketch.json").read_bytes())
    assert len(experiment.data.points) == len(rows)
    assert experiment.lanes[0].network.input_scaling == "unit"
    assert experiment.data.extent.y == (465.0, 530.0)


@linux
def test_without_training_points_it_says_so(tmp_path):
    path = tmp_path / "tests.csv"
    path.write_text("x1,x2,class,split\n1,2,a,test\n2,1,b,test\n")
    result = start(tmp_path, path.name)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("There are no training points: ")
