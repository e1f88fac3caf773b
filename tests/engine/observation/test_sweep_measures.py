"""What sweeps are judged by: each number is the engine's, and says what its name says."""

from dataclasses import replace

import numpy as np
import pytest

from engine.experiment import edit_many
from engine.observation.sweep_measures import SWEEP_MEASURES, Threshold, convergence, measured, result_of
from tests.engine.helpers import experiment, trained

MEASURES = [
    "validation_loss",
    "test_loss",
    "training_loss",
    "validation_score",
    "test_score",
    "training_score",
    "gap",
    "lowest_validation_loss",
    "best_epoch",
    "epochs_to_threshold",
    "gradient_ratio",
    "zero_share",
    "epochs",
    "diverged",
    "convergence",
]


def test_measures_have_their_order():
    assert list(SWEEP_MEASURES) == MEASURES


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_a_result_has_the_numbers_of_the_engine(task):
    settings = experiment(task=task)
    trainer = trained(settings, 6, "replay")
    seen = trainer.lane_snapshots()[0]
    found = {
        key: one[0] for key, one in measured([result_of(seen, settings.lanes[0], settings.data)]).items()
    }
    for split, name in enumerate(("training", "validation", "test")):
        assert found[f"{name}_loss"] == seen.now.loss[split]
        assert found[f"{name}_score"] == seen.now.score[split]
    assert found["gap"] == seen.now.loss[1] - seen.now.loss[0]
    assert found["lowest_validation_loss"] == seen.history.loss[:, 1].min()
    assert found["best_epoch"] == seen.history.loss[:, 1].argmin()
    assert found["gradient_ratio"] == seen.now.weight_gradient[0] / seen.now.weight_gradient[-1]
    assert found["epochs"] == 6
    assert found["diverged"] == found["zero_share"] == 0
    relative = seen.history.loss[:, 0] / seen.history.loss[0, 0]
    assert found["convergence"] == -relative.sum()
    assert np.isnan(found["epochs_to_threshold"])


def test_a_threshold_is_reached_from_above_by_losses_and_from_below_by_scores():
    settings = experiment()
    seen = trained(settings, 12, "replay").lane_snapshots()[0]
    losses, scores = seen.history.loss[:, 0], seen.history.score[:, 0]
    for measure, value, first in (
        ("training_loss", losses[7], np.flatnonzero(losses <= losses[7])[0]),
        ("training_score", scores.max(), scores.argmax()),
    ):
        threshold = Threshold(measure, float(value))
        assert result_of(seen, settings.lanes[0], settings.data, threshold).epochs_to_threshold == first
    never = Threshold("training_loss", 0.0)
    assert np.isnan(result_of(seen, settings.lanes[0], settings.data, never).epochs_to_threshold)


def test_while_nobody_watches_layers_the_last_numbers_known_of_them_count():
    settings = experiment()
    trainer = trained(settings, 3, "replay")
    trainer.train_epoch()
    trainer.step()
    trainer.measure([])
    seen = trainer.lane_snapshots()[0]
    unwatched = replace(seen.now, layers=np.full_like(seen.now.layers, np.nan))
    found = result_of(replace(seen, now=unwatched), settings.lanes[0], settings.data)
    last = seen.history.weight_gradient[-1]
    assert found.gradient_ratio == last[0] / last[-1]


def test_a_run_that_diverges_is_said_to():
    settings = experiment(
        {"lanes.0.training.learning_rate": 100.0, "lanes.0.training.optimizer": "sgd"}, task="curve"
    )
    trainer = trained(settings, 4, "replay")
    found = result_of(trainer.lane_snapshots()[0], settings.lanes[0], settings.data)
    assert found.status == "diverged"
    assert found.convergence > 0.0
    assert SWEEP_MEASURES["diverged"].of(found) == 1.0


def test_convergence_is_signed_and_ordered_by_speed():
    steps = np.arange(50)
    fast, slow = (convergence(0.9 * np.exp(-rate * steps)) for rate in (1.0, 0.1))
    assert slow < fast < 0.0
    grows_fast, grows_slowly = (convergence(np.exp(rate * steps)) for rate in (1.0, 0.1))
    assert 0.0 < grows_fast < grows_slowly
    assert convergence(np.array([1.0, 2.0, np.inf, np.nan])) == 1.5
    assert convergence(np.array([1.0, 0.5]), diverged=True) == 3.0
    assert np.isnan(convergence(np.array([1.0])))


def test_scores_are_named_and_written_as_the_task_does():
    score = SWEEP_MEASURES["validation_score"]
    assert (score.label_for("curve"), score.text_for("curve", 0.5)) == ("Validation R²", "0.50")
    assert (score.label_for("classification"), score.range_for("classification")) == (
        "Validation accuracy",
        (0.0, 1.0),
    )
    assert score.range_for("surface") is None
    assert score.text_for("curve", np.nan) == "–"


@pytest.mark.parametrize("within", [0, 1], ids=["after an epoch", "amid an epoch"])
@pytest.mark.parametrize("edit_of", ["data", "loss"])
def test_a_threshold_counts_from_the_latest_edit_of_the_data_or_the_loss(edit_of, within):
    settings = experiment({"lanes.0.training.batch_size": 10})
    trainer = trained(settings, 6, "replay")
    for _ in range(within):
        trainer.step()
    changes = {"data": {"data.split.seed": 3}, "loss": {"lanes.0.training.loss": "squared"}}[edit_of]
    after = edit_many(settings, changes)
    trainer.set_experiment(after)
    anything = Threshold("training_loss", 1e9)
    seen = trainer.lane_snapshots()[0]
    found = result_of(seen, after.lanes[0], after.data, anything)
    assert np.isnan([found.epochs_to_threshold, found.convergence]).all()
    for _ in range(4):
        trainer.train_epoch()
    seen = trainer.lane_snapshots()[0]
    losses = seen.history.loss[-4:, 0]
    for at, loss in enumerate(losses, start=1):
        if loss == losses[:at].min():
            reached = result_of(seen, after.lanes[0], after.data, Threshold("training_loss", float(loss)))
            assert reached.epochs_to_threshold == at
    found = result_of(seen, after.lanes[0], after.data, anything)
    assert found.epochs_to_threshold == 1
    assert found.convergence == convergence(losses)


def test_an_edit_before_the_first_step_leaves_the_count_at_the_start():
    settings = experiment()
    trainer = trained(settings, 0, "replay")
    after = edit_many(settings, {"data.split.seed": 3})
    trainer.set_experiment(after)
    trainer.train_epoch()
    seen = trainer.lane_snapshots()[0]
    found = result_of(seen, after.lanes[0], after.data, Threshold("training_loss", 1e9))
    assert found.epochs_to_threshold == 0


def test_halves_of_epochs_are_written():
    text = SWEEP_MEASURES["epochs_to_threshold"].text_for
    assert [text("curve", value) for value in (0.5, 12.0, 1234.0, np.nan)] == ["0.5", "12", "1,234", "–"]
