"""Every edit that touches training leaves a mark in words; another data set starts anew, a stroke does not."""

from __future__ import annotations

import csv
import gc
import io

import numpy as np
import pytest
import torch

from engine.experiment import Effect, Experiment, Points, edit, edit_many, effect
from engine.experiment.differences import State, edit_description
from engine.export.metrics import events_csv
from engine.observation import EditMark
from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.marks import MOST_MARKS, Marks
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, points_of, row, trained, with_lanes, with_points

LANE = "lanes.0."
REGULARIZATION = f"{LANE}regularization."


def state(settings: Experiment) -> State:
    return State(settings.lanes[0], settings.data, Trainer(settings).points)


def words(before: Experiment, after: Experiment) -> str:
    return edit_description(state(before), state(after))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({f"{REGULARIZATION}l2": 0.001}, "λ₂ 0 → 0.001"),
        ({f"{REGULARIZATION}l2": 1e-5}, "λ₂ 0 → 1e-5"),
        ({f"{LANE}training.learning_rate": 0.01}, "learning rate 0.003 → 0.01"),
        (
            {f"{LANE}training.learning_rate": 0.01, f"{REGULARIZATION}l1": 0.5},
            "learning rate 0.003 → 0.01, λ₁ 0 → 0.5",
        ),
        ({f"{LANE}network.hidden": [16, 16]}, "hidden layers 5-4 → 16-16"),
        ({f"{LANE}network.hidden": []}, "hidden layers 5-4 → none"),
        ({f"{LANE}network.activation": "relu"}, "activation tanh → ReLU"),
        ({f"{LANE}network.normalization": {"kind": "batch"}}, "normalization off → batch before σ"),
        ({f"{LANE}network.residual": True}, "residual connections off → on"),
        ({f"{LANE}network.features": ["x1"]}, "inputs x₁ x₂ → x₁"),
        ({f"{LANE}network.input_scaling": "none"}, "input scaling unit → none"),
        ({f"{LANE}training.optimizer": "sgd"}, "optimizer Adam → SGD"),
        ({f"{LANE}training.batch_size": 20}, "batch size 10 → 20"),
        ({f"{LANE}seed": 3}, "seed 0 → 3"),
        ({f"{LANE}seed": 4_294_967_295}, "seed 0 → 4294967295"),
        ({f"{REGULARIZATION}dropout.rate": 0.5}, "dropout p 0 → 0.5"),
        ({f"{REGULARIZATION}weight_decay": 0.1}, "weight decay λ 0 → 0.1"),
        ({f"{REGULARIZATION}max_norm": 3.0}, "max-norm c off → 3"),
        ({f"{REGULARIZATION}early_stopping": {"patience": 9}}, "early stopping off → on"),
        ({f"{REGULARIZATION}augmentation.rotate": 15.0}, "augmentation rotate 0 → 15"),
        ({"data.generator.name": "moons"}, "data: moons"),
        ({"data.generator.noise": 0.2}, "data: spiral, noise 0.1 → 0.2"),
        ({"data.split.validation": 0.5, "data.split.test": 0.0}, None),
        ({}, ""),
    ],
)
def test_words_say_what_changed_with_the_catalogues_labels(changes: dict, expected: str | None) -> None:  # type: ignore[type-arg]
    before = experiment()
    found = words(before, edit_many(before, changes))
    if expected is None:
        assert found.endswith("split 50/50/0")
    else:
        assert found == expected


def test_settings_that_are_there_already_are_compared_one_by_one() -> None:
    stopping = experiment({f"{REGULARIZATION}early_stopping": {"patience": 9}})
    changes = {f"{REGULARIZATION}early_stopping": {"patience": 20, "restore_best": False}}
    assert (
        words(stopping, edit_many(stopping, changes))
        == "early stopping patience 9 → 20, early stopping restore best on → off"
    )
    momentum = experiment({f"{LANE}training.optimizer": {"name": "adam", "beta1": 0.5}})
    assert words(experiment(), momentum) == "optimizer β₁ 0.9 → 0.5"


def strokes() -> list[tuple[Points, str]]:
    points = Trainer(experiment()).points
    more = points_of([(1.0, 2.0, 0, 0), (-1.0, 3.0, 1, 1)])
    moved = Points(points.xy + np.array([0.5, 0.0]), points.target, points.split)
    relabelled = Points(
        points.xy, np.where(np.arange(len(points)) < 3, 1 - points.target, points.target), points.split
    )
    other_split = Points(points.xy, points.target, (points.split + (np.arange(len(points)) < 1)) % 3)
    return [
        (Points.concatenate([points, more]), "2 points added"),
        (points[1:], "1 point erased"),
        (Points.concatenate([points[3:], more]), "2 points added, 3 points erased"),
        (moved, f"{len(points)} points moved"),
        (relabelled, "3 points relabelled"),
        (other_split, "1 point put into another split"),
        (relabelled[::-1], "3 points relabelled"),
        (Points.empty(), f"{len(points)} points erased"),
    ]


