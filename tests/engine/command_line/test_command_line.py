"""The headless command line: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.__main__ import main
from engine.catalogue.presets import PRESETS
from engine.data import read_csv, resolve_points
from engine.experiment import default_experiment, dumps, edit_many, loads, preset_experiment, schema
from engine.export.data_files import DATA_FORMATS, DataFormat, data_paths
from engine.export.history_files import HISTORY_FILES, HistoryFile
from engine.tape import recording
from engine.training.trainer import Trainer
from tests.deadline import DEADLINE
from tests.engine.helpers import experiment, lane, trained, with_lanes

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "experiment.sketch.json"
    path.write_text(
        dumps(with_lanes(experiment(), lane("A"), lane("B", {"network.hidden": [3]}))), encoding="utf-8"
    )
    return path


def run(*arguments: object) -> int:
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0)


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(*arguments) == 0
    found = capsys.readouterr()
    assert found.err == ""
    return found.out


def test_new_prints_the_default_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert loads(printed(capsys, "new")) == default_experiment()


def test_run_trains_no_muted_lane_and_says_so(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert run("run", file, "--epochs", 3, "--set", "lanes.1.muted=true", "--json") == 0
    found = capsys.readouterr()
    assert found.err == "Lane B is muted and not trained.\n"
    assert [(one["name"], one["epochs"]) for one in json.loads(found.out)["lanes"]] == [("A", 3), ("B", 0)]
    error = refused(capsys, "run", file, "--set", "lanes.0.muted=true", "--set", "lanes.1.muted=true")
    assert "all lanes are muted; unmute one to train" in error


@pytest.mark.parametrize("key", PRESETS)
def test_new_prints_a_demonstration_with_changes(capsys: pytest.CaptureFixture[str], key: str) -> None:
    name = key.replace("_", "-")
    assert loads(printed(capsys, "new", "--preset", name)) == preset_experiment(key)
    changed = loads(printed(capsys, "new", "--preset", name, "--set", "lanes.0.seed=7"))
    assert changed == edit_many(preset_experiment(key), {"lanes.0.seed": 7})


def test_an_unknown_demonstration_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    error = refused(capsys, "new", "--preset", "boredom")
    assert "'boredom'" in error
    assert "vanishing-gradient" in error


def test_new_sets_values_and_lets_defaults_follow_the_task(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(
        capsys, "new", "--set", "data.task=curve", "--set", "lanes.0.network.hidden=[4, 2]", "--set", "lanes.1.name=B",
        "--set", "lanes.1.training.optimizer=sgd",
    )  # fmt: skip
    found = loads(text)
    assert found.data.generator.name == "sine"
    assert [one.name for one in found.lanes] == ["A", "B"]
    assert found.lanes[0].network.hidden == (4, 2)
    assert found.lanes[0].network.features == ("x1",)
    assert found.lanes[1].training.optimizer.name == "sgd"


def test_schema_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed(capsys, "schema")) == schema()


def test_validate_says_what_is_there(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "validate", file) == f"{file}: valid (classification, 60 points, 2 lanes)\n"


def test_run_prints_one_json_object_with_the_trainers_numbers(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, "run", file, "--epochs", 4, "--json")
    assert text.count("\n") == 1
    lanes = json.loads(text)["lanes"]
    expected = trained(loads(file.read_bytes()), 4).lane_snapshots()
    for found, snapshot in zip(lanes, expected, strict=True):
        assert found["name"] == snapshot.name
        assert (found["epochs"], found["steps"]) == (4, 12)
        assert list(found["loss"].values()) == snapshot.now.loss.tolist()
        assert list(found["accuracy"].values()) == snapshot.now.score.tolist()
        assert [layer["weight_norm"] for layer in found["gradients"]] == snapshot.now.weight_gradient.tolist()


@pytest.mark.parametrize("way", ["eager", "replay", "compiled", "auto"])
def test_the_outcome_says_how_steps_were_computed(
    way: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = json.loads(printed(capsys, "run", file, "--epochs", 1, "--json", "--step", way))
    assert outcome["step"]["asked"] == way
    assert outcome["step"]["used"] in ([way] if way in ("eager", "replay") else ["replay", "compiled"])
    assert outcome["step"]["warnings"] == []
    assert [one["steps"] for one in outcome["lanes"]] == [3, 3]


def test_double_precision_changes_the_digits_alone(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    single, double = (
        json.loads(printed(capsys, "run", file, "--epochs", 2, "--json", "--precision", precision))
        for precision in ("float32", "float64")
    )
    for one, other in zip(single["lanes"], double["lanes"], strict=True):
        assert other["loss"]["training"] == pytest.approx(one["loss"]["training"], rel=1e-4)
        assert other["loss"]["training"] != one["loss"]["training"]


def test_the_outcome_says_where_it_was_trained(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    words = ("run", file, "--epochs", 1, "--device", "auto")
    outcome = json.loads(printed(capsys, *words, "--json", "--precision", "float64"))
    why = "because a processor is faster for networks as small as these"
    assert outcome["device"] == {"asked": "auto", "used": "cpu", "why": why}
    assert outcome["precision"] == "float64"
    assert main(list(map(str, words))) == 0
    assert f"Training by the processor, {why}.\n" in capsys.readouterr().err
    assert main(["run", str(file), "--device", "cuda"]) == 2
    assert capsys.readouterr().err == (
        "neural-sketchbook: --device: PyTorch sees no CUDA device here; use cpu.\n"
    )


def test_a_repeated_lane_is_trained_with_each_seed(
    capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path
) -> None:
    repeat, out = ("--set", "lanes.1.repeats=3"), tmp_path / "out"
    outcome = json.loads(printed(capsys, "run", file, "--epochs", 1, "--json", "--out", out, *repeat))
    assert [lane["name"] for lane in outcome["lanes"]] == ["A", "B", "B (seed 1)", "B (seed 2)"]
    alone = json.loads(printed(capsys, "run", file, "--epochs", 1, "--json", "--set", "lanes.1.seed=2"))
    assert outcome["lanes"][3]["loss"] == alone["lanes"][1]["loss"]
    assert loads((out / "experiment.sketch.json").read_text()).lanes[1].repeats == 3
    assert "B (seed 2)" in (out / "metrics.csv").read_text()


def test_eager_and_replay_print_the_same_numbers(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    eager, replay = (
        json.loads(printed(capsys, "run", file, "--epochs", 3, "--json", "--step", way))
        for way in ("eager", "replay")
    )
    assert eager["lanes"] == replay["lanes"]


def test_without_a_step_no_way_was_used(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = json.loads(printed(capsys, "run", file, "--epochs", 0, "--json"))
    assert outcome["step"] == {"asked": "auto", "used": None, "warnings": []}


def test_a_step_that_falls_back_is_in_the_outcome_and_in_the_log(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(function: Callable[[], object]) -> None:
        function()
        raise recording.Unrecordable("aten::odd")

    monkeypatch.setattr(recording, "record", refuse)
    monkeypatch.setattr(logging.root, "handlers", [])
    assert run("run", file, "--epochs", 1, "--json", "--step", "replay") == 0
    found = capsys.readouterr()
    step = json.loads(found.out)["step"]
    assert (step["asked"], step["used"]) == ("replay", "eager")
    assert step["warnings"]
    assert (
        "the training step on 10 rows cannot be replayed and runs more slowly: aten::odd" in step["warnings"]
    )
    assert found.err.splitlines() == step["warnings"]


def test_a_step_that_is_not_compiled_is_in_the_outcome_and_in_the_log(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("llvmlite")
    from engine.tape.compiler.source import Unlowerable
    from engine.training.step import compiled_step

    def refuse(*_: object) -> None:
        raise Unlowerable("aten::odd")

    monkeypatch.setattr(compiled_step.CompiledStep, "__init__", refuse)
    monkeypatch.setattr(logging.root, "handlers", [])
    assert run("run", file, "--epochs", 1, "--json", "--step", "compiled") == 0
    found = capsys.readouterr()
    step = json.loads(found.out)["step"]
    assert (step["asked"], step["used"]) == ("compiled", "replay")
    assert "the training step on 10 rows is replayed, not compiled: aten::odd" in step["warnings"]
    assert found.err.splitlines() == step["warnings"]


def test_run_tells_a_person_the_same(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "run", file, "--epochs", 2).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("lane A: 2 epochs, 6 steps; training loss 0.")
    assert "validation loss" in lines[0]
    assert "accuracy" in lines[0]


def test_run_on_a_curve_tells_r2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "curve.json"
    path.write_text(dumps(experiment(task="curve")), encoding="utf-8")
    assert "R² " in printed(capsys, "run", path, "--epochs", 1)


def test_set_changes_the_run(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = json.loads(printed(capsys, "run", file, "--epochs", 2, "--json"))
    changed = json.loads(
        printed(capsys, "run", file, "--epochs", 2, "--json", "--set", "lanes.0.training.learning_rate=0.1",
                "--set", "lanes.0.regularization.early_stopping={\"patience\": 9}")
    )  # fmt: skip
    assert changed["lanes"][0]["loss"] != plain["lanes"][0]["loss"]
    assert changed["lanes"][1] == plain["lanes"][1]


def test_no_epochs_measure_the_start(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lanes = json.loads(printed(capsys, "run", file, "--epochs", 0, "--json"))["lanes"]
    assert [(one["epochs"], one["steps"]) for one in lanes] == [(0, 0), (0, 0)]
    assert lanes[0]["loss"]["training"] > 0


def test_a_file_of_a_run_that_is_declared_is_written(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    history = HistoryFile(lambda lanes, task: f"{task} {[(lane.name, len(lane.history)) for lane in lanes]}")
    monkeypatch.setitem(HISTORY_FILES, "made-up.txt", history)
    data = DataFormat("Made up", lambda points, data, path: path.write_text(f"{data.task} {len(points)}"))
    monkeypatch.setitem(DATA_FORMATS, ".made", data)
    printed(capsys, "run", file, "--epochs", 3, "--out", tmp_path / "out")
    assert (tmp_path / "out" / "made-up.txt").read_text() == "classification [('A', 4), ('B', 4)]"
    points = resolve_points(loads(file.read_bytes()).data)
    assert (tmp_path / "out" / "data.made").read_text() == f"classification {len(points)}"


def test_out_writes_everything(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "deep" / "out"
    text = printed(capsys, "run", file, "--epochs", 3, "--out", folder, "--set", "lanes.0.seed=5")
    names = [
        "experiment.sketch.json",
        *(path.name for path in data_paths(folder)),
        *HISTORY_FILES,
        "model-A.pt",
        "model-B.pt",
        "model-A-best.pt",
        "model-B-best.pt",
    ]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert [line for line in text.splitlines() if line.startswith("wrote ")] == [
        f"wrote {folder / n}" for n in names
    ]
    settings = edit_many(loads(file.read_bytes()), {"lanes.0.seed": 5})
    assert loads((folder / "experiment.sketch.json").read_bytes()) == settings
    data, points = read_csv(folder / "data.csv", "classification"), resolve_points(settings.data)
    assert data.xy.tobytes() == points.xy.tobytes()
    assert data.split is not None
    assert data.split.tolist() == points.split.tolist()
    assert len((folder / "metrics.csv").read_text().splitlines()) == 1 + 2 * 4
    assert len((folder / "gradients.csv").read_text().splitlines()) == 1 + 4 * (3 + 2)
    state = torch.load(folder / "model-A.pt", weights_only=True)
    run_, _, row = trained(settings, 3).parameters("A")
    assert torch.equal(state["layers.0.weight"].T.flatten(), row[run_.layout.weight_slices()[0]])


def test_run_says_what_is_wrong(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    arguments = ["--epochs", 60, "--set", "lanes.1.training.learning_rate=0"]
    lanes = json.loads(printed(capsys, "run", file, *arguments, "--json"))["lanes"]
    (found,) = lanes[1]["diagnosis"]
    assert found["code"] == "learning_rate_too_low"
    assert found["message"].startswith(
        "Learning rate too low. At 0 a step moves a layer's weights not at all"
    )
    text = printed(capsys, "run", file, *arguments).splitlines()
    assert text.count(f"  {found['message']}") == 1
    assert text.index(f"  {found['message']}") == next(
        number for number, line in enumerate(text, 1) if line.startswith("lane B")
    )


def test_with_json_nothing_else_is_printed(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, "run", file, "--epochs", 1, "--json", "--out", tmp_path / "out")
    assert len(json.loads(text)["lanes"]) == 2
    assert (tmp_path / "out" / "metrics.csv").exists()


def test_the_outcome_is_the_same_every_time(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {printed(capsys, "run", file, "--epochs", 3, "--json", "--out", tmp_path / name) for name in "ab"}
    assert len(texts) == 1
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_results_may_replace_older_ones(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for epochs in (1, 2):
        printed(capsys, "run", file, "--epochs", epochs, "--out", tmp_path / "out", "--json")
    assert len((tmp_path / "out" / "metrics.csv").read_text().splitlines()) == 1 + 2 * 3


def test_models_of_other_runs_in_the_folder_are_named(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    printed(capsys, "run", file, "--epochs", 1, "--out", folder)
    for name in ("A", "B"):
        (folder / f"model-{name}.pt").rename(folder / f"model-{name}-mine.pt")
    (folder / "model-A-best.pt").write_text("old")
    assert run("run", file, "--epochs", 1, "--out", folder, "--json", "--set", "data.split.validation=0") == 0
    said = "Left from before, not of this run: model-A-mine.pt, model-B-mine.pt."
    assert capsys.readouterr().err.splitlines() == [said]
    models = ("model-A-mine.pt", "model-A.pt", "model-B-mine.pt", "model-B.pt")
    assert sorted(path.name for path in folder.glob("*.pt")) == sorted(models)


def test_divergence_ends_the_lane_not_the_run(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wild = ["optimizer=sgd", "learning_rate=100"]
    arguments = [part for value in wild for part in ("--set", f"lanes.0.training.{value}")]
    arguments += ["--set", "lanes.0.network.activation=relu", "--set", "lanes.0.regularization.l2=10"]
    lanes = json.loads(printed(capsys, "run", file, "--epochs", 5, "--json", *arguments))["lanes"]
    assert lanes[0]["stopped"]["best_epoch"] == 0
    assert "no longer finite" in lanes[0]["stopped"]["reason"]
    assert lanes[0]["loss"]["training"] is not None
    assert lanes[1]["stopped"] is None
    assert lanes[1]["epochs"] == 5
    text = printed(capsys, "run", file, *arguments)
    first = text.split("lane B: ")[0]
    assert lanes[0]["epochs"] == 1
    assert "in epoch 2" in first
    assert first.count("no longer finite") == 1


def test_early_stopping_ends_a_run_before_its_time(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    early = '={"patience": 1, "min_delta": 10}'
    arguments = [
        part for n in (0, 1) for part in ("--set", f"lanes.{n}.regularization.early_stopping{early}")
    ]
    lanes = json.loads(printed(capsys, "run", file, "--epochs", 10**12, "--json", *arguments))["lanes"]
    assert [one["stopped"]["epoch"] for one in lanes] == [1, 1]


BAD_TEXTS = {
    "empty": b"",
    "broken JSON": b'{"format": "neural-sketchbook/4",',
    "binary": bytes(range(256)),
    "other JSON": b"[1, 2]",
    "newer": b'{"format": "neural-sketchbook/9"}',
    "unknown key": b'{"format": "neural-sketchbook/4", "lane": []}',
    "bad value": b'{"format": "neural-sketchbook/4", "data": {"classes": 99}}',
    "NaN": b'{"format": "neural-sketchbook/4", "data": {"classes": NaN}}',
    "deep": b"[" * 100_000,
    "long number": b'{"format": "neural-sketchbook/4", "lanes": [{"seed": ' + b"9" * 5000 + b"}]}",
    "no characters": b'{"format": "neural-sketchbook/4", "lanes": [{"name": "\\ud800"}]}',
    "odd key": b'{"format": "neural-sketchbook/4", "a\\nb\\ud800": 1}',
    "unhashable": b'{"format": "neural-sketchbook/4", "data": {"generator": {"name": [1]}, "task": {}}}',
}
NO_TRAINING = b'{"format": "neural-sketchbook/4", "data": {"points": [[0, 0, 1, "test"]]}}'


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on standard error."""
    assert run(*arguments) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.endswith("\n")
    assert found.err.count("\n") == 1
    assert len(found.err) < 500
    assert "Traceback" not in found.err
    return found.err


