"""Points of a lane's own: a cell of a sweep over the noise or the number of points has other ones than the document."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from engine.experiment.settings import DataSettings, Experiment, Lane, OwnData


def data_of(lane: Lane, data: DataSettings) -> DataSettings:
    """Return the data that a lane trains on.

    Parameters
    ----------
    lane
        With numbers of its own for the generator, or without.
    data
        Those of its document.

    Returns
    -------
    DataSettings
        The same object where the lane has none of its own, or the points are drawn.

    Examples
    --------
    >>> data_of(Lane(own_data=OwnData(noise=0.5)), DataSettings()).generator.noise
    0.5
    """
    own = lane.own_data
    if own is None or data.points is not None:
        return data
    generator = data.generator
    noise = generator.noise if own.noise is None else own.noise
    points = generator.points if own.points is None else own.points
    if (noise, points) == (generator.noise, generator.points):
        return data
    return structs.replace(data, generator=structs.replace(generator, noise=noise, points=points))


def have_own_data(lanes: Sequence[Lane]) -> bool:
    """Return whether any lane has data of its own.

    Parameters
    ----------
    lanes
        Any.

    Returns
    -------
    bool
    """
    return any(lane.own_data is not None for lane in lanes)


def expressed(lane: Lane, former: DataSettings, data: DataSettings) -> Lane:
    """Say in terms of other data what a lane trains on.

    Parameters
    ----------
    lane
        A lane of a document with the data ``former``.
    former
        Data with a generator.
    data
        Data that differ from these at most by the generator's noise and number of points.

    Returns
    -------
    Lane
        The one that trains on the same points in a document with ``data``: its own data say only what differs from
        these, so that lanes with equal points are equal.
    """
    numbers, shared = data_of(lane, former).generator, data.generator
    own = OwnData(
        noise=None if numbers.noise == shared.noise else numbers.noise,
        points=None if numbers.points == shared.points else numbers.points,
    )
    wanted = None if own == OwnData() else own
    return lane if wanted == lane.own_data else structs.replace(lane, own_data=wanted)


def with_numbers(data: DataSettings, other: DataSettings) -> DataSettings:
    """Return data with the generator's numbers of other data that a lane may have of its own.

    Parameters
    ----------
    data, other
        Data settings of a document.

    Returns
    -------
    DataSettings
    """
    numbers = other.generator
    generator = structs.replace(data.generator, noise=numbers.noise, points=numbers.points)
    return structs.replace(data, generator=generator)


def are_made(before: DataSettings, after: DataSettings) -> bool:
    """Return whether a generator makes the points before and after an edit, so that ``expressed`` can be used.

    Parameters
    ----------
    before, after
        Data settings of a document.

    Returns
    -------
    bool
        False where points are drawn.
    """
    return before.points is None and after.points is None


def on_equal_terms(before: Experiment, after: Experiment) -> tuple[Experiment, Experiment]:
    """Return two experiments of which the document's data have the same noise and number of points, where lanes have
    data of their own.

    Which of its cells' points a document shows is no edit of what is trained: so told, only lanes whose points differ
    do.

    Parameters
    ----------
    before, after
        An experiment before and after an edit.

    Returns
    -------
    before, after : Experiment
        The same objects where no lane has data of its own, or where points are drawn.
    """
    if not (have_own_data(before.lanes) or have_own_data(after.lanes)):
        return before, after
    if not are_made(before.data, after.data):
        return before, after
    data = with_numbers(before.data, after.data)
    old = tuple(expressed(lane, before.data, data) for lane in before.lanes)
    new = tuple(expressed(lane, after.data, after.data) for lane in after.lanes)
    return structs.replace(before, data=data, lanes=old), structs.replace(after, lanes=new)
