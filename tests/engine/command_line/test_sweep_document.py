"""A document with a sweep at the command line: its cells are lanes, and each trains as it does alone."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.experiment import Experiment, default_experiment, dumps, edit_many, loads
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import cells, with_sweep, without_sweep

SMALL = {"data.generator.points": 40, "lanes.0.network.hidden": [3]}
COLUMNS, ROWS = (
    (0.0, 0.0001, 0.001, 0.01, 0.02, 0.05, 0.1, 0.5),
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
)


def swept() -> Experiment:
    axes = [SweepAxis("regularization.l2", COLUMNS), SweepAxis("training.learning_rate", ROWS)]
    return with_sweep(edit_many(default_experiment(), SMALL), 0, axes)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sweep") / "a.sketch.json"
    path.write_text(dumps(swept()))
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["run", *arguments, "--epochs", "2", "--step", "replay"]) == 0
    return capsys.readouterr().out


def test_all_cells_train_and_each_as_alone(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = json.loads(run(capsys, file, "--json"))["lanes"]
    assert len(lanes) == 64
    for cell in ((0, 0), (3, 5), (7, 7)):
        index = cells(swept())[cell]
        alone = tmp_path / f"{index}.sketch.json"
        alone.write_text(dumps(without_sweep(swept(), index)))
        (one,) = json.loads(run(capsys, str(alone), "--json"))["lanes"]
        assert one["loss"] == lanes[index]["loss"]


def test_the_table_has_a_line_for_each_cell(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, file, "--table").splitlines()
    table = lines[lines.index("") + 1 :]
    head = [part.strip() for part in table[0].strip("|").split("|")]
    assert head[:3] == ["", "learning rate", "λ₂"]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in table[2:66]]
    assert [row[0] for row in rows] == [lane.name for lane in swept().lanes]
    assert rows[1][1:3] == ["0.001", "0.0001"]
    assert sum("**" in row[head.index("Test loss")] for row in rows) >= 1


def test_histories_and_the_document_are_exported_with_all_cells(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, file, "--out", str(tmp_path / "out"))
    with (tmp_path / "out" / "metrics.csv").open(encoding="utf-8-sig", newline="") as read:
        names = [row["lane"] for row in csv.DictReader(read)]
    assert list(dict.fromkeys(names)) == [lane.name for lane in swept().lanes]
    kept = loads((tmp_path / "out" / "experiment.sketch.json").read_bytes())
    assert (kept.sweep, len(cells(kept))) == (swept().sweep, 64)


def test_a_setting_on_an_axis_is_not_set_and_others_are(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", file, "--epochs", "1", "--set", "lanes.3.regularization.l2=5"]) == 2
    assert (
        "λ₂ is on an axis of the sweep, so it is 0.01 here; change the axis or end the sweep."
        in capsys.readouterr().err
    )
    run(capsys, file, "--set", "lanes.3.regularization.l1=0.5")


def test_the_file_is_valid_and_a_bad_sweep_is_told_with_its_path(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", file]) == 0
    assert "64 lanes" in capsys.readouterr().out
    document = json.loads(Path(file).read_text())
    document["sweep"]["axes"][0]["values"][2] = "much"
    bad = tmp_path / "bad.sketch.json"
    bad.write_text(json.dumps(document))
    assert main(["validate", str(bad)]) == 2
    assert "sweep.axes.0" in capsys.readouterr().err


def test_a_script_is_of_one_cell_with_its_values(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = swept().lanes[11].name
    assert main(["code", file, "--target", "torch", "--lane", name]) == 0
    script = capsys.readouterr().out
    ast.parse(script)
    assert "lr=0.003" in script
    assert "0.01 * sum(weight.square()" in script


def test_the_schema_knows_sweeps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert "sweep" in described["$defs"]["Experiment"]["properties"]
    assert described["$defs"]["SweepAxis"]["properties"]["values"]["maxItems"] == 64
