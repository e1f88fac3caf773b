"""The experiments that are measured."""

from __future__ import annotations

import msgspec

from engine.experiment import Experiment, default_experiment, edit_many

POINTS = 500
"""Of which half are trained on: whole batches of 10 and of 250."""


def experiment(hidden: tuple[int, ...], batch: int, optimizer: str = "adam") -> Experiment:
    return edit_many(
        default_experiment(),
        {
            "data.generator.points": POINTS,
            "data.split.validation": 0.25,
            "lanes.0.network.hidden": hidden,
            "lanes.0.training.batch_size": batch,
            "lanes.0.training.optimizer": optimizer,
        },
    )


def with_lanes(one: Experiment, lanes: int) -> Experiment:
    """So many lanes that differ in name, seed and learning rate."""
    lane = one.lanes[0]
    return msgspec.structs.replace(
        one,
        lanes=tuple(
            msgspec.structs.replace(
                lane,
                name=f"{number}",
                seed=number,
                training=msgspec.structs.replace(lane.training, learning_rate=0.001 * (1 + number / lanes)),
            )
            for number in range(lanes)
        ),
    )