@pytest.mark.parametrize("which", range(8))
def test_a_stroke_keeps_the_weights_and_leaves_a_mark(which: int) -> None:
    after, expected = strokes()[which]
    trainer = trained(experiment(), 2)
    weights = row(trainer)
    trainer.set_experiment(with_points(experiment(), after))
    assert torch.equal(row(trainer), weights)
    (shown,) = trainer.lane_snapshots()
    assert shown.marks == (EditMark(2, shown.now.step, expected, "data"),)
    there = bool((after.split == 1).any())
    assert (None if shown.best is None else shown.best.loss[1]) == (shown.now.loss[1] if there else None)
    # Taking it back takes the mark back, too.
    trainer.set_experiment(experiment())
    assert trainer.lane_snapshots()[0].marks == ()
    assert torch.equal(row(trainer), weights)


def test_the_same_points_in_another_order_have_not_moved() -> None:
    points = trained_points()
    assert words(with_points(experiment(), points), with_points(experiment(), points[::-1])) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"data.generator.name": "moons"},
        {"data.generator.noise": 0.3},
        {"data.generator.seed": 1},
        {"data.generator.points": 61},
    ],
)
def test_another_generated_data_set_starts_anew(changes: dict[str, object]) -> None:
    after = edit_many(experiment(), changes)
    trainer = trained(experiment(), 3)
    run = trainer.lanes.run_number
    trainer.set_experiment(after)
    assert trainer.lanes.run_number == run + 1
    assert torch.equal(row(trainer), row(Trainer(after)))
    (shown,) = trainer.lane_snapshots()
    assert (shown.now.epoch, shown.now.step, len(shown.history)) == (0, 0, 1)
    (mark,) = shown.marks
    assert (mark.epoch, mark.kind) == (0, "start")
    assert mark.text.startswith("data: ")


def test_an_imported_data_set_starts_anew() -> None:
    trainer = trained(experiment(), 3)
    numbers = np.random.default_rng(0)
    imported = Points(numbers.normal(size=(40, 2)), numbers.integers(0, 2, 40), np.arange(40) % 3)
    after = with_points(experiment(), imported)
    assert effect(experiment(), after, trainer.points, imported) is Effect.RESTART
    trainer.set_experiment(after)
    assert torch.equal(row(trainer), row(Trainer(after)))
    assert [mark.text for mark in trainer.lane_snapshots()[0].marks] == ["data: 40 other points"]


@pytest.mark.parametrize("back", ["the same set", "a set that shares points"])
def test_a_data_set_that_is_chosen_starts_anew_whatever_there_was(back: str) -> None:
    trainer = trained(experiment(), 3)
    trainer.set_experiment(with_points(experiment(), Points.empty()))
    chosen = experiment() if back == "the same set" else with_points(experiment(), trained_points()[5:])
    trainer.set_experiment(chosen, restart=True)
    (shown,) = trainer.lane_snapshots()
    assert (shown.now.epoch, shown.now.step, len(shown.history)) == (0, 0, 1)
    assert torch.equal(row(trainer), row(Trainer(chosen)))
    assert [(mark.epoch, mark.text) for mark in shown.marks] == [
        (0, f"{len(trainer.points)} points added: restarted")
    ]


def test_a_data_set_that_is_chosen_again_beside_a_stroke_starts_anew() -> None:
    trainer = trained(with_points(experiment(), trained_points()[5:]), 3)
    trainer.set_experiment(experiment(), restart=True)
    assert torch.equal(row(trainer), row(Trainer(experiment())))
    assert marks(trainer) == [(0, "5 points added: restarted")]


def trained_points() -> Points:
    return Trainer(experiment()).points


def test_a_single_point_is_told_as_one() -> None:
    assert (
        words(experiment(), with_points(experiment(), points_of([(5.5, 5.5, 0, 0)]))) == "data: 1 other point"
    )


def with_rate(rate: float) -> Experiment:
    return experiment({f"{LANE}training.learning_rate": rate})


def marks(trainer: Trainer) -> list[tuple[int, str]]:
    return [(mark.epoch, mark.text) for mark in trainer.lane_snapshots()[0].marks]


