"""Whole epochs of the engine as a user trains them, against idiomatic eager PyTorch in the same run.

All times are of the processor, which others on the machine do not take: what a step costs on one core.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from engine.experiment import Experiment
from engine.observation.observables import Request
from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.trainer import Trainer
from tests.benchmarks.figures import Sample
from tests.benchmarks.settings import experiment, lanes_of, split
from tests.observing import prediction_request

REPEATS, SECONDS = 7, 0.15
"""Samples of each figure, and how long one of them takes."""
FIRST_EPOCHS = 10
"""In which all is recorded or compiled: measuring is recorded at its seventh call."""
DENSE_EPOCHS = 100
"""Epochs after the first ones, in each of which layers are measured."""
WARM_UP, WARM_EPOCHS, LONGEST = 2.0, 2000, 20.0
"""Before other figures are taken, at least so many seconds, and so many epochs where these take no longer than the last
number: layers are measured often only at first.
"""
FRAME = 0.026
"""Seconds between two looks of a window at its engine, of the processor's time as all others here."""

Chunk = Callable[[], int]
"""Trains for a little while and returns how many steps that were."""
CHUNK = 0.02
"""Seconds that the engine trains between two looks at the clock."""


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
    hidden: tuple[int, ...], batch: int, optimizer: str = "adam", lanes: int = 1
) -> Callable[[], list[Sample]]:
    """How many times faster the engine's step of all lanes is than as many of ``nn.Sequential`` with ``torch.optim``,
    and its microseconds. With all that the engine does after an epoch; the eager loop does nothing.
    """

    def measure() -> list[Sample]:
        torch.set_num_threads(1)
        ours = epochs_of(lanes_of(experiment(hidden, batch, optimizer), lanes))
        theirs = eager_steps_of(hidden, batch, optimizer)
        taken = [(seconds(theirs), seconds(ours)) for _ in range(REPEATS)]
        return [Sample(lanes * eager / own, own * 1e6) for eager, own in taken]

    return measure


def steps_against_eager() -> list[Sample]:
    """How many times faster a step alone is, 8-8-8, batch 10, Adam, and its microseconds."""
    torch.set_num_threads(1)
    settings, eager = experiment((8, 8, 8), 10), eager_steps_of((8, 8, 8), 10, "adam")
    parts = Parts(settings)
    taken = [(seconds(eager), parts.seconds()[0]) for _ in range(REPEATS)]
    return [Sample(theirs / own, own * 1e6) for theirs, own in taken]


class Parts:
    """Tells a step from what comes after an epoch: two trainers on as many points, of which one trains on a single
    batch and the other on nearly all, do the same after their epochs.
    """

    def __init__(self, settings: Experiment) -> None:
        few, many = split(settings)
        self._few, self._many = epochs_of(few), epochs_of(many)
        self._batches = batches(many)

    def seconds(self) -> tuple[float, float]:
        """Of a step alone, and of what comes after an epoch."""
        one, all_batches = seconds(self._few), seconds(self._many) * self._batches
        step = (all_batches - one) / (self._batches - 1)
        return step, one - step


def cost_of_losses(lanes: int = 1) -> Callable[[], list[Sample]]:
    """The share of the time that losses and scores take after every epoch, 8-8-8, batch 10; steps per second."""

    def measure() -> list[Sample]:
        torch.set_num_threads(1)
        settings = lanes_of(experiment((8, 8, 8), 10), lanes)
        parts, count = Parts(settings), batches(settings)
        taken = [(step * count, after) for step, after in (parts.seconds() for _ in range(REPEATS))]
        return [Sample(after / (steps + after), count / (steps + after)) for steps, after in taken]

    return measure


