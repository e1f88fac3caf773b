"""``run --table``: the lanes of a file side by side, after what is printed of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.catalogue.texts import value_text
from engine.experiment import default_experiment, dumps, edit_many
from engine.experiment.lanes import with_duplicate


@pytest.fixture
def file(tmp_path: Path) -> str:
    small = {"data.generator.points": 60, "lanes.0.network.hidden": [4], "lanes.0.repeats": 3}
    lanes, _ = with_duplicate(edit_many(default_experiment(), small), 0, {"seed": 7, "repeats": 1})
    path = tmp_path / "a.sketch.json"
    path.write_text(dumps(lanes))
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["run", *arguments, "--epochs", "2", "--step", "replay"]) == 0
    return capsys.readouterr().out


def test_it_has_the_settings_that_differ_and_the_numbers_of_the_outcome(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = json.loads(printed(capsys, file, "--json"))["lanes"]
    lines = printed(capsys, file, "--table").splitlines()
    table = lines[lines.index("") + 1 :]
    assert table[:3] == ["|  | A (3 seeds) | B |", "| :--- | ---: | ---: |", "| seed | 0 | 7 |"]
    losses = sorted(lane["loss"]["test"] for lane in outcome[:3])
    row = next(line for line in table if line.startswith("| Test loss"))
    cells = [cell.strip(" *") for cell in row.strip("|").split("|")][1:]
    assert cells[0].startswith(f"{value_text(losses[1])} (")
    assert cells[1] == value_text(outcome[3]["loss"]["test"])
    assert "**" in row


def test_without_it_or_as_json_there_is_no_table(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "| Test loss" not in printed(capsys, file)
    assert list(json.loads(printed(capsys, file, "--json", "--table"))) == [
        "lanes",
        "step",
        "device",
        "precision",
    ]
