"""Groups of lanes that train alike, and how they are cut into batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """Lanes of one shape on one data set.

    Attributes
    ----------
    rows
        Coarse cells before fine ones.
    steps
        Training steps of each lane.
    products
        Of each step and lane, about.
    watches
        Whether the lanes look at their own losses.
    """

    rows: Rows
    steps: int
    products: int
    watches: bool = False

    @property
    def work(self) -> float:
        """Lane-steps, weighted by what a step costs."""
        return self.work_of(len(self.rows))

    def work_of(self, lanes: int) -> float:
        """The work of some of its lanes."""
        return float(lanes) * self.steps * (FIXED + self.products)


FIXED = 1000.0
"""What a step costs however small its network, in products."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lanes that train together.

    Attributes
    ----------
    number
        From 0, in the order in which they are begun.
    group
        Number of its group.
    rows
        Its lanes.
    """

    number: int
    group: int
    rows: Rows


def batches_of(
    groups: Sequence[Group],
    most: int | None,
    done: NDArray[np.bool_] | None = None,
    device: str = "cpu",
    workers: int = 1,
) -> list[Batch]:
    """Cut groups into batches.

    Parameters
    ----------
    groups
        All of a sweep.
    most, done, device, workers
        As for ``SweepPlan.batches``.

    Returns
    -------
    list of Batch
        Each row that is not done once, coarse cells first.
    """
    together = lanes_on_device if device == "cuda" else lanes_together
    sizes = [most or together(group) for group in groups]
    if not most and sum(-(-len(g.rows) // size) for g, size in zip(groups, sizes, strict=True)) < workers:
        sizes = [-(-len(group.rows) // workers) for group in groups]
    parts: list[tuple[int, int, Rows]] = []
    for number, (group, size) in enumerate(zip(groups, sizes, strict=True)):
        for start in range(0, len(group.rows), size):
            rows = group.rows[start : start + size]
            left = rows if done is None else rows[~done[rows]]
            if len(left):
                parts.append((start, number, left))
    parts.sort(key=lambda part: part[:2])
    return [Batch(index, group, rows) for index, (_, group, rows) in enumerate(parts)]


def lanes_together(group: Group) -> int:
    """Return how many lanes of a group a batch has where nobody says it.

    Parameters
    ----------
    group
        Any.

    Returns
    -------
    int
        So many that a batch takes some seconds; at least 64, for which the time of a step is well used, and at most
        1,024.
    """
    lane = max(group.work_of(1), 1.0)
    size = 64
    while size < 1024 and 2 * size * lane <= SOME_SECONDS:
        size *= 2
    return size


def lanes_on_device(group: Group) -> int:
    """Return how many lanes of a group a batch on a CUDA device has where nobody says it.

    Parameters
    ----------
    group
        Any.

    Returns
    -------
    int
        As many as keep the device busy and fit into its memory: 1,024 to 65,536, the fewer the larger a step is.
    """
    step = max(group.work_of(1) / max(group.steps, 1), 1.0)
    return int(min(65536, max(1024, STEP_ON_DEVICE / step)))


STEP_ON_DEVICE = 2.0**27
"""The work of one step of all lanes of a batch on a device."""
SOME_SECONDS = 2.0e9
"""The work of a batch that takes some five seconds on one core."""