def test_edits_after_one_epoch_are_one_mark_and_later_ones_others() -> None:
    trainer = trained(experiment(), 2)
    for rate in (0.004, 0.005, 0.01):
        trainer.set_experiment(with_rate(rate))
    assert marks(trainer) == [(2, "learning rate 0.003 → 0.01")]
    trainer.train_epoch()
    trainer.set_experiment(with_rate(0.02))
    assert marks(trainer) == [(2, "learning rate 0.003 → 0.01"), (3, "learning rate 0.01 → 0.02")]
    trainer.set_experiment(with_rate(0.01))
    assert marks(trainer) == [(2, "learning rate 0.003 → 0.01")]


def test_a_gesture_is_one_mark_however_many_epochs_it_takes() -> None:
    trainer = trained(experiment(), 2)
    for rate in (0.004, 0.005, 0.01):
        trainer.set_experiment(with_rate(rate), gesture=7)
        trainer.train_epoch()
    trainer.set_experiment(with_rate(0.02), gesture=8)
    assert marks(trainer) == [(2, "learning rate 0.003 → 0.01"), (5, "learning rate 0.01 → 0.02")]
    drag, other = trainer.lane_snapshots()[0].marks
    assert [mark.until for mark in (drag, other)] == [4, 5], "the last edit of the drag came after 4 epochs"


@pytest.mark.parametrize(("loss", "another"), [("squared", True), ("cross_entropy", False)])
def test_a_mark_tells_of_another_loss(loss: str, another: bool) -> None:
    trainer = trained(experiment(), 2)
    for rate in (0.01, 0.02):
        edited = {f"{LANE}training.learning_rate": rate, f"{LANE}training.loss": loss}
        trainer.set_experiment(experiment(edited))
    (mark,) = trainer.lane_snapshots()[0].marks
    assert mark.loss_changed == another


def test_before_the_first_step_there_is_nothing_to_mark() -> None:
    trainer = Trainer(experiment())
    trainer.set_experiment(with_rate(0.1))
    trainer.set_experiment(edit_many(with_rate(0.1), {"data.generator.name": "moons"}))
    assert marks(trainer) == []


def test_another_shape_starts_that_lane_anew_and_says_so() -> None:
    before = with_lanes(experiment(), lane("A"), lane("B"))
    trainer = trained(before, 3)
    trainer.set_experiment(with_lanes(experiment(), lane("A", {"network.hidden": [7]}), lane("B")))
    first, second = trainer.lane_snapshots()
    assert [mark.text for mark in first.marks] == ["hidden layers 5-4 → 7: restarted"]
    assert second.marks == ()


def test_their_number_is_bounded() -> None:
    trainer = trained(experiment({"data.generator.points": 4}), 1)
    for count in range(MOST_MARKS + 20):
        trainer.set_experiment(
            experiment({"data.generator.points": 4, f"{LANE}training.learning_rate": 0.01 + count / 1e5})
        )
        trainer.train_epoch()
    found = marks(trainer)
    assert len(found) == MOST_MARKS
    assert found[0][1].endswith("(after 20 earlier edits)")
    assert found[-1][0] == MOST_MARKS + 20


def test_points_of_former_edits_are_not_kept() -> None:
    trainer = trained(experiment({"data.generator.points": 12}), 1)
    for count in range(1, 20):
        more = points_of([(0.1 * count, 1.0, 0, 0)])
        trainer.set_experiment(with_points(experiment(), Points.concatenate([trainer.points, more])))
        trainer.train_epoch()
    assert len(trainer.runs[0].marks.view) == 19
    sets = {len(one.points) for one in gc.get_objects() if type(one) is State}
    assert len(sets & set(range(13, 32))) <= 2


def test_layers_are_measured_often_again_after_an_edit() -> None:
    trainer = trained(experiment({"data.generator.points": 12}), 300)
    trainer.set_experiment(experiment({"data.generator.points": 12, f"{LANE}training.learning_rate": 0.01}))
    for _ in range(40):
        trainer.train_epoch()
    epochs = trainer.runs[0].history.view().layer_epoch
    assert epochs[epochs > 300].tolist() == list(range(301, 341))
    assert epochs[epochs <= 300].tolist() == [*range(129), *range(130, 257, 2), *range(260, 301, 4)]


def events(trainer: Trainer) -> list[dict[str, str]]:
    """But for the row that says when the models are from."""
    rows = csv.DictReader(io.StringIO(events_csv(trainer.lane_snapshots())))
    return [row for row in rows if not row["words"].startswith("models: ")]


