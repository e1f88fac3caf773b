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


def split(one: Experiment) -> tuple[Experiment, Experiment]:
    """Train on a single batch, and on all whole batches but one, of as many points in all."""
    batch = one.lanes[0].training.batch_size
    points = max(POINTS, 4 * batch)

    def of(training: int) -> Experiment:
        left = (points - training) / points / 2
        shares = {"data.split.validation": left, "data.split.test": left}
        return edit_many(one, {"data.generator.points": points, **shares})

    return of(batch), of(points - batch)


def lanes_of(one: Experiment, lanes: int) -> Experiment:
    """One lane, or so many."""
    return one if lanes == 1 else with_lanes(one, lanes)


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
