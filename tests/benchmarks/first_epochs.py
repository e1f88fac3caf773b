"""Run inside a process of its own: what the first epochs take beyond later ones, and how they ran.

``python -m tests.benchmarks.first_epochs WAY WIDTH …`` prints JSON: seconds of a small network, the first of its
process, and of a network of these widths after it. What they take is recording and, where the way is compiled and the
cache holds nothing, compiling. ``NEURAL_SKETCHBOOK_CACHE`` names the cache.
"""

from __future__ import annotations

import json
import sys
import time

import torch

from engine.training.trainer import Trainer
from tests.benchmarks.settings import experiment
from tests.benchmarks.steps import FIRST_EPOCHS, train


def main() -> None:
    way, *widths = sys.argv[1:]
    torch.set_num_threads(1)
    # Whatever PyTorch does once in a process is done before.
    train(Trainer(experiment((2,), 10), way="replay"), FIRST_EPOCHS)
    (once, _), (taken, used) = (_start(hidden, way) for hidden in ((3,), tuple(map(int, widths))))
    json.dump({"once": once, "seconds": taken, "used": used}, sys.stdout)


def _start(hidden: tuple[int, ...], way: str) -> tuple[float, str | None]:
    """Seconds, and the way."""
    settings = experiment(hidden, 10)
    start = time.process_time()
    trainer = Trainer(settings, way=way)
    train(trainer, FIRST_EPOCHS)
    first = time.process_time() - start
    start = time.process_time()
    train(trainer, FIRST_EPOCHS)
    return first - (time.process_time() - start), trainer.runs[0].way


if __name__ == "__main__":
    main()
