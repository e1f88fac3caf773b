"""One training step of the engine against idiomatic eager PyTorch, and many lanes against one."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

from engine.experiment import Experiment
from engine.training.trainer import Trainer
from tests.benchmarks.settings import experiment, with_lanes

REPEATS, SECONDS = 7, 0.15
"""Samples of each figure, and how long one of them takes."""

Step = Callable[[], object]


def against_eager(hidden: tuple[int, ...], batch: int) -> Callable[[], list[float]]:
    """How many times faster the engine's Adam step is than ``nn.Sequential`` with ``torch.optim.Adam``."""

    def measure() -> list[float]:
        torch.set_num_threads(1)
        ours, theirs = engine_step(experiment(hidden, batch)), _eager_step(hidden, batch)
        return [_seconds(theirs) / _seconds(ours) for _ in range(REPEATS)]

    return measure


def microseconds(optimizer: str) -> list[float]:
    """A step of one lane, 8-8-8, batch 10."""
    torch.set_num_threads(1)
    step = engine_step(experiment((8, 8, 8), 10, optimizer))
    return [_seconds(step) * 1e6 for _ in range(REPEATS)]


def lanes_against_one(lanes: int) -> list[float]:
    """A batched step of so many lanes as a multiple of one lane's."""
    torch.set_num_threads(1)
    many, one = (
        engine_step(with_lanes(experiment((8, 8, 8), 10), lanes)),
        engine_step(experiment((8, 8, 8), 10)),
    )
    return [_seconds(many) / _seconds(one) for _ in range(REPEATS)]


def engine_step(settings: Experiment) -> Step:
    trainer = Trainer(settings)
    _warm_up(trainer.step)
    return trainer.step


def _eager_step(hidden: tuple[int, ...], batch: int) -> Step:
    widths = (2, *hidden, 2)
    layers = [layer for a, b in pairwise(widths) for layer in (nn.Linear(a, b), nn.Tanh())]
    network = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(network.parameters(), lr=0.003)
    criterion = nn.CrossEntropyLoss()
    inputs, target = torch.rand(batch, 2), torch.randint(2, (batch,))

    def step() -> None:
        optimizer.zero_grad()
        criterion(network(inputs), target).backward()
        optimizer.step()

    _warm_up(step)
    return step


def _seconds(step: Step) -> float:
    """Of one call, on average over ``SECONDS``."""
    calls, start = 0, time.perf_counter()
    while (taken := time.perf_counter() - start) < SECONDS:
        for _ in range(20):
            step()
        calls += 20
    return taken / calls


def _warm_up(step: Step) -> None:
    for _ in range(60):
        step()
