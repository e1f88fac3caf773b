"""Early stopping against a simulation by hand over the losses of a run without it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.experiment import EarlyStoppingSettings, Experiment, Lane, Points, edit
from engine.network import Layout
from engine.training.early_stopping import StoppingWatch
from engine.training.endings import early_stopping
from engine.training.lane_run import LaneRun
from engine.training.models import save_models
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes, with_points
from tests.engine.seeds import of_seeds

EPOCHS = 60
STOPPING = "lanes.0.regularization.early_stopping"
NOISY = {
    "lanes.0.seed": 5,
    "data.generator.noise": 0.5,
    "lanes.0.training.learning_rate": 0.05,
    "data.generator.name": "gaussians",
}


@dataclass
class Expected:
    """``best`` is the last epoch that was better by more than the minimum gain, ``lowest`` that of the lowest loss."""

    stopped: int | None
    best: int
    lowest: int


def simulate(losses: np.ndarray, patience: int, min_delta: float) -> Expected:
    """The rule in the lecture's words: no new best for ``patience`` epochs. Index 0 is before training."""
    best, lowest = 0, losses[0]
    for epoch in range(1, len(losses)):
        if losses[epoch] < lowest - min_delta:
            best, lowest = epoch, losses[epoch]
        elif epoch - best >= patience:
            return Expected(epoch, best, int(np.argmin(losses[: epoch + 1])))
    return Expected(None, best, int(np.argmin(losses)))


def new_run(settings: Lane) -> LaneRun:
    return LaneRun(settings, Layout.of(settings, experiment().data))


def note(run: LaneRun, epoch: int, training: float, validation: float) -> None:
    """Let a run have these losses after an epoch."""
    run.epoch, run.step = epoch, 10 * epoch
    run.note_epoch(np.array([training, validation, validation, *[0.0] * 6]), run.first_state().row)


@pytest.mark.parametrize(
    ("settings", "rises", "stops"),
    [
        ({"criterion": "patience", "patience": 3}, False, 53),
        ({"criterion": "generalization_loss", "alpha": 2.0}, False, 51),
        ({"criterion": "quotient", "alpha": 2.0}, False, 56),
        ({"criterion": "up", "strips": 2}, True, 61),
        ({"criterion": "up", "strips": 2}, False, None),
    ],
)
def test_what_counts_of_before_when_it_is_switched_on_is_what_each_criterion_says(
    settings: dict[str, object], rises: bool, stops: int | None
) -> None:
    """After epoch 50, with a best loss of 0.1 behind it that no loss since comes near."""
    run = new_run(lane("A"))
    note(run, 20, 0.1, 0.1)
    run.epoch = 50
    chosen = EarlyStoppingSettings(**settings)  # type: ignore[arg-type]
    run.take_settings(edit(with_lanes(experiment(), lane("A")), STOPPING, chosen).lanes[0])
    ends = []
    for epoch in range(51, 80):
        note(run, epoch, 0.05, 0.2 + 0.01 * rises * (epoch - 51))
        if early_stopping(run) is not None:
            ends.append(epoch)
    assert (ends[0] if ends else None) == stops


def stopping(patience: int, min_delta: float = 0.0, restore_best: bool = True) -> Experiment:
    settings = {"patience": patience, "min_delta": min_delta, "restore_best": restore_best}
    return experiment({**NOISY, "lanes.0.regularization.early_stopping": settings})


@pytest.fixture(scope="module")
def without() -> Trainer:
    return trained(experiment(NOISY), EPOCHS)


def reason(patience: int, best: int, min_delta: float) -> str:
    """Where a gain is asked for, a loss may have been lower, but not by that much."""
    if min_delta:
        epochs = "epoch" if patience == 1 else f"{patience} epochs"
        return (
            f"the validation loss has not fallen by more than {min_delta:g} below that of epoch {best} "
            f"in the {epochs} since"
        )
    epochs = "1 epoch" if patience == 1 else f"{patience} epochs"
    return f"the validation loss has not improved for {epochs} since epoch {best}"


