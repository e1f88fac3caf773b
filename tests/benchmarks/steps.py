"""The engine's training step and what is measured beside it, against idiomatic eager PyTorch in the same run."""

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
FRAME = 0.026
"""Seconds between two looks of a window at its engine, of the processor's time as all others here."""

Step = Callable[[], object]


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
    step = eager_step((8, 8, 8), 10, "adam")
    return [Sample(seconds(step) * 1e6) for _ in range(REPEATS)]


def against_eager(hidden: tuple[int, ...], batch: int, optimizer: str = "adam") -> Callable[[], list[Sample]]:
    """How many times faster the engine's step is than ``nn.Sequential`` with ``torch.optim``; its microseconds."""

    def measure() -> list[Sample]:
        torch.set_num_threads(1)
        ours = engine_step(experiment(hidden, batch, optimizer))
        theirs = eager_step(hidden, batch, optimizer)
        taken = [(seconds(theirs), seconds(ours)) for _ in range(REPEATS)]
        return [Sample(eager / own, own * 1e6) for eager, own in taken]

    return measure


def lanes_against_one(lanes: int) -> list[Sample]:
    """A batched step of so many lanes as a multiple of one lane's; its microseconds."""
    torch.set_num_threads(1)
    many, one = (
        engine_step(with_lanes(experiment((8, 8, 8), 10), lanes)),
        engine_step(experiment((8, 8, 8), 10)),
    )
    taken = [(seconds(many), seconds(one)) for _ in range(REPEATS)]
    return [Sample(all_lanes / single, all_lanes * 1e6) for all_lanes, single in taken]


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
        measured, bare = engine_step(settings, kind), engine_step(settings)
        taken = [(seconds(measured), seconds(bare)) for _ in range(REPEATS)]
        return [Sample(1.0 - alone / measuring, 1.0 / measuring) for measuring, alone in taken]

    return measure


def cost_of_watching() -> list[Sample]:
    """The share of the steps per second that predictions and snapshots for one watched lane take, without a window;
    steps per second with them.
    """
    torch.set_num_threads(1)
    settings = experiment((8, 8, 8), 10)
    alone = engine_step(settings, Trainer)
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
    for _ in range(200):
        worker.trainer.step()
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


def engine_step(settings: Experiment, kind: type[Trainer] = Unseen) -> Step:
    trainer = kind(settings)
    _warm_up(trainer.step)
    return trainer.step


def eager_step(hidden: tuple[int, ...], batch: int, optimizer: str) -> Step:
    """As a course on PyTorch would write it."""
    widths = (2, *hidden, 2)
    layers = [layer for a, b in pairwise(widths) for layer in (nn.Linear(a, b), nn.Tanh())]
    network = nn.Sequential(*layers[:-1])
    rule = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer](network.parameters(), lr=0.003)
    criterion = nn.CrossEntropyLoss()
    inputs, target = torch.rand(batch, 2), torch.randint(2, (batch,))

    def step() -> None:
        rule.zero_grad()
        criterion(network(inputs), target).backward()
        rule.step()

    _warm_up(step)
    return step


def seconds(step: Step) -> float:
    """Of one call, on average over ``SECONDS``; of the processor's time, which others on the machine do not take."""
    calls, start = 0, time.process_time()
    while (taken := time.process_time() - start) < SECONDS:
        for _ in range(20):
            step()
        calls += 20
    return taken / calls


def _warm_up(step: Step) -> None:
    for _ in range(60):
        step()
