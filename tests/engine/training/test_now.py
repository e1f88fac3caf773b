"""What a snapshot says of now is the present weights on the present data, whatever was done: recomputed plainly."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from engine.experiment import Experiment, Points
from engine.export.model import exported_network
from engine.observation import Best, LaneSnapshot
from engine.observation.report import Reader, Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.models import export_best
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, points_of, with_points

RATES = st.sampled_from([0.001, 0.05, 100.0])
ACTIONS = st.one_of(
    st.sampled_from(["play", "pause", "batch", "epoch", "reset", "restore", "early stopping", "normalize"]),
    st.tuples(st.just("rate"), RATES),
    st.tuples(st.just("l2"), st.sampled_from([0.0, 0.01, 10.0])),
    st.tuples(st.just("draw"), st.integers(0, 5)),
    st.tuples(st.just("erase"), st.integers(1, 9)),
    st.tuples(st.just("generate"), st.sampled_from(["circle", "xor"])),
)


class Window:
    """A worker that obeys, and the experiment that was sent to it last."""

    def __init__(self) -> None:
        self.mailbox: Mailbox[Report] = Mailbox(Report.merged)
        self.worker = Worker(Inbox(), self.mailbox, Inbox())
        self._reader = Reader()
        self.changes: dict[str, object] = {}
        self.points: Points | None = None
        self.send()

    @property
    def trainer(self) -> Trainer:
        assert self.worker.trainer is not None
        return self.worker.trainer

    @property
    def experiment(self) -> Experiment:
        settings = experiment({"data.generator.points": 40, **self.changes})
        return settings if self.points is None else with_points(settings, self.points)

    def send(self) -> None:
        self.worker.obey(m.SetExperiment(self.experiment))

    def look(self) -> LaneSnapshot:
        self.worker.publish()
        report = self.mailbox.take()
        assert report is not None
        return self._reader.read(report).lanes[0]

    def do(self, action: object) -> None:
        commands = {
            "play": m.Play(), "pause": m.Pause(), "batch": m.StepBatch(), "epoch": m.StepEpoch(),
            "reset": m.Reset(), "restore": m.RestoreBest(),
        }  # fmt: skip
        if isinstance(action, str) and action in commands:
            self.worker.obey(commands[action])
        else:
            self._edit(action)
            self.send()
        for _ in range(3):
            if self.worker.busy:
                self.trainer.step()

    def _edit(self, action: object) -> None:
        match action:
            case "early stopping":
                self.changes["lanes.0.regularization.early_stopping"] = {"patience": 1}
            case "normalize":
                self.changes["lanes.0.network.normalization"] = {"kind": "batch"}
            case ("rate", rate):
                self.changes["lanes.0.training.learning_rate"] = rate
                self.changes["lanes.0.training.optimizer"] = "sgd"
            case ("l2", strength):
                self.changes["lanes.0.regularization.l2"] = strength
            case ("draw", place):
                more = points_of([(float(place), 0.5 * place, place % 2, place % 3)])
                self.points = Points.concatenate([self.trainer.points, more])
            case ("erase", count):
                self.points = self.trainer.points[count:]
            case ("generate", name):
                self.points, self.changes["data.generator.name"] = None, name


def assert_present(trainer: Trainer, shown: LaneSnapshot, points: Points) -> None:
    run, data, row = trainer.parameters("A")
    model = exported_network(run.layout, run.lane.network.activation, data.scaling, row)
    with torch.no_grad():
        output = model(torch.tensor(points.xy))
    target = torch.tensor(points.target).long()
    for split in range(3):
        there = torch.tensor(points.split == split)
        if there.any():
            loss = cross_entropy(output[there].double(), target[there]).item()
            right = (output[there].argmax(1) == target[there]).double().mean().item()
            np.testing.assert_allclose(shown.now.loss[split], loss, rtol=1e-3, atol=1e-5)
            assert abs(shown.now.score[split] - right) < 0.06
        else:
            assert np.isnan(shown.now.loss[split])
    l2, squares = run.lane.regularization.l2, row[: run.layout.weights].double().square().sum()
    # Training computes in 32 bits, where the largest sums are infinite.
    penalty = (l2 * squares.float()).item() if l2 else 0.0
    np.testing.assert_allclose(shown.now.penalty, penalty, rtol=1e-3, atol=1e-7)
    assert (shown.now.epoch, shown.now.step) == (run.epoch, run.step)


def assert_best(trainer: Trainer, best: Best) -> None:
    """There are weights of it, and on the present points they have its losses, whenever these points came."""
    model, points = export_best(trainer, "A"), trainer.points
    assert model is not None
    for split, told in enumerate(best.loss):
        there = points.split == split
        if there.any():
            with torch.no_grad():
                output = model(torch.tensor(points.xy[there])).double()
            loss = cross_entropy(output, torch.tensor(points.target[there]).long()).item()
            np.testing.assert_allclose(told, loss, rtol=1e-3, atol=1e-5)


@settings(max_examples=40)
@given(st.lists(ACTIONS, max_size=14))
@example(["play", ("rate", 100.0), ("l2", 10.0), "play"])
def test_now_is_now_in_every_state(actions: list[object]) -> None:
    window = Window()
    for action in actions:
        window.do(action)
        shown = window.look()
        assert_present(window.trainer, shown, window.trainer.points)
        assert (shown.best is not None) == bool(np.isfinite(shown.now.loss[1]))
        if shown.best is not None:
            assert shown.best.epoch in shown.history.epoch
            assert_best(window.trainer, shown.best)
