"""Made-up entries of families that say in which way a setting is followed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.catalogue.clipping_kinds import CLIPPING_KINDS, ClippingKind
from engine.catalogue.criteria import CRITERIA, STOPPING_ALPHA, Criterion, Numbers, Watched
from engine.catalogue.input_scalings import INPUT_SCALINGS, Floats, InputScaling, Moments
from engine.catalogue.l1_updates import L1_UPDATES, L1Update
from engine.catalogue.normalizations import POSITIONS, Position
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


def _clip_sum(gradient: Any, threshold: Any) -> None:
    total = gradient.abs().sum(1, keepdim=True)
    gradient.mul_((threshold / (total + 1e-6)).clamp(max=1.0))


def _shrink_all(weights: Any, reach: Any, strength: Any) -> None:
    weights.addcmul_(weights.sign(), reach * strength, value=-1.0)


add(
    CLIPPING_KINDS,
    ClippingKind(
        key="made_up_clipping",
        label="Sum",
        formula="g ← g · min(1, threshold / Σ|gᵢ|)",
        tooltip="Shorten the gradient where the sum of its elements is too large.",
        clip=_clip_sum,
    ),
)
add(
    L1_UPDATES,
    L1Update(
        key="made_up_update",
        label="Steps",
        formula="W ← W − r·λ₁·sign(W)",
        tooltip="After each step, move every weight this far towards zero, or beyond.",
        shrink=_shrink_all,
    ),
)
add(
    POSITIONS,
    Position(
        key="made_up_between",
        label="Between two σ",
        formula="a = σ(norm(σ(z)))",
        tooltip="Normalize what comes out of a first activation and goes into a second.",
        steps=("activate", "normalize", "activate"),
    ),
)
