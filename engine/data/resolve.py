"""Find the points that data settings describe."""

from __future__ import annotations

import msgspec

from engine.data.generate import make_points
from engine.data.split import stratified_split
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings


def resolve_points(data: DataSettings) -> Points:
    """Return the points that data settings describe.

    Parameters
    ----------
    data
        Valid settings.

    Returns
    -------
    Points
        Its own points, or else those that its generator makes and its split settings split. Equal settings give equal
        points.
    """
    if data.points is not None:
        return data.points
    generator, split = data.generator, data.split
    return make_points(
        generator.name, generator.points, generator.noise, generator.seed,
        split.validation, split.test, split.seed,
    )  # fmt: skip


def with_new_split(data: DataSettings) -> DataSettings:
    """Split the points of data settings again, by their split settings.

    Parameters
    ----------
    data
        With points of its own, or without.

    Returns
    -------
    DataSettings
        The same object if there are no points: those of a generator are split when they are made.
    """
    if data.points is None:
        return data
    points, split = data.points, data.split
    assigned = stratified_split(points.target, data.task, split.validation, split.test, split.seed)
    return msgspec.structs.replace(data, points=Points(points.xy, points.target, assigned))
