"""How many processor cores a training step is worth."""

from __future__ import annotations

import os

import torch

from engine.training.trainer import Trainer

WORK = 1_500_000
"""What a thread must have to do in a step to be worth waking: parameters × points of a batch, over all lanes.

Measured on two cores: at 3 million in all, a second thread makes a step 1.3 times faster, at 6 million 1.6 times, and
below 1 million not at all.
"""


def threads_for(work: int, cores: int) -> int:
    """Threads for a step of so much work; one core is left to the window."""
    return max(1, min(cores - 1, work // WORK))


def use_threads(trainer: Trainer) -> None:
    """Let the calling thread's tensor operations use as many threads as the experiment's largest step is worth."""
    torch.set_num_threads(threads_for(trainer.work, _cores()))


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