@pytest.mark.parametrize("patience", [1, 2, 5, 17, EPOCHS])
@pytest.mark.parametrize("min_delta", [0.0, 0.01, 0.1])
def test_it_stops_when_the_simulation_does(without: Trainer, patience: int, min_delta: float) -> None:
    losses = without.runs[0].history.view().loss[:, 1]
    expected = simulate(losses, patience, min_delta)
    trainer = trained(stopping(patience, min_delta), EPOCHS)
    run = trainer.runs[0]
    assert run.epoch == (expected.stopped or EPOCHS)
    assert run.status == ("stopped" if expected.stopped else "training")
    if expected.stopped:
        assert run.stop is not None
        assert (run.stop.kind, run.stop.epoch, run.stop.best_epoch) == (
            "early_stopping", expected.stopped, expected.lowest,
        )  # fmt: skip
        assert run.stop.reason == reason(patience, expected.best, min_delta)
        assert torch.equal(row(trainer), row(trained(experiment(NOISY), expected.lowest)))


@pytest.fixture(scope="module")
def of_many_seeds() -> list[np.ndarray]:
    """Losses [epochs + 1, 2] of training and validation, of each seed."""
    trainer = trained(of_seeds(experiment(NOISY)), EPOCHS)
    return [run.history.view().loss[:, :2] for run in trainer.runs]


def test_the_simulation_stops_at_different_epochs(of_many_seeds: list[np.ndarray]) -> None:
    """At 4 or 5, of 100 seeds."""
    ends = [
        len({simulate(losses[:, 1], patience, 0.0).stopped for patience in (1, 2, 5, 17, EPOCHS)})
        for losses in of_many_seeds
    ]
    assert np.median(ends) >= 3


def test_without_restoring_it_keeps_the_last_weights() -> None:
    restored, kept = (trained(stopping(3, restore_best=restore), EPOCHS) for restore in (True, False))
    assert kept.runs[0].epoch == restored.runs[0].epoch
    assert torch.equal(row(kept), row(trained(experiment(NOISY), kept.runs[0].epoch)))
    assert not torch.equal(row(kept), row(restored))
    assert kept.runs[0].stop is not None
    assert kept.runs[0].stop.best_epoch is None


def test_after_the_end_the_numbers_shown_are_those_of_the_weights_held() -> None:
    trainer = trained(stopping(3), EPOCHS)
    (lane_snapshot,) = trainer.lane_snapshots()
    stop = lane_snapshot.stop
    assert stop is not None
    assert stop.best_epoch is not None
    history = lane_snapshot.history
    assert lane_snapshot.now.loss.tobytes() == history.loss[history.epoch == stop.best_epoch][0].tobytes()
    assert history.epoch[-1] == stop.epoch
    assert lane_snapshot.best_epoch == stop.best_epoch
    assert not trainer.can_train
    assert trainer.step() is False


def test_the_stop_is_announced_once() -> None:
    trainer = trained(stopping(3), EPOCHS)
    ((name, stop),) = trainer.lanes.take_stops()
    assert (name, stop) == ("A", trainer.runs[0].stop)
    assert trainer.lanes.take_stops() == []


def without_validation(settings: Experiment) -> Experiment:
    points = Trainer(settings).points
    return with_points(
        settings, Points(points.xy, points.target, np.where(points.split == 1, 2, points.split))
    )


def test_without_validation_points_it_never_stops() -> None:
    trainer = trained(without_validation(stopping(1, min_delta=100.0)), 20)
    assert trainer.runs[0].status == "training"
    assert trainer.runs[0].epoch == 20
    assert trainer.lane_snapshots()[0].best_epoch is None
    assert np.isnan(trainer.runs[0].history.view().loss[:, 1]).all()


def test_a_lane_stops_alone() -> None:
    base = experiment(NOISY)
    early = {"patience": 1, "min_delta": 10.0, "restore_best": True}
    lanes = [lane("A", {"regularization.early_stopping": early}), lane("B"), lane("C", {"seed": 4})]
    trainer = trained(with_lanes(base, *lanes), 5)
    assert [run.status for run in trainer.runs] == ["stopped", "training", "training"]
    assert [run.epoch for run in trainer.runs] == [1, 5, 5]
    for name in "BC":
        assert bits(trainer, name) == bits(trained(with_lanes(base, *lanes[1:]), 5), name)


