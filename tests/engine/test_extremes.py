"""Extremes through the engine: data, shapes and settings that are rare, a foreign locale, a clock that jumps.

Each goes through the trainer, through the command line, and through the bytes of a kept run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from engine.__main__ import main
from engine.experiment import Experiment, ExperimentError, Points, dumps, edit_many
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, points_of, row, with_points

NET, TRAIN, SPLIT = "lanes.0.network", "lanes.0.training", "data.split"
EPOCHS = 3
GRID = [(float(x), float(y), (x + y) % 2, 0) for x in range(4) for y in range(3)]


@dataclass(frozen=True)
class Extreme:
    """An experiment, and what there is after three epochs of it.

    Attributes
    ----------
    changes, points
        Of the experiment; without points, its generator makes them.
    counts
        Points for training, validation and test.
    steps
        Updates of three epochs.
    ends
        Whether the lane diverges in its first epoch.
    way
        How it is computed: where compiling would take long, it is replayed.
    """

    counts: tuple[int, int, int]
    steps: int
    changes: dict[str, Any] = field(default_factory=dict)
    points: Points | None = None
    ends: bool = False
    way: str = "auto"

    @property
    def experiment(self) -> Experiment:
        settings = experiment(self.changes)
        return settings if self.points is None else with_points(settings, self.points)


def drawn(*rows: tuple[float, float, float, int]) -> Points:
    return points_of(list(rows))


EXTREMES = {
    "no points": Extreme((0, 0, 0), 0, points=drawn()),
    "one point": Extreme((1, 0, 0), 3, points=drawn((1.0, 2.0, 0, 0))),
    "one class": Extreme((12, 0, 0), 6, points=drawn(*((x, y, 1, 0) for x, y, _, _ in GRID))),
    "identical points": Extreme(
        (20, 5, 5), 6, points=drawn(*[(1.5, -2.0, 0, (0, 0, 0, 0, 1, 2)[n % 6]) for n in range(30)])
    ),
    "identical points of two classes": Extreme((6, 0, 0), 3, points=drawn(*[(0.0, 0.0, n % 2, 0) for n in range(6)])),
    "a batch beyond the data": Extreme((30, 15, 15), 3, {f"{TRAIN}.batch_size": 100_000}),
    "nothing to validate": Extreme((60, 0, 0), 18, {f"{SPLIT}.validation": 0.0, f"{SPLIT}.test": 0.0}),
    "all to validate": Extreme((0, 12, 0), 0, points=drawn(*((x, y, c, 1) for x, y, c, _ in GRID))),
    "nearly all to validate": Extreme((6, 54, 0), 3, {f"{SPLIT}.validation": 0.9, f"{SPLIT}.test": 0.0}),
    "the highest rate": Extreme((30, 15, 15), 9, {f"{TRAIN}.learning_rate": 100.0, f"{TRAIN}.optimizer": "sgd"}),
    "the highest rate, diverging": Extreme(
        (30, 15, 15),
        9,
        {f"{TRAIN}.learning_rate": 100.0, f"{TRAIN}.optimizer": "sgd", f"{NET}.activation": "relu",
         "lanes.0.regularization.l2": 10.0},
        ends=True,
    ),
    "64 sigmoid layers": Extreme(
        (30, 15, 15), 9, {f"{NET}.hidden": [2] * 64, f"{NET}.activation": "sigmoid"}, way="replay"
    ),
    "a layer of 512": Extreme((30, 15, 15), 9, {f"{NET}.hidden": [512]}),
    "100,000 points": Extreme(
        (50_000, 25_000, 25_000), 30, {"data.generator.points": 100_000, f"{TRAIN}.batch_size": 5000}
    ),
    "10 classes": Extreme((30, 15, 15), 9, {"data.classes": 10}),
}  # fmt: skip
TRAINED = {name: extreme for name, extreme in EXTREMES.items() if extreme.counts[0]}


@cache
def trained(name: str) -> Trainer:
    trainer = Trainer(EXTREMES[name].experiment, way=EXTREMES[name].way)
    for _ in range(EPOCHS):
        trainer.train_epoch()
    trainer.measure()
    return trainer


@pytest.mark.parametrize("name", EXTREMES)
def test_the_trainer_counts_right_and_keeps_finite_numbers(name: str) -> None:
    extreme, trainer = EXTREMES[name], trained(name)
    (run,), history = trainer.runs, trainer.runs[0].history.view()
    assert trainer.points.counts() == extreme.counts
    assert row(trainer).isfinite().all()
    missing = [count == 0 for count in extreme.counts]
    assert np.isnan(history.loss).tolist() == [missing] * len(history.epoch)
    assert np.isfinite(history.loss[:, ~np.array(missing)]).all()
    assert np.isnan(history.score).tolist() == [missing] * len(history.epoch)
    assert run.now is not None
    assert np.isfinite(run.now.loss).tolist() == [not none for none in missing]
    if extreme.ends:
        assert (run.status, history.epoch.tolist()) == ("diverged", [*range(run.epoch + 1)])
        assert run.stop is not None
        assert run.stop.kind == "divergence"
        assert run.step < extreme.steps
    else:
        epochs = EPOCHS if extreme.counts[0] else 0
        assert (run.status, run.epoch, run.step) == ("training", epochs, extreme.steps)
        assert history.epoch.tolist() == [*range(epochs + 1)]
        assert history.step.tolist() == [extreme.steps // EPOCHS * epoch for epoch in range(epochs + 1)]
    assert trainer.can_train == (extreme.counts[0] > 0 and not extreme.ends)
    assert (run.best is None) == (extreme.counts[0] == 0 or extreme.counts[1] == 0)


@pytest.mark.parametrize("name", EXTREMES)
def test_it_is_kept_and_goes_on_to_the_bit(name: str) -> None:
    trainer, way = trained(name), EXTREMES[name].way
    run = run_bytes(trainer.lanes)
    first, second = (Trainer.of_run(run, way=way) for _ in range(2))
    assert first.points == trainer.points
    assert bits(first) == bits(trainer)
    for one in (first, second):
        assert [of.status for of in one.runs] == [of.status for of in trainer.runs]
        assert one.runs[0].stops == trainer.runs[0].stops
        # Where there are no test points, the loss is nan, which equals nothing.
        assert repr(one.runs[0].best) == repr(trainer.runs[0].best)
        one.train_epoch()
    assert bits(first) == bits(second)
    uncut = Trainer(EXTREMES[name].experiment, way=way)
    for _ in range(EPOCHS + 1):
        uncut.train_epoch()
    assert bits(first) == bits(uncut)
    assert run_bytes(first.lanes) == run_bytes(uncut.lanes)


def run_of(settings: Experiment, folder: Path, *options: str) -> int:
    file = folder / "extreme.sketch.json"
    file.write_text(dumps(settings), encoding="utf-8")
    return main(["run", str(file), "--epochs", str(EPOCHS), *options])


@pytest.mark.parametrize("name", TRAINED)
def test_the_command_line_prints_the_trainers_numbers(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extreme, now = EXTREMES[name], trained(name).runs[0].now
    assert run_of(extreme.experiment, tmp_path, "--json", "--step", extreme.way) == 0
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    outcome = json.loads(out, parse_constant=pytest.fail)
    (lane,), (run,) = outcome["lanes"], trained(name).runs
    assert now is not None
    assert (lane["epochs"], lane["steps"]) == (run.epoch, run.step)
    assert [*lane["loss"].values()] == [None if np.isnan(loss) else loss for loss in now.loss.tolist()]
    assert bool(lane["stopped"]) == extreme.ends
    assert outcome["step"]["warnings"] == []


@pytest.mark.parametrize("name", [name for name in EXTREMES if name not in TRAINED])
def test_the_command_line_refuses_what_cannot_be_trained_in_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_of(EXTREMES[name].experiment, tmp_path, "--json") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "there are no training points" in err


BEYOND = {
    "a rate of 1e6": f"{TRAIN}.learning_rate=1e6",
    "65 layers": f"{NET}.hidden={[2] * 65}",
    "a layer of 513": f"{NET}.hidden=[513]",
    "100,001 points": "data.generator.points=100001",
    "11 classes": "data.classes=11",
    "all to validate, by share": f"{SPLIT}.validation=1.0",
    "shares of more than all": f"{SPLIT}.validation=0.9",
    "a batch of nothing": f"{TRAIN}.batch_size=0",
}
"""One more than the most that there may be."""


@pytest.mark.parametrize("what", BEYOND)
def test_beyond_the_extremes_one_line_says_what_there_may_be(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _, value = BEYOND[what].partition("=")
    with pytest.raises(ExperimentError) as caught:
        edit_many(experiment(), {path: json.loads(value)})
    assert run_of(experiment(), tmp_path, "--set", BEYOND[what]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert str(caught.value) in err
    assert len(err) <= 301


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_rate_of_a_million_that_no_check_has_seen_ends_with_finite_weights(
    activation: str, optimizer: str
) -> None:
    settings = experiment({f"{NET}.activation": activation, f"{TRAIN}.optimizer": optimizer})
    lane = settings.lanes[0]
    wild = msgspec.structs.replace(lane.training, learning_rate=1e6)
    settings = msgspec.structs.replace(settings, lanes=(msgspec.structs.replace(lane, training=wild),))
    trainer = Trainer(settings, way="replay")
    for _ in range(20):
        trainer.train_epoch()
    trainer.measure()
    (run,) = trainer.runs
    assert run.status in ("training", "diverged")
    assert (run.status == "diverged") == (run.stop is not None)
    assert run.status == "diverged" or run.epoch == 20
    assert row(trainer).isfinite().all()
    assert np.isfinite(run.history.view().loss).all()
    assert run.now is not None
    assert np.isfinite(run.now.loss).all()


# -- clocks


def jumping(start: float, jump: float) -> Callable[[], float]:
    """A clock that is set at every look, by turns there and back."""
    looks = 0

    def now() -> float:
        nonlocal looks
        looks += 1
        return start + jump * (looks % 2) + looks

    return now


@pytest.mark.parametrize(("jump", "hidden"), [(-1e9, [6, 3]), (1e9, [3, 6])])
def test_a_clock_that_jumps_changes_no_number(
    jump: float,
    hidden: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor does it disturb compiling, which happens meanwhile: no other test trains a network of this shape."""
    settings = experiment({f"{NET}.hidden": hidden, f"{NET}.activation": "softsign"})
    with monkeypatch.context() as set_clock:
        set_clock.setattr(time, "time", jumping(time.time(), jump))
        trainer = Trainer(settings)
        while trainer.epoch < EPOCHS:
            trainer.train(EPOCHS - trainer.epoch, seconds=0.05)
        trainer.measure()
        assert run_of(settings, tmp_path, "--json") == 0
        printed = capsys.readouterr()
    steady = Trainer(settings)
    for _ in range(EPOCHS):
        steady.train_epoch()
    assert bits(trainer) == bits(steady)
    assert run_bytes(trainer.lanes) == run_bytes(steady.lanes)
    assert run_of(settings, tmp_path, "--json") == 0
    assert capsys.readouterr() == printed


