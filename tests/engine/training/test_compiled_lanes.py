"""Lanes that native code trains: their bits depend on nothing but themselves, and they diverge where others do."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, wait
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("llvmlite")

from engine.experiment import Experiment, Lane
from engine.tape.compiler.epochs import Epochs
from engine.tape.ways import Way
from engine.training import compiled_epochs
from engine.training.compiled_epochs import CompiledEpochs
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, trained, with_lanes

EPOCHS = 4
BASE = experiment({"data.generator.points": 74})
EVERYTHING: dict[str, dict[str, Any]] = {
    "plain": {},
    "drawn numbers": {
        "regularization.dropout": {"rate": 0.3, "layers": "all", "input_rate": 0.1},
        "regularization.augmentation": {"rotate": 20.0, "shift": 0.2},
        "regularization.mixup": 0.3,
    },
    "batch normalization, clipping": {
        "network.normalization": {"kind": "batch", "position": "before"},
        "regularization.gradient_clipping": {"kind": "norm", "threshold": 0.1},
        "training.optimizer": "momentum",
        "training.schedule": "cosine",
    },
}


def lanes(count: int, changes: dict[str, Any]) -> list[Lane]:
    return [
        lane(f"L{n}", {"seed": n, "training.learning_rate": 0.001 * (n % 7 + 1), **changes})
        for n in range(count)
    ]


def compiled(chosen: Sequence[Lane], epochs: int = EPOCHS) -> Trainer:
    trainer = trained(with_lanes(BASE, *chosen), epochs, way="compiled")
    assert all(run.way is Way.COMPILED for run in trainer.runs)
    return trainer


@pytest.mark.parametrize("kind", EVERYTHING)
def test_among_any_number_of_others_in_any_order(kind: str) -> None:
    """Alone, among 2, 3, 8 and 65, in another order."""
    one, *others = lanes(65, EVERYTHING[kind])
    alone = bits(compiled([one]), one.name)
    for company in ([one, others[0]], [others[4], one, others[1]], [*others[:7], one], [*others, one]):
        assert bits(compiled(company), one.name) == alone
    together, turned = compiled([one, *others]), compiled([*reversed(others), one])
    for each in (one, *others[::9]):
        assert bits(together, each.name) == bits(turned, each.name)


@pytest.mark.parametrize("threads", [1, 2, 3, 5, 8])
def test_any_number_of_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = lanes(26, EVERYTHING["drawn numbers"])
    monkeypatch.setattr(compiled_epochs, "processors", lambda: 1)
    expected = compiled(chosen)
    monkeypatch.setattr(compiled_epochs, "LANES_PER_THREAD", 2)
    monkeypatch.setattr(compiled_epochs, "processors", lambda: threads)
    compiled_epochs._pool.cache_clear()
    found = compiled(chosen)
    for one in chosen:
        assert bits(found, one.name) == bits(expected, one.name)


# -- what goes wrong while threads train


def in_two_threads(monkeypatch: pytest.MonkeyPatch) -> tuple[Trainer, CompiledEpochs]:
    monkeypatch.setattr(compiled_epochs, "LANES_PER_THREAD", 2)
    monkeypatch.setattr(compiled_epochs, "processors", lambda: 2)
    compiled_epochs._pool.cache_clear()
    trainer = compiled(lanes(4, {}))
    (stack,) = trainer.lanes.stacks
    assert isinstance(stack._whole, CompiledEpochs)
    assert len(stack._whole._shares) == 2
    return trainer, stack._whole


@pytest.mark.parametrize("what", ["a task fails", "an interrupt", "two interrupts"])
def test_whatever_is_raised_no_thread_writes_afterwards(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, whole = in_two_threads(monkeypatch)
    before, train, result, ended = row_of_all(trainer), Epochs.run, Future.result, []

    def slow(self: Epochs, *given: Any) -> None:
        if what == "a task fails" and self is whole._epochs[0]:
            raise MemoryError
        time.sleep(0.2)
        train(self, *given)
        ended.append(self)

    def interrupted(self: Future[None], timeout: float | None = None) -> None:
        if what != "a task fails":
            raise KeyboardInterrupt
        return result(self, timeout)

    def interrupted_once(tasks: Sequence[Future[None]]) -> object:
        if what == "two interrupts":
            monkeypatch.setattr(compiled_epochs, "wait", wait)
            raise KeyboardInterrupt
        return wait(tasks)

    monkeypatch.setattr(Epochs, "run", slow)
    monkeypatch.setattr(Future, "result", interrupted)
    monkeypatch.setattr(compiled_epochs, "wait", interrupted_once)
    with pytest.raises(MemoryError if what == "a task fails" else KeyboardInterrupt):
        trainer.train(3)
    assert len(ended) == (1 if what == "a task fails" else 2)
    assert row_of_all(trainer) == before


def row_of_all(trainer: Trainer) -> bytes:
    (stack,) = trainer.lanes.stacks
    return stack.network.flat.numpy().tobytes()


def test_no_more_than_a_feed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, whole = in_two_threads(monkeypatch)
    (stack,) = trainer.lanes.stacks
    batches = trainer.batches_per_epoch
    feed, first = stack._feed_at(trainer.lanes.batches, 0, batches)
    before, lowest = row_of_all(trainer), np.full(4, np.inf)
    most = (len(feed) - first) // batches
    for start, epochs in ((first, most + 1), (len(feed) - batches + 1, 1), (-1, 1)):
        with pytest.raises(ValueError, match="feed of"):
            whole.run(feed, start, epochs, lowest)
    assert row_of_all(trainer) == before


def test_however_it_is_driven() -> None:
    """Step by step, epoch by epoch, in bursts."""
    chosen = lanes(3, EVERYTHING["drawn numbers"])
    settings = with_lanes(BASE, *chosen)
    stepped, in_bursts = (Trainer(settings, way="compiled") for _ in range(2))
    while stepped.epoch < 6:
        stepped.step()
    while in_bursts.epoch < 6:
        in_bursts.train(6 - in_bursts.epoch)
    by_epoch = compiled(chosen, 6)
    for trainer in (stepped, in_bursts):
        trainer.measure()
        assert [bits(trainer, one.name) for one in chosen] == [bits(by_epoch, one.name) for one in chosen]


# -- divergence

WILD = {
    "sgd": {"training.optimizer": "sgd", "training.learning_rate": 100.0, "regularization.l2": 10.0},
    "momentum": {
        "training.optimizer": "momentum",
        "training.learning_rate": 100.0,
        "regularization.l2": 10.0,
    },
    "nesterov": {
        "training.optimizer": "nesterov",
        "training.learning_rate": 100.0,
        "regularization.l2": 10.0,
    },
}
LOSSES = {"cross_entropy": "classification", "squared": "surface", "huber": "curve", "playground": "surface"}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", WILD)
def test_a_lane_diverges_at_the_same_step_in_all_ways(optimizer: str, loss: str) -> None:
    """Lanes beside it go on, with the bits that they have without it."""
    task = LOSSES[loss]
    shape = {"training.loss": loss, "network.activation": "relu"}
    wild, calm, calmer = (
        lane_of(task, name, {**shape, **changes})
        for name, changes in (
            ("wild", WILD[optimizer]),
            ("calm", {"training.optimizer": optimizer, "training.learning_rate": 1e-4, "seed": 3}),
            ("calmer", {"training.optimizer": optimizer, "training.learning_rate": 1e-5, "seed": 4}),
        )
    )
    base = experiment(task=task)
    ends = {}
    for way in ("eager", "replay", "compiled"):
        trainer = trained(with_lanes(base, calm, wild, calmer), 12, way=way)
        run = trainer.runs[1]
        assert run.status == "diverged"
        assert trainer.parameters("wild")[2].isfinite().all()
        ends[way] = run.step, run.epoch
        # L2 in the wild lane makes it part of the step of all: without it beside them, a strength of 0.
        without = trained(with_lanes(base, calm, calmer), 12, way=way)
        for name in ("calm", "calmer"):
            assert torch.equal(trainer.parameters(name)[2], without.parameters(name)[2])
    assert len(set(ends.values())) == 1, ends


def lane_of(task: str, name: str, changes: dict[str, Any]) -> Lane:
    below = {f"lanes.0.{path}": value for path, value in changes.items()}
    return experiment({"lanes.0.name": name, **below}, task).lanes[0]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("where", ["weight", "slot"])
def test_numbers_that_are_not_finite_spread_as_in_eager(number: float, where: str) -> None:
    """From one weight of one lane, or from one number of its optimizer, to the same numbers as in eager."""
    settings = with_lanes(experiment(), *(lane(name, {"training.optimizer": "adam"}) for name in "AB"))
    found = []
    for way in ("eager", "compiled"):
        trainer = Trainer(settings, way=way)
        trainer.train_epoch()
        (stack,) = trainer.lanes.stacks
        feed, first = stack._feed_at(trainer.lanes.batches, 0, 1)
        memory = stack._state.memory
        memory[0 if where == "weight" else 2, 0, 3] = number
        stack._stepper.load(feed, first).step()
        found.append(memory.clone())
    eager, compiled_ = found
    assert torch.equal(eager.isfinite(), compiled_.isfinite())
    assert torch.equal(eager.isnan(), compiled_.isnan())
    assert not eager[0, 0].isfinite().all()
    assert compiled_[:, 1].isfinite().all()


def test_the_numbers_of_a_whole_experiment_are_what_a_seed_makes() -> None:
    """The same bits again, with other objects at other addresses."""
    settings: Experiment = with_lanes(BASE, *lanes(4, {}))
    first = trained(settings, EPOCHS, way="compiled")
    second = trained(settings, EPOCHS, way="compiled")
    assert [bits(first, f"L{n}") for n in range(4)] == [bits(second, f"L{n}") for n in range(4)]