def test_resuming_trains_on_and_counts_anew() -> None:
    trainer = trained(stopping(2, min_delta=10.0), EPOCHS)
    assert trainer.runs[0].epoch == 2
    trainer.resume()
    assert trainer.can_train
    assert trainer.runs[0].stop is None
    for _ in range(10):
        trainer.train_epoch()
    assert trainer.runs[0].status == "stopped"
    assert trainer.runs[0].epoch == 4
    assert trainer.epoch == 4


def test_resuming_waits_until_all_lanes_have_ended() -> None:
    early = {"patience": 1, "min_delta": 10.0, "restore_best": True}
    lanes = [lane("A", {"regularization.early_stopping": early}), lane("B")]
    trainer = trained(with_lanes(experiment(NOISY), *lanes), 3)
    trainer.resume()
    assert [run.status for run in trainer.runs] == ["stopped", "training"]


def test_switching_it_off_lets_the_lane_train_on() -> None:
    settings = stopping(2, min_delta=10.0)
    trainer = trained(settings, 10)
    trainer.set_experiment(edit(settings, "lanes.0.regularization.early_stopping", None))
    trainer.resume()
    trainer.train_epoch()
    assert trainer.runs[0].status == "training"
    assert trainer.runs[0].epoch == 3


def test_switched_on_during_training_the_best_so_far_counts_and_patience_begins(without: Trainer) -> None:
    losses = without.runs[0].history.view().loss[:, 1]
    lowest, start = int(np.argmin(losses)), 40
    assert 0 < lowest < start, "the best epoch is long over"
    trainer = trained(experiment(NOISY), start)
    assert trainer.runs[0].lane.regularization.early_stopping is None
    trainer.set_experiment(stopping(7))
    for _ in range(20):
        trainer.train_epoch()
    run = trainer.runs[0]
    assert run.stop is not None
    assert (run.stop.epoch, run.stop.best_epoch) == (start + 7, lowest)
    assert run.stop.reason == (
        f"the validation loss has not beaten that of epoch {lowest} in the 7 epochs since epoch {start}, "
        "where counting began"
    )
    assert torch.equal(row(trainer), row(trained(experiment(NOISY), lowest)))


@pytest.mark.parametrize("criterion", ["generalization_loss", "quotient", "up"])
def test_switched_on_during_training_other_criteria_know_the_lowest_loss(
    without: Trainer, criterion: str
) -> None:
    """They look at the epochs from then on, and compare with the lowest loss of all."""
    losses = without.runs[0].history.view().loss[:, :2]
    start, settings = 40, {"criterion": criterion, "alpha": 0.5, "strips": 1}
    trainer = trained(experiment(NOISY), start)
    trainer.set_experiment(experiment({**NOISY, "lanes.0.regularization.early_stopping": settings}))
    for _ in range(EPOCHS - start):
        trainer.train_epoch()
    run = trainer.runs[0]
    if criterion == "generalization_loss":
        above = losses[:, 1] > 1.005 * losses[:, 1].min()
        assert run.stop is not None
        assert run.stop.epoch == start + 1 + int(np.argmax(above[start + 1 :]))
    if run.stop is not None:
        assert run.stop.epoch > start
        assert run.stop.best_epoch == losses[: run.stop.epoch + 1, 1].argmin()


def test_the_best_weights_are_kept_without_early_stopping_too(without: Trainer) -> None:
    losses = without.runs[0].history.view().loss
    trainer = trained(experiment(NOISY), EPOCHS)
    best = trainer.lane_snapshots()[0].best
    assert best is not None
    assert best.epoch == losses[:, 1].argmin()
    assert best.loss == tuple(losses[best.epoch].tolist())
    trainer.restore_best()
    assert torch.equal(row(trainer), row(trained(experiment(NOISY), best.epoch)))
    (shown,) = trainer.lane_snapshots()
    assert shown.now.loss.tobytes() == losses[best.epoch].tobytes()
    assert (shown.now.epoch, shown.best) == (EPOCHS, best)
    assert [(mark.kind, mark.text) for mark in shown.marks] == [
        ("restore", f"weights of epoch {best.epoch} restored")
    ]
    trainer.train_epoch()
    assert trainer.runs[0].history.last_epoch == EPOCHS + 1