def test_a_way_of_computing_that_does_not_exist_is_refused(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = refused(capsys, "run", file, "--step", "fast")
    assert "--step: invalid choice: 'fast'" in sentence
    for way in ("eager", "replay", "compiled", "auto"):
        assert way in sentence


@pytest.mark.parametrize("command", ["run", "validate"])
@pytest.mark.parametrize("content", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_bad_file_is_refused_by_name(
    command: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    assert str(path) in refused(capsys, command, path)


@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_missing_file_and_a_folder_are_refused(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "missing.json" in refused(capsys, command, tmp_path / "missing.json")
    assert str(tmp_path) in refused(capsys, command, tmp_path)


def test_without_training_points_nothing_can_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.json"
    for content in (NO_TRAINING, NO_TRAINING.replace(b'[[0, 0, 1, "test"]]', b"[]")):
        path.write_bytes(content)
        words = refused(capsys, "run", path)
        assert "there are no training points; add points" in words
        # Of no points at all no share is a training point.
        assert ("shares" in words) == (content == NO_TRAINING)
        assert "valid" in printed(capsys, "validate", path)


BAD_SETS = [
    "lanes.0.training.learning_rate", "=3", "", "lanes.5.seed=1", "lanes.x.seed=1", "lanes.².seed=1", "nothing=1",
    "lanes.0.training.learning_rate=fast", "lanes.0.training.learning_rate=NaN", "lanes.0.training.learning_rate=-1",
    "lanes.0.network.hidden.0=9999", "lanes.0.seed.x.y=1", "lanes=[]", "lanes.0.network.activation=step",
    "data.task=curve",
    "lanes.0.seed=" + "9" * 5000, "lanes=" + "[" * 100_000, "lanes.0.name=\ud800",
]  # fmt: skip


@pytest.mark.parametrize("assignment", BAD_SETS, ids=lambda text: ascii(text[:40]))
def test_a_bad_assignment_is_refused(assignment: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "run", file, "--epochs", 1, "--set", assignment)
    if "curve" not in assignment and "lanes.5" not in assignment and "hidden.0" not in assignment:
        refused(capsys, "new", "--set", assignment)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--columns", "x1=a"), "--columns: there is no table"),
        (("--preset", "overfits", "--task", "curve"), "--task: a demonstration has a task of its own"),
    ],
)
def test_what_would_be_ignored_is_refused(
    options: tuple[str, ...], place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place in refused(capsys, "new", *options)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0,001", 0.001), ("0,005", 0.005), ("1·10^-3", 0.001), ("5 %", 0.05), (",5", 0.5), ("1.284", 1.284)],
)
def test_a_number_is_set_as_people_write_it(
    text: str, value: float, capsys: pytest.CaptureFixture[str]
) -> None:
    found = loads(printed(capsys, "new", "--set", f"lanes.0.training.learning_rate={text}"))
    assert found.lanes[0].training.learning_rate == value


def test_a_number_with_two_meanings_is_not_guessed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = refused(capsys, "new", "--set", "lanes.0.training.learning_rate=1,284")
    assert "learning_rate: “1,284” may mean 1284 or 1.284; write one of these" in error
    assert "“1.284” is not a whole number; type 1284 or 1" in refused(
        capsys, "run", file, "--epochs", "1.284"
    )


@pytest.mark.parametrize("name", ["1,5", "nan", "50 %", "1 000"])
def test_a_name_stays_a_text(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert loads(printed(capsys, "new", "--set", f"lanes.0.name={name}")).lanes[0].name == name


@pytest.mark.parametrize("epochs", ["2", "2,0", "2e0", " 2 "])
def test_epochs_are_read_by_the_same_reader(
    epochs: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = json.loads(printed(capsys, "run", file, "--epochs", epochs, "--json"))["lanes"]
    assert lanes[0]["epochs"] == 2


@pytest.mark.parametrize("epochs", ["-1", "1.5", "many", "", "²", "1" * 5000])
def test_bad_epochs_are_refused(epochs: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--epochs" in refused(capsys, "run", file, f"--epochs={epochs}")


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["run"], ["validate"], ["new", "x"], ["run", "a", "--fast"]]
)
def test_a_command_that_makes_no_sense_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--help" in refused(capsys, *arguments)


def test_an_out_that_cannot_be_is_refused_before_training(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(self: Trainer, *arguments: Any, **named: Any) -> None:
        raise AssertionError("trained in vain")

    monkeypatch.setattr(Trainer, "train", train)
    assert "is a file; name a folder" in refused(capsys, "run", file, "--out", file)
    assert str(file) in refused(capsys, "run", file, "--out", file / "below")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "cannot be written to" in refused(capsys, "run", file, "--out", file.parent)


def test_a_write_that_fails_is_told_with_its_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = file.parent / "out"
    (folder / "metrics.csv").mkdir(parents=True)
    error = refused(capsys, "run", file, "--epochs", 1, "--out", folder)
    assert str(folder / "metrics.csv") in error


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "engine", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_as_a_process_it_trains(file: Path) -> None:
    found = process("run", str(file), "--epochs", "2", "--json", "--set", "lanes.0.name=λ")
    assert (found.returncode, found.stderr) == (0, b"")
    names = [one["name"] for one in json.loads(found.stdout)["lanes"]]
    assert names == ["λ", "B"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_as_a_process_it_writes_utf_8_whatever_the_terminal_says(encoding: str) -> None:
    found = process("schema", PYTHONIOENCODING=encoding)
    assert (found.returncode, found.stderr) == (0, b"")
    assert json.loads(found.stdout.decode()) == schema()


def test_as_a_process_it_refuses_in_one_line(tmp_path: Path) -> None:
    found = process("run", str(tmp_path / "missing.json"))
    assert (found.returncode, found.stdout) == (2, b"")
    assert found.stderr.count(b"\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
def test_as_a_process_it_says_when_its_output_cannot_be_written() -> None:
    with open("/dev/full", "wb") as full:
        found = subprocess.run(
            [sys.executable, "-m", "engine", "schema"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert found.returncode == 2
    assert found.stderr.decode().strip().endswith("The output: No space left on device.")
    assert b"Traceback" not in found.stderr


def test_a_reader_that_goes_away_is_no_mistake() -> None:
    """As in ``python -m engine schema | head -1``."""
    code = "import sys; sys.stdin.buffer.readline()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as reader:
        assert reader.stdin is not None
        writer = subprocess.Popen(
            [sys.executable, "-m", "engine", "schema"], cwd=ROOT, stdout=reader.stdin, stderr=subprocess.PIPE
        )
        reader.stdin.close()
        _, errors = writer.communicate(timeout=DEADLINE)
    assert errors == b""
    assert writer.returncode == 0


@pytest.mark.parametrize("command", ["new", "schema", "validate"])
def test_what_trains_nothing_loads_no_torch(command: str, file: Path) -> None:
    arguments = [command, str(file)] if command == "validate" else [command]
    code = (
        "import sys; from engine.__main__ import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, check=False
    )
    assert found.returncode == 0


def test_an_interrupted_run_ends_without_a_traceback(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Any, *arguments: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "train", interrupt)
    assert run("run", file) == 130
    assert capsys.readouterr() == ("", "")