def cost_of_first_epochs() -> list[Sample]:
    """The share of the time that losses and layers take while layers are measured after every epoch; steps per second.

    What is recorded and compiled is so before.
    """
    torch.set_num_threads(1)
    settings = experiment((8, 8, 8), 10)
    parts, samples = Parts(settings), []
    for _ in range(REPEATS):
        trainer = Trainer(settings)
        train(trainer, FIRST_EPOCHS)
        start = time.process_time()
        train(trainer, DENSE_EPOCHS)
        each = (time.process_time() - start) / DENSE_EPOCHS / batches(settings)
        samples.append(Sample(1.0 - parts.seconds()[0] / each, 1.0 / each))
    return samples


def batches(settings: Experiment) -> int:
    """In an epoch."""
    return Trainer(settings, way="eager").batches_per_epoch


def cost_of_watching() -> list[Sample]:
    """The share of the steps per second that predictions and snapshots for one watched lane take, without a window;
    steps per second with them.
    """
    return watching_cost((prediction_request(100),))


def watching_cost(requests: tuple[Request, ...]) -> list[Sample]:
    """The share of the steps per second that snapshots with these observables of one lane take, without a window;
    steps per second with them.
    """
    torch.set_num_threads(1)
    settings = experiment((8, 8, 8), 10)
    alone = epochs_of(settings)
    samples = []
    for _ in range(REPEATS):
        free, watched = 1.0 / seconds(alone), _watched_steps(settings, requests)
        samples.append(Sample(1.0 - watched / free, watched))
    return samples


def _watched_steps(settings: Experiment, requests: tuple[Request, ...], duration: float = 1.0) -> float:
    """Steps per second of a worker whose snapshots are taken once a frame."""
    inbox: Inbox[m.Command] = Inbox()
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(inbox, mailbox, Inbox())
    for command in (m.SetExperiment(settings), m.Watch(requests), m.Play()):
        worker.obey(command)
    assert worker.trainer is not None
    warm_up(worker.trainer)
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


def cost_of_keeping(lanes: int = 1) -> Callable[[], list[Sample]]:
    """The share of the steps per second that keeping the run takes, with a history of many epochs; the longest time
    between two times that it was kept, in seconds.
    """

    def samples() -> list[Sample]:
        settings = lanes_of(experiment((8, 8, 8), 10), lanes)
        with TemporaryDirectory() as folder:
            return [_kept_steps(settings, Path(folder, str(number))) for number in range(2)]

    return samples


def _kept_steps(settings: Experiment, folder: Path, duration: float = 6.0) -> Sample:
    inbox: Inbox[m.Command] = Inbox()
    worker = Worker(inbox, Mailbox(Report.merged), Inbox())
    for command in (m.SetExperiment(settings), m.KeepRun(str(folder)), m.Play()):
        worker.obey(command)
    assert worker.trainer is not None
    warm_up(worker.trainer)
    spent, times = 0.0, [time.perf_counter()]
    keep = worker._keeper.keep

    def timed(trainer: Trainer, turn: int = 0) -> None:
        nonlocal spent
        start = time.perf_counter()
        keep(trainer, turn)
        times.append(time.perf_counter())
        spent += times[-1] - start

    worker._keeper.keep = timed  # type: ignore[method-assign]
    end = times[0] + duration
    while time.perf_counter() < end:
        worker._serve_once()
    return Sample(spent / duration, max(later - one for one, later in pairwise(times)))


def train(trainer: Trainer, epochs: int) -> None:
    """Train whole epochs, as the command line does."""
    while epochs and trainer.can_train:
        epochs -= trainer.train(epochs).epochs


def epochs_of(settings: Experiment) -> Chunk:
    """Whole epochs of a trainer, after it has been warmed up."""
    trainer = Trainer(settings)
    warm_up(trainer)
    return lambda: trainer.train(seconds=CHUNK).steps


def warm_up(trainer: Trainer) -> None:
    """Train until nothing is new any more."""
    train(trainer, FIRST_EPOCHS)
    start = time.perf_counter()
    while (taken := time.perf_counter() - start) < WARM_UP or (
        trainer.epoch < WARM_EPOCHS and taken < LONGEST
    ):
        trainer.train(seconds=CHUNK)


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