def test_new_points_make_old_validation_losses_worthless() -> None:
    trainer = trained(stopping(4, min_delta=10.0), 3)
    trainer.set_experiment(with_points(stopping(4, min_delta=10.0), trainer.points[3:]))
    (shown,) = trainer.lane_snapshots()
    assert shown.best is not None
    assert (shown.best.epoch, shown.best.loss) == (3, tuple(shown.now.loss.tolist())), (
        "what there is now, measured anew"
    )
    for _ in range(10):
        trainer.train_epoch()
    assert trainer.runs[0].stop is not None
    assert trainer.runs[0].stop.epoch == 3 + 4


@pytest.mark.parametrize("batches", [0, 1], ids=["after an epoch", "in its midst"])
@pytest.mark.parametrize("change", ["points", "their undo", "loss"])
def test_the_best_weights_can_be_had_right_after_an_edit(change: str, batches: int, tmp_path: Path) -> None:
    base = experiment(NOISY)
    trainer = trained(base, 3)
    for _ in range(batches):
        trainer.step()
    if change == "loss":
        trainer.set_experiment(edit(base, "lanes.0.training.loss", "squared"))
    else:
        trainer.set_experiment(with_points(base, trainer.points[3:]))
    if change == "their undo":
        trainer.set_experiment(base)
    run = trainer.runs[0]
    assert run.best is not None
    assert (run.best.epoch, run.best.step) == (3, run.step)
    names = {path.name for path in save_models(trainer, tmp_path)}
    assert names == {"model-A.pt", "model-A-best.pt"}
    saved = [torch.load(tmp_path / name, weights_only=True) for name in sorted(names)]
    assert all(torch.equal(saved[0][key], saved[1][key]) for key in saved[0])


def test_after_an_edit_of_the_points_the_best_of_a_stopped_lane_is_what_came_back() -> None:
    trainer = trained(stopping(3), EPOCHS)
    (before,) = trainer.lane_snapshots()
    assert before.best is not None
    trainer.set_experiment(with_points(stopping(3), trainer.points[3:]))
    (after,) = trainer.lane_snapshots()
    assert after.best is not None
    assert (after.best.epoch, after.best.step) == (before.best.epoch, before.best.step)
    assert after.best.loss == tuple(after.now.loss.tolist()) != before.best.loss


def test_after_a_continuation_the_best_so_far_is_to_be_beaten(without: Trainer) -> None:
    """Patience counts from the continuation each time; a loss that is the lowest since then is no improvement."""
    losses = without.runs[0].history.view().loss[:, 1]
    best, patience = int(np.argmin(losses)), 7
    assert best + 4 * patience < EPOCHS
    trainer = trained(stopping(patience), EPOCHS)
    first = trainer.runs[0].epoch
    for _ in range(2):
        trainer.resume()
        while trainer.can_train:
            trainer.train_epoch()
    run = trainer.runs[0]
    lowest = [int(np.argmin(losses[: stop.epoch + 1])) for stop in run.stops]
    assert lowest == [lowest[0]] * 3, "nothing beats it"
    assert [stop.epoch for stop in run.stops] == [first, first + patience, first + 2 * patience]
    assert run.stop is not None
    assert run.stop.reason == (
        f"the validation loss has not beaten that of epoch {lowest[0]} in the {patience} epochs since "
        f"epoch {first + patience}, where counting began"
    )
    assert [mark.text for mark in run.marks.view] == [
        f"continued from the weights of epoch {epoch}, not from the best"
        for epoch in (first, first + patience)
    ]


