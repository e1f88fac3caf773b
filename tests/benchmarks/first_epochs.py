"""Run inside a process of its own: what the first epochs take beyond later ones, in seconds, and how they ran.

``python -m tests.benchmarks.first_epochs WAY WIDTH …`` prints JSON. What they take is recording and,
where the way is compiled and the cache holds nothing, compiling. ``NEURAL_SKETCHBOOK_CACHE`` names the cache.
"""

from __future__ import annotations

import json
import sys
import time

import torch

from engine.training.trainer import Trainer
from tests.benchmarks.settings import experiment
from tests.benchmarks.steps import WARM_UP, train


def main() -> None:
    way, *widths = sys.argv[1:]
    torch.set_num_threads(1)
    # Whatever PyTorch does once in a process is done before.
    train(Trainer(experiment((3,), 10), way="replay"), WARM_UP)
    settings = experiment(tuple(map(int, widths)), 10)
    start = time.process_time()
    trainer = Trainer(settings, way=way)
    train(trainer, WARM_UP)
    first = time.process_time() - start
    start = time.process_time()
    train(trainer, WARM_UP)
    json.dump((first - (time.process_time() - start), trainer.runs[0].way), sys.stdout)


if __name__ == "__main__":
    main()
