"""``run --best``: every lane ends with the weights of its best epoch, however its run ended."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.command_line.run import _say_where_none_is_best
from engine.experiment import FORMAT, default_experiment, dumps, edit_many, from_json


@pytest.fixture
def sketch(tmp_path: Path) -> str:
    # So few points and so high a rate that the validation loss rises again.
    changes = {
        "data.generator.points": 40,
        "data.generator.noise": 0.5,
        "lanes.0.training.learning_rate": 0.1,
    }
    path = tmp_path / "a.sketch.json"
    path.write_text(dumps(edit_many(default_experiment(), changes)))
    return str(path)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["run", *arguments, "--epochs", "60", "--step", "replay", "--json"]) == 0
    lane: dict[str, object] = json.loads(capsys.readouterr().out)["lanes"][0]
    return lane


def test_with_it_the_losses_are_those_of_the_best_epoch(
    sketch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, best = outcome(capsys, sketch), outcome(capsys, sketch, "--best")
    assert best["best"] == plain["best"]
    assert isinstance(best["best"], dict)
    assert best["loss"] == best["best"]["loss"]
    assert plain["loss"] != plain["best"]["loss"]


def test_the_outcome_offers_the_best_weights_only_where_they_are_better(
    sketch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed, not the JSON: the way to the best weights, which a person may not know."""
    said = []
    for arguments in ((), ("--best",), ("--set", "data.split.validation=0", "--set", "data.split.test=0")):
        assert main(["run", sketch, *arguments, "--epochs", "60", "--step", "replay"]) == 0
        said.append(capsys.readouterr().out.splitlines()[0])
    plain, best, without = said
    assert "; best epoch " in plain
    assert plain.endswith("; --best ends with its weights")
    assert "with the weights of the best epoch, " in best
    assert "--best" not in best
    assert "best" not in without


def test_it_says_whose_numbers_and_models_they_are(
    sketch: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lane = outcome(capsys, sketch, "--best", "--out", str(tmp_path))
    assert isinstance(lane["best"], dict)
    epoch = lane["best"]["epoch"]
    assert lane["weights"] == {"which": "best", "epoch": epoch}
    assert last_words(tmp_path) == f"models: the weights of epoch {epoch}, the best"
    assert main(["run", sketch, "--best", "--epochs", "60", "--step", "replay"]) == 0
    printed = capsys.readouterr().out.splitlines()[0]
    assert f"; with the weights of the best epoch, {epoch}: training loss " in printed
    assert outcome(capsys, sketch, "--out", str(tmp_path))["weights"] == {"which": "newest", "epoch": None}
    assert last_words(tmp_path) == "models: as they are after step 120, with 60 whole epochs"


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_where_no_epoch_is_best_it_says_so_in_one_sentence(
    more: tuple[str, ...], sketch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    without = ("--set", "data.split.validation=0", "--epochs", "1", "--step", "replay")
    assert main(["run", sketch, "--best", *without, *more]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "There is no best epoch of any lane, because no validation loss was measured; --best changed nothing."
    ]
    assert main(["run", sketch, *without, *more]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("validation", "weights", "models"),
    [
        (0.25, "those of epoch 0, the best", "the weights of epoch 0, the best"),
        (0.0, "those that it began with, because", "the weights that the run began with"),
    ],
)
def test_a_divergence_and_whose_weights_are_left_are_said_once(
    validation: float, weights: str, models: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    diverging = {
        "data.split.validation": validation,
        "lanes.0.network.activation": "linear",
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 3.0,
    }
    sketch = tmp_path / "a.sketch.json"
    curve = from_json({"format": FORMAT, "data": {"task": "curve"}})
    sketch.write_text(dumps(edit_many(curve, diverging)))
    assert main(["run", str(sketch), "--epochs", "5", "--step", "replay", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.lower().count("diverged") == 1
    assert printed.count("no longer finite") == 1
    assert printed.count(f"the weights are {weights}") == 1
    assert "lane A: 0 epochs, " in printed
    events = rows(tmp_path)
    assert len([row for row in events if "weights are" in row["words"] or "back to" in row["words"]]) == 1
    assert events[-2]["words"].count("weights") == 1
    assert last_words(tmp_path) == f"models: {models}"


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "events.csv").read_text().splitlines()))


def last_words(folder: Path) -> str:
    return rows(folder)[-1]["words"]


@pytest.mark.parametrize(
    ("best", "whose"), [("A", "lanes B, C"), ("AB", "lane C"), ("", "any lane"), ("ABC", None)]
)
def test_lanes_without_a_best_epoch_are_named(
    best: str, whose: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    _say_where_none_is_best([{"name": name, "best": {} if name in best else None} for name in "ABC"])
    said = capsys.readouterr().err
    assert said.partition(" because")[0] == (f"There is no best epoch of {whose}," if whose else "")
