"""Whole epochs of the engine as a user trains them, against idiomatic eager PyTorch in the same run.

All times are of the processor, which others on the machine do not take: what a step costs on one core.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

from engine.experiment import Experiment
from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.endings import settle
from engine.training.trainer import Trainer
from tests.benchmarks.figures import Sample
from tests.benchmarks.settings import experiment, with_lanes
from tests.engine.seeds import Unseen
from tests.observing import watch_prediction

REPEATS, SECONDS = 7, 0.15
"""Samples of each figure, and how long one of them takes."""
WARM_UP = 10
"""Epochs before a figure is taken: measuring is recorded at its seventh call."""
FRAME = 0.026
"""Seconds between two looks of a window at its engine, of the processor's time as all others here."""

Chunk = Callable[[], int]
"""Trains for a little while and returns how many steps that were."""
CHUNK = 250
"""Steps of the engine between two looks at the clock, if an epoch does not have more."""


def python_loops() -> list[Sample]:
    """Millions of turns of an empty Python loop in a second."""

    def loops() -> float:
        start = time.perf_counter()
        for _ in range(1_000_000):
            pass
        return 1.0 / (time.perf_counter() - start)

    return [Sample(loops()) for _ in range(REPEATS)]


def eager_steps() -> list[Sample]:
    """Microseconds of an eager step of one lane, 8-8-8, batch 10, Adam."""
    torch.set_num_threads(1)
    chunk = eager_steps_of((8, 8, 8), 10, "adam")
    return [Sample(seconds(chunk) * 1e6) for _ in range(REPEATS)]


def against_eager(
    hidden: tuple[int, ...],
    batch: int,
    optimizer: str = "adam",
    lanes: int = 1,
    kind: type[Trainer] = Trainer,
) -> Callable[[], list[Sample]]:
    """How many times faster the engine's step of all lanes is than as many of ``nn.Sequential`` with ``torch.optim``,
    and its microseconds. With all that ``kind`` does after every epoch; the eager loop does nothing.
    """

    def measure() -> list[Sample]:
        torch.set_num_threads(1)
        settings = experiment(hidden, batch, optimizer)
        ours = epochs_of(with_lanes(settings, lanes) if lanes > 1 else settings, kind)
        theirs = eager_steps_of(hidden, batch, optimizer)
        taken = [(seconds(theirs), seconds(ours)) for _ in range(REPEATS)]
        return [Sample(lanes * eager / own, own * 1e6) for eager, own in taken]

    return measure


class LossesOnly(Unseen):
    """Measures losses, penalty and scores of all splits after every epoch, and no layers."""

    def _finish_epoch(self) -> None:
        super()._finish_epoch()
        settle(self.lanes)
        for group in self.lanes.stacks.running:
            group.measuring.numbers()


def cost_of(kind: type[Trainer], lanes: int = 1) -> Callable[[], list[Sample]]:
    """The share of the steps per second that what ``kind`` measures takes; steps per second with it."""

    def measure() -> list[Sample]:
        torch.set_num_threads(1)
        settings = experiment((8, 8, 8), 10)
        settings = with_lanes(settings, lanes) if lanes > 1 else settings
        measured, bare = epochs_of(settings, kind), epochs_of(settings, Unseen)
        taken = [(seconds(measured), seconds(bare)) for _ in range(REPEATS)]
        return [Sample(1.0 - alone / measuring, 1.0 / measuring) for measuring, alone in taken]

    return measure


def cost_of_watching() -> list[Sample]:
    """The share of the steps per second that predictions and snapshots for one watched lane take, without a window;
    steps per second with them.
    """
    torch.set_num_threads(1)
    settings = experiment((8, 8, 8), 10)
    alone = epochs_of(settings)
    samples = []
    for _ in range(REPEATS):
        free, watched = 1.0 / seconds(alone), _watched_steps(settings)
        samples.append(Sample(1.0 - watched / free, watched))
    return samples


def _watched_steps(settings: Experiment, duration: float = 1.0) -> float:
    """Steps per second of a worker whose snapshots are taken once a frame."""
    inbox: Inbox[m.Command] = Inbox()
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(inbox, mailbox, Inbox())
    for command in (m.SetExperiment(settings), watch_prediction(100), m.Play()):
        worker.obey(command)
    assert worker.trainer is not None
    train(worker.trainer, 10)
    first, start = worker.trainer.runs[0].step, time.process_time()
    looked = start
    while (now := time.process_time()) - start < duration:
        if now - looked > FRAME:
            looked = now
            mailbox.take()
        worker.train()
        if worker.is_report_due:
            worker.publish()
    return (worker.trainer.runs[0].step - first) / (now - start)


def train(trainer: Trainer, epochs: int) -> None:
    """Train whole epochs, as the command line does."""
    while epochs and trainer.can_train:
        epochs -= trainer.train(epochs).epochs


def epochs_of(settings: Experiment, kind: type[Trainer] = Trainer, way: str = "auto") -> Chunk:
    """Whole epochs of a trainer, after the first ones, in which all is recorded or compiled."""
    trainer = kind(settings, way=way)
    train(trainer, WARM_UP)
    steps = trainer.runs[0].step // WARM_UP
    epochs = -(-CHUNK // steps)

    def chunk() -> int:
        train(trainer, epochs)
        return epochs * steps

    chunk()
    return chunk


def eager_steps_of(hidden: tuple[int, ...], batch: int, optimizer: str) -> Chunk:
    """As a course on PyTorch would write it, on a batch that is ready."""
    widths = (2, *hidden, 2)
    layers = [layer for a, b in pairwise(widths) for layer in (nn.Linear(a, b), nn.Tanh())]
    network = nn.Sequential(*layers[:-1])
    rule = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer](network.parameters(), lr=0.003)
    criterion = nn.CrossEntropyLoss()
    inputs, target = torch.rand(batch, 2), torch.randint(2, (batch,))

    def chunk() -> int:
        for _ in range(20):
            rule.zero_grad()
            criterion(network(inputs), target).backward()
            rule.step()
        return 20

    for _ in range(3):
        chunk()
    return chunk


def seconds(chunk: Chunk) -> float:
    """Of one step, on average over ``SECONDS``."""
    steps, start = 0, time.process_time()
    while (taken := time.process_time() - start) < SECONDS:
        steps += chunk()
    return taken / steps
