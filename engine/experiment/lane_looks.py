"""What a lane is for the eye alone: its own training depends neither on colour, name or whether it is shown, nor on how
often it is repeated, nor on its cell of a sweep."""

from __future__ import annotations

import msgspec

from engine.experiment.drawings import without_drawings
from engine.experiment.repeats import expanded
from engine.experiment.settings import Experiment, Lane


def without_look(lane: Lane, name: str | None = None) -> Lane:
    """Return a lane with the default look.

    Parameters
    ----------
    lane
        Any.
    name
        Another name; None for its own.

    Returns
    -------
    Lane
        The same object where nothing differs.
    """
    name = lane.name if name is None else name
    bare = lane.colour is None and not lane.hidden and lane.repeats == 1 and lane.cell is None
    if bare and lane.name == name:
        return lane
    return msgspec.structs.replace(lane, name=name, colour=None, hidden=False, repeats=1, cell=None)


def trained_part(experiment: Experiment) -> Experiment:
    """Return what the engine is to know of an experiment.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    Experiment
        Without the drawings of other tasks, the looks of lanes and their sweep; each network is a lane of its own.
    """
    experiment = expanded(experiment)
    bare = tuple(map(without_look, experiment.lanes))
    if any(one is not lane for one, lane in zip(bare, experiment.lanes, strict=True)):
        experiment = msgspec.structs.replace(experiment, lanes=bare)
    if experiment.sweep is not None:
        experiment = msgspec.structs.replace(experiment, sweep=None)
    return without_drawings(experiment)
