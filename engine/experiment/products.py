"""How large a network's step is: the products of its layers, by which the times of unlike networks compare."""

from __future__ import annotations

from itertools import pairwise

from engine.catalogue.losses import LOSSES
from engine.experiment.settings import DataSettings, Experiment, Lane


def products_of_point(lane: Lane, data: DataSettings) -> int:
    """Return how many products a point costs on its way through a network.

    Parameters
    ----------
    lane
        Its network.
    data
        Of which outputs and classes follow.

    Returns
    -------
    int

    Examples
    --------
    >>> products_of_point(Lane(), DataSettings())
    160
    """
    outputs = LOSSES[lane.training.loss.name].outputs(data.task, data.classes)
    widths = (len(lane.network.features), *lane.network.hidden, outputs)
    return sum(before * after for before, after in pairwise(widths))


def products_of_step(experiment: Experiment) -> int:
    """Return how many products a step of all networks costs on its way forward, with full batches, as far as there are
    points for them.

    Parameters
    ----------
    experiment
        Its lanes, as often as they are repeated.

    Returns
    -------
    int
    """
    data = experiment.data
    points = data.generator.points if data.points is None else len(data.points)
    return sum(
        lane.repeats * min(lane.training.batch_size, points) * products_of_point(lane, data)
        for lane in experiment.lanes
    )
