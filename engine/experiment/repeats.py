"""Lanes that are repeated with several seeds: what a document counts as one lane, the engine trains as many."""

from __future__ import annotations

from itertools import count

import msgspec

from engine.catalogue import hyperparameters as numbers
from engine.experiment.settings import LONGEST_NAME, Experiment, Lane

SEEDS = int(numbers.SEED.high) + 1
"""How many seeds there are; the one after the last is the first."""


def members(experiment: Experiment) -> tuple[tuple[Lane, ...], ...]:
    """Return the networks that each lane of an experiment stands for.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    tuple of tuple of Lane
        For each lane, one for each seed, not repeated themselves. The first one has the lane's name and seed; names of
        the others, which nobody else has, say their seed.

    Examples
    --------
    >>> twice = Experiment("neural-sketchbook/4", lanes=(Lane(seed=7, repeats=2), Lane(name="B")))
    >>> [[(one.name, one.seed) for one in group] for group in members(twice)]
    [[('A', 7), ('A (seed 8)', 8)], [('B', 0)]]
    """
    taken = {lane.name for lane in experiment.lanes}
    return tuple(_members(lane, taken) for lane in experiment.lanes)


def expanded(experiment: Experiment) -> Experiment:
    """Return an experiment in which each network is a lane of its own.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    Experiment
        The same object where no lane is repeated.
    """
    if all(lane.repeats == 1 for lane in experiment.lanes):
        return experiment
    lanes = tuple(one for group in members(experiment) for one in group)
    return msgspec.structs.replace(experiment, lanes=lanes)


def seed_groups(experiment: Experiment) -> tuple[tuple[str, ...], ...]:
    """Return the names of the networks of each lane that is repeated.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    tuple of tuple of str
        Names in ``expanded``; nothing of lanes with one seed.

    Examples
    --------
    >>> seed_groups(Experiment("neural-sketchbook/4", lanes=(Lane(seed=7, repeats=2), Lane(name="B"))))
    (('A', 'A (seed 8)'),)
    """
    return tuple(tuple(one.name for one in group) for group in members(experiment) if len(group) > 1)


def first_members(experiment: Experiment) -> tuple[int, ...]:
    """Return the index in ``expanded`` of the first network of each lane.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    tuple of int
    """
    return tuple(
        sum(lane.repeats for lane in experiment.lanes[:index]) for index in range(len(experiment.lanes))
    )


def _members(lane: Lane, taken: set[str]) -> tuple[Lane, ...]:
    """The networks of a lane, whose names are then among those that are ``taken``."""
    if lane.repeats == 1:
        return (lane,)
    found = [msgspec.structs.replace(lane, repeats=1)]
    for more in range(1, lane.repeats):
        seed = (lane.seed + more) % SEEDS
        name = _name(lane.name, seed, taken)
        taken.add(name)
        found.append(msgspec.structs.replace(lane, name=name, seed=seed, repeats=1))
    return tuple(found)


def _name(name: str, seed: int, taken: set[str]) -> str:
    endings = (f" (seed {seed})" if number == 1 else f" (seed {seed}, {number})" for number in count(1))
    names = (f"{name[: LONGEST_NAME - len(ending)]}{ending}" for ending in endings)
    return next(name for name in names if name not in taken)
