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