def test_events_tell_of_which_step_the_models_are() -> None:
    trainer = trained(experiment(), 2)
    trainer.step()
    step = trainer.runs[0].step
    text = events_csv(trainer.lane_snapshots())
    assert f',2,{step},note,"models: as they are after step {step}, with 2 whole epochs"' in text


def test_events_tell_starts_edits_ends_and_continuations() -> None:
    stopping = {f"{REGULARIZATION}early_stopping": {"patience": 2, "min_delta": 10.0}}
    trainer = trained(experiment(stopping), 1)
    trainer.set_experiment(experiment({**stopping, f"{LANE}training.learning_rate": 0.01}))
    for _ in range(5):
        trainer.train_epoch()
    trainer.resume()
    trainer.train_epoch()
    trainer.restore_best()
    rows = events(trainer)
    told = [(one["epoch"], one["event"], one["words"].split(":")[0].split(" of epoch")[0]) for one in rows]
    assert told == [
        ("0", "start", "started"),
        ("1", "edit", "learning rate 0.003 → 0.01"),
        ("2", "end", "stopped early"),
        ("2", "continuation", "continued from the weights"),
        ("3", "edit", "weights"),
    ]
    best = trainer.lane_snapshots()[0].stops[0].best_epoch
    assert rows[2]["words"].endswith(f"; back to the weights of epoch {best}")


def diverging(rate: float) -> Experiment:
    changes = {f"{LANE}training.optimizer": "sgd", f"{LANE}training.learning_rate": rate}
    return experiment(changes, task="curve")


def test_events_tell_a_continuation_after_the_divergence_that_it_follows() -> None:
    trainer = trained(diverging(0.01), 2)
    trainer.set_experiment(diverging(100.0))
    while trainer.can_train:
        trainer.train_epoch()
    trainer.set_experiment(diverging(0.01))
    trainer.resume()
    trainer.train_epoch()
    trainer.set_experiment(diverging(100.0))
    while trainer.can_train:
        trainer.train_epoch()
    rows = events(trainer)
    told = [(one["event"], one["words"].split(":")[0]) for one in rows]
    slower, faster = "learning rate 100 → 0.01", "learning rate 0.01 → 100"
    assert told == [
        ("start", "started"),
        ("edit", faster),
        ("end", "diverged"),
        ("edit", slower),
        ("continuation", "continued from the weights of epoch 2"),
        ("edit", faster),
        ("end", "diverged"),
    ]
    for count in ("step", "epoch"):
        assert [int(one[count]) for one in rows] == sorted(int(one[count]) for one in rows)


def test_events_of_one_step_come_as_they_happened() -> None:
    """Ends and continuations without a step in between, and what was edited before and after an end in one epoch."""
    trainer = trained(diverging(0.01), 2)
    trainer.set_experiment(diverging(100.0))
    for _ in range(3):
        trainer.resume()
        while trainer.can_train:
            trainer.step()
    trainer.set_experiment(diverging(0.01))
    rows = events(trainer)
    slower, faster = "learning rate 100 → 0.01", "learning rate 0.01 → 100"
    told = [(one["event"], one["words"].split(":")[0]) for one in rows]
    end, on = ("end", "diverged"), ("continuation", "continued from the weights of epoch 2")
    assert told == [("start", "started"), ("edit", faster), end, on, end, on, end, ("edit", slower)]
    places = [(int(one["epoch"]), int(one["step"])) for one in rows]
    assert places == sorted(places)
    assert places[2] == places[3], "nothing was trained between an end and its continuation"
    assert places[6] == places[7] == (trainer.runs[0].epoch, trainer.runs[0].step)


def test_what_is_taken_back_after_an_end_was_there_before_it() -> None:
    """In one and the same epoch."""
    calm, points = experiment(), points_of([(0.0, 1.0, 0, 0)])
    strong = edit(calm, f"{REGULARIZATION}l2", 0.01)
    before, after = (State(one.lanes[0], one.data, points) for one in (calm, strong))
    marks = Marks()
    marks.note_edit(3, 30, before, after, "setting")
    end = marks.note_end()
    marks.note_edit(3, 30, after, before, "setting")
    assert [mark.text for mark in marks.view] == ["λ₂ 0 → 0.01", "λ₂ 0.01 → 0"]
    assert marks.view[0].order < end < marks.view[1].order


