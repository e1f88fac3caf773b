"""The points of the latest batch as augmentation made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.observation.observables.observable import Observable, ObservedStack
from engine.observation.snapshot import Floats


@dataclass(frozen=True, slots=True)
class Ghosts:
    """Positions ``xy`` [n, 2] and ``target`` [n] of a batch; with mixup, a target is the class of the larger share."""

    xy: Floats
    target: Floats


def _ghosts(stack: ObservedStack, options: None) -> Sequence[Ghosts | None]:
    batches = map(stack.augmented_batch, range(len(stack.runs)))
    return [None if batch is None else Ghosts(*batch) for batch in batches]


GHOSTS = Observable(key="ghosts", label="Augmented points", value=Ghosts, cost="cheap", compute=_ghosts)
