"""``run --best``: every lane ends with the weights of its best epoch, however its run ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.experiment import default_experiment, dumps, edit_many


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
    assert "; best epoch " in best
    assert "--best" not in best
    assert "best" not in without