def test_events_tell_where_rows_of_long_runs_were_left_out() -> None:
    trainer = Trainer(experiment({"data.generator.points": 4}), most_rows=64)
    for _ in range(500):
        trainer.train_epoch()
    losses, layers = events(trainer)[1:]
    epochs = trainer.runs[0].history.view().epoch
    assert losses["words"] == (
        f"metrics.csv holds {len(epochs)} of 501 epochs, the latest ones closer together"
    )
    # The first quarter of the rows always stays; after that, later ones are closer together.
    middle = np.diff(epochs)[len(epochs) // 3 : len(epochs) // 2]
    assert np.median(np.diff(epochs)[-10:]) < np.median(middle)
    assert layers["words"].endswith("closer together after starts and edits")


def test_going_back_to_the_weights_that_there_are_does_nothing() -> None:
    trainer = Trainer(experiment())
    assert trainer.restore_best() == trainer.runs
    assert marks(trainer) == []
    trainer = trained(experiment({"data.generator.noise": 0.5, f"{LANE}training.learning_rate": 0.1}), 30)
    assert trainer.restore_best() == []
    (told,) = marks(trainer)
    assert trainer.restore_best() == trainer.runs
    assert marks(trainer) == [told]
    trainer.reset()
    assert trainer.restore_best() == trainer.runs
    assert marks(trainer) == []


@pytest.mark.parametrize("validation", [0.5, 0.0])
def test_a_worker_answers_where_there_is_nothing_to_go_back_to(validation: float) -> None:
    """With the epoch whose weights are there; without one where there is no validation loss."""
    told: Inbox[m.Event] = Inbox()
    worker = Worker(Inbox(), Mailbox(), told)
    noisy = experiment({"data.generator.noise": 0.5, "data.split.validation": validation})
    for command in (m.SetExperiment(noisy), m.StepEpoch(3)):
        worker.obey(command)
    while worker.busy:
        worker.train()
    for command in (m.Reset(), m.RestoreBest((0,))):
        worker.obey(command)
    assert told.drain() == [m.NotRestored("A", 0 if validation else None)]


def test_a_worker_answers_for_each_lane_that_was_asked_to_go_back() -> None:
    told: Inbox[m.Event] = Inbox()
    worker = Worker(Inbox(), Mailbox(), told)
    noisy = experiment({"data.generator.noise": 0.5})
    rates = {"A": 0.3, "B": 0.0, "C": 0.3}
    lanes = [lane(name, {"training.learning_rate": rate or 1e-3}) for name, rate in rates.items()]
    for command in (m.SetExperiment(with_lanes(noisy, *lanes)), m.StepEpoch(40)):
        worker.obey(command)
    while worker.busy:
        worker.train()
    assert worker.trainer is not None
    runs = {run.lane.name: run for run in worker.trainer.runs}
    for name in "AC":
        assert runs[name].best is not None
        assert runs[name].best.step < runs[name].step
    worker.obey(m.RestoreBest((0,)))
    assert told.drain() == [m.Restored("A", f"weights of epoch {runs['A'].best.epoch} restored")]
    worker.obey(m.RestoreBest((0, 2)))
    assert told.drain() == [
        m.NotRestored("A", runs["A"].best.epoch),
        m.Restored("C", f"weights of epoch {runs['C'].best.epoch} restored"),
    ]


def test_after_a_stop_that_restored_the_best_weights_training_can_go_on_from_them() -> None:
    stopping = {f"{REGULARIZATION}early_stopping": {"patience": 2}, f"{LANE}training.learning_rate": 1.0}
    trainer = trained(experiment(stopping), 40)
    stop, best = trainer.runs[0].stop, row(trainer)
    assert stop is not None
    assert stop.best_epoch not in (None, stop.epoch)
    assert trainer.restore_best() == []
    words = f"training goes on from the weights of epoch {stop.best_epoch}"
    assert marks(trainer)[-1][1] == words, "it did not go back: it has them"
    assert trainer.restore_best() == trainer.runs
    trainer.resume()
    assert torch.equal(row(trainer), best)


def test_a_window_can_go_back_to_the_best_weights() -> None:
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(Inbox(), mailbox, Inbox())
    noisy = experiment({"data.generator.noise": 0.5, f"{LANE}training.learning_rate": 0.1})
    for command in (m.SetExperiment(noisy), m.StepEpoch(60)):
        worker.obey(command)
    while worker.busy:
        worker.train()
    worker.obey(m.RestoreBest())
    trainer = worker.trainer
    assert trainer is not None
    (shown,) = trainer.lane_snapshots()
    assert shown.best is not None
    assert shown.now.loss.tolist() == list(shown.best.loss)
    worker.publish()
    report = mailbox.take()
    assert report is not None
    assert not report.snapshot.playing
