"""Our step and that of idiomatic eager PyTorch, beside that of a peer."""

from __future__ import annotations

import torch

from engine.experiment import Experiment
from tests.benchmarks.peers.serving import Case, Chunk, serve
from tests.benchmarks.settings import experiment, lanes_of, split
from tests.benchmarks.steps import eager_steps_of, epochs_of


def main() -> None:
    serve(
        {
            "ours": lambda case: epochs_of(lanes_of(_one(case), case.lanes)),
            "few": lambda case: epochs_of(lanes_of(split(_one(case))[0], case.lanes)),
            "many": lambda case: epochs_of(lanes_of(split(_one(case))[1], case.lanes)),
            "eager": _eager,
        }
    )


def _one(case: Case) -> Experiment:
    return experiment(case.hidden, case.batch)


def _eager(case: Case) -> Chunk:
    torch.set_num_threads(1)
    return eager_steps_of(case.hidden, case.batch, "adam")


if __name__ == "__main__":
    main()
