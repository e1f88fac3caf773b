"""A weight or bias set by hand: against the exported model and plain torch losses; all else stays; marks say it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from engine.catalogue.texts import value_text
from engine.experiment import Experiment, to_json
from engine.export.metrics import events_csv
from engine.observation.held import held
from engine.observation.observables import INSIDE, Grid
from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.keeping import run_bytes
from engine.training.parameter_edits import ParameterError, ParameterPlace
from engine.training.saving import save_run
from engine.training.trainer import Trainer
from tests.engine.export.plain import PlainModel
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes
from tests.observing import observed

WEIGHT = ParameterPlace(2, "weight", 2, 1)
BIAS = ParameterPlace(1, "bias", 0, 3)
PLACES = {
    "weight from x₂ to neuron 5 of layer 1": ParameterPlace(1, "weight", 1, 4),
    "weight from neuron 3 of layer 1 to neuron 2 of layer 2": WEIGHT,
    "weight from neuron 4 of layer 2 to output 2": ParameterPlace(3, "weight", 3, 1),
    "bias of neuron 4 of layer 1": BIAS,
    "bias of output 1": ParameterPlace(3, "bias", 0, 0),
}


def texts(trainer: Trainer) -> list[str]:
    return [mark.text for mark in trainer.runs[0].marks.view]


def value_at(trainer: Trainer, place: ParameterPlace, name: str = "A") -> float:
    layer = observed(trainer, INSIDE, Grid(4))[name].layers[place.layer - 1]
    part: NDArray[np.float32] = layer.weight[place.row] if place.kind == "weight" else layer.bias
    return float(part[place.column])


def saved_model(trainer: Trainer, settings: Experiment, folder: Path) -> PlainModel:
    """The file ``model-A.pt`` of a saved run, read with torch alone."""
    save_run(trainer, folder)
    state = torch.load(folder / "model-A.pt", weights_only=True)
    return PlainModel(to_json(settings)["lanes"][0]["network"], state)


@pytest.mark.parametrize(("described", "place"), PLACES.items())
def test_the_exported_model_has_it_and_the_losses_are_its_own(
    tmp_path: Path, described: str, place: ParameterPlace
) -> None:
    settings = experiment()
    trainer = trained(settings, 2, way="replay")
    before = saved_model(trainer, settings, tmp_path)
    old = value_at(trainer, place)
    trainer.set_parameter(0, place, 0.5)
    model = saved_model(trainer, settings, tmp_path)
    linear, former = model.linear[place.layer - 1], before.linear[place.layer - 1]
    changed = getattr(linear, place.kind) != getattr(former, place.kind)
    position = (place.column, place.row) if place.kind == "weight" else (place.column,)
    assert changed.nonzero().tolist() == [list(position)]
    assert getattr(linear, place.kind)[position].item() == 0.5
    (shown,) = trainer.lane_snapshots()
    for split, loss in enumerate(shown.now.loss):
        points = trainer.points.of_split(split)
        with torch.no_grad():
            output = model(torch.tensor(points.xy))
        expected = nn.functional.cross_entropy(output, torch.tensor(points.target).long())
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-5)
    assert texts(trainer) == [f"{described}: {value_text(old)} → 0.500"]


@pytest.mark.parametrize("way", ["eager", "replay", "auto"])
def test_training_goes_on_from_there_with_all_else_as_it_was(way: str) -> None:
    trainer = trained(experiment(), 2, way=way)
    flat, optimizer = row(trainer), trainer.lanes.stacks.states()[trainer.runs[0]].slots
    trainer.set_parameter(0, WEIGHT, 0.75)
    after = trainer.lanes.stacks.states()[trainer.runs[0]]
    column = WEIGHT.column_of(trainer.runs[0].layout)
    flat[column] = 0.75
    assert torch.equal(after.row, flat)
    assert all(torch.equal(after.slots[key], slot) for key, slot in optimizer.items())
    assert (trainer.epoch, trainer.runs[0].step) == (2, 6)
    # Kept and gone on with elsewhere, it gives the same numbers, and not those of an unedited run.
    again = Trainer.of_run(run_bytes(trainer.lanes), way=way)
    plain = trained(experiment(), 4, way=way)
    for one in (trainer, again):
        one.train_epoch()
        one.train_epoch()
    assert bits(trainer) == bits(again)
    assert bits(trainer) != bits(plain)
    assert [mark.kind for mark in again.runs[0].marks.view] == ["weight"]


def test_every_way_trains_on_alike() -> None:
    ends = []
    for way in ("eager", "replay"):
        trainer = trained(experiment(), 1, way=way)
        trainer.set_parameter(0, BIAS, -0.25)
        trainer.train_epoch()
        ends.append(row(trainer))
    assert torch.equal(*ends)


def updates(trainer: Trainer) -> NDArray[np.float32]:
    layers = observed(trainer, INSIDE, Grid(4))["A"].layers
    weights, biases = [one.weight_update.ravel() for one in layers], [one.bias_update for one in layers]
    return np.concatenate([*weights, *biases])


def test_what_the_latest_step_has_added_stays_but_for_the_number_itself() -> None:
    trainer = trained(experiment(), 1, way="replay")
    expected, column = updates(trainer), WEIGHT.column_of(trainer.runs[0].layout)
    assert expected[column] != 0
    trainer.set_parameter(0, WEIGHT, 1e-4)
    expected[column] = 0
    np.testing.assert_array_equal(updates(trainer), expected)
    again = Trainer.of_run(run_bytes(trainer.lanes), way="replay")
    np.testing.assert_array_equal(updates(again), expected)
    trainer.step()
    assert updates(trainer)[column] != 0


def test_other_lanes_do_not_notice() -> None:
    settings = with_lanes(experiment(), lane("A"), lane("B", {"seed": 3}))
    edited, plain = (trained(settings, 1, way="replay") for _ in range(2))
    edited.set_parameter(0, WEIGHT, 1.0)
    assert value_at(edited, WEIGHT) == 1.0
    for trainer in (edited, plain):
        trainer.train_epoch()
    assert bits(edited, "B") == bits(plain, "B")
    assert bits(edited, "A") != bits(plain, "A")
    assert edited.runs[1].marks.view == ()


def test_before_the_first_step_the_history_begins_with_it() -> None:
    trainer = Trainer(experiment(), way="replay")
    first = trainer.lane_snapshots()[0].history.loss[0]
    trainer.set_parameter(0, WEIGHT, 5.0)
    (shown,) = trainer.lane_snapshots()
    assert len(shown.history) == 1
    np.testing.assert_array_equal(shown.history.loss[0], shown.now.loss)
    assert not np.array_equal(shown.history.loss[0], first)
    assert shown.best is not None
    assert shown.best.loss == tuple(shown.now.loss)
    assert len(shown.marks) == 1


def test_batch_normalization_begins_with_the_moments_of_the_edited_network() -> None:
    settings = experiment({"lanes.0.network.normalization": {"kind": "batch", "position": "before"}})
    trainer = Trainer(settings, way="replay")
    trainer.set_parameter(0, ParameterPlace(1, "bias", 0, 0), 4.0)
    stack, _ = trainer.lanes.stacks.find("A")
    inputs = stack.data.inputs[: stack.data.training]
    z = torch.addmm(stack.network.biases[0][0], inputs, stack.network.weights[0][0])
    torch.testing.assert_close(stack.network.normalizations[1].mean[0, 0], z.mean(0).detach())


# -- marks


def test_a_drag_leaves_one_mark_also_while_training_runs() -> None:
    trainer = trained(experiment(), 1, way="replay")
    old = value_at(trainer, WEIGHT)
    for value in (0.1, 0.2):
        trainer.set_parameter(0, WEIGHT, value, gesture=7)
        trainer.train_epoch()
    trainer.set_parameter(0, WEIGHT, 0.5, gesture=7)
    (mark,) = trainer.runs[0].marks.view
    assert (mark.epoch, mark.until, mark.kind) == (1, 3, "weight")
    assert mark.text.endswith(f"{value_text(old)} → 0.500")
    # Another drag has another mark, and so has another weight.
    trainer.set_parameter(0, WEIGHT, 0.75, gesture=8)
    trainer.set_parameter(0, BIAS, 0.75, gesture=8)
    assert [text.split(":")[0] for text in texts(trainer)] == [*PLACES][1:2] * 2 + [*PLACES][3:4]


def test_a_weight_that_is_set_back_leaves_none() -> None:
    trainer = trained(experiment(), 1, way="replay")
    old = value_at(trainer, WEIGHT)
    for value in (0.3, 0.4, old):
        trainer.set_parameter(0, WEIGHT, value)
    trainer.set_parameter(0, WEIGHT, old)
    assert texts(trainer) == []


def test_events_csv_names_it() -> None:
    trainer = trained(experiment(), 1, way="replay")
    trainer.set_parameter(0, BIAS, 0.5)
    events = list(csv.DictReader(io.StringIO(events_csv(trainer.lane_snapshots()))))
    (edit,) = (event for event in events if "bias of neuron 4 of layer 1: " in str(event))
    assert edit["event"] == "edit"
    (shown,) = trainer.lane_snapshots()
    training, validation, test = map(repr, shown.now.loss.tolist())
    losses = f"training {training}, validation {validation}, test {test}"
    said = f"models: losses of {losses}, which metrics.csv does not hold"
    assert [event["words"] for event in events if "losses" in event["words"]] == [said]


def test_an_input_is_named_after_its_axis() -> None:
    trainer = trained(experiment({"data.axes.y.name": "Petal length"}), 1, way="replay")
    trainer.set_parameter(0, ParameterPlace(1, "weight", 1, 4), 0.5)
    assert texts(trainer)[-1].startswith("weight from Petal length to neuron 5 of layer 1: ")


def test_events_csv_leaves_out_losses_that_metrics_csv_holds() -> None:
    trainer = trained(experiment(), 2, way="replay")
    assert "losses of" not in events_csv(trainer.lane_snapshots())


def test_a_drag_back_to_where_it_began_leaves_a_mark_if_training_moved_the_weight_meanwhile() -> None:
    trainer = trained(experiment(), 1, way="replay")
    old = value_at(trainer, WEIGHT)
    trainer.set_parameter(0, WEIGHT, 0.25, gesture=7)
    trainer.train_epoch()
    trainer.set_parameter(0, WEIGHT, old, gesture=7)
    (text,) = texts(trainer)
    assert text.endswith(f": held at {value_text(old)}")


# -- best weights, ends


def test_the_best_weights_stay_and_can_be_gone_back_to() -> None:
    trainer = trained(experiment(), 1, way="replay")
    best = trainer.runs[0].best_row
    assert best is not None
    kept = best.clone()
    trainer.set_parameter(0, WEIGHT, 9.0)
    assert torch.equal(trainer.runs[0].best_row, kept)
    assert held(trainer.lane_snapshots()[0]).which == "newest"
    assert trainer.restore_best() == []
    assert torch.equal(row(trainer), kept)
    assert held(trainer.lane_snapshots()[0]).which == "best"
    trainer.set_parameter(0, WEIGHT, 9.0)
    assert held(trainer.lane_snapshots()[0]).which == "newest"


@pytest.mark.parametrize("kind", ["stopped", "diverged"])
def test_a_lane_that_has_ended_trains_on_from_what_is_shown(kind: str) -> None:
    stopping = {
        "lanes.0.regularization.early_stopping": {"patience": 1, "min_delta": 5.0, "restore_best": True}
    }
    exploding = {"lanes.0.training.learning_rate": 10.0, "lanes.0.training.optimizer": "sgd"}
    if kind == "stopped":
        trainer = trained(experiment(stopping), 5, way="replay")
    else:
        trainer = trained(experiment(exploding), 1, way="replay")
        stack, _ = trainer.lanes.stacks.find("A")
        stack.network.flat.fill_(float("inf"))
        trainer.step()
    (run,) = trainer.runs
    assert run.status == kind
    trainer.set_parameter(0, WEIGHT, 0.5)
    edited = row(trainer)
    assert value_at(trainer, WEIGHT) == 0.5
    assert held(trainer.lane_snapshots()[0]).which == "newest"
    assert run.status == kind, "it trains on when somebody lets it"
    trainer.resume()
    assert torch.equal(row(trainer), edited)
    assert texts(trainer)[-1] == "continued from the weights as they were set by hand"
    step = run.step
    trainer.step()
    assert run.step == step + 1


# -- what is refused


@pytest.mark.parametrize(
    ("number", "place", "value", "sentence"),
    [
        (0, WEIGHT, float("nan"), "A weight must be a number, not –."),
        (0, WEIGHT, float("inf"), "A weight must be a number, not ∞."),
        (0, BIAS, -2e6, "A weight must be from −1,000,000 to 1,000,000, not −2.0e6."),
        (0, ParameterPlace(4, "bias", 0, 0), 0.0, "The network has no such weight or bias any more"),
        (0, ParameterPlace(0, "bias", 0, 0), 0.0, "The network has no such weight or bias any more"),
        (0, ParameterPlace(2, "weight", 5, 0), 0.0, "The network has no such weight or bias any more"),
        (0, ParameterPlace(2, "weight", 0, -1), 0.0, "The network has no such weight or bias any more"),
        (1, WEIGHT, 0.0, "There is no such lane any more"),
    ],
)
def test_what_cannot_be_set_is_refused_and_changes_nothing(
    number: int, place: Any, value: float, sentence: str
) -> None:
    trainer = trained(experiment(), 1, way="replay")
    before = bits(trainer)
    with pytest.raises(ParameterError, match=sentence):
        trainer.set_parameter(number, place, value)
    assert bits(trainer) == before
    assert texts(trainer) == []


def test_a_weight_with_which_the_loss_is_not_finite_is_refused() -> None:
    settings = experiment(
        {"lanes.0.network.hidden": [1] * 8, "lanes.0.network.activation": "relu"}, task="surface"
    )
    trainer = Trainer(settings, way="replay")
    for layer in range(1, 9):
        trainer.set_parameter(0, ParameterPlace(layer, "bias", 0, 0), 1.0)
        trainer.set_parameter(0, ParameterPlace(layer + 1, "weight", 0, 0), 1.0)
    trainer.step()
    for layer in range(2, 5):
        trainer.set_parameter(0, ParameterPlace(layer, "weight", 0, 0), 1e6)
    before, met = row(trainer), updates(trainer)
    assert met.any()
    with pytest.raises(
        ParameterError, match=r"Weight from neuron 1 of layer 4 .* would not be finite; it stays"
    ):
        trainer.set_parameter(0, ParameterPlace(5, "weight", 0, 0), 1e6)
    assert torch.equal(row(trainer), before)
    np.testing.assert_array_equal(updates(trainer), met)


# -- the engine


def worker_with(settings: Experiment | None) -> tuple[Worker, Mailbox[Report], Inbox[m.Event]]:
    mailbox, outbox = Mailbox(Report.merged), Inbox[m.Event]()
    worker = Worker(Inbox(), mailbox, outbox)
    if settings is not None:
        worker.obey(m.SetExperiment(settings))
    return worker, mailbox, outbox


def test_the_engine_obeys_and_its_next_report_is_true() -> None:
    worker, mailbox, outbox = worker_with(experiment())
    worker.obey(m.StepEpoch())
    while worker.busy:
        worker.train()
    worker.obey(m.SetParameter(0, 2, "weight", 2, 1, 0.5, gesture=1))
    worker.publish()
    report = mailbox.take()
    assert report is not None
    (shown,) = report.snapshot.lanes
    assert [mark.kind for mark in shown.marks] == ["weight"]
    trainer = worker.trainer
    assert trainer is not None
    np.testing.assert_array_equal(shown.now.loss, trainer.lane_snapshots()[0].now.loss)
    assert report.snapshot.acknowledged == 2
    assert outbox.drain() == []


def test_the_engine_says_why_it_cannot() -> None:
    worker, _, outbox = worker_with(None)
    worker.obey(m.SetParameter(0, 1, "bias", 0, 0, 0.5))
    assert outbox.drain() == [m.ParameterNotSet("There is nothing to train yet.")]
    worker.obey(m.SetExperiment(experiment()))
    worker.obey(m.SetParameter(0, 9, "bias", 0, 0, 0.5))
    (event,) = outbox.drain()
    assert isinstance(event, m.ParameterNotSet)
    assert event.sentence.startswith("The network has no such weight")