# -- locales


@pytest.fixture(scope="module")
def comma_locale(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that writes decimal commas, where such a locale is installed or can be made."""
    folder = tmp_path_factory.mktemp("locales")
    environments = [{"LC_ALL": name} for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8")]
    if shutil.which("localedef"):
        made = ["localedef", "--no-archive", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")]
        subprocess.run(made, check=False, capture_output=True)
        environments.insert(0, {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(folder)})
    program = (
        "import locale; locale.setlocale(locale.LC_ALL, ''); print(locale.localeconv()['decimal_point'])"
    )
    for environment in environments:
        words = [sys.executable, "-c", program]
        tried = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, text=True)
        if tried.stdout.strip() == ",":
            return environment
    pytest.skip("no locale with a decimal comma is installed, and localedef cannot make one here")


IN_LOCALE = """
import locale, sys
locale.setlocale(locale.LC_ALL, "")
assert locale.str(0.5) == "0,5"
from engine.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""As Qt does it: what C libraries read and write then follows the locale."""


def test_a_decimal_comma_changes_no_number_and_no_file(
    comma_locale: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = experiment({"lanes.0.regularization.l2": 0.0125, f"{TRAIN}.schedule": "cosine"})
    assert run_of(settings, tmp_path, "--json", "--out", str(tmp_path / "point")) == 0
    expected = capsys.readouterr().out
    environment = {**os.environ, **comma_locale, "NEURAL_SKETCHBOOK_CACHE": str(tmp_path / "cache")}
    words = ["run", str(tmp_path / "extreme.sketch.json"), "--epochs", str(EPOCHS), "--json"]
    ran = subprocess.run(
        [sys.executable, "-c", IN_LOCALE, *words, "--out", str(tmp_path / "comma")],
        env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", expected)
    names = sorted(path.name for path in (tmp_path / "point").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "comma").iterdir())
    for name in names:
        one, other = (tmp_path / folder / name for folder in ("point", "comma"))
        if one.suffix == ".pt":
            saved, again = (torch.load(path, weights_only=True) for path in (one, other))
            assert {key: value.tolist() for key, value in saved.items()} == {
                key: value.tolist() for key, value in again.items()
            }
        else:
            assert one.read_bytes() == other.read_bytes(), name
