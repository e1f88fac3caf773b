"""The L1 and L2 penalty of every epoch, whichever way it was trained, and as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from engine.experiment.kept_run import Kept, pack, rows_type, unpack
from engine.observation.measure import fit_parts
from engine.tape.ways import Way
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment

REG = "lanes.0.regularization"
BOTH = {f"{REG}.l1": 0.002, f"{REG}.l2": 0.03}


def trained(changes: Mapping[str, Any], way: Way = Way.AUTO, epochs: int = 12) -> Trainer:
    trainer = Trainer(experiment(dict(changes)), way=way)
    for _ in range(epochs):
        trainer.train_epoch()
    return trainer


def weights_of(trainer: Trainer) -> np.ndarray:
    run, _, row = trainer.parameters("A")
    return row[: run.layout.weights].double().numpy()


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("update", ["subgradient", "proximal"])
def test_the_parts_are_those_of_numpy_and_add_up(way: Way, update: str) -> None:
    trainer = trained(BOTH | {f"{REG}.l1_update": update}, way)
    view, weights = trainer.runs[0].history.view(), weights_of(trainer)
    expected = [0.002 * np.abs(weights).sum(), 0.03 * np.square(weights).sum()]
    assert view.penalty_parts[-1] == pytest.approx(expected, rel=1e-6)
    assert view.penalty_parts.sum(1) == pytest.approx(view.penalty, rel=4e-16)
    assert len(view) == 13


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("part", [0, 1])
def test_one_penalty_alone_is_all_of_it(way: Way, part: int) -> None:
    view = trained({f"{REG}.{('l1', 'l2')[part]}": 0.01}, way).runs[0].history.view()
    assert (view.penalty > 0.0).all()
    np.testing.assert_array_equal(view.penalty_parts[:, part], view.penalty)
    assert not view.penalty_parts[:, 1 - part].any()


def test_without_penalties_both_parts_are_zero() -> None:
    assert not trained({}).runs[0].history.view().penalty_parts.any()


def test_an_edit_of_a_strength_counts_from_its_epoch_on() -> None:
    trainer = trained(BOTH, epochs=5)
    trainer.set_lanes(experiment({f"{REG}.l1": 0.0, f"{REG}.l2": 0.06}).lanes)
    for _ in range(5):
        trainer.train_epoch()
    view = trainer.runs[0].history.view()
    assert (view.penalty_parts[:6, 0] > 0.0).all()
    assert not view.penalty_parts[6:, 0].any()
    assert view.penalty_parts[-1, 1] == pytest.approx(0.06 * np.square(weights_of(trainer)).sum(), rel=1e-6)


def test_a_kept_run_keeps_them() -> None:
    trainer = trained(BOTH)
    again = Trainer.of_run(run_bytes(trainer.lanes))
    for each in (trainer, again):
        each.train_epoch()
    first, second = (each.runs[0].history.view().penalty_parts for each in (trainer, again))
    assert first.tobytes() == second.tobytes()


def test_a_run_that_an_older_app_has_kept_goes_on() -> None:
    """Its rows told the penalty alone; which parts it had then is not known."""
    trainer = trained(BOTH)
    kept = unpack(run_bytes(trainer.lanes))
    losses = kept.arrays["0.losses"]
    older = np.zeros(len(losses), rows_type(7))
    older["when"], older["numbers"] = losses["when"], losses["numbers"][:, :7]
    run = pack(Kept(kept.epoch, kept.lanes, kept.content, {**kept.arrays, "0.losses": older}))
    again = Trainer.of_run(run)
    assert again.without_history == ()
    for each in (trainer, again):
        each.train_epoch()
    now, then = (each.runs[0].history.view() for each in (trainer, again))
    assert then.penalty.tobytes() == now.penalty.tobytes()
    assert then.score.tobytes() == now.score.tobytes()
    assert np.isnan(then.penalty_parts[:-1]).all()
    np.testing.assert_array_equal(then.penalty_parts[-1], now.penalty_parts[-1])


def test_parts_that_are_not_all_of_the_penalty_stay_what_they_are() -> None:
    """Another term, an overflow and memory that was never written are no rounding."""
    rows = np.zeros((3, 9))
    rows[:, 3] = 1.0, np.inf, np.nan
    rows[:, 7:] = [[0.2, 0.3], [np.inf, 1.0], [np.nan, 1.0]]
    expected = rows.copy()
    fit_parts(rows)
    np.testing.assert_array_equal(rows, expected)