@pytest.mark.parametrize(
    ("gain", "words"), [(0.02, "0.02"), (0.00001, "1e-5"), (0.0, None)], ids=["0.02", "1e-5", "none"]
)
def test_a_reason_names_the_gain_that_was_missed(gain: float, words: str | None) -> None:
    """Before the stop and after the continuation from it the loss falls by half of the gain, and that is too little."""
    run = new_run(lane("A", {"regularization.early_stopping": {"patience": 10, "min_delta": gain}}))
    state, losses, reasons = run.first_state(), 0.5 - gain / 20 * np.arange(21), []
    losses[10] = losses[8]
    for epoch, loss in enumerate(losses.tolist()):
        note(run, epoch, loss, loss)
        if (ending := early_stopping(run)) is not None:
            reasons.append((epoch, ending.stop.reason))
            run.end(ending.stop)
            run.resume(state)
    fallen = "beaten" if words is None else f"fallen by more than {words} below"
    first = f"the validation loss has not {fallen} that of epoch 0 in the 10 epochs since"
    if words is None:
        first = "the validation loss has not improved for 10 epochs since epoch 0"
    best = 9 if gain else 0
    assert reasons == [
        (10, first),
        (
            20,
            f"the validation loss has not {fallen} that of epoch {best} in the 10 epochs since epoch 10, where "
            "counting began",
        ),
    ]


@pytest.mark.parametrize(
    ("before", "after", "end", "epochs"),
    [
        ({"patience": 50}, {"patience": 10}, 41, 21),
        ({"patience": 50, "min_delta": 0.3}, {"patience": 30}, 50, 30),
    ],
    ids=["less patience", "no gain any more"],
)
def test_a_reason_holds_for_settings_that_changed_on_the_way(
    before: dict[str, float], after: dict[str, float], end: int, epochs: int
) -> None:
    """After epoch 40, of a loss that fell until epoch 20, and then was a little higher."""
    base = with_lanes(experiment(), lane("A"))
    run, ending = new_run(edit(base, STOPPING, before).lanes[0]), None
    while ending is None:
        epoch = run.epoch + 1
        note(run, epoch, 0.1, 0.5 - 0.01 * epoch if epoch <= 20 else 0.31)
        ending = early_stopping(run)
        if epoch == 40:
            run.take_settings(edit(base, STOPPING, after).lanes[0])
    assert (ending.stop.epoch, ending.stop.reason) == (
        end,
        f"the validation loss has not improved for {epochs} epochs since epoch 20",
    )


def test_both_numbers_of_generalization_loss_are_percent() -> None:
    watch, settings = StoppingWatch(), EarlyStoppingSettings(criterion="generalization_loss", alpha=5.0)
    for epoch, loss in enumerate([0.5, 0.4, 0.423]):
        watch.note(epoch, 0.1, loss, settings)
    assert watch.verdict(settings) == (
        "the validation loss is 5.75 % above its lowest, of epoch 1: more than 5 %"
    )


def test_a_continuation_is_not_ended_at_once_by_what_it_was_continued_from() -> None:
    """A loss far above the lowest of before ends it no second time."""
    settings = {"criterion": "generalization_loss", "alpha": 0.5}
    trainer = trained(experiment({**NOISY, "lanes.0.regularization.early_stopping": settings}), EPOCHS)
    ended = trainer.runs[0].epoch
    assert trainer.runs[0].status == "stopped"
    trainer.resume()
    trainer.train_epoch()
    assert (trainer.runs[0].status, trainer.runs[0].epoch) == ("training", ended + 1)


@pytest.mark.parametrize("restore", [True, False])
def test_continuing_goes_on_as_if_it_had_never_stopped(restore: bool) -> None:
    """From the weights and momenta of the stop, not from the best ones."""
    trainer = trained(stopping(3, restore_best=restore), EPOCHS)
    stopped_at = trainer.runs[0].epoch
    assert stopped_at < EPOCHS
    trainer.resume()
    trainer.train_epoch()
    assert torch.equal(row(trainer), row(trained(experiment(NOISY), stopped_at + 1)))


