"""Made-up entries of families that say in which way a setting is followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.catalogue.criteria import CRITERIA, STOPPING_ALPHA, Criterion, Numbers, Watched
from engine.catalogue.input_scalings import INPUT_SCALINGS, Floats, InputScaling, Moments
from tests.made_up.adding import add


def _between_extremes(values: Floats, bounds: Floats) -> Moments:
    if not len(values):
        return np.zeros(len(bounds)), bounds
    low, high = values.min(0), values.max(0)
    return (low + high) / 2, np.where(high > low, (high - low) / 2, 1.0)


add(
    INPUT_SCALINGS,
    InputScaling(
        key="made_up_scaling",
        label="Extremes",
        formula="2·(x − min) / (max − min) − 1",
        tooltip="The smallest and the largest training value become −1 and 1.",
        moments=_between_extremes,
    ),
)


def _too_many_epochs(watch: Watched, numbers: Numbers) -> str | None:
    enough = watch.epoch - watch.began >= numbers["alpha"]
    return f"{watch.epoch} epochs are enough" if enough else None


add(
    CRITERIA,
    Criterion(
        key="made_up_criterion",
        label="Length",
        formula="epochs ≥ α",
        tooltip="Stop after α epochs.",
        parameters=(replace(STOPPING_ALPHA, tooltip="How many epochs are enough."),),
        midway="If switched on during training, it counts from then on.",
        reason=_too_many_epochs,
    ),
)
