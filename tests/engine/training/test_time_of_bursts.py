"""How much one call trains in a given time, by a clock that steps advance: no call may hold the window up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.experiment import Experiment, edit_many
from engine.training import trainer as trainer_module
from engine.training.trainer import Trained, Trainer
from tests.engine.helpers import experiment

FITS = 8
EACH = 2.0**-10
"""A power of two, so that sums are exact."""
SECONDS = FITS * EACH
LONG = experiment({"data.generator.points": 200, "lanes.0.training.batch_size": 1})
EDITS: dict[str, dict[str, Any]] = {
    "a rate": {"lanes.0.training.learning_rate": 0.02},
    "another program": {"lanes.0.regularization.l2": 0.01},
    "other draws": {"lanes.0.regularization.dropout.rate": 0.2},
    "another optimizer": {"lanes.0.training.optimizer": "momentum"},
    "other neurons": {"lanes.0.network.hidden": [6, 6]},
    "other batches": {"lanes.0.training.batch_size": 2},
    "other points": {"data.generator.noise": 0.3},
    "more points": {"data.generator.points": 300},
}


def clocked(monkeypatch: pytest.MonkeyPatch, settings: Experiment) -> Trainer:
    """A trainer whose clock goes on with its steps alone."""
    trainer = Trainer(settings, way="replay")
    steps = [0]
    clock, count = SimpleNamespace(perf_counter=lambda: EACH * steps[0]), Trainer._steps
    bursts, burst = trainer._bursts, trainer._bursts.train

    def stepped(self: Trainer, most: int) -> tuple[int, bool]:
        made, finished = count(self, most)
        steps[0] += made
        return made, finished

    def burst_made(epochs: int) -> int:
        per_epoch = trainer.batches_per_epoch
        made = burst(epochs)
        steps[0] += made * per_epoch
        return made

    monkeypatch.setattr(Trainer, "_steps", stepped)
    monkeypatch.setattr(bursts, "train", burst_made)
    monkeypatch.setattr(trainer_module, "time", clock)
    return trainer


def calls_until(trainer: Trainer, epoch: int) -> list[Trained]:
    made = []
    while trainer.epoch < epoch:
        made.append(trainer.train(None, SECONDS))
    return made


def test_the_first_call_trains_no_epoch_to_find_out_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer = clocked(monkeypatch, LONG)
    made = calls_until(trainer, 2)
    assert max(one.steps for one in made) <= FITS


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_buys_no_epoch(edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = clocked(monkeypatch, LONG)
    calls_until(trainer, 1)
    for settings in (edit_many(LONG, EDITS[edit]), LONG, edit_many(LONG, EDITS[edit])):
        trainer.set_experiment(settings)
        epoch = trainer.epoch
        made = [trainer.train(None, SECONDS), *calls_until(trainer, epoch + 1)]
        assert max(one.steps for one in made) <= FITS


def test_an_edit_of_numbers_keeps_bursts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An epoch that fits is one burst at once, as before the edit."""
    settings = experiment({"lanes.0.training.batch_size": 10})
    trainer = clocked(monkeypatch, settings)
    calls_until(trainer, 3)
    trainer.set_experiment(edit_many(settings, EDITS["a rate"]))
    assert trainer.batches_per_epoch <= FITS
    assert trainer.train(None, SECONDS) == Trained(1, trainer.batches_per_epoch)


def test_one_slow_step_is_no_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the first of a shape, which is compiled."""
    trainer = clocked(monkeypatch, LONG)
    trainer.train(None, SECONDS)
    trainer._each = 1000 * EACH
    trainer.train(None, SECONDS)
    assert trainer.train(None, SECONDS).steps == FITS


def test_without_a_limit_of_time_whole_epochs_are_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = clocked(monkeypatch, LONG)
    assert trainer.train(1).epochs == 1