def test_a_change_that_lets_it_go_on_begins_where_it_stopped() -> None:
    trainer = trained(stopping(3), EPOCHS)
    stopped_at = trainer.runs[0].epoch
    trainer.set_experiment(experiment(NOISY))
    trainer.resume()
    trainer.train_epoch()
    assert torch.equal(row(trainer), row(trained(experiment(NOISY), stopped_at + 1)))


EDITS = {
    "lanes.0.regularization.l2": 0.001,
    "lanes.0.training.learning_rate": 0.01,
    "lanes.0.training.optimizer": "sgd",
    "lanes.0.regularization.early_stopping": None,
    "lanes.0.regularization.dropout": {"rate": 0.3, "layers": "all"},
    "lanes.0.training.schedule": {"name": "step", "every": 5, "factor": 0.5},
}


@pytest.mark.parametrize("path", [*EDITS, "a stroke"])
def test_an_edit_leaves_a_stopped_lane_as_it_is_until_it_is_played_on(path: str) -> None:
    """Its weights stay, it stays ended, and nothing is told to have been continued; then it goes on from the stop."""
    trainer = trained(stopping(3), EPOCHS)
    (before,), weights = trainer.lane_snapshots(), row(trainer)
    last = trainer.runs[0].epoch
    assert before.continues_from == last > before.stop.best_epoch
    if path == "a stroke":
        trainer.set_experiment(with_points(stopping(3), trainer.points[3:]))
    else:
        trainer.set_experiment(edit(stopping(3), path, EDITS[path]))
    (after,) = trainer.lane_snapshots()
    assert torch.equal(row(trainer), weights)
    assert (after.stop, after.status) == (before.stop, "stopped")
    assert not trainer.can_train
    assert "continue" not in {mark.kind for mark in after.marks}
    if path != "a stroke":
        assert after.now.loss.tobytes() == before.now.loss.tobytes()
    trainer.resume()
    assert torch.equal(row(trainer), row(trained(experiment(NOISY), last)))
    (resumed,) = trainer.lane_snapshots()
    assert resumed.marks[-1].text == f"continued from the weights of epoch {last}, not from the best"
    assert resumed.continues_from is None


def test_an_edit_and_its_undo_leave_a_stopped_lane_as_it_is() -> None:
    trainer = trained(stopping(3), EPOCHS)
    (before,), weights = trainer.lane_snapshots(), row(trainer)
    trainer.set_experiment(edit(stopping(3), "lanes.0.regularization.l2", 0.01))
    trainer.set_experiment(stopping(3))
    (after,) = trainer.lane_snapshots()
    assert torch.equal(row(trainer), weights)
    assert (after.marks, after.stop, after.continues_from) == (
        before.marks,
        before.stop,
        before.continues_from,
    )


def test_another_optimizer_begins_anew_where_the_lane_stopped() -> None:
    """Momenta of the former one mean nothing to it, not even those of before the best weights came back."""
    trainer, twin = trained(stopping(3), EPOCHS), trained(stopping(3), EPOCHS)
    plain = edit(stopping(3), "lanes.0.training.optimizer", "rmsprop")
    trainer.set_experiment(plain)
    trainer.resume()
    twin.resume()
    twin.set_experiment(plain)
    for one in (trainer, twin):
        one.train_epoch()
    assert torch.equal(row(trainer), row(twin))


def test_played_on_without_the_best_weights_back_there_is_nothing_to_tell_apart() -> None:
    trainer = trained(stopping(3, restore_best=False), EPOCHS)
    assert trainer.lane_snapshots()[0].continues_from is None
    trainer.resume()
    assert trainer.runs[0].marks.view[-1].text == "continued"


def test_an_edited_lane_is_played_on_while_others_still_train() -> None:
    early = {"patience": 1, "min_delta": 10.0, "restore_best": True}
    one, other = lane("A", {"regularization.early_stopping": early}), lane("B")
    trainer = trained(with_lanes(experiment(NOISY), one, other), 3)
    free = lane("A")
    trainer.set_experiment(with_lanes(experiment(NOISY), free, other))
    assert [run.status for run in trainer.runs] == ["stopped", "training"]
    trainer.resume()
    assert [run.status for run in trainer.runs] == ["training", "training"]


