"""Our step and that of idiomatic eager PyTorch, beside that of a peer."""

from __future__ import annotations

import torch

from engine.training.trainer import Trainer
from tests.benchmarks.peers.serving import Case, Chunk, serve
from tests.benchmarks.settings import experiment, with_lanes
from tests.benchmarks.steps import WARM_UP, eager_steps_of, train
from tests.engine.seeds import Unseen


def main() -> None:
    serve(
        {
            "ours": lambda case: _epochs(case, Trainer),
            "ours, steps alone": lambda case: _epochs(case, Unseen),
            "eager": _eager,
        }
    )


def _epochs(case: Case, kind: type[Trainer]) -> Chunk:
    settings = experiment(case.hidden, case.batch)
    trainer = kind(with_lanes(settings, case.lanes) if case.lanes > 1 else settings)
    train(trainer, WARM_UP)

    def chunk() -> int:
        train(trainer, case.epochs)
        return case.epochs * trainer.training_points // case.batch

    return chunk


def _eager(case: Case) -> Chunk:
    torch.set_num_threads(1)
    return eager_steps_of(case.hidden, case.batch, "adam")


if __name__ == "__main__":
    main()