def test_lanes_can_be_played_on_by_their_numbers() -> None:
    early = {"patience": 1, "min_delta": 10.0, "restore_best": True}
    lanes = [lane(name, {"regularization.early_stopping": early}) for name in "AB"]
    trainer = trained(with_lanes(experiment(NOISY), *lanes), 3)
    trainer.resume([1])
    assert [run.status for run in trainer.runs] == ["stopped", "training"]


def test_every_decision_stays_in_the_snapshot() -> None:
    trainer = trained(stopping(2, min_delta=10.0), EPOCHS)
    trainer.resume()
    for _ in range(10):
        trainer.train_epoch()
    (snapshot,) = trainer.lane_snapshots()
    assert [(stop.kind, stop.epoch) for stop in snapshot.stops] == [
        ("early_stopping", 2),
        ("early_stopping", 4),
    ]
    assert snapshot.stop == snapshot.stops[-1]


# -- Prechelt's criteria, by their formulas


def prechelt(losses: np.ndarray, criterion: str, alpha: float, strips: int) -> int | None:
    """The first epoch at which the criterion holds, from losses [epochs + 1, 2] of training and validation."""
    training, validation = losses.T
    for t in range(1, len(losses)):
        gl = 100 * (validation[t] / validation[: t + 1].min() - 1)
        strip = training[t - 4 : t + 1] if t >= 5 else training[1 : t + 1]
        pk = 1000 * (strip.sum() / (len(strip) * strip.min()) - 1)
        at_end = t % 5 == 0
        up = at_end and t >= 5 * strips and all(
            validation[t - 5 * k] > validation[t - 5 * (k + 1)] for k in range(strips)
        )  # fmt: skip
        holds = {"generalization_loss": gl > alpha, "quotient": at_end and gl / pk > alpha, "up": up}[
            criterion
        ]
        if holds:
            return t
    return None


CASES = [
    *(("generalization_loss", alpha, 3) for alpha in (0.5, 2.0, 5.0, 20.0)),
    *(("quotient", alpha, 3) for alpha in (0.05, 0.1, 0.5, 3.0)),
    *(("up", 1.0, strips) for strips in (1, 2, 3, 8)),
]


@pytest.mark.parametrize(("criterion", "alpha", "strips"), CASES)
def test_prechelts_criteria_stop_by_their_formulas(
    without: Trainer, criterion: str, alpha: float, strips: int
) -> None:
    losses = without.runs[0].history.view().loss[:, :2]
    expected = prechelt(losses, criterion, alpha, strips)
    settings = {"criterion": criterion, "alpha": alpha, "strips": strips}
    trainer = trained(experiment({**NOISY, "lanes.0.regularization.early_stopping": settings}), EPOCHS)
    run = trainer.runs[0]
    assert run.epoch == (expected or EPOCHS)
    if expected:
        assert run.stop is not None
        assert run.stop.best_epoch == losses[: expected + 1, 1].argmin()
        assert torch.equal(row(trainer), row(trained(experiment(NOISY), run.stop.best_epoch)))


def test_the_formulas_stop_at_different_epochs(of_many_seeds: list[np.ndarray]) -> None:
    """At 5 or more, of 80 of 100 seeds."""
    ends = [len({prechelt(losses, *case) for case in CASES}) for losses in of_many_seeds]
    assert np.median(ends) >= 5


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"criterion": "generalization_loss", "alpha": 0.5}, "above its lowest"),
        ({"criterion": "quotient", "alpha": 0.05}, "a quotient of"),
        ({"criterion": "up", "strips": 1}, "rose in the last strip of 5 epochs"),
    ],
)
def test_the_reason_names_the_numbers(settings: dict[str, float], words: str) -> None:
    trainer = trained(experiment({**NOISY, "lanes.0.regularization.early_stopping": settings}), EPOCHS)
    assert trainer.runs[0].stop is not None
    assert words in trainer.runs[0].stop.reason
